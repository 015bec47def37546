using System.Buffers;
using System.Globalization;
using System.Text;

namespace AiSdk.Onnx;

/// <summary>Writes a regular expression of Oniguruma, the library behind tokenizer.json, so that .NET reads it in the same way.</summary>
/// <remarks>To be compiled with RegexOptions.Multiline: to Oniguruma ^ and $ are the ends of lines. What would be read in another way is refused.</remarks>
internal static class OnigurumaSyntax
{
    private const string Word = @"\p{L}\p{M}\p{Nd}\p{Nl}\p{Pc}\u24B6-\u24E9";

    private static readonly SearchValues<char> s_interval = SearchValues.Create("0123456789,");

    /// <summary>The pattern for .NET, or null and what is wrong.</summary>
    public static string? ToDotNet(string pattern, out string? problem)
    {
        var translation = new StringBuilder(pattern.Length + 16);
        problem = null;
        // Where the last thing began that a quantifier can follow; groups remember theirs.
        int atom = 0;
        Stack<int> groups = [];
        for (int at = 0; at < pattern.Length && problem is null;)
        {
            char c = pattern[at];
            switch (c)
            {
                case '\\':
                    atom = translation.Length;
                    AppendEscape(pattern, ref at, translation, isInClass: false, ref problem);
                    break;
                case '[':
                    atom = translation.Length;
                    AppendClass(pattern, ref at, translation, ref problem);
                    break;
                case '(':
                    groups.Push(translation.Length);
                    AppendGroup(pattern, ref at, translation, ref problem);
                    break;
                case ')':
                    atom = groups.Count > 0 ? groups.Pop() : 0;
                    translation.Append(')');
                    at++;
                    break;
                case '*' or '+' or '?' or '{' when QuantifierLength(pattern, at) is > 0 and int length:
                    translation.Append(pattern, at, length);
                    at += length;
                    AppendQuantifierMode(pattern, ref at, isInterval: c == '{', atom, translation);
                    break;
                default:
                    if (char.IsSurrogate(c))
                        problem = "it names characters beyond U+FFFF.";
                    atom = translation.Length;
                    // A brace that begins no quantifier is a character to both, but better said.
                    translation.Append(c is '{' or '}' ? $"\\{c}" : c);
                    at++;
                    break;
            }
        }
        return problem is null ? translation.ToString() : null;
    }

    // Length of "*", "+", "?", "{n}", "{n,}", "{,m}" or "{n,m}".
    private static int QuantifierLength(string pattern, int at)
    {
        if (pattern[at] != '{')
            return 1;
        int end = pattern.IndexOf('}', at);
        if (end < 0 || end == at + 1)
            return 0;
        ReadOnlySpan<char> inner = pattern.AsSpan(at + 1, end - at - 1);
        // {,m} is refused by leaving it to be a text in both: nobody writes it.
        return char.IsAsciiDigit(inner[0]) && inner.Count(',') <= 1 && !inner.ContainsAnyExcept(s_interval) ? end - at + 1 : 0;
    }

    // .NET has no possessive quantifiers, but atomic groups. Behind an interval, + repeats once more.
    private static void AppendQuantifierMode(string pattern, ref int at, bool isInterval, int atom, StringBuilder translation)
    {
        if (at == pattern.Length || pattern[at] is not ('+' or '?'))
            return;
        if (pattern[at] == '?')
            translation.Append('?');
        else
            translation.Insert(atom, isInterval ? "(?:" : "(?>").Append(isInterval ? ")+" : ")");
        at++;
    }

    private static void AppendGroup(string pattern, ref int at, StringBuilder translation, ref string? problem)
    {
        foreach (string opening in (ReadOnlySpan<string>)["(?:", "(?=", "(?!", "(?>", "(?<=", "(?<!", "(?i:", "(?-i:", "(?i)", "(?-i)"])
        {
            if (string.CompareOrdinal(pattern, at, opening, 0, opening.Length) != 0)
                continue;
            translation.Append(opening);
            at += opening.Length;
            // An option alone is a group that is closed already.
            if (opening[^1] == ')')
                problem = "it sets options in the middle.";
            return;
        }
        if (at + 1 < pattern.Length && pattern[at + 1] == '?')
            problem = $"it has a group that begins with '{pattern.AsSpan(at, Math.Min(4, pattern.Length - at))}'.";
        // What is captured is of no use here.
        translation.Append("(?:");
        at++;
    }

