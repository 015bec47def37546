using System.Buffers;

namespace AiSdk;

/// <summary>
/// Reads a reply while it arrives. It shows what the reading of the whole reply is going to say, decided by the same rules; where it cannot be sure, it shows no
/// more (see <see cref="IsFrozen"/>) and leaves the rest to the end. Each character is looked at a bounded number of times, however the reply is cut.
/// </summary>
/// <remarks>One thread may append; snapshots may be used by any, at any time.</remarks>
internal sealed partial class PartialReader
{
    private const int MaxName = 256;
    private const int LookAhead = 96;

    private readonly PartialDocument _document = new();
    private readonly PartialShape _root;
    private readonly bool _isWrapped;
    private readonly ReplyStart _start = new();

    private char[] _text = new char[1024];
    private int _length;
    private int _position;
    private State _state;
    private Frame[] _frames = new Frame[8];
    private int _depth;
    private int _openObjects;
    private int _openArrays;
    private bool _skipsWrapper;
    private Comment _comment;
    private int _taken;

    // The value that is being read, and, if it is a text, how.
    private Target _target;
    private TextMode _mode;
    private SearchValues<char> _stops = QuoteRules.Stops('"');
    private int _from;
    private int _held;
    private int _entry;
    private int _retry;
    private bool _escaped;
    private char _high;

    /// <param name="shape">What the reply becomes.</param>
    /// <param name="isWrapped">Whether the value may be in <c>{"value": …}</c>.</param>
    public PartialReader(OutputShape shape, bool isWrapped)
    {
        _root = PartialShape.Of(shape);
        _isWrapped = isWrapped;
    }

    private enum State : byte
    {
        Start,
        Between,
        Value,
        Text,
        Bare,
        Closed,
        Frozen,
    }

    private enum TextMode : byte
    {
        Hidden,
        Leaf,
        Shown,
    }

    private enum Comment : byte
    {
        None,
        Line,
        Block,
    }

    private enum FrameKind : byte
    {
        /// <summary>Read without showing it: not of the type, or only known when it is whole.</summary>
        Hidden,

        Object,
        List,
        Dictionary,

        /// <summary>An object whose variant is not known yet.</summary>
        Union,

        /// <summary>What stands around the value: an object of one key, a list of one element.</summary>
        Wrapper,
    }

    /// <summary>Whether nothing more will be shown, because only the whole reply can tell what is meant.</summary>
    public bool IsFrozen => _state == State.Frozen;

    /// <summary>Whether the value has been shown to its end.</summary>
    public bool IsClosed => _state == State.Closed;

    /// <summary>The reply so far.</summary>
    public ReadOnlySpan<char> Reply => _text.AsSpan(0, _length);

    /// <summary>Reads on; whether there is more to show than before.</summary>
    public bool Append(ReadOnlySpan<char> chunk)
    {
        if (_text.Length - _length < chunk.Length)
            Array.Resize(ref _text, Math.Max(_text.Length * 2, _length + chunk.Length));
        chunk.CopyTo(_text.AsSpan(_length));
        _length += chunk.Length;
        int before = _document.Length;
        bool more = true;
        while (more)
        {
            more = _state switch
            {
                State.Text => Text(),
                State.Between => Between(),
                State.Value => Value(),
                State.Bare => Bare(),
                State.Start => Start(),
                _ => false,
            };
        }
        return _document.Length > before;
    }

    /// <summary>What is known now. Costs the same however much that is.</summary>
    /// <param name="thoughts">What the model has thought before.</param>
    public Partial<T> Snapshot<T>(ReasoningText? thoughts = null) => new(_document.Holder, 0, _document.Length) { Thoughts = thoughts is null ? null : (thoughts, thoughts.Length) };

    /// <summary>Takes the next closed element of a list, in order.</summary>
    /// <param name="index">Its index.</param>
    /// <param name="json">Canonical JSON, valid until the next <see cref="Append"/>.</param>
    public bool TryTakeElement(out int index, out ReadOnlySpan<byte> json)
    {
        index = _taken;
        json = default;
        if (_document.Holder.Count == 0 || _document.Holder.Entries[0].Child is not { IsList: true } list || _taken >= list.Count || list.Entries[_taken].End == 0)
            return false;
        PartialEntry entry = list.Entries[_taken++];
        json = _document.Json.AsSpan(entry.Start..entry.End);
        return true;
    }

