using System.Runtime.CompilerServices;
using System.Text;

namespace AiSdk;

/// <summary>How values of a shape are streamed.</summary>
internal enum PartialKind : byte
{
    /// <summary>Shown while it grows.</summary>
    Text,

    /// <summary>Shown when it is whole: numbers, enums, dates.</summary>
    Leaf,

    Object,
    List,
    Dictionary,

    /// <summary>Shown once its discriminator is known.</summary>
    Union,

    /// <summary>Shown when it is whole, after the repair has said what it is.</summary>
    Whole,
}

/// <summary>A shape as streaming needs it: names as JSON, parts resolved.</summary>
internal sealed class PartialShape
{
    private static readonly ConditionalWeakTable<OutputShape, PartialShape> _all = [];

    private PartialShape? _items;
    private PartialShape?[]? _variants;
    private byte[]?[]? _values;

    private PartialShape(OutputShape shape)
    {
        Shape = shape;
        Kind = shape.Kind switch
        {
            OutputShapeKind.String => shape.Format is null && shape.Limits?.Format is null ? PartialKind.Text : PartialKind.Leaf,
            OutputShapeKind.Object => PartialKind.Object,
            OutputShapeKind.List => PartialKind.List,
            OutputShapeKind.Dictionary => PartialKind.Dictionary,
            OutputShapeKind.Union when shape.Discriminator is not null => PartialKind.Union,
            OutputShapeKind.Union or OutputShapeKind.Any or OutputShapeKind.Null => PartialKind.Whole,
            _ => PartialKind.Leaf,
        };
        Properties = [.. shape.Properties.Select(static p => new PartialProperty(p))];
    }

    public OutputShape Shape { get; }

    public PartialKind Kind { get; }

    public PartialProperty[] Properties { get; }

    public PartialShape Items => _items ??= Of(Shape.Items!);

    public static PartialShape Of(OutputShape shape) => _all.GetValue(shape, static s => new PartialShape(s));

    public PartialShape Variant(int index) => (_variants ??= new PartialShape?[Shape.Variants.Count])[index] ??= Of(Shape.Variants[index].Shape);

    /// <summary>An enum's value as JSON.</summary>
    public byte[] Value(int index) => (_values ??= new byte[]?[Shape.Values.Count])[index] ??= Json(Shape.Values[index].Name);

    public static byte[] Json(ReadOnlySpan<char> text)
    {
        using JsonText json = new(text.Length);
        json.AppendString(text);
        byte[] utf8 = new byte[Encoding.UTF8.GetByteCount(json.Written)];
        Encoding.UTF8.GetBytes(json.Written, utf8);
        return utf8;
    }
}

/// <summary>A property as streaming needs it.</summary>
internal sealed class PartialProperty(OutputProperty property)
{
    private PartialShape? _shape;

    /// <summary>The name as JSON, and its colon.</summary>
    public byte[] Key { get; } = [.. PartialShape.Json(property.Name), (byte)':'];

    public string Name { get; } = property.Name;

    public bool Nullable { get; } = property.Nullable;

    public bool Required { get; } = property.Required;

    public OutputLimits? Limits { get; } = property.Limits;

    public PartialShape Shape => _shape ??= PartialShape.Of(property.Shape);

    /// <summary>Whether a text is shown while it grows.</summary>
    public bool Grows => Shape.Kind == PartialKind.Text && Limits?.Format is null;
}
