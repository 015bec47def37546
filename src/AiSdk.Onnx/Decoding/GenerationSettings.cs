using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace AiSdk.Onnx;

/// <summary>How one reply is made: a call's <see cref="ChatOptions"/>, and where they say nothing the model's search section.</summary>
internal sealed record GenerationSettings
{
    /// <summary>The name in <see cref="ChatOptions.AdditionalProperties"/>.</summary>
    public const string RepetitionPenaltyName = "repetition_penalty";

    private const int MaxAlternatives = 20;

    /// <summary>0 takes the most likely token always.</summary>
    public float Temperature { get; init; }

    /// <summary>Only so many most likely tokens can be taken; null for all.</summary>
    public int? TopK { get; init; }

    /// <summary>Only the most likely tokens that together reach this probability can be taken; 1 for all.</summary>
    public float TopP { get; init; } = 1;

    /// <summary>Divides (or, below 0, multiplies) the logits of tokens already there; 1 for none.</summary>
    public float RepetitionPenalty { get; init; } = 1;

    /// <summary>Taken from a token's logit for each time the reply has it; 0 for none.</summary>
    public float FrequencyPenalty { get; init; }

    /// <summary>Taken once from the logit of each token that the reply has; 0 for none.</summary>
    public float PresencePenalty { get; init; }

    /// <summary>The same seed gives the same choice; null for another one each time.</summary>
    public long? Seed { get; init; }

    /// <summary>The most new tokens; null for as many as fit.</summary>
    public int? MaxOutputTokens { get; init; }

    /// <summary>How many alternatives are told with each token's log-probability; null if none is told.</summary>
    public int? LogProbabilities { get; init; }

    /// <summary>The adapter; null for the model as it is.</summary>
    public string? Adapter { get; init; }

    /// <summary>Texts at which the reply ends, none of them empty.</summary>
    public IReadOnlyList<string> StopSequences { get; init; } = [];

    /// <summary>Combines what the call and the model say.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value of the call is not allowed.</exception>
    public static GenerationSettings Resolve(ChatOptions? options, SearchDefaults defaults)
    {
        if (options?.Temperature is { } temperature)
            Require(float.IsFinite(temperature) && temperature >= 0, nameof(options.Temperature), temperature, "0 (the most likely token always) or more");
        if (options?.TopK is { } topK)
            Require(topK >= 1, nameof(options.TopK), topK, "1 or more, or null for no limit");
        if (options?.TopP is { } topP)
            Require(topP is > 0 and <= 1, nameof(options.TopP), topP, "more than 0 and at most 1");
        RequirePenalty(options?.FrequencyPenalty, nameof(options.FrequencyPenalty));
        RequirePenalty(options?.PresencePenalty, nameof(options.PresencePenalty));
        if (options?.MaxOutputTokens is { } max)
            Require(max >= 1, nameof(options.MaxOutputTokens), max, "1 or more, or null for as many as fit");
        foreach (string? stop in options?.StopSequences ?? [])
            Require(!string.IsNullOrEmpty(stop), nameof(options.StopSequences), stop, "texts that are not empty");
        float? penalty = RepetitionPenaltyOf(options);
        return new GenerationSettings
        {
            // A model's temperature counts only where the model asks for sampling, as in ONNX Runtime GenAI.
            Temperature = options?.Temperature ?? (defaults.Sample ? defaults.Temperature ?? 1 : 0),
            TopK = options?.TopK ?? defaults.TopK,
            TopP = options?.TopP ?? Math.Min(defaults.TopP ?? 1, 1),
            RepetitionPenalty = penalty ?? defaults.RepetitionPenalty ?? 1,
            FrequencyPenalty = options?.FrequencyPenalty ?? 0,
            PresencePenalty = options?.PresencePenalty ?? 0,
            Seed = options?.Seed ?? defaults.Seed,
            MaxOutputTokens = options?.MaxOutputTokens,
            LogProbabilities = LogProbabilitiesOf(options),
            StopSequences = [.. options?.StopSequences ?? []],
        };
    }

    private static int? LogProbabilitiesOf(ChatOptions? options)
    {
        if (options?.AdditionalProperties?.TryGetValue(OnnxChatClient.LogProbabilities, out object? value) != true || value is null or false)
            return null;
        int? count = value switch
        {
            true => 0,
            int number => number,
            long number when number is >= 0 and <= MaxAlternatives => (int)number,
            JsonElement { ValueKind: JsonValueKind.Number } number when number.TryGetInt32(out int read) => read,
            JsonElement { ValueKind: JsonValueKind.True } => 0,
            JsonElement { ValueKind: JsonValueKind.False } => null,
            _ => -1,
        };
        Require(count is null or (>= 0 and <= MaxAlternatives), OnnxChatClient.LogProbabilities, value, "true, or how many alternatives are told with each token, 0 to 20");
        return count;
    }

    private static float? RepetitionPenaltyOf(ChatOptions? options)
    {
        if (options?.AdditionalProperties?.TryGetValue(RepetitionPenaltyName, out object? value) != true || value is null)
            return null;
        double? penalty = value switch
        {
            double number => number,
            float number => number,
            decimal number => (double)number,
            int number => number,
            long number => number,
            // Options that were themselves read from JSON.
            JsonElement { ValueKind: JsonValueKind.Number } number => number.GetDouble(),
            _ => null,
        };
        Require(penalty is > 0 and <= float.MaxValue, RepetitionPenaltyName, value, "a number more than 0 (1 changes nothing, more makes repeats less likely)");
        return (float)penalty!.Value;
    }

    private static void RequirePenalty(float? penalty, string name) =>
        Require(penalty is null or (>= -2 and <= 2), name, penalty, "from -2 to 2 (0 changes nothing, more makes repeats less likely)");

    private static void Require(bool condition, string name, object? value, string allowed)
    {
        if (!condition)
            throw new ArgumentOutOfRangeException(name, value, string.Create(CultureInfo.InvariantCulture, $"ChatOptions.{name} must be {allowed}."));
    }
}
