using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace AiSdk.Evaluation;

/// <summary>Reads data sets, a case at a time.</summary>
public static class EvalCases
{
    /// <summary>Reads JSON lines: <c>{"id": "1", "input": {…}, "expected": …, "tags": ["short"]}</c>. Without an id a case is named by its line.</summary>
    /// <typeparam name="TInput">What goes in. Where it is text or a number, the input may be an object with one property.</typeparam>
    /// <typeparam name="TOutput">What comes out.</typeparam>
    /// <param name="path">The file, UTF-8.</param>
    /// <param name="options">How values are read; <see langword="null"/> for Microsoft.Extensions.AI's defaults.</param>
    /// <param name="cancellationToken">Ends it between two lines.</param>
    /// <exception cref="InvalidDataException">A line is no case; the message says which line and what is wrong.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static async IAsyncEnumerable<EvalCase<TInput, TOutput>> ReadJsonLinesAsync<TInput, TOutput>(
        string path, JsonSerializerOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var input = EvalJson.TypeInfo<TInput>(options);
        var expected = EvalJson.TypeInfo<TOutput>(options);
        int number = 0;
        await foreach (string line in File.ReadLinesAsync(path, cancellationToken).ConfigureAwait(false))
        {
            number++;
            if (!string.IsNullOrWhiteSpace(line))
                yield return Read(line, number, path, input, expected);
        }
    }

    /// <summary>Reads comma-separated values (RFC 4180) with a header.</summary>
    /// <typeparam name="TInput">What goes in.</typeparam>
    /// <typeparam name="TOutput">What comes out.</typeparam>
    /// <param name="path">The file, UTF-8.</param>
    /// <param name="read">Makes a case of a row. What it throws because of a value that it cannot read (<see cref="FormatException"/>, <see cref="OverflowException"/>, <see cref="ArgumentException"/>, <see cref="JsonException"/>) is told with the row's line.</param>
    /// <param name="cancellationToken">Ends it between two rows.</param>
    /// <exception cref="InvalidDataException">The file is malformed, or a row makes no case; the message says which line and what is wrong.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static async IAsyncEnumerable<EvalCase<TInput, TOutput>> ReadCsvAsync<TInput, TOutput>(
        string path, Func<CsvRow, EvalCase<TInput, TOutput>> read, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(read);
        await foreach (CsvRow row in CsvRow.ReadAsync(path, cancellationToken).ConfigureAwait(false))
        {
            EvalCase<TInput, TOutput> made;
            try
            {
                made = read(row);
            }
            // As numbers, dates, enums and JSON are refused by what parses them.
            catch (Exception e) when (e is FormatException or OverflowException or ArgumentException or JsonException)
            {
                throw new InvalidDataException($"{path}, line {row.Line}: {e.Message}", e);
            }
            yield return made;
        }
    }

    private static EvalCase<TInput, TOutput> Read<TInput, TOutput>(string line, int number, string path, JsonTypeInfo<TInput> input, JsonTypeInfo<TOutput> expected)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
                throw Wrong("a case is an object with id, input and expected");
            foreach (JsonProperty property in root.EnumerateObject())
            {
                if (property.Name is not ("id" or "input" or "expected" or "tags"))
                    throw Wrong($"'{property.Name}' is no part of a case; it has id, input, expected and tags");
            }
            if (!root.TryGetProperty("input", out JsonElement given))
                throw Wrong("the input is missing");
            if (!root.TryGetProperty("expected", out JsonElement wanted))
                throw Wrong("expected is missing");
            if (given.ValueKind == JsonValueKind.Object && input.Kind == JsonTypeInfoKind.None && given.EnumerateObject().Count() == 1)
                given = given.EnumerateObject().First().Value;
            string id = !root.TryGetProperty("id", out JsonElement name) ? $"line {number}" : name.ValueKind == JsonValueKind.String ? name.GetString()! : name.GetRawText();
            return new EvalCase<TInput, TOutput>(id, Value(given, input, "input"), Value(wanted, expected, "expected"))
            {
                Tags = root.TryGetProperty("tags", out JsonElement tags) ? [.. tags.EnumerateArray().Select(static tag => tag.GetString() ?? "")] : [],
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw Wrong(e.Message, e);
        }

        T Value<T>(JsonElement element, JsonTypeInfo<T> type, string part)
        {
            try
            {
                return element.Deserialize(type)!;
            }
            catch (JsonException e)
            {
                throw Wrong($"{part} is no {typeof(T).Name}: {e.Message}", e);
            }
        }

        InvalidDataException Wrong(string problem, Exception? cause = null) => new($"{path}, line {number}: {problem}", cause);
    }
}
