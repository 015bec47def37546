using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace AiSdk;

/// <summary>
/// Reads a reply while it arrives. It shows what the reading of the whole reply is going to say, decided by the same rules; where it cannot be sure, it shows no
/// more (see <see cref="IsFrozen"/>) and leaves the rest to the end. Each character is looked at a bounded number of times, however the reply is cut.
/// </summary>
/// <remarks>One thread may append; snapshots may be used by any, at any time.</remarks>
internal sealed class PartialReader
{
    private const int MaxDepth = CompilerServices.OutputReader.MaxDepth;
    private const int MaxImplied = 3;
    private const int MaxName = 256;
    private const int LookAhead = 96;

    private static readonly SearchValues<char> _hex = SearchValues.Create("0123456789abcdefABCDEF");
    private static readonly PartialShape _any = PartialShape.Of(new OutputShape { Kind = OutputShapeKind.Any, Name = "any" });

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
    public Partial<T> Snapshot<T>() => new(_document.Holder, 0, _document.Length);

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
    public static Partial<T> Complete<T>(string json, T value, OutputShape shape, bool isWrapped, IReadOnlyList<Repair>? repairs = null)
    {
        PartialDocument document = new();
        PartialImport.Add(document, document.Holder, 0, PartialShape.Of(shape), json, isWrapped);
        return new Partial<T>(document.Holder, 0, document.Length, value, repairs ?? []);
    }

    private bool Freeze()
    {
        _state = State.Frozen;
        return false;
    }

    private bool Start()
    {
        switch (_start.Find(Reply))
        {
            case null:
                return Freeze();
            case false:
                return false;
        }
        _position = _start.Position;
        _target = new Target { Owner = _document.Holder, Shape = _root };
        bool isObject = _text[_position] == '{';
        if (_start.IsDraft)
            return Candidate(shown: false);
        if (isObject)
        {
            if (_isWrapped && !_skipsWrapper || _root.Kind == PartialKind.List)
                return Wrap();
            return _root.Kind is PartialKind.Object or PartialKind.Dictionary or PartialKind.Union ? Candidate(shown: true) : Freeze();
        }
        int start = _position++;
        bool known = SkipSpace();
        int next = _position;
        _position = start;
        _comment = Comment.None;
        if (next - start > MaxName)
            return Freeze();
        if (!known)
            return false;
        char first = _text[next];
        switch (_root.Kind)
        {
            case PartialKind.List:
                return Candidate(first == ']' ? _start.IsFirst(Reply) : IsLikely(first, _root.Items));
            case PartialKind.Object when first == '{':
                return Wrap();
            case PartialKind.Object or PartialKind.Union or PartialKind.Dictionary:
                return Candidate(shown: false);
            default:
                return Freeze();
        }
    }

    // [1] in prose is no list of orders.
    private static bool IsLikely(char first, PartialShape shape) => shape.Kind switch
    {
        PartialKind.Object or PartialKind.Dictionary or PartialKind.Union => first == '{',
        PartialKind.List => first == '[',
        PartialKind.Text => QuoteRules.IsQuote(first),
        PartialKind.Leaf => QuoteRules.IsQuote(first) || (shape.Shape.Kind == OutputShapeKind.Boolean ? first is 't' or 'f' or 'T' or 'F' : char.IsAsciiDigit(first) || first == '-'),
        _ => true,
    };

    private bool Candidate(bool shown)
    {
        if (!shown)
            _target.Shape = null;
        return Open();
    }

    private bool Wrap()
    {
        Push(FrameKind.Wrapper);
        _position++;
        _state = State.Between;
        return true;
    }

    private ref Frame Push(FrameKind kind)
    {
        if (_depth == _frames.Length)
            Array.Resize(ref _frames, _depth * 2);
        bool isArray = _text[_position] == '[';
        if (isArray)
            _openArrays++;
        else
            _openObjects++;
        ref Frame frame = ref _frames[_depth++];
        frame = new Frame { Kind = kind, IsArray = isArray, Start = _position, Target = _target, Shape = _target.Shape };
        return ref frame;
    }

    /// <summary>Goes on behind a container; the frame is gone.</summary>
    private bool Pop(bool isRoot)
    {
        if (_frames[--_depth].IsArray)
            _openArrays--;
        else
            _openObjects--;
        if (_depth > 0)
        {
            _state = State.Between;
        }
        else if (isRoot)
        {
            _state = State.Closed;
        }
        else
        {
            _start.Position = _position;
            _state = State.Start;
        }
        return true;
    }

