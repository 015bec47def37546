using System.Text.Json;
using Microsoft.Extensions.AI;

namespace AiSdk.CompilerServices;

public sealed partial class GuardRun
{
    private readonly List<string> _toolResults = [];

    // Samples of one call run their tools at the same time; guards of one call run one after the other.
    private readonly SemaphoreSlim _toolChecks = new(1);

    /// <summary>Whether a guard hides things from the model, which its tools must be given all the same.</summary>
    internal bool Hides => _guards.Inputs.Any(static use => use.Guard is IMaskingGuard);

    /// <summary>What a tool is called with: the arguments, with what was hidden from the model in its place.</summary>
    /// <param name="argument">An argument as it came.</param>
    internal object? ForTool(object? argument) => argument switch
    {
        string text => Told(text),
        JsonElement element => With(element, Told),
        _ => argument,
    };

    private string Told(string text)
    {
        // What the model wrote here by itself stays its own where the tool repeats it.
        _ = Mask(text, HiddenSource.Written);
        return Restore(text);
    }

    /// <summary>What the model is given of a tool's result: hidden is what the guards of arguments hide, and those that look at tools have looked at it.</summary>
    /// <param name="tool">The tool.</param>
    /// <param name="result">What it gives.</param>
    /// <param name="callId">The call.</param>
    internal async ValueTask<object?> CheckToolResultAsync(string tool, object? result, string callId)
    {
        if (Hides)
            result = ForModel(result);
        GuardUse[] guards = [.. _guards.Inputs.Where(static use => use.Guard is IInputGuard { ChecksToolResults: true })];
        if (guards.Length == 0)
            return result;
        await _toolChecks.WaitAsync(_cancellationToken).ConfigureAwait(false);
        (GuardStage stage, string? parameter) = (_context.Stage, _context.Parameter);
        (_context.Stage, _context.Parameter) = (GuardStage.Input, null);
        try
        {
            Dictionary<string, string> left = new(StringComparer.Ordinal);
            foreach (string text in TextsOf(result))
            {
                if (left.ContainsKey(text))
                    continue;
                string passed = text;
                foreach (GuardUse use in guards)
                {
                    (GuardVerdict verdict, string? reason) = await ToolVerdictAsync(use, passed, callId).ConfigureAwait(false);
                    if (verdict.Kind == GuardVerdictKind.Allow)
                        continue;
                    bool isBlocked = verdict.Kind == GuardVerdictKind.Block;
                    _reports.Add(new GuardReport(use.Name, GuardStage.Input, verdict.Kind, null, isBlocked ? $"the result of the tool '{tool}' was withheld: {verdict.Reason}" : $"in the result of the tool '{tool}'"));
                    if (isBlocked)
                        return $"The result of {tool} was withheld by {use.Name}: {reason}. Go on without it.";
                    passed = verdict.Text!;
                }
                left.Add(text, passed);
            }
            return left.All(static pair => ReferenceEquals(pair.Key, pair.Value)) ? result : With(result, text => left.GetValueOrDefault(text, text));
        }
        finally
        {
            (_context.Stage, _context.Parameter) = (stage, parameter);
            _toolChecks.Release();
        }
    }

    /// <summary>What a guard says of a text, and what of that the model is told.</summary>
    private async ValueTask<(GuardVerdict Verdict, string? Told)> ToolVerdictAsync(GuardUse use, string text, string callId)
    {
        try
        {
            GuardVerdict verdict = await RunAsync(use, GuardStage.Input, null, token => ((IInputGuard)use.Guard!).CheckInputAsync(text, _context, token), callId, throwOnBlock: false).ConfigureAwait(false);
            return (verdict, verdict.Reason);
        }
        catch (AiGuardException e)
        {
            // What could not be checked does not pass. Why it could not is the caller's to know: an exception's message may say anything.
            return (GuardVerdict.Block(e.Reason), "it could not be checked");
        }
    }

    /// <summary>The texts that a tool's result shows to the model.</summary>
    private static IEnumerable<string> TextsOf(object? result) => result switch
    {
        null => [],
        string text => [text],
        JsonElement element => Texts(HalfCharacters.Replaced(element).GetRawText()),
        TextContent content => [content.Text],
        AIContent => [],
        IEnumerable<AIContent> contents => contents.SelectMany(TextsOf),
        _ => Texts(AsJson(result).GetRawText()),
    };

    /// <summary>What the model is given of a tool's result: hidden is what the guards of arguments hide.</summary>
    /// <param name="result">What the tool gives.</param>
    internal object? ForModel(object? result) => With(result, text => Mask(text, HiddenSource.Given));

    private static object? With(object? result, Func<string, string> rewrite) => result switch
    {
        null => null,
        string text => rewrite(text),
        JsonElement element => With(element, rewrite),
        TextContent content => new TextContent(rewrite(content.Text)),
        AIContent => result,
        IEnumerable<AIContent> contents => contents.Select(content => With(content, rewrite)).Cast<AIContent>().ToList(),
        _ => Rewritten(AsJson(result), rewrite),
    };

    private static object With(JsonElement element, Func<string, string> rewrite)
    {
        element = HalfCharacters.Replaced(element);
        return element.ValueKind == JsonValueKind.String ? rewrite(element.GetString()!) : Rewritten(element, rewrite);
    }

    /// <summary>Notes that the model was given a text by a tool, for guards that compare the reply with what it was given.</summary>
    internal void Give(string text)
    {
        lock (_toolResults)
        {
            _toolResults.Add(text);
            // Another list: a guard may be reading that one.
            if (_context.Sources.Count > 0)
                _context.Sources = [.. _context.Sources, text];
        }
    }

    /// <summary>The text that a message's content shows to the model, or <see langword="null"/>.</summary>
    private static string? TextOf(AIContent content) => content switch
    {
        TextContent text => text.Text,
        TextReasoningContent thought => thought.Text,
        FunctionResultContent { Result: string text } => text,
        FunctionResultContent { Result: TextContent text } => text.Text,
        FunctionResultContent { Result: { } value } => AsJson(value).ToString(),
        _ => null,
    };

    private static JsonElement AsJson(object value)
    {
        using PooledJson json = PooledJson.Rent();
        ToolArguments.WriteValue(json.Writer, value);
        return HalfCharacters.Replaced(JsonElement.Parse(json.Written));
    }

    private static JsonElement Rewritten(JsonElement element, Func<string, string> rewrite)
    {
        if (element.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array or JsonValueKind.Number))
            return element;
        using PooledJson json = PooledJson.Rent();
        Write(json.Writer, element);
        return JsonElement.Parse(json.Written);

        void Write(Utf8JsonWriter writer, JsonElement value)
        {
            switch (value.ValueKind)
            {
                case JsonValueKind.Object:
                    writer.WriteStartObject();
                    foreach (JsonProperty property in value.EnumerateObject())
                    {
                        writer.WritePropertyName(rewrite(property.Name));
                        Write(writer, property.Value);
                    }
                    writer.WriteEndObject();
                    break;
                case JsonValueKind.Array:
                    writer.WriteStartArray();
                    foreach (JsonElement item in value.EnumerateArray())
                        Write(writer, item);
                    writer.WriteEndArray();
                    break;
                case JsonValueKind.String:
                    writer.WriteStringValue(rewrite(value.GetString()!));
                    break;
                case JsonValueKind.Number when value.GetRawText() is { Length: >= MinNumber } number && rewrite(number) is var left && !string.Equals(left, number, StringComparison.Ordinal):
                    // What stands for a number is none.
                    writer.WriteStringValue(left);
                    break;
                default:
                    value.WriteTo(writer);
                    break;
            }
        }
    }
}
