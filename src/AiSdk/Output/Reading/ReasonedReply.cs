using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using AiSdk.CompilerServices;

namespace AiSdk;

/// <summary>Takes a reply apart that has a field for the model's reasoning before the value: <c>{"reasoning": "…", "value": …}</c>.</summary>
internal static class ReasonedReply
{
    private const string ReasoningPath = "$." + OutputSchema.ReasoningName;
    private const string ValuePath = "$." + OutputSchema.Wrapper;

    private static readonly SearchValues<char> _stops = SearchValues.Create("\"\\");
    /// <summary>What models put around their thoughts.</summary>
    internal static readonly (string Start, string End)[] Tags = [("<think>", "</think>"), ("<thinking>", "</thinking>"), ("<reasoning>", "</reasoning>"), ("[THINK]", "[/THINK]")];
    private static readonly ConditionalWeakTable<OutputShape, OutputShape> _envelopes = [];

    private static readonly ConditionalWeakTable<OutputShape, OutputShape> _flat = [];
    private static readonly JsonSerializerOptions _options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = OutputReader.MaxDepth + 8 };
    private static readonly OutputShape _text = new() { Kind = OutputShapeKind.String, Name = "string" };
    private static readonly OutputProperty _field = new(OutputSchema.ReasoningName, static () => _text) { Nullable = true };

    /// <summary>Reads well-formed reasoning at the reply's beginning.</summary>
    /// <param name="reply">The reply.</param>
    /// <param name="reasoning">The reasoning, if it is there.</param>
    /// <returns>The reply without it, <c>{"value": …}</c>; <see langword="null"/> if it does not begin so.</returns>
    public static string? Split(string reply, out string? reasoning)
    {
        reasoning = null;
        int at = Skip(reply, 0);
        if (!Is(reply, ref at, "{") || !Is(reply, ref at, "\"" + OutputSchema.ReasoningName + "\"") || !Is(reply, ref at, ":"))
            return null;
        int start = at;
        if (Is(reply, ref at, "null"))
        {
            start = -1;
        }
        else
        {
            if (at >= reply.Length || reply[at] != '"')
                return null;
            at++;
            while (true)
            {
                int stop = at < reply.Length ? reply.AsSpan(at).IndexOfAny(_stops) : -1;
                if (stop < 0)
                    return null;
                at += stop;
                if (reply[at] == '"')
                    break;
                at += 2;
            }
            at++;
        }
        int end = at;
        at = Skip(reply, at);
        if (!Is(reply, ref at, ","))
            return null;
        int value = at;
        // A quote inside of the reasoning that was not escaped would end it too early.
        if (!Is(reply, ref at, "\"" + OutputSchema.Wrapper + "\"") || !Is(reply, ref at, ":"))
            return null;
        if (start >= 0 && !TryDecode(reply.AsSpan(start, end - start), out reasoning))
            return null;
        return string.Concat("{", reply.AsSpan(value));
    }

    /// <summary>Repairs a reply that does not begin with well-formed reasoning.</summary>
    /// <param name="reply">The reply.</param>
    /// <param name="shape">The value's shape.</param>
    /// <param name="allowsLoss">Whether something of the value may be lost; of the reasoning it may.</param>
    /// <param name="result">The value's JSON, with what was done to it.</param>
    /// <param name="reasoning">The reasoning.</param>
    /// <returns>Whether the reply has both in their fields; if not, the errors in <paramref name="result"/> are those of the value, or there are none.</returns>
    public static bool Repair(string reply, OutputShape shape, bool allowsLoss, out StructuredOutputResult result, out string? reasoning)
    {
        reasoning = null;
        StructuredOutputResult repaired = Fit(reply, _envelopes.GetValue(shape, Envelope));
        Repair[] repairs = [.. repaired.Repairs.Select(static repair => repair with { Path = OfValue(repair.Path) })];
        if (!repaired.Success)
        {
            result = new StructuredOutputResult(null, repairs, [.. repaired.Errors.Where(static error => error.Path.StartsWith(ValuePath, StringComparison.Ordinal) && error.Path != ValuePath).Select(static error => error with { Path = OfValue(error.Path) })]);
            return false;
        }
        string json = Split(repaired.Json, out reasoning) ?? repaired.Json;
        OutputError[] losses = Losses(repairs, allowsLoss);
        result = losses.Length > 0 ? new StructuredOutputResult(null, repairs, losses) : new StructuredOutputResult(json, repairs, []);
        return losses.Length == 0;
    }

    /// <summary>Repairs a reply that has the reasoning among the value's own properties.</summary>
    /// <returns>Whether it has; then the value is given in the wrapper that it should have been in.</returns>
    public static bool RepairBeside(string reply, OutputShape shape, bool allowsLoss, out StructuredOutputResult result, out string? reasoning)
    {
        reasoning = null;
        result = new StructuredOutputResult(null, [], []);
        if (shape.Kind != OutputShapeKind.Object || shape.Properties.Any(static p => p.Name == OutputSchema.ReasoningName))
            return false;
        StructuredOutputResult repaired = Fit(reply, _flat.GetValue(shape, Flat));
        if (!repaired.Success || Losses(repaired.Repairs, allowsLoss).Length > 0)
            return false;
        JsonObject value = JsonNode.Parse(repaired.Json, documentOptions: new JsonDocumentOptions { MaxDepth = OutputReader.MaxDepth + 8 })!.AsObject();
        reasoning = value[OutputSchema.ReasoningName]?.GetValue<string>();
        value.Remove(OutputSchema.ReasoningName);
        result = new StructuredOutputResult($"{{\"{OutputSchema.Wrapper}\":{value.ToJsonString(_options)}}}", repaired.Repairs, []);
        return reasoning is not null;
    }

    /// <summary>The reasoning of a reply that gave the value without the field around it: in tags, or as prose before it.</summary>
    public static string? Around(string reply, OutputShape shape, IReadOnlyList<Repair> repairs)
    {
        if (Tagged(reply) is { } tagged)
            return tagged;
        if (shape.Kind is not (OutputShapeKind.Object or OutputShapeKind.List or OutputShapeKind.Dictionary or OutputShapeKind.Union))
            return null;
        if (!repairs.Any(static repair => repair.Kind == RepairKind.Extraction))
            return null;
        int start = reply.AsSpan().IndexOfAny("{[`");
        return start < 0 || reply.AsSpan(0, start).IsWhiteSpace() ? null : reply[..start].Trim();
    }

    /// <summary>What a reply begins with between the tags of reasoning.</summary>
    public static string? Tagged(string reply)
    {
        ReadOnlySpan<char> text = reply.AsSpan().TrimStart();
        if (text.IsEmpty || text[0] is not ('<' or '['))
            return null;
        foreach ((string start, string end) in Tags)
        {
            if (text.StartsWith(start, StringComparison.OrdinalIgnoreCase) && text.IndexOf(end, StringComparison.OrdinalIgnoreCase) is > 0 and int stop)
                return text[start.Length..stop].Trim() is { IsEmpty: false } thoughts ? thoughts.ToString() : null;
        }
        return null;
    }

    private static StructuredOutputResult Fit(string reply, OutputShape shape)
    {
        using ReplyRepairer repairer = new(reply, shape, partial: false);
        return repairer.Run(allowLoss: true);
    }

    // Of the thoughts something may be lost: nothing is made of them.
    private static OutputError[] Losses(IReadOnlyList<Repair> repairs, bool areAllowed) => areAllowed
        ? []
        : [.. repairs.Where(static repair => repair.Kind == RepairKind.Loss && !repair.Path.StartsWith(ReasoningPath, StringComparison.Ordinal)).Select(static repair => new OutputError(repair.Path, repair.After))];

    private static OutputShape Envelope(OutputShape shape) => new()
    {
        Kind = OutputShapeKind.Object,
        Name = "reply",
        Properties = [_field, new(OutputSchema.Wrapper, () => shape) { Required = true }],
    };

    private static OutputShape Flat(OutputShape shape) => new()
    {
        Kind = OutputShapeKind.Object,
        Name = shape.Name,
        Properties = [_field, .. shape.Properties],
        IsOpen = shape.IsOpen,
    };

    private static string OfValue(string path) => path.StartsWith(ValuePath, StringComparison.Ordinal) ? "$" + path[ValuePath.Length..] : path;

    private static int Skip(string text, int at)
    {
        while (at < text.Length && text[at] is ' ' or '\t' or '\r' or '\n')
            at++;
        return at;
    }

    /// <summary>Goes past a token and the space behind it.</summary>
    private static bool Is(string text, ref int at, string token)
    {
        if (at > text.Length || !text.AsSpan(at).StartsWith(token, StringComparison.Ordinal))
            return false;
        at = Skip(text, at + token.Length);
        return true;
    }

    private static bool TryDecode(ReadOnlySpan<char> json, out string? text)
    {
        text = null;
        byte[] utf8 = Encoding.UTF8.GetBytes(json.ToArray());
        Utf8JsonReader reader = new(utf8);
        try
        {
            reader.Read();
            text = reader.GetString();
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }
}