    private bool Between()
    {
        if (!SkipSpace())
            return false;
        char c = _text[_position];
        if (c is ',' or ';')
        {
            _position++;
            return true;
        }
        ref Frame frame = ref _frames[_depth - 1];
        if (c == (frame.IsArray ? ']' : '}'))
        {
            _position++;
            return Close(ref frame);
        }
        if (!frame.IsArray)
            return Key(ref frame);
        if (c is '}' or ':')
            return Freeze();
        switch (frame.Kind)
        {
            case FrameKind.List:
                _target = new Target { Owner = frame.Node!, Key = frame.Hint++, Shape = frame.Shape!.Items, Nullable = frame.Shape.Shape.ItemsNullable };
                break;
            case FrameKind.Wrapper when frame.Matched++ == 0:
                _target = frame.Target;
                break;
            case FrameKind.Wrapper:
                return Freeze();
            default:
                _target = default;
                break;
        }
        _state = State.Value;
        return true;
    }

    private bool Key(ref Frame frame)
    {
        ReadOnlySpan<char> text = Reply;
        int start = _position;
        int end;
        int next;
        string? decoded = null;
        if (QuoteRules.IsQuote(text[start]))
        {
            SearchValues<char> stops = QuoteRules.Stops(text[start]);
            bool escaped = false;
            end = ++start;
            while (true)
            {
                if (end - start > MaxName)
                    return Freeze();
                int stop = end < text.Length ? text[end..].IndexOfAny(stops) : -1;
                if (stop < 0)
                    return text.Length - start > MaxName && Freeze();
                end += stop;
                if (text[end] == '\n')
                    return Freeze();
                if (text[end] != '\\')
                    break;
                escaped = true;
                end += 2;
            }
            if (escaped && !Decode(text[start..end], out decoded))
                return Freeze();
            next = end + 1;
            while (next < text.Length && char.IsWhiteSpace(text[next]))
                next++;
            if (next - end > LookAhead)
                return Freeze();
            if (next >= text.Length)
                return false;
        }
        else
        {
            for (next = start; next < text.Length && (char.IsLetterOrDigit(text[next]) || text[next] is '_' or '-' or '.' or '$' or ' '); next++)
            {
                if (next - start > MaxName)
                    return Freeze();
            }
            if (next >= text.Length)
                return false;
            end = start + text[start..next].TrimEnd().Length;
            if (end == start)
                return Freeze();
        }
        if (text[next] == '=')
        {
            if (next + 1 >= text.Length)
                return false;
            next += text[next + 1] == '>' ? 1 : 0;
        }
        else if (text[next] != ':')
        {
            return Freeze();
        }
        _position = next + 1;
        _state = State.Value;
        return Aim(ref frame, decoded ?? text[start..end]);
    }

    /// <summary>Decides what becomes of the value of a key.</summary>
    private bool Aim(ref Frame frame, ReadOnlySpan<char> name)
    {
        switch (frame.Kind)
        {
            case FrameKind.Object:
                return Property(ref frame, name);
            case FrameKind.Dictionary:
                string key = name.ToString();
                OutputShape shape = frame.Shape!.Shape;
                if (shape.Values.Count > 0)
                {
                    int index = shape.Names.Find(key, -1, out bool _);
                    if (index < 0)
                        return Freeze();
                    key = shape.Values[index].Name;
                }
                if (!(frame.Names ??= new HashSet<string>(StringComparer.Ordinal)).Add(key))
                    return Freeze();
                Begin(ref frame);
                _target = new Target { Owner = frame.Node!, Name = PartialShape.Json(key), Shape = frame.Shape!.Items, Nullable = shape.ItemsNullable };
                return true;
            case FrameKind.Union:
                _target = new Target { IsDiscriminator = IsName(name, frame.Shape!.Shape.Discriminator!) };
                return true;
            case FrameKind.Wrapper:
                return Unwrap(ref frame, name);
            default:
                _target = default;
                return true;
        }
    }

