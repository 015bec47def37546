using System.Globalization;
using System.Text;

namespace AiSdk.Onnx;

/// <summary>Python's ways to format: <c>'%s' % value</c>, <c>'{}'.format(value)</c> and the format specifications of both.</summary>
internal static class PythonFormat
{
    /// <summary><c>format % arguments</c></summary>
    public static string Percent(RenderState state, string format, object? arguments)
    {
        IReadOnlyList<object?> items = arguments as PythonTuple ?? new PythonTuple(arguments);
        int used = 0;
        StringBuilder result = new();
        for (int i = 0; i < format.Length; i++)
        {
            if (format[i] != '%')
            {
                result.Append(format[i]);
                continue;
            }
            object? named = null;
            bool isNamed = false;
            i++;
            if (i < format.Length && format[i] == '(')
            {
                int close = format.IndexOf(')', i);
                if (close < 0 || !PythonDictionaries.IsDictionary(arguments))
                    throw state.Fail("a format with '%(name)' needs ')' and a dictionary");
                string key = format[(i + 1)..close];
                if (!PythonDictionaries.TryGet(state, arguments!, key, out named))
                    throw state.Fail($"the dictionary of the format has no key '{key}'");
                isNamed = true;
                used = items.Count;
                i = close + 1;
            }
            Spec spec = new() { Fill = ' ', Align = '>' };
            for (; i < format.Length && "#0- +".Contains(format[i], StringComparison.Ordinal); i++)
            {
                if (format[i] == '-')
                    spec.Align = '<';
                else if (format[i] == '0')
                    spec.Fill = '0';
                else if (format[i] == '#')
                    spec.IsAlternate = true;
                else if (spec.Sign != '+')
                    spec.Sign = format[i];
            }
            if (spec.Fill == '0')
                (spec.Fill, spec.Align) = spec.Align == '<' ? (' ', '<') : ('0', '=');
            if (i < format.Length && format[i] == '*')
            {
                long width = Next() is long given ? given : throw state.Fail("the width '*' of a format needs an integer");
                (spec.Width, spec.Align) = (CheckWidth(state, Math.Abs(width)), width < 0 ? '<' : spec.Align);
                i++;
            }
            else
            {
                spec.Width = ReadInteger(state, format, ref i) ?? 0;
            }
            if (i < format.Length && format[i] == '.')
            {
                i++;
                spec.Precision = ReadInteger(state, format, ref i) ?? 0;
            }
            while (i < format.Length && format[i] is 'h' or 'l' or 'L')
                i++;
            if (i >= format.Length)
                throw state.Fail("the format ends within a '%…'");
            spec.Type = format[i];
            if (spec.Type == '%')
            {
                result.Append('%');
                continue;
            }
            object? value = isNamed ? named : Next();
            switch (spec.Type)
            {
                case 's' or 'r' or 'a':
                    spec.Fill = ' ';
                    if (spec.Align == '=')
                        spec.Align = '>';
                    string text = spec.Type == 's' ? PythonText.Str(state, value) : PythonText.Repr(state, value);
                    result.Append(Text(state, text, spec));
                    break;
                case 'c':
                    string character = value is long code && code is >= 0 and < 0x110000 and not (>= 0xD800 and <= 0xDFFF) ? char.ConvertFromUtf32((int)code) : value as string ?? "";
                    if (PythonStrings.Length(character) != 1)
                        throw state.Fail("'%c' needs a character");
                    result.Append(Text(state, character, spec));
                    break;
                case 'd' or 'i' or 'u' or 'x' or 'X' or 'o' or 'e' or 'E' or 'f' or 'F' or 'g' or 'G':
                    if (!PythonNumbers.TryGet(value, out PythonNumber number))
                        throw state.Fail($"'%{spec.Type}' needs a number, not '{PythonValue.TypeName(value)}'");
                    bool isInteger = spec.Type is 'd' or 'i' or 'u' or 'x' or 'X' or 'o';
                    if (spec.Type is 'x' or 'X' or 'o' && !number.IsInteger)
                        throw state.Fail($"'%{spec.Type}' needs an integer");
                    if (isInteger && !number.IsInteger)
                        number = new PythonNumber(true, PythonNumbers.Truncate(state, number.Float), 0);
                    if (spec.Type is 'i' or 'u')
                        spec.Type = 'd';
                    result.Append(Number(state, number, spec));
                    break;
                default:
                    throw state.Fail($"the format '%{spec.Type}' is not supported; supported are s, r, a, c, d, i, u, x, X, o, e, E, f, F, g, G and %");
            }
            state.ChargeText(result.Length >> 8);
        }
        if (used < items.Count && !PythonDictionaries.IsDictionary(arguments) && arguments is not (Undefined or (IReadOnlyList<object?> and not PythonTuple)))
            throw state.Fail("not all arguments of the format were used");
        state.ChargeText(result.Length);
        return result.ToString();

        object? Next() => used < items.Count ? items[used++] : throw state.Fail("the format has more '%…' than arguments");
    }

