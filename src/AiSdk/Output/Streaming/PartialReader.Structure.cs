using System.Buffers;
using System.Numerics;
using System.Text;

namespace AiSdk;

// Where the value begins, and its objects and lists.
internal sealed partial class PartialReader
{
    private const int MaxDepth = CompilerServices.OutputReader.MaxDepth;
    private const int MaxImplied = 3;

    private static readonly PartialShape _any = PartialShape.Of(new OutputShape { Kind = OutputShapeKind.Any, Name = "any" });

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
}