    private bool Property(ref Frame frame, ReadOnlySpan<char> name)
    {
        // Another property beside an envelope: it was none.
        if (frame.Enveloped)
            return Freeze();
        PartialShape shape = frame.Shape!;
        int index = shape.Shape.Names.Find(name, frame.Hint, out bool _);
        if (index >= 0 && _depth == 1 && frame.Matched == 0 && frame.Skipped == 0 && name is "name" && !shape.Shape.IsOpen && _start.IsCall(Reply))
        {
            // The tool's name or the value's: the next name tells.
            frame.IsCall = frame.IsHeld = true;
            frame.Skipped = 1;
            _target = default;
            return true;
        }
        if (frame.IsHeld && (index >= 0 || name is not ("arguments" or "parameters")))
            return Freeze();
        frame.IsHeld = false;
        if (index >= 0 || shape.Shape.IsOpen)
            Begin(ref frame);
        if (index >= 0)
        {
            PartialProperty property = shape.Properties[index];
            if (index < 64 ? (frame.Seen & (1UL << index)) != 0 : frame.Node!.Find(property.Name, int.MaxValue) >= 0)
                return Freeze();
            frame.Seen |= index < 64 ? 1UL << index : 0;
            frame.Hint = index + 1;
            frame.Matched++;
            _target = new Target { Owner = frame.Node!, Key = index, Property = property, Shape = property.Shape, Nullable = property.Nullable, Limits = property.Limits };
            return true;
        }
        if (frame.Node?.Variant is { } variant && IsName(name, variant.Name))
        {
            _target = default;
        }
        else if (shape.Shape.IsOpen)
        {
            if (!(frame.Names ??= new HashSet<string>(StringComparer.Ordinal)).Add(name.ToString()))
                return Freeze();
            _target = new Target { Owner = frame.Node!, Name = PartialShape.Json(name), Shape = _any, Nullable = true };
        }
        else
        {
            bool isArguments = frame.IsCall && frame.Skipped == 1 && name is "arguments" or "parameters";
            _target = new Target { IsEnvelope = frame.Matched == 0 && (frame.Skipped == 0 || isArguments) && frame.Implied < MaxImplied && frame.Node?.Variant is null };
            frame.IsCall = frame.Skipped++ == 0 && _depth == 1 && name is "name";
        }
        return true;
    }

    private bool Unwrap(ref Frame frame, ReadOnlySpan<char> name)
    {
        if (frame.Matched++ > 0)
            return Freeze();
        _target = frame.Target;
        if (_isWrapped && IsName(name, "value"))
            return true;
        if (_root.Kind != PartialKind.List)
        {
            // No wrapper after all.
            _skipsWrapper = true;
            _position = frame.Start;
            return Pop(isRoot: false);
        }
        PartialShape items = _root.Items;
        if (items.Kind == PartialKind.Object ? items.Shape.Names.Find(name, -1, out bool _) >= 0 || items.Shape.IsOpen : items.Kind is PartialKind.Union or PartialKind.Dictionary or PartialKind.Whole)
            return Freeze();
        _target.IsListOnly = true;
        return true;
    }

    private static bool IsName(ReadOnlySpan<char> text, string name) =>
        text.SequenceEqual(name) || text.Length <= MaxName && string.Equals(ShapeNames.Normalize(text), ShapeNames.Normalize(name), StringComparison.Ordinal);

    private bool Value()
    {
        if (!SkipSpace())
            return false;
        char c = _text[_position];
        if (c is '{' or '[')
            return (!_target.IsListOnly || c == '[') ? Open() : Freeze();
        if (_target.IsListOnly || c is ',' or '}' or ']' or ';' or ':')
            return Freeze();
        if (!QuoteRules.IsQuote(c))
        {
            _state = State.Bare;
            _retry = 0;
            return true;
        }
        // Three quotes begin a text in which line breaks and indentation are taken away.
        if (c is '"' or '\'' or '`')
        {
            if (_position + 1 >= _length || _text[_position + 1] == c && _position + 2 >= _length)
                return false;
            if (_text[_position + 1] == c && _text[_position + 2] == c)
                return Freeze();
        }
        _stops = QuoteRules.Stops(c);
        _from = _held = ++_position;
        _escaped = false;
        _high = '\0';
        _mode = _target.Shape is null ? TextMode.Hidden : TextMode.Leaf;
        if (_target.Shape?.Kind == PartialKind.Text && _target.Property is not { Grows: false })
        {
            _mode = TextMode.Shown;
            int key = Prefix();
            int start = _document.Length;
            _document.Append((byte)'"');
            _entry = _target.Owner!.Add(key, start, 0, null);
        }
        _state = State.Text;
        return true;
    }

