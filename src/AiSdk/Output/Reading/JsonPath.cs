using System.Globalization;
using System.Text;
using System.Text.Json;

namespace AiSdk;

/// <summary>Finds the path of a place in JSON after the fact, so that reading itself need not keep one.</summary>
internal static class JsonPath
{
    private const int NoItemYet = -1;
    private const int NoPropertyYet = -2;

    /// <summary>The path of the value at or around a byte, <c>$.items[2].price</c>; as far as the JSON is valid.</summary>
    public static string At(ReadOnlySpan<byte> utf8, int position, JsonReaderOptions options)
    {
        Utf8JsonReader reader = new(utf8, options);
        // A step is a property's name, or the index of a list's element.
        List<(string? Name, int Index)> steps = [];
        try
        {
            while (reader.Read() && reader.TokenStartIndex <= position)
            {
                switch (reader.TokenType)
                {
                    case JsonTokenType.PropertyName:
                        steps[^1] = (Name(ref reader), 0);
                        continue;
                    case JsonTokenType.EndObject or JsonTokenType.EndArray:
                        steps.RemoveAt(steps.Count - 1);
                        continue;
                }
                if (steps.Count > 0 && steps[^1] is (null, >= NoItemYet and int index))
                    steps[^1] = (null, index + 1);
                if (reader.TokenStartIndex == position)
                    break;
                if (reader.TokenType == JsonTokenType.StartObject)
                    steps.Add((null, NoPropertyYet));
                else if (reader.TokenType == JsonTokenType.StartArray)
                    steps.Add((null, NoItemYet));
            }
        }
        catch (JsonException)
        {
            // The path up to where the JSON breaks is the answer.
        }
        return Format(steps);
    }

    private static string Name(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            // An escape that is no character: the name as it was written.
            return Encoding.UTF8.GetString(reader.ValueSpan);
        }
    }

    public static string Format(List<(string? Name, int Index)> steps)
    {
        StringBuilder path = new("$");
        foreach ((string? name, int index) in steps)
        {
            if (name is null && index >= 0)
                path.Append(CultureInfo.InvariantCulture, $"[{index}]");
            else if (name is { Length: > 0 } && !char.IsAsciiDigit(name[0]) && name.All(static c => char.IsAsciiLetterOrDigit(c) || c == '_'))
                path.Append('.').Append(name);
            else if (name is not null)
                path.Append("['").Append(name.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("'", @"\'", StringComparison.Ordinal)).Append("']");
        }
        return path.ToString();
    }
}
