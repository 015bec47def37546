namespace AiSdk;

// The members are JSON Schema's own terms, which happen to be type names too.
#pragma warning disable CA1720

/// <summary>What sort of value an <see cref="OutputShape"/> describes.</summary>
public enum OutputShapeKind
{
    /// <summary>Text, perhaps with a <see cref="OutputShape.Format"/> or pattern.</summary>
    String,

    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>A number.</summary>
    Number,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>One of <see cref="OutputShape.Values"/>.</summary>
    Enum,

    /// <summary>An object with the named <see cref="OutputShape.Properties"/> and no others.</summary>
    Object,

    /// <summary>A list of <see cref="OutputShape.Items"/>.</summary>
    List,

    /// <summary>An object with any property names, each with a value of <see cref="OutputShape.Items"/>.</summary>
    Dictionary,

    /// <summary>One of <see cref="OutputShape.Variants"/>.</summary>
    Union,

    /// <summary>Any JSON value.</summary>
    Any,

    /// <summary>Null and nothing else: a union's way to be nullable.</summary>
    Null,
}
