using System.Globalization;
using System.Text;

namespace AiSdk.Onnx;

/// <summary>Python's <c>strftime</c> in the C locale, with the GNU flags for padding (<c>%-d</c>).</summary>
internal static class PythonTime
{
    public static string Format(RenderState state, DateTimeOffset time, string format)
    {
        StringBuilder result = new();
        for (int i = 0; i < format.Length; i++)
        {
            state.Charge();
            if (format[i] != '%' || i + 1 >= format.Length)
            {
                result.Append(format[i]);
                continue;
            }
            int start = i++;
            char flag = format[i] is '-' or '_' or '0' or '^' or '#' && i + 1 < format.Length ? format[i++] : '\0';
            if (Directive(time, format[i]) is not { } part)
                result.Append(format, start, i - start + 1);
            else
                result.Append(WithFlag(part, flag));
        }
        return result.ToString();
    }

    private static string WithFlag(string text, char flag) => flag switch
    {
        '-' when text.Length > 1 && text[0] is '0' or ' ' => text.TrimStart('0', ' ') is { Length: > 0 } rest ? rest : "0",
        '_' when text.Length > 1 && text[0] == '0' => text.TrimStart('0').PadLeft(text.Length) is var padded && string.IsNullOrWhiteSpace(padded) ? "0".PadLeft(text.Length) : padded,
        '0' when text.Length > 1 && text[0] == ' ' => text.Replace(' ', '0'),
        '^' or '#' => text.ToUpperInvariant(),
        _ => text,
    };

    private static string? Directive(DateTimeOffset time, char directive)
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        int hour12 = time.Hour % 12 == 0 ? 12 : time.Hour % 12;
        return directive switch
        {
            'a' => time.ToString("ddd", culture),
            'A' => time.ToString("dddd", culture),
            'b' or 'h' => time.ToString("MMM", culture),
            'B' => time.ToString("MMMM", culture),
            'c' => time.ToString("ddd MMM ", culture) + time.Day.ToString(culture).PadLeft(2) + time.ToString(" HH:mm:ss yyyy", culture),
            'C' => (time.Year / 100).ToString("00", culture),
            'd' => time.ToString("dd", culture),
            'D' or 'x' => time.ToString("MM/dd/yy", culture),
            'e' => time.Day.ToString(culture).PadLeft(2),
            'f' => time.ToString("ffffff", culture),
            'F' => time.ToString("yyyy-MM-dd", culture),
            'g' => (ISOWeek.GetYear(time.DateTime) % 100).ToString("00", culture),
            'G' => ISOWeek.GetYear(time.DateTime).ToString(culture),
            'H' => time.ToString("HH", culture),
            'I' => hour12.ToString("00", culture),
            'j' => time.DayOfYear.ToString("000", culture),
            'k' => time.Hour.ToString(culture).PadLeft(2),
            'l' => hour12.ToString(culture).PadLeft(2),
            'm' => time.ToString("MM", culture),
            'M' => time.ToString("mm", culture),
            'n' => "\n",
            'p' => time.Hour < 12 ? "AM" : "PM",
            'P' => time.Hour < 12 ? "am" : "pm",
            'r' => hour12.ToString("00", culture) + time.ToString(":mm:ss ", culture) + (time.Hour < 12 ? "AM" : "PM"),
            'R' => time.ToString("HH:mm", culture),
            's' => time.ToUnixTimeSeconds().ToString(culture),
            'S' => time.ToString("ss", culture),
            't' => "\t",
            'T' or 'X' => time.ToString("HH:mm:ss", culture),
            'u' => (time.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)time.DayOfWeek).ToString(culture),
            'U' => ((time.DayOfYear + 6 - (int)time.DayOfWeek) / 7).ToString("00", culture),
            'V' => ISOWeek.GetWeekOfYear(time.DateTime).ToString("00", culture),
            'w' => ((int)time.DayOfWeek).ToString(culture),
            'W' => ((time.DayOfYear + 6 - (((int)time.DayOfWeek + 6) % 7)) / 7).ToString("00", culture),
            'y' => time.ToString("yy", culture),
            'Y' => time.Year.ToString(culture),
            // datetime.now() has no time zone, so Python writes nothing.
            'z' or 'Z' => "",
            '%' => "%",
            _ => null,
        };
    }
}
