namespace AiSdk.Onnx;

/// <summary>A constraint asks for something that cannot be enforced exactly, or that nothing satisfies.</summary>
internal sealed class ConstraintException : Exception
{
    /// <summary>Creates the error.</summary>
    public ConstraintException(string keyword, string pointer, string reason)
        : base($"{(pointer.Length == 0 ? "#" : pointer)}: '{keyword}' {reason}")
    {
        Keyword = keyword;
        Pointer = pointer;
        Reason = reason;
    }

    /// <summary>The keyword that is not enforced, such as <c>uniqueItems</c>.</summary>
    public string Keyword { get; }

    /// <summary>The JSON pointer of the schema that holds the keyword, as a URI fragment.</summary>
    public string Pointer { get; }

    /// <summary>What is the matter with it.</summary>
    public string Reason { get; }
}

/// <summary>A part of a constraint is beyond what is enforced; whoever knows the keyword and its place says so.</summary>
internal sealed class UnenforceableException(string reason) : Exception(reason);