    /// <summary>Compares what was shown with the whole reply's value.</summary>
    /// <param name="json">The value as the whole reply's reading has it.</param>
    /// <returns>The path of the first value that was shown and is another now; null if all was right.</returns>
    public string? Finish(string json) => PartialComparison.Contradiction(_document, json, _isWrapped);

    /// <summary>The last partial: of a value that is complete.</summary>
    /// <param name="json">The value as the whole reply's reading has it.</param>
    /// <param name="value">The value itself.</param>
    /// <param name="shape">What the reply becomes.</param>
    /// <param name="isWrapped">Whether the value may be in <c>{"value": …}</c>.</param>
    /// <param name="repairs">What was done to the reply.</param>
    /// <param name="thoughts">What the model has thought before.</param>
    public static Partial<T> Complete<T>(string json, T value, OutputShape shape, bool isWrapped, IReadOnlyList<Repair>? repairs = null, ReasoningText? thoughts = null)
    {
        PartialDocument document = new();
        PartialImport.Add(document, document.Holder, 0, PartialShape.Of(shape), json, isWrapped);
        return new Partial<T>(document.Holder, 0, document.Length, value, repairs ?? []) { Thoughts = thoughts is null ? null : (thoughts, thoughts.Length) };
    }

    private bool Freeze()
    {
        _state = State.Frozen;
        return false;
    }

    /// <summary>Goes to what is neither space nor comment; false if that has not come yet.</summary>
    private bool SkipSpace()
    {
        ReadOnlySpan<char> text = Reply;
        while (_position < text.Length)
        {
            if (_comment != Comment.None)
            {
                int end = _comment == Comment.Line ? text[_position..].IndexOf('\n') : text[_position..].IndexOf("*/");
                if (end < 0)
                {
                    // The star may be the last character so far.
                    _position = Math.Max(_position, text.Length - (_comment == Comment.Line ? 0 : 1));
                    return false;
                }
                _position += _comment == Comment.Line ? end : end + 2;
                _comment = Comment.None;
                continue;
            }
            char c = text[_position];
            if (c is ' ' or '\n' or '\r' or '\t' || c > 127 && QuoteRules.IsSpace(c))
            {
                _position++;
            }
            else if (c is '/' or '#')
            {
                if (_position + 1 >= text.Length)
                    return false;
                char next = text[_position + 1];
                if (c == '/' ? next is not ('/' or '*') : !char.IsWhiteSpace(next))
                    return true;
                _comment = next == '*' ? Comment.Block : Comment.Line;
                _position += c == '/' ? 2 : 1;
            }
            else
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>Where a value goes. Without a shape it is not shown.</summary>
    private struct Target
    {
        public PartialNode? Owner;
        public PartialShape? Shape;
        public PartialProperty? Property;
        public OutputLimits? Limits;

        /// <summary>The name as JSON, where no property has it.</summary>
        public byte[]? Name;

        public int Key;
        public bool Nullable;

        /// <summary>Whether an object here may be the one that was wanted around it.</summary>
        public bool IsEnvelope;

        public bool IsDiscriminator;
        public bool IsListOnly;
    }

    /// <summary>A container that is open in the reply.</summary>
    private struct Frame
    {
        public FrameKind Kind;
        public bool IsArray;

        /// <summary>Whether this may be the call of a tool, of which only the name has come.</summary>
        public bool IsCall;

        /// <summary>Whether that name may be a value too.</summary>
        public bool IsHeld;

        /// <summary>Whether the value was found in an object inside.</summary>
        public bool Enveloped;

        /// <summary>How many envelopes are around it.</summary>
        public byte Implied;

        public int Start;
        public int Entry;

        /// <summary>The next property or element that is expected.</summary>
        public int Hint;

        public int Matched;
        public int Skipped;

        /// <summary>A bit for each of the first properties that was there.</summary>
        public ulong Seen;

        public HashSet<string>? Names;
        public PartialShape? Shape;
        public PartialNode? Node;
        public Target Target;
    }
}
