using System.Text;

namespace AiSdk.Onnx;

/// <summary>Lists the values of a schema that has few, each in its one canonical form, members in the order of the schema.</summary>
/// <param name="expander">Knows the schemas.</param>
/// <param name="limit">So many values and no more.</param>
internal sealed class FiniteValues(SchemaExpander expander, int limit)
{
    // A schema that contains itself has no end of values, or none.
    private const int MaxLevel = 16;

    /// <summary>The values; null when there are more than the limit, or it is not seen how many.</summary>
    public List<byte[]>? Of(Conjunction conjunction) => Of(conjunction, 0);

    /// <summary>The arrays of a shape; null when there are more than the limit, or it is not seen how many.</summary>
    public List<byte[]>? Of(Shape.Array shape) => Arrays(shape, 0);

    /// <summary>How deeply a text nests arrays and objects.</summary>
    public static int Depth(ReadOnlySpan<byte> text)
    {
        int depth = 0;
        int deepest = 0;
        bool isString = false;
        for (int at = 0; at < text.Length; at++)
        {
            byte value = text[at];
            if (value == '"')
                isString = !isString;
            else if (isString && value == '\\')
                at++;
            else if (!isString && value is (byte)'[' or (byte)'{')
                deepest = Math.Max(deepest, ++depth);
            else if (!isString && value is (byte)']' or (byte)'}')
                depth--;
        }
        return deepest;
    }

    private List<byte[]>? Of(Conjunction conjunction, int level)
    {
        if (level > MaxLevel)
            return null;
        List<byte[]> all = [];
        HashSet<string> known = new(StringComparer.Ordinal);
        foreach (Shape shape in expander.Shapes(conjunction))
        {
            List<byte[]>? texts = shape switch
            {
                Shape.Array array => Arrays(array, level),
                Shape.Object value => Objects(value, level),
                _ => Scalars(shape).Texts(limit),
            };
            if (texts is null)
                return null;
            all.AddRange(texts.Where(text => known.Add(Encoding.Latin1.GetString(text))));
            if (all.Count > limit)
                return null;
        }
        return all;
    }

    /// <summary>How scalars are written, each in one form.</summary>
    public static Dfa Scalars(Shape shape) => shape switch
    {
        Shape.Null => Dfa.Of(["null"u8.ToArray()]),
        Shape.Boolean boolean => Dfa.Of([.. (byte[][])(boolean.True ? ["true"u8.ToArray()] : []), .. (byte[][])(boolean.False ? ["false"u8.ToArray()] : [])]),
        Shape.Number { Set: null } number => number.Form == NumberForm.Integer ? NumberLanguage.IntegerForm : NumberLanguage.CanonicalForm,
        Shape.Number number => Dfa.Intersect(number.Set, NumberLanguage.CanonicalForm),
        Shape.Text text => SchemaExpander.TextLanguage(text).Quote(),
        _ => throw new ArgumentException($"{shape} is no scalar.", nameof(shape)),
    };

    private List<byte[]>? Arrays(Shape.Array shape, int level)
    {
        if (shape.Counted.Count > 0)
            return null;
        List<byte[]> texts = [];
        List<byte[][]> current = [[]];
        for (int index = 0; ; index++)
        {
            if (index >= shape.Minimum)
                texts.AddRange(current.Select(static items => Join('[', items, ']')));
            if (texts.Count > limit)
                return null;
            if (index >= (shape.Maximum ?? int.MaxValue))
                return texts;
            if (Of(expander.And(shape.Parts.Select(part => part.At(index))), level + 1) is not { } items || (long)items.Count * current.Count > limit * limit)
                return null;
            current = [.. current.SelectMany(before => items.Where(item => shape.Unique is null || !Array.Exists(before, other => other.AsSpan().SequenceEqual(item))).Select(item => (byte[][])[.. before, item]))];
            if (current.Count == 0)
                return texts;
            if (current.Count > limit || index > limit)
                return null;
        }
    }

    private List<byte[]>? Objects(Shape.Object shape, int level)
    {
        if (shape.Rules.Count > 0)
            return null;
        bool isClosed = shape.Names is { IsEmpty: true }
            || (shape.Parts.All(static part => part.Patterns.Count == 0) && expander.IsEmpty(expander.And(shape.Parts.Select(static part => part.Additional).OfType<Conjunction>())));
        if (!isClosed)
            return null;
        List<byte[][]> current = [[]];
        foreach (string name in shape.NamedMembers)
        {
            bool isRequired = shape.Required.Contains(name, StringComparer.Ordinal);
            byte[] text = CanonicalJson.Escape(name);
            List<byte[]>? values = shape.Names is not null && shape.Names.Match(text) < 0 ? [] : Of(expander.And(shape.Parts.SelectMany(part => part.At(name))), level + 1);
            if (values is null || (values.Count + 1L) * current.Count > limit * limit)
                return null;
            byte[][] members = [.. values.Select(value => (byte[])[(byte)'"', .. text, .. "\":"u8, .. value])];
            current = [.. current.SelectMany(before => (byte[][][])[.. isRequired ? (byte[][][])[] : [before], .. members.Select(member => (byte[][])[.. before, member])])];
            if (current.Count > limit)
                return null;
        }
        return [.. current.Where(members => members.Length >= shape.Minimum && members.Length <= (shape.Maximum ?? int.MaxValue)).Select(static members => Join('{', members, '}'))];
    }

    private static byte[] Join(char opening, byte[][] parts, char closing)
    {
        List<byte> text = [(byte)opening];
        for (int i = 0; i < parts.Length; i++)
        {
            if (i > 0)
                text.Add((byte)',');
            text.AddRange(parts[i]);
        }
        text.Add((byte)closing);
        return [.. text];
    }
}