    private bool Open()
    {
        if (_depth == MaxDepth)
            return Freeze();
        PartialShape? shape = _target.Shape;
        bool isObject = _text[_position] == '{';
        FrameKind kind = shape?.Kind switch
        {
            PartialKind.Object when isObject => FrameKind.Object,
            PartialKind.Dictionary when isObject => FrameKind.Dictionary,
            PartialKind.Union when isObject => FrameKind.Union,
            PartialKind.List when !isObject => FrameKind.List,
            _ => FrameKind.Hidden,
        };
        if (_target.IsEnvelope && isObject)
        {
            Frame around = _frames[_depth - 1];
            ref Frame inner = ref Push(FrameKind.Object);
            inner.Shape = around.Shape;
            inner.Target = around.Target;
            inner.Node = around.Node;
            inner.Entry = around.Entry;
            inner.Implied = (byte)(around.Implied + 1);
        }
        else
        {
            ref Frame frame = ref Push(kind);
            // In prose, braces are something only once there is a name in them.
            if (kind is FrameKind.Object or FrameKind.Dictionary or FrameKind.List && _target.Owner != _document.Holder)
                Begin(ref frame);
            else if (kind == FrameKind.List)
                Begin(ref frame);
        }
        _position++;
        _state = State.Between;
        return true;
    }

    private void Begin(ref Frame frame, OutputVariant? variant = null)
    {
        if (frame.Node is not null)
            return;
        _target = frame.Target;
        int key = Prefix();
        int start = _document.Length;
        _document.Append((byte)(frame.IsArray ? '[' : '{'));
        string? discriminator = frame.Target.Shape!.Shape.Discriminator;
        PartialNode node = new(_document, frame.Shape!.Shape, frame.IsArray ? 4 : Math.Clamp(frame.Shape.Properties.Length, 1, 16))
        {
            Variant = variant is null ? null : (discriminator!, variant.Discriminator),
            NeedsComma = variant is not null,
        };
        if (variant is not null)
        {
            _document.Append(PartialShape.Json(discriminator));
            _document.Append((byte)':');
            _document.Append(Encoding.UTF8.GetBytes(variant.Discriminator));
        }
        frame.Node = node;
        frame.Entry = frame.Target.Owner!.Add(key, start, 0, node);
    }

    /// <summary>Writes what stands before the target's value; its key.</summary>
    private int Prefix()
    {
        PartialNode owner = _target.Owner!;
        if (owner.NeedsComma)
            _document.Append((byte)',');
        owner.NeedsComma = owner.Shape is not null;
        if (_target.Property is { } property)
        {
            _document.Append(property.Key);
        }
        else if (_target.Name is { } name)
        {
            int key = ~_document.Length;
            _document.Append(name);
            _document.Append((byte)':');
            return key;
        }
        return _target.Key;
    }

    private bool Close(ref Frame frame)
    {
        switch (frame.Kind)
        {
            case FrameKind.Wrapper:
                return frame.Matched > 0 ? Pop(isRoot: true) : Freeze();
            case FrameKind.Hidden or FrameKind.Union:
                if (frame.Target.Shape is not null)
                {
                    _target = frame.Target;
                    using LenientReader reply = new(new string(_text, frame.Start, _position - frame.Start));
                    int node = reply.Read(0, reply.TextLength);
                    if (reply.Position < _position - frame.Start || !Fit(reply, node))
                        return Freeze();
                    return Pop(isRoot: true);
                }
                return Pop(isRoot: false);
        }
        // Braces in prose with nothing in them that is wanted.
        if (frame.Node is null && _depth == 1 && frame.Target.Owner == _document.Holder && !_start.IsFirst(Reply))
            return Pop(isRoot: false);
        Begin(ref frame);
        if (frame.Kind == FrameKind.Object && !frame.Enveloped)
        {
            if (frame.Matched == 0 && (frame.Skipped > 0 || frame.Implied > 0) && frame.Node!.Variant is null || !Complete(ref frame))
                return Freeze();
        }
        if (frame.Implied > 0)
        {
            ref Frame around = ref _frames[_depth - 2];
            around.Enveloped = true;
            around.Node = frame.Node;
            around.Entry = frame.Entry;
            return Pop(isRoot: false);
        }
        _document.Append((byte)(frame.IsArray ? ']' : '}'));
        frame.Target.Owner!.Close(frame.Entry, _document.Length);
        return Pop(isRoot: true);
    }

