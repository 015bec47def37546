using System.Text;
using System.Text.Json;

namespace AiSdk;

/// <summary>Adds whole values to a document.</summary>
internal static class PartialImport
{
    // The reply's own limit, a wrapper, and what the repair may put around it.
    private const int MaxDepth = CompilerServices.OutputReader.MaxDepth + 8;

    /// <summary>Adds a value that is canonical JSON.</summary>
    public static void Add(PartialDocument document, PartialNode owner, int key, PartialShape shape, ReadOnlySpan<char> json, bool isWrapped)
    {
        int offset = document.Length;
        int length = Encoding.UTF8.GetBytes(json, document.Room(Encoding.UTF8.GetMaxByteCount(json.Length)));
        document.Length += length;
        Utf8JsonReader reader = new(document.Json.AsSpan(offset, length), new JsonReaderOptions { MaxDepth = MaxDepth });
        reader.Read();
        if (isWrapped && IsWrapper(reader))
        {
            reader.Read();
            reader.Read();
        }
        Add(ref reader, document, owner, key, shape, offset);
    }

    /// <summary>Whether a value is an object of the one property <c>value</c>.</summary>
    private static bool IsWrapper(Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject || !reader.Read() || !reader.ValueTextEquals("value"u8))
            return false;
        reader.Read();
        reader.Skip();
        return reader.Read() && reader.TokenType == JsonTokenType.EndObject;
    }

    private static void Add(ref Utf8JsonReader reader, PartialDocument document, PartialNode owner, int key, PartialShape shape, int offset)
    {
        int start = offset + (int)reader.TokenStartIndex;
        PartialNode? node = null;
        (string Name, string Json)? variant = null;
        if (reader.TokenType == JsonTokenType.StartObject && shape.Kind == PartialKind.Union)
            shape = Variant(reader, shape, out variant) ?? shape;
        if (reader.TokenType == JsonTokenType.StartObject && shape.Kind is PartialKind.Object or PartialKind.Dictionary)
        {
            node = new PartialNode(document, shape.Shape, Math.Clamp(shape.Properties.Length, 1, 16)) { Variant = variant };
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                int name = offset + (int)reader.TokenStartIndex;
                int index = shape.Kind == PartialKind.Dictionary ? -1 : Find(ref reader, shape);
                bool discriminates = index < 0 && variant is { } v && reader.ValueTextEquals(v.Name);
                reader.Read();
                if (discriminates)
                    reader.Skip();
                else if (index >= 0)
                    Add(ref reader, document, node, index, shape.Properties[index].Shape, offset);
                else if (shape.Kind == PartialKind.Dictionary)
                    Add(ref reader, document, node, ~name, shape.Items, offset);
                else
                    Skip(ref reader, node, ~name, offset);
            }
        }
        else if (reader.TokenType == JsonTokenType.StartArray && shape.Kind == PartialKind.List)
        {
            node = new PartialNode(document, shape.Shape, 4);
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                Add(ref reader, document, node, node.Count, shape.Items, offset);
        }
        else
        {
            Skip(ref reader, owner, key, offset);
            return;
        }
        owner.Add(key, start, offset + (int)reader.BytesConsumed, node);
    }

    private static void Skip(ref Utf8JsonReader reader, PartialNode owner, int key, int offset)
    {
        int start = offset + (int)reader.TokenStartIndex;
        reader.Skip();
        owner.Add(key, start, offset + (int)reader.BytesConsumed, null);
    }

    private static int Find(ref Utf8JsonReader reader, PartialShape shape)
    {
        for (int i = 0; i < shape.Properties.Length; i++)
        {
            if (reader.ValueTextEquals(shape.Properties[i].Name))
                return i;
        }
        return -1;
    }

    private static PartialShape? Variant(Utf8JsonReader reader, PartialShape union, out (string Name, string Json)? variant)
    {
        string name = union.Shape.Discriminator!;
        variant = null;
        if (!CompilerServices.OutputReader.TryFindDiscriminator(reader, Encoding.UTF8.GetBytes(name), out string? value))
            return null;
        for (int i = 0; i < union.Shape.Variants.Count; i++)
        {
            string json = union.Shape.Variants[i].Discriminator;
            if (json != value && json != Encoding.UTF8.GetString(PartialShape.Json(value)))
                continue;
            variant = (name, json);
            return union.Variant(i);
        }
        return null;
    }
}
