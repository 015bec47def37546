using System.Globalization;
using System.Text;

namespace AiSdk.Onnx;

/// <summary>Python's <c>str</c> and <c>repr</c> of values.</summary>
internal static class PythonText
{
    /// <summary><c>str(value)</c></summary>
    public static string Str(RenderState state, object? value)
    {
        switch (value)
        {
            case string text:
                return text;
            case Undefined:
                return "";
            case long number:
                return number.ToString(CultureInfo.InvariantCulture);
        }
        StringBuilder result = new();
        AppendRepr(state, result, value);
        return result.ToString();
    }

    /// <summary><c>repr(value)</c></summary>
    public static string Repr(RenderState state, object? value)
    {
        StringBuilder result = new();
        AppendRepr(state, result, value);
        return result.ToString();
    }

    private static void AppendRepr(RenderState state, StringBuilder result, object? value)
    {
        state.Charge();
        if (result.Length > RenderLimits.TextLength)
            state.ChargeText(result.Length);
        switch (value)
        {
            case null:
                result.Append("None");
                break;
            case bool truth:
                result.Append(truth ? "True" : "False");
                break;
            case long number:
                result.Append(CultureInfo.InvariantCulture, $"{number}");
                break;
            case double number:
                result.Append(PythonNumbers.Format(number));
                break;
            case string text:
                state.ChargeText(text.Length);
                AppendQuoted(result, text);
                break;
            case PythonRange range:
                result.Append(range.Text);
                break;
            case IReadOnlyList<object?> list:
                bool isTuple = value is PythonTuple;
                AppendItems(state, result, list, isTuple ? '(' : '[', isTuple ? list.Count == 1 ? ",)" : ")" : "]");
                break;
            case IReadOnlyDictionary<string, object?> or PythonDictionary:
                AppendDictionary(state, result, value);
                break;
            case PythonView view:
                result.Append(view.TypeName).Append('(');
                AppendItems(state, result, view.Items, '[', "]");
                result.Append(')');
                break;
            case JinjaNamespace named:
                result.Append("<Namespace ");
                AppendDictionary(state, result, named.Attributes);
                result.Append('>');
                break;
            case Undefined:
                result.Append("Undefined");
                break;
            case JinjaMacro macro:
                result.Append("<Macro '").Append(macro.Definition.Name).Append("'>");
                break;
            case JinjaLoop loop:
                result.Append(CultureInfo.InvariantCulture, $"<LoopContext {loop.Index0 + 1}/{loop.Length}>");
                break;
            case JinjaFunction function:
                result.Append("<function ").Append(function.Name).Append('>');
                break;
            default:
                result.Append('<').Append(PythonValue.TypeName(value)).Append(" object>");
                break;
        }
    }

    private static void AppendItems(RenderState state, StringBuilder result, IReadOnlyList<object?> items, char open, string close)
    {
        state.Enter();
        result.Append(open);
        for (int i = 0; i < items.Count; i++)
        {
            if (i > 0)
                result.Append(", ");
            AppendRepr(state, result, PythonValue.Import(state, items[i]));
        }
        result.Append(close);
        state.Leave();
    }

    private static void AppendDictionary(RenderState state, StringBuilder result, object dictionary)
    {
        state.Enter();
        result.Append('{');
        string separator = "";
        foreach ((object? key, object? value) in PythonDictionaries.Entries(state, dictionary))
        {
            result.Append(separator);
            AppendRepr(state, result, key);
            result.Append(": ");
            AppendRepr(state, result, value);
            separator = ", ";
        }
        result.Append('}');
        state.Leave();
    }

    /// <summary>A string literal: single quotes unless only those occur in it, escapes for what cannot be printed.</summary>
    private static void AppendQuoted(StringBuilder result, string text)
    {
        char quote = text.Contains('\'', StringComparison.Ordinal) && !text.Contains('"', StringComparison.Ordinal) ? '"' : '\'';
        result.Append(quote);
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            switch (c)
            {
                case '\n': result.Append("\\n"); break;
                case '\r': result.Append("\\r"); break;
                case '\t': result.Append("\\t"); break;
                case '\\': result.Append("\\\\"); break;
                case >= ' ' and <= '~':
                    if (c == quote)
                        result.Append('\\');
                    result.Append(c);
                    break;
                case < '\x7f' or <= '\xa0' or '\xad':
                    result.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}");
                    break;
                default:
                    bool isPair = i + 1 < text.Length && char.IsSurrogatePair(c, text[i + 1]);
                    int code = isPair ? char.ConvertToUtf32(c, text[i + 1]) : c;
                    if (IsPrintable(isPair ? CharUnicodeInfo.GetUnicodeCategory(code) : CharUnicodeInfo.GetUnicodeCategory(c)))
                        result.Append(text, i, isPair ? 2 : 1);
                    else if (isPair)
                        result.Append(CultureInfo.InvariantCulture, $"\\U{code:x8}");
                    else
                        result.Append(CultureInfo.InvariantCulture, $"\\u{code:x4}");
                    if (isPair)
                        i++;
                    break;
            }
        }
        result.Append(quote);
    }

    private static bool IsPrintable(UnicodeCategory category) => category is not (UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator
        or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator);
}
