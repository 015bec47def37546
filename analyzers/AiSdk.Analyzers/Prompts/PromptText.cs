namespace AiSdk.Analyzers.Prompts;

/// <summary>A template as text to look through.</summary>
internal static class PromptText
{
    /// <summary>Stands where a tag was: no character of a word, and nothing that ends a sentence.</summary>
    public const char Tag = '\uFFFC';

    /// <summary>The template with each tag, comments included, blanked out; positions stay what they are.</summary>
    public static string WithoutTags(string template)
    {
        char[] text = template.ToCharArray();
        for (int at = template.IndexOf("{{", StringComparison.Ordinal); at >= 0; at = at < template.Length ? template.IndexOf("{{", at, StringComparison.Ordinal) : -1)
        {
            bool isEscaped = at > 0 && template[at - 1] == '\\' && !(at > 1 && template[at - 2] == '\\');
            int end = isEscaped ? at + 2 : TagEnd(template, at);
            for (int i = at; i < end && !isEscaped; i++)
                text[i] = Tag;
            at = end;
        }
        return new string(text);
    }

    /// <summary>Where the tag that begins here ends.</summary>
    public static int TagEnd(string template, int start)
    {
        string close = string.CompareOrdinal(template, start, "{{!--", 0, 5) == 0 ? "--}}" : string.CompareOrdinal(template, start, "{{{", 0, 3) == 0 ? "}}}" : "}}";
        int end = template.IndexOf(close, start + 2, StringComparison.Ordinal);
        return end < 0 ? template.Length : end + close.Length;
    }
}
