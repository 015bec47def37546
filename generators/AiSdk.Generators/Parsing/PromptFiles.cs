using System.Collections.Immutable;
using AiSdk.Prompts;
using Microsoft.CodeAnalysis;

namespace AiSdk.Generators.Parsing;

/// <summary>The files beside the source (AdditionalFiles) that declarations name: prompts, partials, examples. Equal if it is the very same files.</summary>
internal sealed class PromptFiles : IEquatable<PromptFiles>
{
    /// <summary>The ending of prompts and partials.</summary>
    public const string PromptExtension = ".prompt";

    /// <summary>The ending of examples.</summary>
    public const string ExamplesExtension = ".jsonl";

    /// <summary>The ending of cases: files that change without what is sent being another.</summary>
    public const string CasesExtension = ".cases.jsonl";

    private readonly ImmutableArray<AdditionalFile> _files;

    private PromptFiles(ImmutableArray<AdditionalFile> files) => _files = files;

    /// <summary>Whether a file was asked for: what was parsed without knowing the files does then not count.</summary>
    public bool WereAskedFor { get; private set; }

    /// <summary>No files are known yet.</summary>
    public static PromptFiles Unknown() => new([]);

    /// <summary>The files among these that declarations may name.</summary>
    public static PromptFiles Of(IEnumerable<AdditionalText> files) =>
        new([.. files.Where(static file => IsNamed(file.Path)).OrderBy(static file => file.Path, StringComparer.Ordinal).Select(static file => new AdditionalFile(file))]);

    /// <summary>The files of cases among these.</summary>
    public static PromptFiles OfCases(IEnumerable<AdditionalText> files) =>
        new([.. files.Where(static file => AreCases(file.Path)).OrderBy(static file => file.Path, StringComparer.Ordinal).Select(static file => new AdditionalFile(file))]);

    /// <summary>Whether what is sent may be made from a file with this path.</summary>
    public static bool IsNamed(string path) =>
        path.EndsWith(PromptExtension, StringComparison.OrdinalIgnoreCase) || (path.EndsWith(ExamplesExtension, StringComparison.OrdinalIgnoreCase) && !AreCases(path));

    /// <summary>Whether a file with this path may hold cases.</summary>
    public static bool AreCases(string path) => path.EndsWith(CasesExtension, StringComparison.OrdinalIgnoreCase);

    /// <summary>The files with an ending.</summary>
    public IEnumerable<AdditionalFile> WithExtension(string extension) => _files.Where(file => file.Path.EndsWith(extension, StringComparison.OrdinalIgnoreCase));

    /// <summary>The file that a path means: the one whose path ends with it, and of several the one least deep.</summary>
    /// <param name="path">The path as it is written, from the project's folder or any folder on the way to the file.</param>
    /// <param name="problem">Why there is none.</param>
    public AdditionalFile? Find(string path, out string? problem)
    {
        WereAskedFor = true;
        problem = null;
        string wanted = Normalize(path);
        List<AdditionalFile> found = [.. _files.Where(file => EndsWith(file.Path, wanted)).OrderBy(static file => file.Path.Count(static c => c == '/'))];
        if (found.Count > 1 && found[0].Path.Count(static c => c == '/') == found[1].Path.Count(static c => c == '/'))
        {
            problem = $"there are several files '{path}'; write more of the path: {string.Join(", ", found.Select(static file => file.Path))}";
            return null;
        }
        if (found.Count > 0)
            return found[0];
        string extension = Path.GetExtension(wanted);
        string[] near = [.. _files.Where(file => file.Path.EndsWith(extension, StringComparison.OrdinalIgnoreCase)).Select(static file => Path.GetFileName(file.Path)).Distinct().Take(8)];
        problem = $"there is no file '{path}' among the project's AdditionalFiles{(near.Length == 0 ? "" : "; there are " + string.Join(", ", near))}";
        return null;
    }

    /// <summary>The file of a partial: <c>_name.prompt</c>, beside the file that names it or anywhere else.</summary>
    public AdditionalFile? FindPartial(string name, AdditionalFile? from)
    {
        WereAskedFor = true;
        string file = PartialPath(name);
        string? beside = from is null ? null : Normalize(from.Path.Substring(0, from.Path.LastIndexOf('/') + 1) + file);
        return _files.FirstOrDefault(candidate => candidate.Path == beside) ?? Find(file, out _);
    }

    /// <summary>The path of a partial.</summary>
    public static string PartialPath(string name)
    {
        int slash = name.LastIndexOf('/') + 1;
        return $"{name.Substring(0, slash)}_{name.Substring(slash)}{PromptExtension}";
    }

    /// <summary>Whether a file of this path would be the one that is meant, if it were added: no other has its name, in whatever case.</summary>
    public bool CouldBeAdded(string path)
    {
        string wanted = Normalize(path);
        return IsNamed(wanted) && !Path.IsPathRooted(wanted) && !wanted.Split('/').Contains("..") && !_files.Any(file => EndsWith(file.Path, wanted, StringComparison.OrdinalIgnoreCase));
    }

    public bool Equals(PromptFiles? other) => other is not null && _files.SequenceEqual(other._files);

    public override bool Equals(object? obj) => Equals(obj as PromptFiles);

    public override int GetHashCode() => _files.Length;

    private static bool EndsWith(string path, string end, StringComparison comparison = StringComparison.Ordinal) =>
        path.EndsWith(end, comparison) && (path.Length == end.Length || path[path.Length - end.Length - 1] == '/');

    private static string Normalize(string path)
    {
        string slashed = path.Replace('\\', '/');
        while (slashed.StartsWith("./", StringComparison.Ordinal))
            slashed = slashed.Substring(2);
        return slashed;
    }
}

/// <summary>A file beside the source. It is read when it is asked for, and equal to another if it is the same object of the compiler's, which makes a new one for each change.</summary>
internal sealed class AdditionalFile(AdditionalText file) : IEquatable<AdditionalFile>
{
    private readonly AdditionalText _file = file;
    private string? _text;

    /// <summary>The path, with slashes.</summary>
    public string Path { get; } = file.Path.Replace('\\', '/');

    /// <summary>The file as the compiler has it.</summary>
    public AdditionalText CompilerFile => _file;

    /// <summary>The path as the compiler has it.</summary>
    public string CompilerPath => _file.Path;

    /// <summary>The text as it is.</summary>
    public Microsoft.CodeAnalysis.Text.SourceText? Source => _file.GetText();

    /// <summary>The text with <c>\n</c> line ends; empty if it cannot be read.</summary>
    public string Text => _text ??= PromptFile.Normalize(_file.GetText()?.ToString() ?? "");

    public bool Equals(AdditionalFile? other) => other is not null && ReferenceEquals(_file, other._file);

    public override bool Equals(object? obj) => Equals(obj as AdditionalFile);

    public override int GetHashCode() => _file.GetHashCode();

    /// <summary>A place in it for people: <c>(Prompts/route.prompt, line 3, column 5)</c> without the parentheses.</summary>
    public string Place(int position)
    {
        (int line, int column) = PromptFile.LineOf(Text, position);
        return string.Format(System.Globalization.CultureInfo.InvariantCulture, "{0}, line {1}, column {2}", System.IO.Path.GetFileName(Path), line, column);
    }
}

/// <summary>A place in a file beside the source.</summary>
/// <param name="File">The file.</param>
/// <param name="Start">The first code unit concerned, in its text.</param>
/// <param name="Length">How many code units.</param>
internal sealed record FileSite(AdditionalFile File, int Start, int Length);
