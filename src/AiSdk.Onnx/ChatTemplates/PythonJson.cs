using System.Globalization;
using System.Text;

namespace AiSdk.Onnx;

/// <summary>Python's <c>json.dumps</c>, which is what transformers' <c>tojson</c> is: unlike Jinja2's it escapes no HTML.</summary>
internal sealed class PythonJson
{
    private readonly RenderState _state;
    private readonly StringBuilder _result = new();
    private readonly string? _indent;
    private readonly string _itemSeparator;
    private readonly string _keySeparator;
    private readonly bool _ascii;
    private readonly bool _sortKeys;
    private int _level;

    private PythonJson(RenderState state, string? indent, string itemSeparator, string keySeparator, bool ascii, bool sortKeys)
    {
        _state = state;
        _indent = indent;
        _itemSeparator = itemSeparator;
        _keySeparator = keySeparator;
        _ascii = ascii;
        _sortKeys = sortKeys;
    }

    /// <summary>The filter <c>tojson(ensure_ascii=False, indent=None, separators=None, sort_keys=False)</c>.</summary>
    public static object? Filter(RenderState state, object? value, CallArguments arguments)
    {
        BoundArguments bound = arguments.Bind(state, "tojson", "ensure_ascii", "indent", "separators", "sort_keys");
        string? indent = bound.Value(1) switch
        {
            null => null,
            string text => text,
            _ => new string(' ', (int)Math.Clamp(bound.Integer(1, "indent"), 0, 64)),
        };
        string item = indent is null ? ", " : ",", key = ": ";
        if (bound.Value(2) is { } separators)
        {
            if (separators is not IReadOnlyList<object?> { Count: 2 } pair || pair[0] is not string first || pair[1] is not string second)
                throw state.Fail("'separators' of 'tojson' must be two strings, such as (',', ':')");
            (item, key) = (first, second);
        }
        PythonJson writer = new(state, indent, item, key, bound.Truth(0, false), bound.Truth(3, false));
        writer.Write(value);
        return writer._result.ToString();
    }

    private void Write(object? value)
    {
        _state.Charge();
        if (_result.Length > RenderLimits.TextLength)
            _state.ChargeText(_result.Length);
        switch (value)
        {
            case null:
                _result.Append("null");
                break;
            case bool truth:
                _result.Append(truth ? "true" : "false");
                break;
            case string text:
                WriteText(text);
                break;
            case long number:
                _result.Append(CultureInfo.InvariantCulture, $"{number}");
                break;
            case double number:
                _result.Append(Number(number));
                break;
            case IReadOnlyList<object?> list and not PythonRange:
                WriteList(list);
                break;
            case IReadOnlyDictionary<string, object?> or PythonDictionary:
                WriteDictionary(value);
                break;
            case Undefined undefined:
                throw _state.Fail($"an undefined value cannot be written as JSON: {undefined.Message}");
            default:
                throw _state.Fail($"a '{PythonValue.TypeName(value)}' cannot be written as JSON");
        }
    }

    private void WriteList(IReadOnlyList<object?> list)
    {
        if (list.Count == 0)
        {
            _result.Append("[]");
            return;
        }
        Open('[');
        for (int i = 0; i < list.Count; i++)
        {
            if (i > 0)
                Separate();
            Write(PythonValue.Import(_state, list[i]));
        }
        Close(']');
    }

    private void WriteDictionary(object dictionary)
    {
        if (PythonDictionaries.Count(dictionary) == 0)
        {
            _result.Append("{}");
            return;
        }
        IEnumerable<KeyValuePair<object?, object?>> entries = PythonDictionaries.Entries(_state, dictionary);
        if (_sortKeys)
            entries = PythonSorting.Sort(_state, [.. entries], static entry => entry.Key);
        Open('{');
        bool isFirst = true;
        foreach ((object? key, object? value) in entries)
        {
            if (!isFirst)
                Separate();
            isFirst = false;
            WriteText(key switch
            {
                string text => text,
                null => "null",
                bool truth => truth ? "true" : "false",
                double number => Number(number),
                _ => PythonText.Str(_state, key),
            });
            _result.Append(_keySeparator);
            Write(value);
        }
        Close('}');
    }

    private void Open(char bracket)
    {
        _state.Enter();
        _result.Append(bracket);
        _level++;
        NewLine();
    }

    private void Separate()
    {
        _result.Append(_itemSeparator);
        NewLine();
    }

    private void Close(char bracket)
    {
        _level--;
        NewLine();
        _result.Append(bracket);
        _state.Leave();
    }

    private void NewLine()
    {
        if (_indent is null)
            return;
        _state.ChargeText((long)_indent.Length * _level);
        _result.Append('\n');
        for (int i = 0; i < _level; i++)
            _result.Append(_indent);
    }

    private static string Number(double value) => double.IsNaN(value) ? "NaN"
        : double.IsInfinity(value) ? value > 0 ? "Infinity" : "-Infinity"
        : PythonNumbers.Format(value);

    private void WriteText(string text)
    {
        _state.ChargeText(text.Length);
        _result.Append('"');
        int plain = 0;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c >= ' ' && c is not ('"' or '\\') && (!_ascii || c <= '~'))
                continue;
            // A break has to be found again behind the template, and an escape stands for no character.
            if (c == SpecialTokenGuard.Break)
                continue;
            _result.Append(text, plain, i - plain);
            if (SpecialTokenGuard.IsEscape(text, i))
                c = text[++i];
            plain = i + 1;
            _ = c switch
            {
                '"' => _result.Append("\\\""),
                '\\' => _result.Append("\\\\"),
                '\n' => _result.Append("\\n"),
                '\r' => _result.Append("\\r"),
                '\t' => _result.Append("\\t"),
                '\b' => _result.Append("\\b"),
                '\f' => _result.Append("\\f"),
                _ => _result.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
            };
        }
        _result.Append(text, plain, text.Length - plain).Append('"');
    }
}
