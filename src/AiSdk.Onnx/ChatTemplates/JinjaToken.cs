namespace AiSdk.Onnx;

/// <summary>The kinds of tokens a template consists of.</summary>
internal enum JinjaTokenKind
{
    Data,
    VariableBegin,
    VariableEnd,
    BlockBegin,
    BlockEnd,
    Name,
    String,
    Integer,
    Float,
    Operator,
    End,
}

/// <summary>A token: its text (decoded for strings, without separators for numbers) and where it stands.</summary>
internal readonly record struct JinjaToken(JinjaTokenKind Kind, string Text, int Line, int Column)
{
    /// <summary>How an error names the token.</summary>
    public string Description => Kind switch
    {
        JinjaTokenKind.Data => "text",
        JinjaTokenKind.VariableBegin => "'{{'",
        JinjaTokenKind.VariableEnd => "'}}'",
        JinjaTokenKind.BlockBegin => "'{%'",
        JinjaTokenKind.BlockEnd => "'%}'",
        JinjaTokenKind.String => "a string",
        JinjaTokenKind.End => "the end of the template",
        _ => $"'{Text}'",
    };
}
