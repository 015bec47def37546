namespace AiSdk.Benchmarks;

/// <summary>What replies consist of that are written to make a parser slow or overflow its stack.</summary>
internal static class HostileReplies
{
    public static IReadOnlyList<string> Units { get; } =
    [
        "[", "\"", "{\"a\":", "\\", "{", "`", "[,", "{\"inner\":", "{} ", "```\n", "a ``` b ", "[{", "'", "```", "</think>", "<think>", "//", "//\n", "/*", ",", "\"a\":", "{\"a\":\"\\", "}", "]", "“", "\"\"\"", "'\u0027'",
        "{\"title\":\"", "a ", "1,", "1 ", "\n", " ", "#\n", "- a\n", "title: a\n", "\\\"", "{\\\"", "[\"{", "{'", "...", "<|channel|>final", "<|message|>", "(", "{(", "\"{", "\"[\\\"", "true", "\uFEFF", "\ud83d", "\\u", "json\n",
    ];
}
