using AiSdk.Generators.Helpers;
using AiSdk.Generators.Models;

namespace AiSdk.Generators.Emitting;

/// <summary>Writes the descriptor of each function.</summary>
internal static class InfoEmitter
{
    /// <summary>Writes a static property.</summary>
    public static void Emit(SourceWriter writer, FunctionModel function, InterfaceModel model, ClassNames names)
    {
        string? schema = function.Output is { } root ? JsonSchema.Write(model.OutputTypes, root, function.Reasoning) : null;
        string type = "global::AiSdk.AiFunctionInfo" + (function.Output is null ? "" : $"<{function.ValueType}>");
        List<PromptModel> prompts = [.. function.Prompts.Where(static p => !p.IsImplied)];

        writer.WriteLine($"/// <summary>What the compiler knows of <c>{CSharp.XmlText(function.DisplayName)}</c>.</summary>");
        writer.WriteLine($"public static {type} {function.InfoName} {{ get; }} = new(");
        writer.Indent();
        writer.WriteLine($"name: {CSharp.Literal(function.DisplayName)},");
        writer.WriteLine($"id: {CSharp.Literal(function.Id)},");
        writer.WriteLine($"promptHash: {CSharp.Literal(PromptHash.Of(function, model))},");
        WriteList(writer, "prompts", prompts.Select(static p => $"new({PromptEmitter.Role(p.Role)}, {CSharp.Literal(p.Template)})"));
        WriteList(writer, "examples", function.Examples.Select(static e => $"new({CSharp.Literal(e.Input)}, {CSharp.Literal(e.Output)}){(e.Reasoning is null ? "" : $" {{ Reasoning = {CSharp.Literal(e.Reasoning)} }}")}"));
        writer.WriteLine($"sourceFile: {CSharp.Literal(function.SourceFile)},");
        string limits = function.ToolLimits is { } most ? $", toolLimits: new({CSharp.Literal(most.Steps)}, {CSharp.Literal(most.Calls)}, {CSharp.Literal(most.Tokens)}, {CSharp.Literal(most.Seconds)})" : "";
        if (function.Critique is { } critique)
            writer.WriteLine($"critique: new({CSharp.Literal(critique.Rounds)}, {CSharp.Literal(critique.TokenBudget)}{(critique.Criteria is null ? "" : ", " + CSharp.Literal(critique.Criteria))}),");
        writer.WriteLine($"sourceLine: {CSharp.Literal(function.SourceLine)}{limits}{(schema is null ? ");" : ",")}");
        if (function.Output is { } output)
        {
            TypeModel outputType = model.OutputTypes[output.Type];
            string? validator = ValidationEmitter.Root(output, function.ValueType, model.OutputTypes, names.Validation + ".");
            writer.WriteLine($"reader: {ReaderEmitter.Root(output, model.OutputTypes, names.Output + ".")},");
            if (function.AllowsLoss)
                writer.WriteLine("allowsLoss: true,");
            if (function.Reask is { } reask)
                writer.WriteLine($"reask: new({CSharp.Literal(reask.Attempts)}, {CSharp.Literal(reask.TokenBudget)}),");
            if (function.Reasoning is { } reasoning)
                writer.WriteLine($"reasoning: new(global::AiSdk.ReasoningSource.{reasoning.Source}),");
            if (function.Consistency is { } consistency)
            {
                writer.WriteLine($"consistency: new({CSharp.Literal(consistency.Samples)}, {CSharp.Literal(consistency.MaxConcurrency)}, {CSharp.Literal(consistency.TokenBudget)}),");
                ComparisonEmitter.EmitRoot(writer, output, function.ValueType, model.OutputTypes, names.Comparison + ".");
            }
            if (function.OutputMode is not null)
                writer.WriteLine($"outputMode: global::AiSdk.StructuredOutputMode.{function.OutputMode},");
            if (function.OutputFormat is not null)
                writer.WriteLine("placesOutputFormat: true,");
            writer.WriteLine("output: new global::AiSdk.OutputSchema(");
            writer.Indent();
            writer.WriteLine($"name: {CSharp.Literal(SchemaName(outputType.MemberName))},");
            writer.WriteLine("jsonSchema:");
            writer.WriteLine(CSharp.RawLiteral(schema!) + ",");
            writer.WriteLine("typeScript:");
            writer.WriteLine(CSharp.RawLiteral(TypeScript.Write(model.OutputTypes, output, function.Reasoning)) + ",");
            writer.WriteLine($"isWrapped: {(Wrapping.IsWrapped(outputType, output.IsNullable, function.Reasoning) ? "true" : "false")},");
            string description = outputType.Description is null ? "" : $", description: {CSharp.Literal(outputType.Description)}";
            writer.WriteLine($"shape: static () => {names.Output}.{ShapeEmitter.Name(outputType)}{description}{(function.Reasoning is null ? "" : ", hasReasoning: true")}){(validator is null ? ");" : ",")}");
            writer.Unindent();
            if (validator is not null)
                writer.WriteLine($"validator: {validator});");
        }
        writer.Unindent();
        writer.WriteLine();
    }

    private static string SchemaName(string name)
    {
        string allowed = new(name.Select(static c => c is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9') or '_' or '-' ? c : '_').ToArray());
        return allowed.Length <= 64 ? allowed : allowed.Substring(0, 64);
    }

    private static void WriteList(SourceWriter writer, string parameter, IEnumerable<string> items)
    {
        List<string> lines = [.. items];
        if (lines.Count == 0)
        {
            writer.WriteLine($"{parameter}: [],");
            return;
        }
        writer.WriteLine($"{parameter}:");
        writer.WriteLine("[");
        writer.Indent();
        foreach (string line in lines)
            writer.WriteLine(line + ",");
        writer.Unindent();
        writer.WriteLine("],");
    }
}
