using System.Globalization;
using System.Text;

namespace AiSdk.Evaluation;

/// <summary>HTML in the making: what stands in an interpolation is escaped, unless it is HTML already.</summary>
internal sealed class HtmlText
{
    private readonly StringBuilder _text = new();

    /// <summary>Adds markup whose holes are escaped.</summary>
    public HtmlText Add(FormattableString markup)
    {
        object?[] escaped = [.. markup.GetArguments().Select(static value => value switch
        {
            HtmlText html => html.ToString(),
            // Numbers keep their format.
            int or double => value,
            _ => (object?)Escape(Convert.ToString(value, CultureInfo.InvariantCulture) ?? ""),
        })];
        _text.AppendFormat(CultureInfo.InvariantCulture, markup.Format, escaped);
        return this;
    }

    /// <summary>Adds markup that the program itself wrote.</summary>
    public HtmlText AddTrusted(string markup)
    {
        _text.Append(markup);
        return this;
    }

    /// <summary>A text for element content and quoted attributes. Characters that turn the direction of writing, or that no document may have, become visible.</summary>
    public static string Escape(string text)
    {
        StringBuilder escaped = new(text.Length);
        foreach (char c in text)
        {
            switch (c)
            {
                case '&':
                    escaped.Append("&amp;");
                    break;
                case '<':
                    escaped.Append("&lt;");
                    break;
                case '>':
                    escaped.Append("&gt;");
                    break;
                case '"':
                    escaped.Append("&quot;");
                    break;
                case '\'':
                    escaped.Append("&#39;");
                    break;
                case (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069'):
                    escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
                    break;
                default:
                    if (char.IsControl(c) && c is not ('\n' or '\t'))
                        escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
                    else
                        escaped.Append(c);
                    break;
            }
        }
        return escaped.ToString();
    }

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();
}