    /// <summary>Writes the nulls that were left out; false if something is missing.</summary>
    private bool Complete(ref Frame frame)
    {
        PartialProperty[] properties = frame.Shape!.Properties;
        int seen = BitOperations.PopCount(frame.Seen);
        if (seen == properties.Length)
            return true;
        for (int i = 0; i < properties.Length; i++)
        {
            PartialProperty property = properties[i];
            if (!property.Required || (i < 64 ? (frame.Seen & (1UL << i)) != 0 : frame.Node!.Find(property.Name, int.MaxValue) >= 0))
                continue;
            if (!property.Nullable || property.Shape.Shape.Kind == OutputShapeKind.Any)
                return false;
            _target = new Target { Owner = frame.Node!, Key = i, Property = property, Shape = property.Shape };
            Write("null"u8);
        }
        return true;
    }

    private void Write(ReadOnlySpan<byte> json)
    {
        int key = Prefix();
        int start = _document.Length;
        _document.Append(json);
        _target.Owner!.Add(key, start, _document.Length, null);
    }

    private bool Text()
    {
        ReadOnlySpan<char> text = Reply;
        while (true)
        {
            int stop = text[_position..].IndexOfAny(_stops);
            int end = stop < 0 ? text.Length : _position + stop;
            if (_mode == TextMode.Shown && end > _position && !Show(text, end))
                return Freeze();
            _position = end;
            if (stop < 0)
                return false;
            switch (text[end])
            {
                case '\\':
                    if (end + 1 >= text.Length)
                        return false;
                    if (_mode == TextMode.Shown)
                    {
                        if (!Escape(text))
                            return false;
                    }
                    else
                    {
                        _escaped = true;
                        _position = end + 2;
                    }
                    break;
                case '\n':
                    if (_start.IsFenced && !IsInsideFence(text, end))
                        return false;
                    if (_high != '\0')
                        return Freeze();
                    _position++;
                    break;
                default:
                    QuoteRules rules = new(text, _depth, _openObjects, _openArrays);
                    bool inArray = _frames[_depth - 1].IsArray;
                    bool closes = rules.Closes(end, inArray);
                    if (rules.IsShort)
                        return false;
                    if (closes)
                        return EndText(end, end + 1);
                    if (!inArray)
                    {
                        bool begins = rules.BeginsProperty(end, _from, out int textEnd);
                        if (rules.IsShort)
                            return false;
                        if (begins)
                            return EndText(textEnd, end);
                    }
                    if (_start.IsFenced || _start.IsChannel)
                    {
                        // At the fence's or channel's end the quote would be the text's, whatever is behind it.
                        int next = end + 1;
                        while (next < text.Length && next - end < LookAhead && (text[next] is ',' or ';' || char.IsWhiteSpace(text[next])))
                            next++;
                        if (next >= text.Length)
                            return false;
                        if (text[next] == (_start.IsChannel ? '<' : '`'))
                            return Freeze();
                    }
                    _position++;
                    if (_mode == TextMode.Shown && !Flush(text, _position))
                        return Freeze();
                    break;
            }
        }
    }

    /// <summary>Whether a line break is not beside the end of the fence that the value stands in; the reader waits or is frozen if it is.</summary>
    private bool IsInsideFence(ReadOnlySpan<char> text, int lineBreak)
    {
        int next = lineBreak + 1;
        while (next < text.Length && next - lineBreak < LookAhead && text[next] is ' ' or '\t' or '\r')
            next++;
        ReadOnlySpan<char> rest = text[next..];
        if (rest.Length < 3 && rest.IndexOfAnyExcept('`') < 0)
            return false;
        int from = Math.Max(_from, lineBreak - LookAhead);
        return !rest.StartsWith("```") && !text[from..lineBreak].TrimEnd(" \t\r").EndsWith("```") || Freeze();
    }