    private static void AppendEscape(string pattern, ref int at, StringBuilder translation, bool isInClass, ref string? problem)
    {
        if (at + 1 == pattern.Length)
        {
            problem = "it ends with a backslash.";
            at++;
            return;
        }
        char c = pattern[at + 1];
        at += 2;
        switch (c)
        {
            case 'w':
                translation.Append(isInClass ? Word : $"[{Word}]");
                break;
            case 'W' when !isInClass:
                translation.Append(CultureInfo.InvariantCulture, $"[^{Word}]");
                break;
            case 'h':
                translation.Append(isInClass ? "0-9a-fA-F" : "[0-9a-fA-F]");
                break;
            case 'x' when at < pattern.Length && pattern[at] == '{':
                int close = pattern.IndexOf('}', at);
                if (close < 0 || !int.TryParse(pattern.AsSpan(at + 1, close - at - 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int code) || code > char.MaxValue)
                {
                    problem = "it names characters beyond U+FFFF.";
                    return;
                }
                translation.Append(CultureInfo.InvariantCulture, $"\\u{code:X4}");
                at = close + 1;
                break;
            case 'p' or 'P':
                AppendProperty(pattern, ref at, c, translation, ref problem);
                break;
            case 's' or 'S' or 'd' or 'D' or 'n' or 'r' or 't' or 'f' or 'v' or 'a' or 'e':
            case 'x' or 'u':
                translation.Append('\\').Append(c);
                break;
            case 'A' or 'z' or 'Z' or 'b' or 'B' when !isInClass:
                translation.Append('\\').Append(c);
                break;
            default:
                if (char.IsAsciiLetterOrDigit(c) || char.IsSurrogate(c))
                    problem = $"it has '\\{c}'.";
                translation.Append('\\').Append(c);
                break;
        }
    }

    private static void AppendProperty(string pattern, ref int at, char sign, StringBuilder translation, ref string? problem)
    {
        int close = at < pattern.Length && pattern[at] == '{' ? pattern.IndexOf('}', at) : -1;
        if (close < 0)
        {
            problem = "it has a property without braces.";
            return;
        }
        string name = pattern[(at + 1)..close];
        at = close + 1;
        if (name.StartsWith('^'))
        {
            name = name[1..];
            sign = sign == 'p' ? 'P' : 'p';
        }
        // General categories are called alike; of the rest .NET knows other names, for blocks.
        if (name is "L" or "Lu" or "Ll" or "Lt" or "Lm" or "Lo" or "M" or "Mn" or "Mc" or "Me" or "N" or "Nd" or "Nl" or "No" or "P" or "Pc" or "Pd" or "Ps" or "Pe" or "Pi" or "Pf" or "Po"
            or "S" or "Sm" or "Sc" or "Sk" or "So" or "Z" or "Zs" or "Zl" or "Zp" or "C" or "Cc" or "Cf" or "Cs" or "Co" or "Cn")
            translation.Append('\\').Append(sign).Append('{').Append(name).Append('}');
        else
            problem = $"it has the property '{name}'.";
    }

    private static void AppendClass(string pattern, ref int at, StringBuilder translation, ref string? problem)
    {
        translation.Append('[');
        at++;
        if (at < pattern.Length && pattern[at] == '^')
        {
            translation.Append('^');
            at++;
        }
        bool isFirst = true;
        while (problem is null)
        {
            if (at == pattern.Length)
            {
                problem = "a class is not closed.";
                return;
            }
            char c = pattern[at];
            switch (c)
            {
                case ']' when !isFirst:
                    translation.Append(']');
                    at++;
                    return;
                case '\\':
                    AppendEscape(pattern, ref at, translation, isInClass: true, ref problem);
                    break;
                case '[':
                    problem = "it has a class within a class.";
                    break;
                case '&' when at + 1 < pattern.Length && pattern[at + 1] == '&':
                    problem = "it intersects classes.";
                    break;
                default:
                    if (char.IsSurrogate(c))
                        problem = "it names characters beyond U+FFFF.";
                    translation.Append(c);
                    at++;
                    break;
            }
            isFirst = false;
        }
    }
}
