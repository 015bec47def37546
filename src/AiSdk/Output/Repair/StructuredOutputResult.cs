using System.Diagnostics.CodeAnalysis;

namespace AiSdk;

/// <summary>What a reply says in terms of a shape.</summary>
public sealed class StructuredOutputResult
{
    internal StructuredOutputResult(string? json, IReadOnlyList<Repair> repairs, IReadOnlyList<OutputError> errors)
    {
        Json = json;
        Repairs = repairs;
        Errors = errors;
    }

    /// <summary>Whether the reply has a value of the shape.</summary>
    [MemberNotNullWhen(true, nameof(Json))]
    public bool Success => Json is not null;

    /// <summary>The value as canonical JSON; <see langword="null"/> if there are errors.</summary>
    public string? Json { get; }

    /// <summary>What was done to the reply, in the order of the value. Past some hundred, one entry stands for the remaining harmless ones.</summary>
    public IReadOnlyList<Repair> Repairs { get; }

    /// <summary>Why there is no value; empty too while nothing of a partial reply's value has come.</summary>
    public IReadOnlyList<OutputError> Errors { get; }
}
