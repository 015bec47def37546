namespace AiSdk.Onnx;

/// <summary>What one parse or rendering may use, so that no template file can hang or exhaust the process.</summary>
/// <remarks>A rendering of a real template takes thousands of steps; a hostile one is stopped within about a second.</remarks>
internal static class RenderLimits
{
    /// <summary>Evaluation steps: nodes evaluated, items visited, and characters produced or scanned at a lower rate.</summary>
    public const long Steps = 50_000_000;

    /// <summary>Characters of the rendered prompt and of any single string on the way to it.</summary>
    public const int TextLength = 16 * 1024 * 1024;

    /// <summary>Nested evaluation: calls of macros, nested blocks, expressions and values.</summary>
    public const int Depth = 1000;

    /// <summary>Nested blocks and brackets in a template's source.</summary>
    public const int SourceNesting = 200;

    /// <summary>Members of a <c>range</c>; the same limit as in Jinja2's sandbox.</summary>
    public const int RangeLength = 100_000;
}
