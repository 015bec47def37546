using System.Text;

namespace AiSdk;

/// <summary>Takes the thoughts out of a text that begins with them, <c>&lt;think&gt;…&lt;/think&gt;</c>, while it arrives. Tags that are not closed, or stand further behind, are text.</summary>
internal sealed class ThoughtSplitter
{
    private readonly StringBuilder _held = new();
    private State _state;
    private string _start = "";
    private string _end = "";

    private enum State
    {
        Before,
        Thinking,
        Behind,
        Text,
    }

    /// <summary>What stood between the tags; <see langword="null"/> if there are none, or nothing between them.</summary>
    public string? Thoughts { get; private set; }

    /// <summary>A whole text without its thoughts.</summary>
    public static string Split(string text, out string? thoughts)
    {
        ThoughtSplitter splitter = new();
        string rest = splitter.Append(text);
        rest += splitter.End();
        thoughts = splitter.Thoughts;
        return rest;
    }

    /// <summary>Takes a piece of the text and gives what is known to be none of the thoughts.</summary>
    public string Append(string piece)
    {
        if (_state == State.Text)
            return piece;
        if (_state == State.Behind)
            return Begin(piece);
        int seen = _held.Length;
        _held.Append(piece);
        if (_state == State.Before)
        {
            string begin = _held.ToString().TrimStart();
            int tag = Array.FindIndex(ReasonedReply.Tags, tag => begin.StartsWith(tag.Start, StringComparison.OrdinalIgnoreCase));
            if (tag < 0)
                return ReasonedReply.Tags.Any(tag => tag.Start.StartsWith(begin, StringComparison.OrdinalIgnoreCase)) ? "" : End();
            (_start, _end) = ReasonedReply.Tags[tag];
            _state = State.Thinking;
            seen = _held.Length - begin.Length + _start.Length;
        }
        // The end may have begun in the piece before.
        int from = Math.Max(0, seen - _end.Length);
        string tail = _held.ToString(from, _held.Length - from);
        int at = tail.IndexOf(_end, StringComparison.OrdinalIgnoreCase);
        if (at < 0)
            return "";
        string begun = _held.ToString(0, from + at).TrimStart();
        Thoughts = begun[_start.Length..].Trim() is { Length: > 0 } thoughts ? thoughts : null;
        _held.Clear();
        _state = State.Behind;
        return Begin(tail[(at + _end.Length)..]);
    }

    /// <summary>Ends the text.</summary>
    /// <returns>What was held back and is no thought.</returns>
    public string End()
    {
        string rest = _held.ToString();
        _held.Clear();
        _state = State.Text;
        return rest;
    }

    // The blank lines between thoughts and text belong to neither.
    private string Begin(string piece)
    {
        string text = piece.TrimStart();
        if (text.Length > 0)
            _state = State.Text;
        return text;
    }
}
