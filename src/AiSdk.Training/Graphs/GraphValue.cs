namespace AiSdk.Training;

/// <summary>The types that values of a graph may have; the numbers are those of ONNX's TensorProto.DataType.</summary>
internal enum ElementType
{
    Float = 1,
    UInt8 = 2,
    Int32 = 6,
    Int64 = 7,
    Float16 = 10,
    Double = 11,
    BFloat16 = 16,
}

/// <summary>A tensor that flows through a graph.</summary>
/// <param name="Name">Its name, unique in the graph.</param>
/// <param name="Type">Its element type.</param>
/// <param name="Shape">Its dimensions.</param>
internal sealed record GraphValue(string Name, ElementType Type, IReadOnlyList<Dimension> Shape)
{
    public int Rank => Shape.Count;

    public Dimension Last => Shape[^1];

    public bool HasShape(IReadOnlyList<Dimension> shape) => Shape.SequenceEqual(shape);

    // Values are compared by identity: a graph has one object for each.
    public bool Equals(GraphValue? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);

    public override string ToString() => $"{Name} [{string.Join(", ", Shape)}]";
}
