using System.Text.Json;
using AiSdk.Benchmarks;
using Xunit;

namespace AiSdk.Tests;

/// <summary>Reads replies in pieces and watches what is shown.</summary>
internal static class Streams
{
    // Comparing more of them takes long and finds no more.
    private const int Snapshots = 64;

    public static OutputShape Shape(string schema) => OutputShape.FromJsonSchema(JsonElement.Parse(schema));

    /// <summary>What is shown after each piece, and at the end: each piece's JSON once.</summary>
    public static List<string> Shown(OutputShape shape, string reply, int size = 1, bool isWrapped = false)
    {
        PartialReader reader = new(shape, isWrapped);
        List<string> shown = [];
        for (int i = 0; i < reply.Length; i += size)
        {
            if (reader.Append(reply.AsSpan(i, Math.Min(size, reply.Length - i))))
                shown.Add(reader.Snapshot<object>().ToJson());
        }
        return shown;
    }

    /// <summary>The last that is shown before the reply's end is known.</summary>
    public static string? Last(OutputShape shape, string reply, int size = 1, bool isWrapped = false) => Shown(shape, reply, size, isWrapped) is [.., string last] ? last : null;

    /// <summary>Reads a reply in pieces, checks that nothing shown is taken back, neither on the way nor by the whole; the reader, at the end.</summary>
    public static PartialReader Check(OutputShape shape, string reply, IEnumerable<int> sizes, bool isWrapped = false, Action<string>? onContradiction = null)
    {
        PartialReader reader = new(shape, isWrapped);
        List<(Partial<object> Partial, string Json)> kept = [];
        int every = Math.Max(1, reply.Length / Snapshots);
        int seen = 0;
        int at = 0;
        using IEnumerator<int> size = sizes.GetEnumerator();
        while (at < reply.Length)
        {
            size.MoveNext();
            int count = Math.Clamp(size.Current, 1, reply.Length - at);
            bool changed = reader.Append(reply.AsSpan(at, count));
            at += count;
            if (changed && (seen++ % every == 0 || at == reply.Length))
            {
                Partial<object> partial = reader.Snapshot<object>();
                string json = partial.ToJson();
                if (kept.Count > 0)
                    Grows(JsonElement.Parse(kept[^1].Json), JsonElement.Parse(json), "$", reply);
                kept.Add((partial, json));
            }
        }
        foreach ((Partial<object> partial, string json) in kept)
            Assert.Equal(json, partial.ToJson());
        StructuredOutputResult whole = StructuredOutput.Parse(reply, shape);
        if (whole.Json is { } final)
        {
            string? contradiction = reader.Finish(final);
            if (contradiction is not null)
                (onContradiction ?? Assert.Fail).Invoke($"{contradiction}: {(kept.Count > 0 ? kept[^1].Json : "")}\nis not {final}\nfor {reply}");
            else if (kept.Count > 0)
                Grows(JsonElement.Parse(kept[^1].Json), JsonElement.Parse(final), "$", reply);
            string complete = PartialReader.Complete(final, new object(), shape, isWrapped).ToJson();
            Assert.True(ReplyCases.Same(JsonElement.Parse(final), JsonElement.Parse(complete)), complete);
        }
        return reader;
    }

    /// <summary>Whether a value is the same or has grown only where values may grow.</summary>
    public static void Grows(JsonElement before, JsonElement after, string path, string reply)
    {
        string message = $"{path}: {before} became {after} in {reply}";
        switch (before.ValueKind)
        {
            case JsonValueKind.Object:
                Assert.True(after.ValueKind == JsonValueKind.Object, message);
                foreach (JsonProperty property in before.EnumerateObject())
                {
                    Assert.True(after.TryGetProperty(property.Name, out JsonElement now) || property.Value.ValueKind == JsonValueKind.Null, message);
                    if (now.ValueKind != JsonValueKind.Undefined)
                        Grows(property.Value, now, $"{path}.{property.Name}", reply);
                }
                break;
            case JsonValueKind.Array:
                Assert.True(after.ValueKind == JsonValueKind.Array && after.GetArrayLength() >= before.GetArrayLength(), message);
                for (int i = 0; i < before.GetArrayLength(); i++)
                    Grows(before[i], after[i], $"{path}[{i}]", reply);
                break;
            case JsonValueKind.String:
                Assert.True(after.ValueKind == JsonValueKind.String && after.GetString()!.StartsWith(before.GetString()!, StringComparison.Ordinal), message);
                break;
            default:
                Assert.True(JsonElement.DeepEquals(before, after), message);
                break;
        }
    }

    /// <summary>The same number again and again.</summary>
    public static IEnumerable<int> Always(int size)
    {
        while (true)
            yield return size;
    }
}
