using System.Buffers;
using System.Globalization;
using System.Text;

namespace AiSdk;

/// <summary>A shape's names as replies are compared with them: without case, accents and punctuation.</summary>
internal sealed class ShapeNames
{
    private readonly Dictionary<string, int> _byName = new(StringComparer.Ordinal);

    public ShapeNames(OutputShape shape)
    {
        bool isObject = shape.Kind == OutputShapeKind.Object;
        int count = isObject ? shape.Properties.Count : shape.Values.Count;
        Written = new string[count];
        Plain = new string[count];
        Descriptions = new string?[count];
        for (int i = 0; i < count; i++)
        {
            Written[i] = isObject ? shape.Properties[i].Alias ?? shape.Properties[i].Name : shape.Values[i].Alias ?? shape.Values[i].Name;
            Plain[i] = Normalize(Written[i]);
            string? description = isObject ? null : shape.Values[i].Description;
            Descriptions[i] = description is { Length: > 0 } ? Normalize(description) : null;
            // Two names that differ in case only are told apart by case only.
            _byName[Plain[i]] = _byName.ContainsKey(Plain[i]) ? -1 : i;
        }
        for (int i = 0; i < count; i++)
        {
            if (Descriptions[i] is { Length: > 0 } text)
            {
                _byName.TryAdd(text, i);
                _byName.TryAdd(Plain[i] + text, i);
            }
        }
    }

    public string[] Written { get; }

    public string[] Plain { get; }

    public string?[] Descriptions { get; }

    /// <summary>The index of the name that a text is, or -1.</summary>
    public int Find(ReadOnlySpan<char> text, int hint, out bool exact)
    {
        exact = true;
        if ((uint)hint < (uint)Written.Length && text.SequenceEqual(Written[hint]))
            return hint;
        for (int i = 0; i < Written.Length; i++)
        {
            if (text.SequenceEqual(Written[i]))
                return i;
        }
        exact = false;
        if (text.Length > 4096)
            return -1;
        string plain = Normalize(text);
        return plain.Length > 0 && _byName.TryGetValue(plain, out int index) ? index : -1;
    }

    /// <summary>Lower case letters and digits only, without accents.</summary>
    public static string Normalize(ReadOnlySpan<char> text)
    {
        if (System.Text.Ascii.IsValid(text))
        {
            char[]? rented = text.Length > 256 ? ArrayPool<char>.Shared.Rent(text.Length) : null;
            Span<char> plain = rented ?? stackalloc char[256];
            int length = 0;
            foreach (char c in text)
            {
                if (char.IsAsciiLetterOrDigit(c))
                    plain[length++] = char.ToLowerInvariant(c);
            }
            string ascii = new(plain[..length]);
            if (rented is not null)
                ArrayPool<char>.Shared.Return(rented);
            return ascii.Length > 0 ? ascii : text.Trim().ToString();
        }
        StringBuilder builder = new(text.Length);
        foreach (char c in Decomposed(text))
            Fold(builder, c);
        return builder.Length > 0 ? builder.ToString() : text.Trim().ToString();
    }

    /// <summary>The words of a text, each normalized and between single spaces; single letters that were capitals come as they are.</summary>
    public static string Words(ReadOnlySpan<char> text)
    {
        StringBuilder builder = new(text.Length + 2);
        builder.Append(' ');
        string whole = System.Text.Ascii.IsValid(text) ? text.ToString() : Decomposed(text);
        foreach (char c in whole)
        {
            int before = builder.Length;
            Fold(builder, c);
            if (builder.Length == before && builder[^1] != ' ' && CharUnicodeInfo.GetUnicodeCategory(c) != UnicodeCategory.NonSpacingMark && c is not '\'' and not '’')
                builder.Append(' ');
        }
        if (builder[^1] != ' ')
            builder.Append(' ');
        return builder.ToString();
    }

    /// <summary>A name in camel case as its words.</summary>
    public static string Split(string name)
    {
        StringBuilder builder = new(name.Length + 4);
        for (int i = 0; i < name.Length; i++)
        {
            if (i > 0 && char.IsUpper(name[i]) && char.IsLower(name[i - 1]))
                builder.Append(' ');
            builder.Append(name[i]);
        }
        return builder.ToString();
    }

    private static string Decomposed(ReadOnlySpan<char> text)
    {
        string whole = text.ToString();
        // Halves of surrogate pairs cannot be normalized.
        for (int i = 0; i < whole.Length; i++)
        {
            if (!char.IsSurrogate(whole[i]))
                continue;
            if (i + 1 < whole.Length && char.IsSurrogatePair(whole[i], whole[i + 1]))
                i++;
            else
                return whole;
        }
        return whole.Normalize(NormalizationForm.FormD);
    }

    private static void Fold(StringBuilder builder, char c)
    {
        switch (c)
        {
            case 'ß' or 'ẞ':
                builder.Append("ss");
                break;
            case 'ø' or 'Ø':
                builder.Append('o');
                break;
            case 'æ' or 'Æ':
                builder.Append("ae");
                break;
            case 'œ' or 'Œ':
                builder.Append("oe");
                break;
            case 'ł' or 'Ł':
                builder.Append('l');
                break;
            default:
                if (char.IsLetterOrDigit(c))
                    builder.Append(char.ToLowerInvariant(c));
                else if (CharUnicodeInfo.GetUnicodeCategory(c) == UnicodeCategory.SpacingCombiningMark)
                    builder.Append(c);
                break;
        }
    }
}
