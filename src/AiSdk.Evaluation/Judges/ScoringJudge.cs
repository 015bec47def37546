using Microsoft.Extensions.AI;

namespace AiSdk.Evaluation;

/// <summary>Who gave a metric's values, where it was a model.</summary>
/// <param name="Function">The AI function that judges, interface and method; of another judge its type.</param>
/// <param name="PromptHash">The hash of the function's prompts and schema, of those in force when the scorer was made; <see langword="null"/> where nobody tells it.</param>
/// <param name="Model">The model, as its chat client names it; <see langword="null"/> where it does not.</param>
/// <remarks>Two runs are compared by a metric only if the same judge gave it in both: what another judge says differs, though the answers do not.</remarks>
public sealed record ScoringJudge(string Function, string? PromptHash, string? Model)
{
    /// <summary>An AI function over a chat client, for scorers of one's own.</summary>
    /// <param name="function">The function: <c>Judge.RateAsyncInfo</c>.</param>
    /// <param name="client">The client that it asks.</param>
    public static ScoringJudge Of(AiFunctionInfo function, IChatClient client)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(client);
        return new ScoringJudge(function.Name, function.PromptHash, ModelOf(client));
    }

    /// <summary>The judge's function, as it is asked now. Of an implementation of one's own nobody knows prompt and model.</summary>
    internal static ScoringJudge Of(IJudge judge, AiFunctionInfo function, string method) =>
        judge is Judge own ? own.Describe(function) : new ScoringJudge($"{judge.GetType().FullName}.{method}", null, null);

    /// <summary>The model that a client asks where a call names none, as it tells it.</summary>
    internal static string? ModelOf(IChatClient client) => client.GetService<ChatClientMetadata>()?.DefaultModelId;

    /// <summary>In words.</summary>
    public override string ToString() => $"{Function}, prompt {PromptHash ?? "unknown"}, model {Model ?? "unknown"}";
}
