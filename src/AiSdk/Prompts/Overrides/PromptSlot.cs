using System.Diagnostics.CodeAnalysis;
using AiSdk.CompilerServices;
using AiSdk.Prompts;
using Microsoft.Extensions.Logging;

namespace AiSdk;

/// <summary>A function's place for a prompt file: what is in force, and what was read last.</summary>
internal sealed class PromptSlot(PromptFunction function)
{
    private volatile LoadedPrompt? _prompt;

    /// <summary>The texts that were read last, good or bad: the file, then the partials that it asked for by name.</summary>
    private Dictionary<string, string?>? _read;

    public PromptFunction Function { get; } = function;

    /// <summary>The prompt in force, or null for the compiled one.</summary>
    public LoadedPrompt? Prompt => _prompt;

    /// <summary>Looks at the file. A bad one leaves in force what is.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "A file that cannot be read leaves in force what is; why, is logged.")]
    public void Reload(string directory, bool exists, ILogger? logger)
    {
        if (!exists)
        {
            if (_read is not null && logger is not null)
                AiLog.PromptFileRemoved(logger, Function.Info.Name, Function.FileName);
            _read = null;
            _prompt = null;
            return;
        }
        try
        {
            if (_read is not null && _read.All(file => string.Equals(Read(directory, file.Key), file.Value, StringComparison.Ordinal)))
                return;
            Load(directory, logger);
        }
        catch (Exception e)
        {
            if (logger is not null)
                AiLog.PromptFileRejected(logger, Function.FileName, Function.Info.Name, e.Message, InForce);
        }
    }

    private string InForce => _prompt is null ? "the compiled prompt" : "its last good version";

    private void Load(string directory, ILogger? logger)
    {
        Dictionary<string, string?> read = new(StringComparer.Ordinal) { [Function.FileName] = Read(directory, Function.FileName) };
        _read = read;
        if (read[Function.FileName] is not { } text)
            return;
        PromptFile file = PromptFile.Parse(text);
        LinkedPrompt linked = PromptLinker.Link(Function, file, Partial, out IReadOnlyList<string> errors);
        if (errors.Count == 0 && TemplateParser.Parse(file.Template).Nodes.All(static node => node is TextNode { Text: var literal } && string.IsNullOrWhiteSpace(literal)))
            errors = ["the file has no prompt"];
        if (errors.Count > 0)
        {
            if (logger is not null)
                AiLog.PromptFileRejected(logger, Function.FileName, Function.Info.Name, string.Join("; ", errors), InForce);
            return;
        }
        LoadedPrompt prompt = new(Function, file, linked, string.Concat(read.OrderBy(static entry => entry.Key, StringComparer.Ordinal).Select(static entry => $"{entry.Key}\n{entry.Value}\n")));
        _prompt = prompt;
        if (logger is not null)
            AiLog.PromptFileLoaded(logger, Function.Info.Name, Function.FileName, prompt.Info.PromptHash);

        string? Partial(string name)
        {
            int slash = name.LastIndexOf('/') + 1;
            string path = $"{name[..slash]}_{name[slash..]}.prompt";
            // A partial lies in the directory: no name leads out of it.
            if (name.Contains("..", StringComparison.Ordinal) || Path.IsPathRooted(name))
                return null;
            return read[path] = Read(directory, path);
        }
    }

    private static string? Read(string directory, string file)
    {
        string path = Path.Combine(directory, file);
        return File.Exists(path) ? File.ReadAllText(path) : null;
    }
}