    /// <summary><c>format.format(arguments)</c></summary>
    public static string Format(RenderState state, string format, CallArguments arguments)
    {
        int used = 0;
        return Format(state, format, arguments, ref used, isNested: false);
    }

    private static string Format(RenderState state, string format, CallArguments arguments, ref int used, bool isNested)
    {
        StringBuilder result = new();
        for (int i = 0; i < format.Length; i++)
        {
            char c = format[i];
            if (c is not ('{' or '}'))
            {
                result.Append(c);
                continue;
            }
            if (i + 1 < format.Length && format[i + 1] == c)
            {
                result.Append(c);
                i++;
                continue;
            }
            if (c == '}')
                throw state.Fail("a single '}' in a format; write '}}'");
            int end = ClosingBrace(format, i);
            if (end < 0)
                throw state.Fail("a single '{' in a format; write '{{'");
            string field = format[(i + 1)..end];
            i = end;
            int colon = field.IndexOf(':', StringComparison.Ordinal);
            string spec = colon < 0 ? "" : field[(colon + 1)..];
            string name = colon < 0 ? field : field[..colon];
            int conversion = name.LastIndexOf('!');
            object? value = Field(state, conversion < 0 ? name : name[..conversion], arguments, ref used);
            if (spec.Contains('{', StringComparison.Ordinal))
                spec = isNested ? throw state.Fail("format fields are nested too deep") : Format(state, spec, arguments, ref used, isNested: true);
            value = conversion < 0 ? value : name[(conversion + 1)..] switch
            {
                "s" => PythonText.Str(state, value),
                "r" or "a" => PythonText.Repr(state, value),
                string other => throw state.Fail($"the conversion '!{other}' is not known; supported are !s, !r and !a"),
            };
            result.Append(Value(state, value, spec));
            state.ChargeText(result.Length >> 8);
        }
        state.ChargeText(result.Length);
        return result.ToString();
    }

    private static int ClosingBrace(string format, int open)
    {
        int depth = 0;
        for (int i = open; i < format.Length; i++)
        {
            if (format[i] == '{')
                depth++;
            else if (format[i] == '}' && --depth == 0)
                return i;
        }
        return -1;
    }

