using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AiSdk.Generators.Models;

namespace AiSdk.Generators.Emitting;

/// <summary>The hash of what a function sends, other than its arguments.</summary>
internal static class PromptHash
{
    /// <summary>The first 16 hexadecimal digits of the SHA-256 of prompts, examples, schema and mode.</summary>
    public static string Of(FunctionModel function, InterfaceModel model)
    {
        string? schema = function.Output is { } root ? JsonSchema.Write(model.OutputTypes, root, function.Reasoning) : null;
        // Lengths keep the parts apart: the same characters in other parts are another prompt.
        StringBuilder content = new();
        foreach (string part in function.Prompts.SelectMany(static p => new[] { p.Role, p.Template }.Concat(p.Partials)).Concat(function.Examples.SelectMany(static e => e.Reasoning is null ? new[] { e.Input, e.Output } : [e.Input, e.Output, e.Reasoning])).Append(schema ?? "").Concat(function.OutputMode is { } mode ? [mode] : Array.Empty<string>()).Concat(function.Critique is { } critique ? ["critique", critique.Criteria ?? ""] : Array.Empty<string>()))
            content.Append(part.Length).Append(':').Append(part);
        using SHA256 sha256 = SHA256.Create();
        byte[] hash = sha256.ComputeHash(Encoding.UTF8.GetBytes(content.ToString()));
        return string.Concat(hash.Take(8).Select(static b => b.ToString("x2", CultureInfo.InvariantCulture)));
    }
}
