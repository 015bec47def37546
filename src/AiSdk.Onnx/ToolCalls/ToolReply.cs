using System.Text;
using Microsoft.Extensions.AI;

namespace AiSdk.Onnx;

/// <summary>A reply that may hold calls of tools, as it comes: text is let through until it could be the beginning of a call.</summary>
/// <param name="syntax">How the model writes calls.</param>
/// <param name="names">The tools' names.</param>
/// <param name="beginning">What the reply begins with though it was part of the prompt.</param>
/// <param name="isWhole">Whether the reply is calls from its beginning or none at all: then what looks like a call within a text is none.</param>
internal sealed class ToolReply(ToolCallSyntax syntax, IReadOnlyCollection<string> names, string beginning, bool isWhole = false)
{
    private readonly StringBuilder _reply = new(beginning);
    private readonly StopSequenceFilter _before = new(syntax.Opening is null ? [] : [syntax.Opening]);
    private int _shown;
    private bool _isHeld = beginning.Length > 0;
    private bool _hasBegun = beginning.Length > 0;
    private bool? _isText;

    /// <summary>Takes the next piece and returns the text that is no part of a call.</summary>
    public string Push(string piece)
    {
        _reply.Append(piece);
        if (!_hasBegun && !string.IsNullOrWhiteSpace(piece))
        {
            // A reply that is JSON from its beginning may be a call as a whole.
            _hasBegun = true;
            _isHeld = syntax.MayBeBare && _reply.ToString().AsSpan().TrimStart() is ['{' or '[' or '`', ..];
            piece = _reply.ToString();
        }
        if (_hasBegun && !_isHeld && isWhole && IsText())
        {
            string rest = _reply.ToString(_shown, _reply.Length - _shown);
            _shown = _reply.Length;
            return rest;
        }
        if (_isHeld || !_hasBegun)
            return "";
        string shown = _before.Push(piece);
        _isHeld = _before.IsStopped;
        _shown += shown.Length;
        return shown;
    }

    // Whether the reply's beginning shows that it is no call; once that is known it stays so.
    private bool IsText()
    {
        if (_isText is { } known)
            return known;
        ReadOnlySpan<char> opening = syntax.Opening;
        for (int i = 0; i < Math.Min(opening.Length, _reply.Length); i++)
        {
            if (_reply[i] != opening[i])
                _isText = true;
        }
        if (opening.Length == 0)
            _isText = true;
        else if (_reply.Length >= opening.Length)
            _isText ??= false;
        return _isText ?? false;
    }

    /// <summary>What is left when the reply has ended: text that was held back, and calls.</summary>
    /// <param name="isCut">Whether the token limit has cut it.</param>
    public List<AIContent> Finish(bool isCut)
    {
        (string before, List<FunctionCallContent> calls, string after) = ToolCallParser.Parse(_reply.ToString(), syntax, names, isCut, isWhole);
        List<AIContent> contents = [];
        if (before.Length > _shown)
            contents.Add(new TextContent(before[_shown..]));
        contents.AddRange(calls);
        if (after.Length > 0)
            contents.Add(new TextContent(after));
        return contents;
    }
}
