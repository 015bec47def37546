using System.Buffers;
using System.Globalization;
using System.Text;

namespace AiSdk;

// Texts, numbers and all else that has no parts.
internal sealed partial class PartialReader
{
    private static readonly SearchValues<char> _hex = SearchValues.Create("0123456789abcdefABCDEF");

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
                    QuoteRules rules = new(text, TextEnd.Unknown, _depth, _openObjects, _openArrays);
                    char container = _frames[_depth - 1].IsArray ? '[' : '{';
                    bool closes = rules.Closes(end, container);
                    if (rules.IsShort)
                        return false;
                    if (closes)
                        return EndText(end, end + 1);
                    if (container == '{')
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
        QuoteRules rules = new(text, TextEnd.Unknown, _depth, _openObjects, _openArrays);
        int end = rules.BareEnd(_position, frame.IsArray ? '[' : '{', MaxName);
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
}
