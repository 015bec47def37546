using System.ComponentModel;
using System.Text.Json;
using AiSdk.CompilerServices;

namespace AiSdk.Evaluation;

/// <summary>What generated code calls; not for code that people write.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class GeneratedCases
{
    /// <summary>Reads cases that the compiler has checked.</summary>
    /// <typeparam name="TInput">What goes in.</typeparam>
    /// <typeparam name="TOutput">What comes out.</typeparam>
    /// <param name="input">Reads what goes in.</param>
    /// <param name="expected">Reads what should come out.</param>
    /// <param name="lines">The cases, one a line, each with id, input and expected in this order, and perhaps tags.</param>
    public static IReadOnlyList<EvalCase<TInput, TOutput>> Read<TInput, TOutput>(OutputReader<TInput> input, OutputReader<TOutput> expected, ReadOnlySpan<byte> lines)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(expected);
        List<EvalCase<TInput, TOutput>> cases = [];
        foreach (Range line in lines.Split((byte)'\n'))
        {
            Utf8JsonReader reader = new(lines[line]);
            reader.Read();
            Next(ref reader);
            string id = reader.GetString()!;
            Next(ref reader);
            TInput given = input(ref reader);
            Next(ref reader);
            TOutput wanted = expected(ref reader);
            List<string> tags = [];
            reader.Read();
            if (reader.TokenType == JsonTokenType.PropertyName)
            {
                reader.Read();
                while (reader.Read() && reader.TokenType == JsonTokenType.String)
                    tags.Add(reader.GetString()!);
            }
            cases.Add(new EvalCase<TInput, TOutput>(id, given, wanted) { Tags = tags });
        }
        return cases.AsReadOnly();

        static void Next(ref Utf8JsonReader reader)
        {
            reader.Read();
            reader.Read();
        }
    }
}