    /// <summary>Shows a text's characters up to an end, but for spaces and commas at the end, which are no part of it if its quote was forgotten.</summary>
    private bool Show(ReadOnlySpan<char> text, int end)
    {
        int shown = end;
        if (_start.IsChannel)
        {
            if (text[Math.Max(_from, _position - 1)..end].Contains("<|", StringComparison.Ordinal))
                return false;
            if (text[end - 1] == '<')
                shown--;
        }
        if (shown == text.Length && char.IsHighSurrogate(text[end - 1]))
            shown--;
        while (shown > _position && (text[shown - 1] == ',' || char.IsWhiteSpace(text[shown - 1])))
            shown--;
        return shown <= _position || Flush(text, shown);
    }

    private bool Flush(ReadOnlySpan<char> text, int end)
    {
        if (end <= _held)
            return true;
        if (_high != '\0')
            return false;
        ReadOnlySpan<char> run = text[_held..end];
        _held = end;
        return PartialWriter.TryAppend(_document, run);
    }

    /// <summary>Reads an escape; false if more is needed, or the reader is frozen.</summary>
    private bool Escape(ReadOnlySpan<char> text)
    {
        if (!Flush(text, _position))
            return Freeze();
        char c = text[_position + 1];
        int length = 2;
        ReadOnlySpan<char> written = default;
        switch (c)
        {
            case '"' or '\\' or '/' or '\'' or '`' or '$' or '“' or '”' or '‘' or '’' or '«' or '»':
                break;
            case 'n':
                c = '\n';
                break;
            case 't':
                c = '\t';
                break;
            case 'r':
                c = '\r';
                break;
            case 'b':
                c = '\b';
                break;
            case 'f':
                c = '\f';
                break;
            case 'u':
                ReadOnlySpan<char> digits = text[(_position + 2)..];
                digits = digits[..Math.Min(4, digits.Length)];
                if (digits.IndexOfAnyExcept(_hex) >= 0)
                {
                    written = "\\u";
                }
                else if (digits.Length < 4)
                {
                    return false;
                }
                else
                {
                    c = (char)ushort.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
                    length = 6;
                }
                break;
            default:
                // What is trimmed where a quote was forgotten may be behind a backslash too.
                if (char.IsSurrogate(c) || c == ',' || char.IsWhiteSpace(c))
                    return Freeze();
                written = text.Slice(_position, 2);
                break;
        }
        char high = _high;
        _high = '\0';
        if (high != '\0' || char.IsSurrogate(c))
        {
            // Half a character is shown with its other half.
            if (written.IsEmpty && high == '\0' && char.IsHighSurrogate(c))
                _high = c;
            else if (!written.IsEmpty || !char.IsSurrogatePair(high, c) || !PartialWriter.TryAppend(_document, [high, c]))
                return Freeze();
        }
        else if (!PartialWriter.TryAppend(_document, written.IsEmpty ? [c] : written))
        {
            return Freeze();
        }
        _held = _position += length;
        return true;
    }

    private static bool Decode(ReadOnlySpan<char> content, out string? text)
    {
        using LenientReader reader = new($"\"{content}\"");
        int node = reader.Read(0, content.Length + 2);
        text = reader.TextOf(node).ToString();
        return reader.Position == content.Length + 2;
    }

    private bool EndText(int end, int next)
    {
        ReadOnlySpan<char> text = Reply;
        _state = State.Between;
        switch (_mode)
        {
            case TextMode.Shown:
                if (!Flush(text, end) || _high != '\0')
                    return Freeze();
                _document.Append((byte)'"');
                _target.Owner!.Close(_entry, _document.Length);
                break;
            case TextMode.Leaf:
                string? decoded = null;
                if (_escaped && !Decode(text[_from..end], out decoded) || !Leaf(decoded ?? text[_from..end], isText: true))
                    return Freeze();
                break;
            default:
                if (_target.IsDiscriminator && Discriminate(text[_from..end]))
                    return true;
                break;
        }
        _position = next;
        return true;
    }

    private bool Bare()
    {
        if (_length < _retry)
            return false;
        ReadOnlySpan<char> text = Reply;
        ref Frame frame = ref _frames[_depth - 1];
        QuoteRules rules = new(text, _depth, _openObjects, _openArrays);
        int end = rules.BareEnd(_position, frame.IsArray, MaxName);
        if (end < 0)
        {
            // A long word is not looked at again for each new character.
            _retry = _length + ((_length - _position) / 8);
            return false;
        }
        ReadOnlySpan<char> bare = text[_position..end].TrimEnd().TrimEnd("\uFEFF\u200B").TrimEnd();
        if (bare.IsEmpty || bare.Length > MaxName - 8 || bare is "..." or "…")
            return Freeze();
        _state = State.Between;
        if (_target.IsDiscriminator && Discriminate(bare))
            return true;
        if (_target.Shape is not null && !Leaf(bare, isText: false))
            return Freeze();
        _position = end;
        return true;
    }

