using System.Text.Json;

namespace AiSdk;

/// <summary>What the compiler knows of one AI function: the generated class has one for each of its methods.</summary>
/// <remarks>Immutable; safe for concurrent use.</remarks>
public class AiFunctionInfo
{
    /// <summary>Interface and method, for people: <c>ISupportDesk.RouteAsync</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The function's identity: namespace, interface, method and parameter types, <c>Contoso.ISupportDesk.RouteAsync(string, string)</c>.</summary>
    public required string Id { get; init; }

    /// <summary>
    /// The first 16 hexadecimal digits of the SHA-256 of prompts, examples and schema. It changes when, and only when, what is sent to the model changes
    /// other than by the arguments.
    /// </summary>
    public required string PromptHash { get; init; }

    /// <summary>The prompt templates, in the order in which they are sent.</summary>
    public required IReadOnlyList<PromptTemplate> Prompts { get; init; }

    /// <summary>The few-shot examples as declared.</summary>
    public IReadOnlyList<PromptExample> Examples { get; init; } = [];

    /// <summary>The type that the reply must have, with its schema; <see langword="null"/> where the function returns text.</summary>
    public OutputSchema? Output { get; init; }

    /// <summary>The file (without folder) in which the function is declared.</summary>
    public required string SourceFile { get; init; }

    /// <summary>The line, from 1, on which the function is declared.</summary>
    public required int SourceLine { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Id;
}

/// <summary>The same, with the generated reader of its reply.</summary>
/// <typeparam name="T">What a reply becomes.</typeparam>
public sealed class AiFunctionInfo<T> : AiFunctionInfo
{
    /// <summary>Reads a reply, positioned on its first token.</summary>
    public required OutputReader<T> Reader { get; init; }
}

/// <summary>Reads one value of a reply; the reader stands on the value's first token, and afterwards on its last.</summary>
/// <typeparam name="T">The value's type.</typeparam>
/// <param name="reader">The JSON of the reply.</param>
public delegate T OutputReader<out T>(ref Utf8JsonReader reader);
