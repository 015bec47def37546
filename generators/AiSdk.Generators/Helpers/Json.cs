using System.Globalization;
using System.Text;

namespace AiSdk.Generators.Helpers;

/// <summary>JSON as the compiler needs it: the host supplies no JSON library that a generator may rely on.</summary>
internal static class Json
{
    private const int MaxDepth = 64;

    /// <summary>
    /// A JSON string with its quotes. Only what must be escaped is, so that people and models can read it. Half a surrogate, which has no UTF-8 form, becomes the
    /// replacement character, as when it is sent.
    /// </summary>
    public static string Quote(string text)
    {
        StringBuilder json = new("\"");
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                json.Append(c).Append(text[++i]);
                continue;
            }
            json.Append(c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                // What C# takes for the end of a line would break the raw string literal that a schema stands in.
                < ' ' or (>= '\u007f' and <= '\u009f') or '\u2028' or '\u2029' => "\\u" + ((int)c).ToString("x4", CultureInfo.InvariantCulture),
                _ when char.IsSurrogate(c) => "\uFFFD",
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

    /// <summary>Parses a text that is one JSON value, as strictly as the run time reads it.</summary>
    /// <param name="text">The text.</param>
    /// <param name="wrong">Where it is no JSON, or -1.</param>
    /// <returns>The value, or null where the text is no JSON.</returns>
    public static JsonValue? Parse(string text, out int wrong)
    {
        Scanner scanner = new(text);
        JsonValue? value = IsUnicode(text) ? scanner.Root() : null;
        wrong = value is null ? scanner.At : -1;
        return value;
    }

    private sealed class Scanner(string text)
    {
        public int At { get; private set; }

        public JsonValue? Root()
        {
            SkipSpace();
            JsonValue? value = Value(0);
            SkipSpace();
            return At == text.Length ? value : null;
        }

        private void SkipSpace()
        {
            while (At < text.Length && text[At] is ' ' or '\t' or '\r' or '\n')
                At++;
        }

        private JsonValue? Value(int depth)
        {
            if (At >= text.Length)
                return null;
            int start = At;
            List<JsonMember> members = [];
            List<JsonValue> items = [];
            string? content = null;
            JsonKind? kind = text[At] switch
            {
                '{' => depth < MaxDepth && Members(depth, members) ? JsonKind.Object : null,
                '[' => depth < MaxDepth && Items(depth, items) ? JsonKind.List : null,
                '"' => (content = String()) is not null ? JsonKind.String : null,
                't' => Word("true") ? JsonKind.True : null,
                'f' => Word("false") ? JsonKind.False : null,
                'n' => Word("null") ? JsonKind.Null : null,
                _ => Number() ? JsonKind.Number : null,
            };
            return kind is { } known ? new JsonValue(known, start, text.Substring(start, At - start), content, members, items) : null;
        }

        private bool Members(int depth, List<JsonMember> members)
        {
            At++;
            SkipSpace();
            if (Take('}'))
                return true;
            do
            {
                SkipSpace();
                int start = At;
                if (String() is not { } name)
                    return false;
                SkipSpace();
                if (!Take(':'))
                    return false;
                SkipSpace();
                if (Value(depth + 1) is not { } value)
                    return false;
                members.Add(new JsonMember(name, start, value));
                SkipSpace();
            }
            while (Take(','));
            return Take('}');
        }

        private bool Items(int depth, List<JsonValue> items)
        {
            At++;
            SkipSpace();
            if (Take(']'))
                return true;
            do
            {
                SkipSpace();
                if (Value(depth + 1) is not { } value)
                    return false;
                items.Add(value);
                SkipSpace();
            }
            while (Take(','));
            return Take(']');
        }

        private string? String()
        {
            StringBuilder unescaped = new();
            if (!Take('"'))
                return null;
            for (; At < text.Length; At++)
            {
                char c = text[At];
                if (c == '"')
                {
                    string value = unescaped.ToString();
                    if (!IsUnicode(value))
                        return null;
                    At++;
                    return value;
                }
                if (c < ' ')
                    return null;
                if (c != '\\')
                {
                    unescaped.Append(c);
                    continue;
                }
                if (++At >= text.Length)
                    return null;
                if (text[At] == 'u')
                {
                    if (At + 4 >= text.Length || !ushort.TryParse(text.Substring(At + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort code))
                        return null;
                    unescaped.Append((char)code);
                    At += 4;
                    continue;
                }
                int escape = "\"\\/bfnrt".IndexOf(text[At]);
                if (escape < 0)
                    return null;
                unescaped.Append("\"\\/\b\f\n\r\t"[escape]);
            }
            return null;
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

/// <summary>The sorts of JSON values.</summary>
internal enum JsonKind
{
    Object,
    List,
    String,
    Number,
    True,
    False,
    Null,
}

/// <summary>A value in a JSON text.</summary>
/// <param name="Kind">The sort.</param>
/// <param name="Start">Its first character's place in the text, from 0.</param>
/// <param name="Raw">The value as it is written.</param>
/// <param name="Text">Of a string: what it says, without quotes and escapes.</param>
/// <param name="Members">Of an object: its properties, repeated ones too.</param>
/// <param name="Items">Of a list: its elements.</param>
internal sealed record JsonValue(JsonKind Kind, int Start, string Raw, string? Text, IReadOnlyList<JsonMember> Members, IReadOnlyList<JsonValue> Items)
{
    /// <summary>Of properties with the same name, as a merge leaves them, the last.</summary>
    public static IEnumerable<JsonMember> WithoutRepeated(IEnumerable<JsonMember> members) => members.GroupBy(static member => member.Name, StringComparer.Ordinal).Select(static same => same.Last());
}

/// <summary>A property of an object in a JSON text.</summary>
/// <param name="Name">The name, without quotes and escapes.</param>
/// <param name="Start">The name's place in the text, from 0.</param>
/// <param name="Value">The value.</param>
internal sealed record JsonMember(string Name, int Start, JsonValue Value);