    /// <summary>Begins to show a union's value, from its first property, if a text names a variant.</summary>
    private bool Discriminate(ReadOnlySpan<char> text)
    {
        ref Frame frame = ref _frames[_depth - 1];
        OutputShape union = frame.Shape!.Shape;
        string value = ShapeNames.Normalize(text);
        for (int i = 0; i < union.Variants.Count; i++)
        {
            if (ShapeNames.Normalize(union.Variants[i].Discriminator) != value)
                continue;
            frame.Kind = FrameKind.Object;
            frame.Shape = frame.Shape.Variant(i);
            Begin(ref frame, union.Variants[i]);
            _position = frame.Start + 1;
            return true;
        }
        return false;
    }

    /// <summary>Shows a value that is whole; false if it is not sure what it is.</summary>
    private bool Leaf(ReadOnlySpan<char> text, bool isText)
    {
        PartialShape shape = _target.Shape!;
        if (!isText && text is "null" or "None" or "undefined" or "nil" or "NULL" or "Null" or "nan" or "NaN" or "N/A")
        {
            if (_target.Nullable)
            {
                Write("null"u8);
                return true;
            }
            // A property that may be left out is.
            if (_target.Property is { Required: false } && shape.Shape.Kind is not (OutputShapeKind.Any or OutputShapeKind.Null))
                return true;
        }
        OutputLimits? limits = _target.Limits ?? shape.Shape.Limits;
        switch (shape.Shape.Kind)
        {
            case OutputShapeKind.Integer or OutputShapeKind.Number when !isText && NumberText.IsJson(text, out bool isWhole) && (isWhole || shape.Shape.Kind == OutputShapeKind.Number) && IsWithin(text, limits):
                Span<byte> digits = stackalloc byte[MaxName];
                Write(digits[..Encoding.ASCII.GetBytes(text, digits)]);
                return true;
            case OutputShapeKind.Boolean when !isText && text is "true":
                Write("true"u8);
                return true;
            case OutputShapeKind.Boolean when !isText && text is "false":
                Write("false"u8);
                return true;
            case OutputShapeKind.Enum when isText && shape.Shape.Names.Find(text, -1, out bool exact) is >= 0 and int index && exact && shape.Shape.Values[index].Json is null:
                Write(shape.Value(index));
                return true;
            case OutputShapeKind.String when isText && !text.ContainsAnyInRange('\uD800', '\uDFFF'):
                string? canonical = null;
                if (shape.Shape.Format is { } format && DateText.Canonical(format, text.Trim(), out canonical) && canonical is null)
                    return false;
                Write(PartialShape.Json(canonical ?? text));
                return true;
        }
        using LenientReader reply = new(text.ToString());
        int node = reply.Prose(0, text.Length);
        if (isText)
            reply[node].Kind = NodeKind.Text;
        return Fit(reply, node);
    }

    private static bool IsWithin(ReadOnlySpan<char> number, OutputLimits? limits)
    {
        if (limits is not { Minimum: not null } and not { Maximum: not null })
            return true;
        CultureInfo invariant = CultureInfo.InvariantCulture;
        double value = double.Parse(number, NumberStyles.Float, invariant);
        return (!double.TryParse(limits.Minimum, NumberStyles.Float, invariant, out double least) || value > least || value == least && !limits.MinimumIsExclusive)
            && (!double.TryParse(limits.Maximum, NumberStyles.Float, invariant, out double most) || value < most || value == most && !limits.MaximumIsExclusive);
    }

    /// <summary>Shows what the repair makes of a value, if it is sure.</summary>
    private bool Fit(LenientReader reply, int node)
    {
        using JsonText json = new(reply.TextLength + 64);
        ShapeFitter fitter = new(reply, json, partial: false);
        if (fitter.Fit(node, _target.Shape!.Shape, _target.Nullable, _target.Limits) < 0 || fitter.Losses > 0)
            return false;
        int key = Prefix();
        PartialImport.Add(_document, _target.Owner!, key, _target.Shape, json.Written, isWrapped: false);
        return true;
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
