using System.Text.Json;
using AiSdk.CompilerServices;

namespace AiSdk.Tests;

/// <summary>Descriptors made by hand, as the compiler would make them.</summary>
internal static class TestFunction
{
    /// <summary>A function that returns text.</summary>
    public static AiFunctionInfo Text { get; } = new("ITests.Text", "Tests.ITests.Text(string)", "0123456789abcdef", [], [], "Tests.cs", 1);

    /// <summary>A function that returns a record.</summary>
    public static AiFunctionInfo<Item> Item { get; } = Returning(Tests.Item.Read, isWrapped: false);

    /// <summary>A function with a value at the root of its reply, or wrapped in an object.</summary>
    public static AiFunctionInfo<T> Returning<T>(OutputReader<T> read, bool isWrapped = true) => new(
        "ITests.Get", "Tests.ITests.Get(string)", "fedcba9876543210", [], [], "Tests.cs", 2,
        new OutputSchema(typeof(T).Name, """{"type":"object"}""", "{}", isWrapped, static () => new OutputShape { Kind = OutputShapeKind.Object, Name = "T" }),
        read);

    /// <summary>Reads a reply as a call does before it repairs anything.</summary>
    public static T Read<T>(this AiFunctionInfo<T> function, string reply)
    {
        AiCall call = default;
        return ReplyReader.TryReadStrictly(function, reply, function.Output!.IsWrapped, ref call, out T value) is { } failure ? throw failure : value;
    }

    /// <summary>Reads a bare value.</summary>
    public static T Read<T>(OutputReader<T> read, string reply) => Returning(read).Read(reply);
}

/// <summary>A recursive record, with the reader that the compiler would generate.</summary>
internal sealed record Item(string Name, double? Price, IReadOnlyList<Item> Parts)
{
    public static Item Read(ref Utf8JsonReader reader)
    {
        OutputReader.StartObject(ref reader, "Item");
        string name_ = default!;
        double? price = default;
        IReadOnlyList<Item> parts = default!;
        ulong seen = 0;
        while (OutputReader.NextProperty(ref reader, out ReadOnlySpan<byte> name))
        {
            if (name.SequenceEqual("name"u8))
            {
                OutputReader.Once(ref reader, ref seen, 1UL << 0);
                name_ = OutputReader.ReadString(ref reader);
            }
            else if (name.SequenceEqual("price"u8))
            {
                OutputReader.Once(ref reader, ref seen, 1UL << 1);
                price = reader.TokenType == JsonTokenType.Null ? null : OutputReader.ReadDouble(ref reader);
            }
            else if (name.SequenceEqual("parts"u8))
            {
                OutputReader.Once(ref reader, ref seen, 1UL << 2);
                parts = ReadList(ref reader);
            }
            else
            {
                OutputReader.ThrowUnknownProperty(ref reader, "Item", name);
            }
        }
        if ((seen & 0x5UL) != 0x5UL)
            OutputReader.ThrowMissing(ref reader, "Item", 0x5UL & ~seen, "name", "price", "parts");
        return new Item(name_, price, parts);
    }

    public static IReadOnlyList<Item> ReadList(ref Utf8JsonReader reader)
    {
        OutputReader.StartList(ref reader);
        List<Item> items = [];
        while (OutputReader.NextItem(ref reader))
            items.Add(Read(ref reader));
        return items;
    }

    public static Dictionary<string, double> ReadDictionary(ref Utf8JsonReader reader)
    {
        OutputReader.StartObject(ref reader, "prices");
        Dictionary<string, double> items = new(StringComparer.Ordinal);
        while (OutputReader.NextProperty(ref reader, out ReadOnlySpan<byte> name))
        {
            string key = System.Text.Encoding.UTF8.GetString(name);
            if (!items.TryAdd(key, OutputReader.ReadDouble(ref reader)))
                OutputReader.ThrowUnexpected(ref reader, "each name once");
        }
        return items;
    }

    /// <summary>A union of two objects, told apart by <c>$type</c>.</summary>
    public static string ReadUnion(ref Utf8JsonReader reader)
    {
        OutputReader.StartObject(ref reader, "Union");
        if (!OutputReader.TryFindDiscriminator(reader, "$type"u8, out string? discriminator))
            OutputReader.ThrowUnexpected(ref reader, "an object with the property '$type'");
        string text = "";
        while (OutputReader.NextProperty(ref reader, out ReadOnlySpan<byte> name))
        {
            if (name.SequenceEqual("text"u8))
                text = OutputReader.ReadString(ref reader);
            else if (!name.SequenceEqual("$type"u8))
                OutputReader.ThrowUnknownProperty(ref reader, "Union", name);
        }
        return $"{discriminator}:{text}";
    }
}
