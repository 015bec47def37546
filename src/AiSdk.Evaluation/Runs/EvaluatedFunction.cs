using System.Security.Cryptography;
using System.Text;

namespace AiSdk.Evaluation;

/// <summary>A function as it was when it was evaluated.</summary>
/// <param name="Name">Interface and method.</param>
/// <param name="Id">The function's identity.</param>
/// <param name="PromptHash">The hash of prompts, examples and schema.</param>
/// <param name="Prompts">The prompts, one message each, with its role before it.</param>
/// <param name="Schema">The JSON schema of the reply, if it is typed.</param>
public sealed record EvaluatedFunction(string Name, string Id, string PromptHash, IReadOnlyList<string> Prompts, string? Schema)
{
    /// <summary>A function as the compiler knows it.</summary>
    /// <param name="function">The function: <c>SupportDesk.RouteAsyncInfo</c>.</param>
    public static EvaluatedFunction Of(AiFunctionInfo function)
    {
        ArgumentNullException.ThrowIfNull(function);
        IEnumerable<string> examples = function.Examples.Select(static example => $"example: {example.Input} → {example.Output}");
        return new EvaluatedFunction(function.Name, function.Id, function.PromptHash, [.. function.Prompts.Select(static prompt => $"{prompt.Role.Value}: {prompt.Text}"), .. examples], function.Output?.JsonSchema);
    }

    /// <summary>A function as the compiler knows it.</summary>
    /// <param name="function">The function.</param>
#pragma warning disable CA2225 // Of is the other way.
    public static implicit operator EvaluatedFunction(AiFunctionInfo function) => Of(function);
#pragma warning restore CA2225

    /// <summary>The function with other prompts than the compiled ones, as a file or a client put in their place.</summary>
    /// <param name="prompts">The prompts, one message each, with its role before it.</param>
    public EvaluatedFunction WithPrompts(IReadOnlyList<string> prompts)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', [PromptHash, .. prompts])));
        return this with { Prompts = prompts, PromptHash = Convert.ToHexStringLower(hash)[..16] };
    }
}