    private static object? Field(RenderState state, string path, CallArguments arguments, ref int used)
    {
        int end = path.AsSpan().IndexOfAny('.', '[');
        string name = end < 0 ? path : path[..end];
        object? value;
        if (name.Length == 0 || PythonNumbers.TryParseInteger(name, 10, out _))
        {
            if (!int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int index))
                index = used++;
            value = index < arguments.Positional.Length ? arguments.Positional[index] : throw state.Fail($"the format has no argument {index}");
        }
        else
        {
            int index = Array.FindIndex(arguments.Named, argument => argument.Key == name);
            value = index >= 0 ? arguments.Named[index].Value : throw state.Fail($"the format has no argument '{name}'");
        }
        for (int i = end; i >= 0 && i < path.Length;)
        {
            if (path[i] == '.')
            {
                int next = path.AsSpan(i + 1).IndexOfAny('.', '[');
                int stop = next < 0 ? path.Length : i + 1 + next;
                value = PythonAccess.GetAttribute(state, value, path[(i + 1)..stop]);
                i = stop;
            }
            else
            {
                int close = path.IndexOf(']', i);
                if (close < 0)
                    throw state.Fail("a '[' in a format field is not closed");
                string key = path[(i + 1)..close];
                value = PythonAccess.GetItem(state, value, long.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out long position) ? position : key);
                i = close + 1;
            }
            if (value is Undefined undefined)
                throw state.Fail(undefined.Message);
        }
        return value;
    }

    /// <summary><c>format(value, specification)</c></summary>
    private static string Value(RenderState state, object? value, string specification)
    {
        if (specification.Length == 0)
            return PythonText.Str(state, value);
        Spec spec = new() { Fill = ' ' };
        int i = 0;
        if (specification.Length > 1 && specification[1] is '<' or '>' or '^' or '=')
            (spec.Fill, spec.Align, i) = (specification[0], specification[1], 2);
        else if (specification[0] is '<' or '>' or '^' or '=')
            (spec.Align, i) = (specification[0], 1);
        if (i < specification.Length && specification[i] is '+' or '-' or ' ')
            spec.Sign = specification[i++];
        if (i < specification.Length && specification[i] == '#')
        {
            spec.IsAlternate = true;
            i++;
        }
        if (i < specification.Length && specification[i] == '0')
        {
            if (spec.Align == '\0')
                (spec.Fill, spec.Align) = ('0', '=');
            i++;
        }
        spec.Width = ReadInteger(state, specification, ref i) ?? 0;
        if (i < specification.Length && specification[i] is ',' or '_')
            spec.Grouping = specification[i++];
        if (i < specification.Length && specification[i] == '.')
        {
            i++;
            spec.Precision = ReadInteger(state, specification, ref i) ?? throw state.Fail("a format specification needs a number behind '.'");
        }
        if (i < specification.Length)
            spec.Type = specification[i++];
        if (i < specification.Length)
            throw state.Fail($"the format specification '{specification}' is not supported");
        if (value is bool && spec.Type is '\0' or 's' || !PythonNumbers.TryGet(value, out PythonNumber number))
        {
            if (value is not (string or bool))
                throw state.Fail($"a '{PythonValue.TypeName(value)}' takes no format specification");
            if (spec.Type is not ('\0' or 's') || spec.Align == '=')
                throw state.Fail($"the format specification '{specification}' is for numbers, not for 'str'");
            if (spec.Align == '\0')
                spec.Align = '<';
            return Text(state, PythonText.Str(state, value), spec);
        }
        if (spec.Type == '\0' && number.IsInteger)
            spec.Type = 'd';
        if (!"\0dxXobeEfFgG%n".Contains(spec.Type, StringComparison.Ordinal) || (spec.Type is 'd' or 'x' or 'X' or 'o' or 'b' && !number.IsInteger))
            throw state.Fail($"the format '{spec.Type}' does not fit a '{PythonValue.TypeName(value)}'");
        if (spec.Align == '\0')
            spec.Align = '>';
        return Number(state, number, spec);
    }

    private static string Number(RenderState state, PythonNumber number, Spec spec)
    {
        bool isNegative = number.IsInteger ? number.Integer < 0 : double.IsNegative(number.Float) && !double.IsNaN(number.Float);
        string digits = spec.Type switch
        {
            'd' or 'x' or 'X' or 'o' or 'b' => Integer(number.Integer, spec),
            '\0' when spec.Precision is null => PythonNumbers.Format(Math.Abs(number.Float)),
            _ => Real(state, Math.Abs(number.AsDouble), spec),
        };
        string sign = isNegative ? "-" : spec.Sign is '+' or ' ' ? spec.Sign.ToString() : "";
        if (spec.Grouping != '\0')
            digits = Group(digits, spec.Grouping);
        if (spec.Align == '=')
            return sign + Repeat(state, spec.Fill, spec.Width - digits.Length - sign.Length) + digits;
        return Text(state, sign + digits, spec with { Precision = null });
    }

    private static string Integer(long value, Spec spec)
    {
        ulong magnitude = value < 0 ? (ulong)-(value + 1) + 1 : (ulong)value;
        string digits = spec.Type switch
        {
            'x' => magnitude.ToString("x", CultureInfo.InvariantCulture),
            'X' => magnitude.ToString("X", CultureInfo.InvariantCulture),
            'b' => magnitude.ToString("b", CultureInfo.InvariantCulture),
            'o' => Octal(magnitude),
            _ => magnitude.ToString(CultureInfo.InvariantCulture),
        };
        if (spec.IsAlternate && spec.Type != 'd')
            digits = $"0{spec.Type}{digits}";
        return spec.Precision is { } precision ? digits.PadLeft(Math.Min(precision, 1000), '0') : digits;
    }

    private static string Octal(ulong value)
    {
        string digits = "";
        do
        {
            digits = (char)('0' + (int)(value & 7)) + digits;
            value >>= 3;
        }
        while (value > 0);
        return digits;
    }

    private static string Real(RenderState state, double value, Spec spec)
    {
        if (!double.IsFinite(value))
            return PythonNumbers.Format(value) is var name && char.IsUpper(spec.Type) ? name.ToUpperInvariant() : PythonNumbers.Format(value);
        int precision = spec.Precision ?? 6;
        if (precision > 1000)
            throw state.Fail("a format's precision is limited to 1000");
        switch (spec.Type)
        {
            case 'f' or 'F':
                return Fixed(value, precision);
            case '%':
                return Fixed(value * 100, precision) + "%";
            case 'e' or 'E':
                return Exponential(value, precision, spec.Type);
        }
        precision = Math.Max(1, precision);
        string text = Exponential(value, precision - 1, 'e');
        int exponent = int.Parse(text.AsSpan(text.IndexOf('e', StringComparison.Ordinal) + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        if (exponent < -4 || exponent >= (spec.Type == '\0' ? Math.Max(precision - 1, 1) : precision))
        {
            int mark = text.IndexOf('e', StringComparison.Ordinal);
            string mantissa = text[..mark];
            if (mantissa.Contains('.', StringComparison.Ordinal))
                mantissa = mantissa.TrimEnd('0').TrimEnd('.');
            text = mantissa + text[mark..];
            return spec.Type == 'G' ? text.ToUpperInvariant() : text;
        }
        string plain = Fixed(value, Math.Max(0, precision - 1 - exponent));
        if (plain.Contains('.', StringComparison.Ordinal))
            plain = plain.TrimEnd('0').TrimEnd('.');
        return spec.Type == '\0' && !plain.Contains('.', StringComparison.Ordinal) ? plain + ".0" : plain;
    }

    private static string Fixed(double value, int precision)
    {
        // .NET writes the exact binary value and rounds its ties away from zero; rounding first takes them to even, as Python does.
        double rounded = precision < 300 ? PythonNumbers.Round(value, precision) : value;
        return rounded.ToString($"F{precision}", CultureInfo.InvariantCulture) is var text && precision > 17
            ? value.ToString($"F{precision}", CultureInfo.InvariantCulture)
            : text;
    }

    private static string Exponential(double value, int precision, char mark)
    {
        string text = value.ToString($"{mark}{precision}", CultureInfo.InvariantCulture);
        int at = text.IndexOf(mark, StringComparison.Ordinal);
        int exponent = int.Parse(text.AsSpan(at + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        return string.Create(CultureInfo.InvariantCulture, $"{text.AsSpan(0, at)}{mark}{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}");
    }

    private static string Group(string digits, char separator)
    {
        int end = 0;
        while (end < digits.Length && char.IsAsciiDigit(digits[end]))
            end++;
        for (int i = end - 3; i > 0; i -= 3)
            digits = digits.Insert(i, separator.ToString());
        return digits;
    }

    private static string Text(RenderState state, string text, Spec spec)
    {
        if (spec.Precision is { } precision && precision < PythonStrings.Length(text))
            text = text[..PythonStrings.Offset(text, precision)];
        int margin = spec.Width - PythonStrings.Length(text);
        return margin <= 0 ? text : spec.Align switch
        {
            '<' => text + Repeat(state, spec.Fill, margin),
            '^' => Repeat(state, spec.Fill, margin / 2) + text + Repeat(state, spec.Fill, margin - (margin / 2)),
            _ => Repeat(state, spec.Fill, margin) + text,
        };
    }

    private static string Repeat(RenderState state, char fill, int count) => PythonStrings.Repeat(state, fill.ToString(), count);

    private static int? ReadInteger(RenderState state, string text, ref int i)
    {
        if (i >= text.Length || !char.IsAsciiDigit(text[i]))
            return null;
        long value = 0;
        for (; i < text.Length && char.IsAsciiDigit(text[i]); i++)
            value = Math.Min((value * 10) + (text[i] - '0'), int.MaxValue);
        return CheckWidth(state, value);
    }

    private static int CheckWidth(RenderState state, long width)
    {
        state.ChargeText(width);
        return (int)width;
    }

    private record struct Spec
    {
        public char Fill { get; set; }
        public char Align { get; set; }
        public char Sign { get; set; }
        public char Grouping { get; set; }
        public char Type { get; set; }
        public int Width { get; set; }
        public int? Precision { get; set; }
        public bool IsAlternate { get; set; }
    }
}
