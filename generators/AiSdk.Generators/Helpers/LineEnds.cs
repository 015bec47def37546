namespace AiSdk.Generators.Helpers;

/// <summary>Line ends of texts in source files.</summary>
internal static class LineEnds
{
    /// <summary>
    /// The text with <c>\n</c> for <c>\r\n</c>: a literal of several lines has the line ends of its file, which a checkout may change, and the same prompt is to be sent on every machine.
    /// </summary>
    public static string Normalize(string text) => text.Replace("\r\n", "\n");
}
