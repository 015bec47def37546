using System.Text;
using AiSdk.Generators.Helpers;
using AiSdk.Generators.Models;

namespace AiSdk.Generators.Emitting;

/// <summary>Writes what is sent into the doc comment of a method, so that the editor shows it at a call.</summary>
internal static class DocumentationEmitter
{
    /// <summary>Writes the remarks.</summary>
    public static void Emit(SourceWriter writer, FunctionModel function, InterfaceModel model)
    {
        if (function.Failure is not null)
            return;
        writer.WriteLine("/// <remarks>");
        writer.WriteLine("/// <para>What is sent:</para>");
        writer.WriteLine("/// <code>");
        bool hasExamples = false;
        foreach (PromptModel prompt in function.Prompts.Where(static p => !p.IsImplied))
        {
            if (prompt.Role == "user" && !hasExamples)
            {
                hasExamples = true;
                foreach (ExampleModel example in function.Examples)
                {
                    Write(writer, "example: " + example.Input);
                    Write(writer, "answer: " + example.Reply);
                }
            }
            Write(writer, $"{prompt.Role}: {prompt.Template}");
        }
        writer.WriteLine("/// </code>");
        if (function.Output is { } output)
        {
            writer.WriteLine("/// <para>The schema of the reply:</para>");
            writer.WriteLine("/// <code>");
            Write(writer, JsonSchema.Write(model.OutputTypes, output, function.Reasoning));
            writer.WriteLine("/// </code>");
        }
        if (Cost(function) is { } cost)
            writer.WriteLine($"/// <para>{cost}</para>");
        writer.WriteLine("/// </remarks>");
    }

    /// <summary>How often the model may be asked, where that is more than once for other reasons than a reply that does not fit.</summary>
    private static string? Cost(FunctionModel function)
    {
        if (function.Consistency is null && function.Critique is null)
            return null;
        int attempts = 1 + (function.Reask?.Attempts ?? 0);
        int samples = (function.Consistency?.Samples ?? 1) * attempts;
        int critique = (function.Critique?.Rounds ?? 0) * (1 + attempts);
        List<string> parts = [];
        if (function.Consistency is { } consistency)
            parts.Add($"{CSharp.Literal(consistency.Samples)} samples are voted on");
        if (function.Critique is { } rounds)
            parts.Add($"the reply is criticized and revised {(rounds.Rounds == 1 ? "once" : $"{CSharp.Literal(rounds.Rounds)} times")}");
        string asking = function.Reask is null ? "" : ", re-asks included";
        return $"A call asks the model at most {CSharp.Literal(samples + critique)} times: {string.Join(", and ", parts)}{asking}.";
    }

    private static void Write(SourceWriter writer, string text)
    {
        StringBuilder line = new("/// ");
        for (int i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                // Whatever ends a line in C# would end the comment.
                case '\r' when i + 1 < text.Length && text[i + 1] == '\n':
                    break;
                case '\n' or '\r' or '\u0085' or '\u2028' or '\u2029':
                    writer.WriteLine(line.ToString());
                    line = new StringBuilder("/// ");
                    break;
                case '&':
                    line.Append("&amp;");
                    break;
                case '<':
                    line.Append("&lt;");
                    break;
                case '>':
                    line.Append("&gt;");
                    break;
                case char high when char.IsHighSurrogate(high) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]):
                    line.Append(high).Append(text[++i]);
                    break;
                // What XML does not allow.
                case char c when (c < ' ' && c != '\t') || char.IsSurrogate(c) || c is '\uFFFE' or '\uFFFF':
                    line.Append(' ');
                    break;
                default:
                    line.Append(text[i]);
                    break;
            }
        }
        writer.WriteLine(line.ToString());
    }
}
