using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using AiSdk.CompilerServices;
using AiSdk.Prompts;
using Microsoft.Extensions.Logging;

namespace AiSdk;

/// <summary>A function's place for a prompt file: what is in force, and what was read last.</summary>
internal sealed class PromptSlot(PromptFunction function)
{
    // UTF-16 and UTF-32 are told by their byte order mark; what is neither and no UTF-8 would lose characters.
    private static readonly UTF8Encoding _utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Who was the first to use a file, by its path: interfaces of one name in several namespaces would share it unknowingly.</summary>
    private static readonly ConcurrentDictionary<string, string> _users = new(StringComparer.Ordinal);

    private volatile LoadedPrompt? _prompt;
    private string? _failure;
    private string? _sharedWith;

    /// <summary>The texts that were read last, good or bad: the file, then the partials that it asked for by name.</summary>
    private Dictionary<string, string?>? _read;

    public PromptFunction Function { get; } = function;

    /// <summary>The file that is used: that with the namespace, if there is one.</summary>
    private string _file = function.FileName;

    /// <summary>The prompt in force, or null for the compiled one.</summary>
    public LoadedPrompt? Prompt => _prompt;

    /// <summary>Looks at the file. A bad one leaves in force what is.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "A file that cannot be read leaves in force what is; why, is logged.")]
    public void Reload(string directory, IReadOnlySet<string> files, ILogger? logger)
    {
        string file = files.Contains(Function.FullFileName) ? Function.FullFileName : Function.FileName;
        if (!files.Contains(file))
        {
            if (_read is not null && logger is not null)
                AiLog.PromptFileRemoved(logger, Function.Info.Name, _file);
            _read = null;
            _prompt = null;
            _failure = null;
            return;
        }
        if (file != _file)
            _read = null;
        _file = file;
        ReportSharing(directory, logger);
        try
        {
            if (_read is not null && _read.All(file => string.Equals(Read(directory, file.Key), file.Value, StringComparison.Ordinal)))
                return;
            Load(directory, logger);
            _failure = null;
        }
        catch (Exception e)
        {
            // Once, not at each look.
            if (logger is not null && _failure != e.Message)
                AiLog.PromptFileRejected(logger, _file, Function.Info.Name, e is DecoderFallbackException ? "it is no valid UTF-8" : e.Message, InForce);
            _failure = e.Message;
        }
    }

    private void ReportSharing(string directory, ILogger? logger)
    {
        string other = _users.GetOrAdd(Path.Combine(directory, _file), Function.Info.Id);
        if (other != Function.Info.Id && other != _sharedWith && logger is not null)
            AiLog.PromptFileShared(logger, _file, Function.Info.Id, other, Function.FullFileName);
        _sharedWith = other;
    }

    private string InForce => _prompt is null ? "the compiled prompt" : "its last good version";

    private void Load(string directory, ILogger? logger)
    {
        Dictionary<string, string?> read = new(StringComparer.Ordinal) { [_file] = Read(directory, _file) };
        _read = read;
        if (read[_file] is not { } text)
            return;
        PromptFile file = PromptFile.Parse(text);
        LinkedPrompt linked = PromptLinker.Link(Function, file, Partial, out IReadOnlyList<string> errors);
        if (errors.Count == 0 && TemplateParser.Parse(file.Template).Nodes.All(static node => node is TextNode { Text: var literal } && string.IsNullOrWhiteSpace(literal)))
            errors = ["the file has no prompt"];
        if (errors.Count > 0)
        {
            if (logger is not null)
                AiLog.PromptFileRejected(logger, _file, Function.Info.Name, string.Join("; ", errors), InForce);
            return;
        }
        LoadedPrompt prompt = new(Function, file, linked, string.Concat(read.OrderBy(static entry => entry.Key, StringComparer.Ordinal).Select(static entry => $"{entry.Key}\n{entry.Value}\n")));
        _prompt = prompt;
        if (logger is not null)
            AiLog.PromptFileLoaded(logger, Function.Info.Name, _file, prompt.Info.PromptHash);

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
        return File.Exists(path) ? File.ReadAllText(path, _utf8) : null;
    }
}
