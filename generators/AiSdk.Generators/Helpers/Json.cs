using System.Globalization;
using System.Text;

namespace AiSdk.Generators.Helpers;

/// <summary>JSON as the compiler needs it: the host supplies no JSON library that a generator may rely on.</summary>
internal static class Json
{
    private const int MaxDepth = 64;

    /// <summary>A JSON string with its quotes. Only what must be escaped is, so that people and models can read it.</summary>
    public static string Quote(string text)
    {
        StringBuilder json = new("\"");
        foreach (char c in text)
        {
            json.Append(c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                // What C# takes for the end of a line would break the raw string literal that a schema stands in.
                < ' ' or (>= '\u007f' and <= '\u009f') or '\u2028' or '\u2029' => "\\u" + ((int)c).ToString("x4", CultureInfo.InvariantCulture),
                _ => c.ToString(),
            });
        }
        return json.Append('"').ToString();
    }

    /// <summary>Whether each surrogate of a text has its other half: only then is there a UTF-8 form of it.</summary>
    public static bool IsUnicode(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
                i++;
            else if (char.IsSurrogate(text[i]))
                return false;
        }
        return true;
    }

    /// <summary>Checks that a text is one JSON value.</summary>
    /// <param name="text">The text.</param>
    /// <param name="error">What is wrong and where, or null.</param>
    /// <param name="properties">Of an object: the raw text of each property's value.</param>
    public static bool TryParse(string text, out string? error, out IReadOnlyList<KeyValuePair<string, string>> properties)
    {
        Scanner scanner = new(text);
        List<KeyValuePair<string, string>> found = [];
        bool valid = IsUnicode(text) && scanner.SkipSpace() && scanner.Value(0, found) && scanner.AtEnd();
        error = valid ? null : $"not valid JSON at character {scanner.At}";
        properties = found;
        return valid;
    }

    private sealed class Scanner(string text)
    {
        public int At { get; private set; }

        public bool SkipSpace()
        {
            while (At < text.Length && text[At] is ' ' or '\t' or '\r' or '\n')
                At++;
            return true;
        }

        public bool AtEnd() => SkipSpace() && At == text.Length;

        public bool Value(int depth, List<KeyValuePair<string, string>>? properties)
        {
            if (At >= text.Length || depth > MaxDepth)
                return false;
            return text[At] switch
            {
                '{' => Members('}', depth, properties),
                '[' => Members(']', depth, null),
                '"' => String(out _),
                't' => Word("true"),
                'f' => Word("false"),
                'n' => Word("null"),
                _ => Number(),
            };
        }

        private bool Members(char close, int depth, List<KeyValuePair<string, string>>? properties)
        {
            At++;
            SkipSpace();
            if (Take(close))
                return true;
            do
            {
                SkipSpace();
                string name = "";
                if (close == '}' && !(String(out name) && SkipSpace() && Take(':') && SkipSpace()))
                    return false;
                int start = At;
                if (!Value(depth + 1, null))
                    return false;
                properties?.Add(new KeyValuePair<string, string>(name, text.Substring(start, At - start)));
                SkipSpace();
            }
            while (Take(','));
            return Take(close);
        }

        private bool String(out string value)
        {
            StringBuilder unescaped = new();
            value = "";
            if (!Take('"'))
                return false;
            for (; At < text.Length; At++)
            {
                char c = text[At];
                if (c == '"')
                {
                    At++;
                    value = unescaped.ToString();
                    return true;
                }
                if (c < ' ')
                    return false;
                if (c != '\\')
                {
                    unescaped.Append(c);
                    continue;
                }
                if (++At >= text.Length)
                    return false;
                if (text[At] == 'u')
                {
                    if (At + 4 >= text.Length || !ushort.TryParse(text.Substring(At + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort code))
                        return false;
                    unescaped.Append((char)code);
                    At += 4;
                    continue;
                }
                int escape = "\"\\/bfnrt".IndexOf(text[At]);
                if (escape < 0)
                    return false;
                unescaped.Append("\"\\/\b\f\n\r\t"[escape]);
            }
            return false;
        }

        private bool Number()
        {
            Take('-');
            int start = At;
            if (!Digits() || (At - start > 1 && text[start] == '0'))
                return false;
            if (Take('.') && !Digits())
                return false;
            if (At < text.Length && text[At] is 'e' or 'E')
            {
                At++;
                if (At < text.Length && text[At] is '+' or '-')
                    At++;
                return Digits();
            }
            return true;
        }

        private bool Digits()
        {
            int start = At;
            while (At < text.Length && text[At] is >= '0' and <= '9')
                At++;
            return At > start;
        }

        private bool Word(string word)
        {
            if (string.CompareOrdinal(text, At, word, 0, word.Length) != 0)
                return false;
            At += word.Length;
            return true;
        }

        private bool Take(char expected)
        {
            if (At >= text.Length || text[At] != expected)
                return false;
            At++;
            return true;
        }
    }
}
