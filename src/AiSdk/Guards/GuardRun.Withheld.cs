using System.Text.RegularExpressions;

namespace AiSdk.CompilerServices;

// Where a function has output guards, nothing of a reply that they have not passed reaches its caller: not in results, exceptions, spans or logs.
public sealed partial class GuardRun
{
    /// <summary>Stands for what is kept back, in messages.</summary>
    internal const string NotShown = "(not shown: output guards have not looked at it)";

    /// <summary>Whether anything looks at the reply, beside what shows again what was hidden.</summary>
    internal bool HasOutputs => HasTextOutputs || _valueStub is not null;

    /// <summary>Whether a stub looks at the value that was read.</summary>
    internal bool HasValueStub => _valueStub is not null;

    /// <summary>Whether a guard has put something else in the reply's place.</summary>
    internal bool HasRewritten { get; private set; }

    /// <summary>The last reply that all guards have passed.</summary>
    internal string? Passed { get; private set; }

    private bool HasTextOutputs => _guards.Outputs.Count > 0 || _replyStub is not null;

    /// <summary>A failure as the function's caller may see it.</summary>
    /// <param name="failure">The failure.</param>
    /// <param name="passed">What guards have passed of the reply.</param>
    internal Exception Withhold(Exception failure, string? passed) => !HasOutputs ? failure : failure switch
    {
        AiRefusalException { Refusal.Length: > 0 } e => new AiRefusalException($"{e.FunctionName}: the model refused. Its words: {NotShown}.", e.FunctionName, "", e.CallId, "", e.Reason),
        // What is said of such a reply may quote what they have not seen in it.
        AiFunctionException e when string.Equals(e.RawReply, passed, StringComparison.Ordinal) && !(_function.Output is not null && MayHide(e.RawReply)) => e,
        AiOutputException e => new AiOutputException(
            $"{e.FunctionName}: the reply does not fit {_function.Output?.Name} at {Known(e.Path)}. The reply: {NotShown}.", e.FunctionName, "", e.CallId, Known(e.Path), 0,
            errors: [.. e.Errors.Select(error => new OutputError(Known(error.Path), NotShown) { Rule = error.Rule })], repairs: WithoutTexts(e.Repairs), attempts: e.Attempts),
        AiFunctionException { RawReply.Length: 0 } => failure,
        AiRefusalException e => new AiRefusalException(e.Message, e.FunctionName, "", e.CallId, "", e.Reason, e.InnerException),
        AiTruncatedException e => new AiTruncatedException(e.Message, e.FunctionName, "", e.CallId, e.InnerException is AiFunctionException inner ? Withhold(inner, null) : e.InnerException),
        AiFunctionException e when e.GetType() == typeof(AiFunctionException) => new AiFunctionException(e.Message, e.FunctionName, "", e.CallId, e.InnerException),
        _ => failure,
    };

    /// <summary>What was done to a reply, without what was there.</summary>
    internal IReadOnlyList<Repair> WithoutTexts(IReadOnlyList<Repair> repairs) => [.. repairs.Select(repair => repair with { Path = Known(repair.Path), Before = "", After = "" })];

    /// <summary>A path without names that are the reply's own: those of dictionaries' entries.</summary>
    private string Known(string path)
    {
        HashSet<string> names = new(StringComparer.Ordinal) { OutputSchema.ReasoningName, OutputSchema.Wrapper };
        HashSet<OutputShape> seen = new(ReferenceEqualityComparer.Instance);
        Stack<OutputShape> open = new();
        if (_function.Output is { } output)
            open.Push(output.Shape);
        while (open.TryPop(out OutputShape? shape))
        {
            if (!seen.Add(shape))
                continue;
            foreach (OutputProperty property in shape.Properties)
            {
                names.Add(property.Name);
                open.Push(property.Shape);
            }
            foreach (OutputVariant variant in shape.Variants)
                open.Push(variant.Shape);
            if (shape.Items is { } items)
                open.Push(items);
        }
        return Step().Replace(path, step => names.Contains(step.Groups["name"].Value) ? step.Value : "['…']");
    }

    // As JsonPath writes them.
    [GeneratedRegex(@"\.(?<name>\w+)|\['(?<name>(?:\\.|[^'\\])*)'\]", RegexOptions.CultureInvariant)]
    private static partial Regex Step();
}
