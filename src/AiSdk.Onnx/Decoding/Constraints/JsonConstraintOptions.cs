namespace AiSdk.Onnx;

/// <summary>The order of an object's members in constrained JSON.</summary>
internal enum MemberOrder
{
    /// <summary>That of the schema, optional ones left out at will; members it does not name come last. So most names are forced, which costs no decoding.</summary>
    Declared,

    /// <summary>Any.</summary>
    Any,
}

/// <summary>The form of constrained JSON, where JSON leaves a choice.</summary>
internal sealed record JsonConstraintOptions
{
    /// <summary>The order of members.</summary>
    public MemberOrder Order { get; init; }

    /// <summary>Whether one space may stand behind each comma and colon; white space is not allowed anywhere else.</summary>
    public bool AllowSpaces { get; init; }
}
