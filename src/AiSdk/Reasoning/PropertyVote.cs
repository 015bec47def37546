using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using AiSdk.CompilerServices;

namespace AiSdk;

/// <summary>
/// Votes on each property of objects that differ as wholes. Where most agree on a property, theirs is taken; all else comes from one of them, the one that is with the majority most often, so that what hangs together stays
/// together. Of several equally good the earliest counts, whatever the order in which they came.
/// </summary>
internal static class PropertyVote
{
    /// <summary>Votes.</summary>
    /// <param name="values">The values, in the order in which they were asked for.</param>
    /// <param name="properties">What is voted on.</param>
    /// <param name="shares">How far they agree on each property.</param>
    /// <returns>For each property whose value is taken, and for what is not voted on the last number: which of the values.</returns>
    public static int[] Count<T>(IReadOnlyList<T> values, (string Name, Func<T, T, bool> Same)[] properties, out double[] shares)
    {
        int[][] choices = [.. properties.Select(property => Choices(values, property.Same))];
        int[][] votes = [.. choices.Select(static choice => choice.Select(mine => choice.Count(other => other == mine)).ToArray())];
        int[] most = [.. votes.Select(static vote => vote.Max())];
        // One agreeing with nobody is no majority, whatever it says.
        int[] sides = [.. Enumerable.Range(0, values.Count).Select(value => votes.Where((vote, property) => most[property] > 1 && vote[value] == most[property]).Count())];
        int center = Array.IndexOf(sides, sides.Max());
        shares = [.. most.Select(count => (double)count / values.Count)];
        return [.. votes.Select((vote, property) => vote[center] == most[property] ? center : choices[property][Array.IndexOf(vote, most[property])]), center];
    }

    /// <summary>The JSON of an object that has its properties from several.</summary>
    /// <param name="values">The values' JSON, in <c>{"value": …}</c> or not.</param>
    /// <param name="isWrapped">Whether they are.</param>
    /// <param name="properties">The properties.</param>
    /// <param name="chosen">What <see cref="Count"/> gave.</param>
    public static string Compose(IReadOnlyList<string> values, bool isWrapped, IReadOnlyList<string> properties, int[] chosen)
    {
        JsonDocument[] documents = [.. values.Select(static value => JsonDocument.Parse(value, new JsonDocumentOptions { MaxDepth = OutputReader.MaxDepth + 8 }))];
        try
        {
            ArrayBufferWriter<byte> buffer = new();
            using (Utf8JsonWriter writer = new(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = OutputReader.MaxDepth + 8 }))
            {
                writer.WriteStartObject();
                if (isWrapped)
                    writer.WriteStartObject(OutputSchema.Wrapper);
                HashSet<string> written = new(properties, StringComparer.Ordinal);
                for (int i = 0; i < properties.Count; i++)
                {
                    // What the reply left out is what the type has without it.
                    if (Root(documents[chosen[i]]).TryGetProperty(properties[i], out JsonElement value))
                    {
                        writer.WritePropertyName(properties[i]);
                        value.WriteTo(writer);
                    }
                }
                foreach (JsonProperty other in Root(documents[chosen[^1]]).EnumerateObject().Where(other => written.Add(other.Name)))
                    other.WriteTo(writer);
                if (isWrapped)
                    writer.WriteEndObject();
                writer.WriteEndObject();
            }
            return Encoding.UTF8.GetString(buffer.WrittenSpan);
        }
        finally
        {
            foreach (JsonDocument document in documents)
                document.Dispose();
        }

        JsonElement Root(JsonDocument document) => isWrapped && document.RootElement.TryGetProperty(OutputSchema.Wrapper, out JsonElement value) && document.RootElement.GetPropertyCount() == 1 ? value : document.RootElement;
    }

    /// <summary>For each value the first that is like it.</summary>
    private static int[] Choices<T>(IReadOnlyList<T> values, Func<T, T, bool> same)
    {
        int[] first = new int[values.Count];
        for (int i = 0; i < first.Length; i++)
        {
            first[i] = i;
            for (int j = 0; j < i; j++)
            {
                if (first[j] == j && same(values[j], values[i]))
                {
                    first[i] = j;
                    break;
                }
            }
        }
        return first;
    }
}
