using System.Globalization;
using AiSdk.Generators.Helpers;
using AiSdk.Generators.Models;

namespace AiSdk.Generators.Emitting;

/// <summary>Writes prompts as straight-line C#: a literal, an interpolated string, or a run of appends where there are blocks.</summary>
/// <param name="writer">Where statements go that an expression needs before it.</param>
/// <param name="argumentTypes">The types of arguments.</param>
/// <param name="argumentsClass">The class with their writers.</param>
/// <param name="reservedNames">Names that local variables may not have.</param>
internal sealed class PromptEmitter(SourceWriter writer, EquatableArray<ArgumentTypeModel> argumentTypes, string argumentsClass, IEnumerable<string> reservedNames)
{
    private const string Invariant = "global::System.Globalization.CultureInfo.InvariantCulture";
    private const string ChatRole = "global::Microsoft.Extensions.AI.ChatRole";

    private readonly HashSet<string> _names = new(reservedNames, StringComparer.Ordinal);

    /// <summary>A role as C#.</summary>
    public static string Role(string role) => role switch
    {
        "system" => ChatRole + ".System",
        "model" => ChatRole + ".Assistant",
        _ => ChatRole + ".User",
    };

    /// <summary>A name that nothing else in the method has.</summary>
    public string Unique(string name)
    {
        if (_names.Add(name))
            return name;
        for (int number = 2; ; number++)
        {
            string candidate = name + number.ToString(CultureInfo.InvariantCulture);
            if (_names.Add(candidate))
                return candidate;
        }
    }

    /// <summary>The text of nodes that are nothing but text, as a C# expression; writes what must come before it.</summary>
    public string Text(IReadOnlyList<BoundNode> nodes)
    {
        if (nodes.All(static node => node is BoundText))
            return Literal(string.Concat(nodes.Cast<BoundText>().Select(static text => text.Text)));
        if (nodes is [BoundValue { Form: not ValueForm.Formatted } only])
            return StringExpression(only) + (only.MayBeNull ? " ?? \"\"" : only.Form == ValueForm.EnumName ? "!" : "");
        if (nodes.All(static node => node is BoundText or BoundValue) && nodes.OfType<BoundValue>().All(static value => CanStandInHole(value.Format)))
            return Interpolated(nodes);

        string text = Unique("text");
        int literals = nodes.OfType<BoundText>().Sum(static node => node.Text.Length);
        writer.WriteLine($"global::System.Runtime.CompilerServices.DefaultInterpolatedStringHandler {text} = new({literals}, {nodes.Count}, {Invariant});");
        Append(text, nodes);
        return $"{text}.ToStringAndClear()";
    }

    /// <summary>Writes the statements that build messages of any content.</summary>
    /// <param name="builder">The builder's variable.</param>
    /// <param name="nodes">The nodes.</param>
    public void Build(string builder, IReadOnlyList<BoundNode> nodes)
    {
        for (int at = 0; at < nodes.Count; at++)
        {
            List<BoundNode> run = [.. nodes.Skip(at).TakeWhile(static node => node.IsText)];
            if (run.Count > 0)
            {
                writer.WriteLine($"{builder}.Text({Text(run)});");
                at += run.Count - 1;
                continue;
            }
            switch (nodes[at])
            {
                case BoundRole role:
                    writer.WriteLine($"{builder}.Role({Role(role.Role)});");
                    break;
                case BoundSection section:
                    writer.WriteLine($"{builder}.Section({CSharp.Literal(section.Name)});");
                    break;
                case BoundMedia media:
                    writer.WriteLine($"{builder}.Media({media.Expression});");
                    break;
                case BoundHistory history:
                    writer.WriteLine($"{builder}.History({history.Expression}{(history.IsTrusted ? ", isTrusted: true" : "")});");
                    break;
                case BoundIf branch:
                    If(branch, body => Build(builder, body));
                    break;
                case BoundEach each:
                    Each(each, body => Build(builder, body));
                    break;
            }
        }
    }

    private void Append(string text, IReadOnlyList<BoundNode> nodes)
    {
        foreach (BoundNode node in nodes)
        {
            switch (node)
            {
                case BoundText literal:
                    writer.WriteLine($"{text}.AppendLiteral({CSharp.Literal(literal.Text)});");
                    break;
                case BoundValue { Form: ValueForm.Formatted } value:
                    writer.WriteLine($"{text}.AppendFormatted({value.Expression}{(value.Format is null ? "" : ", " + CSharp.Literal(value.Format))});");
                    break;
                case BoundValue value:
                    writer.WriteLine($"{text}.AppendFormatted({StringExpression(value)});");
                    break;
                case BoundIf branch:
                    If(branch, body => Append(text, body));
                    break;
                case BoundEach each:
                    Each(each, body => Append(text, body));
                    break;
            }
        }
    }

    private void If(BoundIf branch, Action<IReadOnlyList<BoundNode>> body)
    {
        writer.OpenBlock($"if ({branch.Condition})");
        body(branch.Then);
        writer.CloseBlock();
        if (branch.Else.Count == 0)
            return;
        writer.OpenBlock("else");
        body(branch.Else);
        writer.CloseBlock();
    }

    private void Each(BoundEach each, Action<IReadOnlyList<BoundNode>> body)
    {
        string? any = each.Else.Count == 0 ? null : Unique("any");
        if (any is not null)
            writer.WriteLine($"bool {any} = false;");
        if (each.IndexVariable is not null)
            writer.WriteLine($"int {each.IndexVariable} = 0;");
        if (each.Guard is not null)
            writer.OpenBlock($"if ({each.Items} is {each.Guard} {each.Sequence})");
        writer.OpenBlock($"foreach (var {each.ItemVariable} in {each.Sequence})");
        if (any is not null)
            writer.WriteLine($"{any} = true;");
        body(each.Body);
        if (each.IndexVariable is not null)
            writer.WriteLine($"{each.IndexVariable}++;");
        writer.CloseBlock();
        if (each.Guard is not null)
            writer.CloseBlock();
        if (any is null)
            return;
        writer.OpenBlock($"if (!{any})");
        body(each.Else);
        writer.CloseBlock();
    }

    private string Interpolated(IReadOnlyList<BoundNode> nodes)
    {
        // One line of the template is one line of the source.
        List<string> lines = [""];
        foreach (BoundNode node in nodes)
        {
            if (node is BoundText text)
            {
                string[] parts = text.Text.Split('\n');
                for (int i = 0; i < parts.Length; i++)
                {
                    bool ends = i < parts.Length - 1;
                    string escaped = CSharp.Literal(parts[i] + (ends ? "\n" : "")).Replace("{", "{{").Replace("}", "}}");
                    lines[lines.Count - 1] += escaped.Substring(1, escaped.Length - 2);
                    if (ends)
                        lines.Add("");
                }
                continue;
            }
            BoundValue value = (BoundValue)node;
            string expression = value.Form == ValueForm.Formatted ? value.Expression : StringExpression(value);
            // In a hole a colon begins the format, and in a conditional expression too.
            if (expression.Contains(':') && expression[0] != '(')
                expression = $"({expression})";
            lines[lines.Count - 1] += $"{{{expression}{(value.Format is null ? "" : ":" + value.Format)}}}";
        }
        if (lines[lines.Count - 1].Length == 0)
            lines.RemoveAt(lines.Count - 1);
        string joined = string.Join(" +\n    ", lines.Select(static line => $"$\"{line}\""));
        bool isConcatenation = nodes.OfType<BoundValue>().All(static value => value.Form != ValueForm.Formatted);
        if (lines.Count > 1)
            joined = "\n    " + joined;
        return isConcatenation ? joined.TrimStart('\n', ' ') : $"string.Create({Invariant},{(lines.Count > 1 ? "" : " ")}{joined})";
    }

    private string StringExpression(BoundValue value)
    {
        if (value.Form == ValueForm.String)
            return value.Expression;
        ArgumentTypeModel type = argumentTypes[value.ArgumentType];
        if (value.Form == ValueForm.EnumName)
            return $"{argumentsClass}.{type.MemberName}Name({value.Expression})";
        string indent = value.Indent == 0 ? "" : ", " + CSharp.Literal(value.Indent);
        if (!value.MayBeNull)
            return $"global::AiSdk.CompilerServices.PromptText.Json({value.Expression}, {argumentsClass}.Write{type.MemberName}{indent})";
        string variable = Unique("json");
        string orElse = value.Form == ValueForm.Json ? "null" : "\"null\"";
        return $"({value.Expression} is {{ }} {variable} ? global::AiSdk.CompilerServices.PromptText.Json({variable}, {argumentsClass}.Write{type.MemberName}{indent}) : {orElse})";
    }

    /// <summary>Whether a format can follow the colon in a hole: there nothing is escaped.</summary>
    private static bool CanStandInHole(string? format) => format is null || (format.IndexOfAny(['{', '}']) < 0 && CSharp.Literal(format) == $"\"{format}\"");

    private static string Literal(string text)
    {
        string[] lines = text.Split('\n');
        return lines.Length <= 2
            ? CSharp.Literal(text)
            : string.Join(" +\n    ", lines.Select((line, i) => CSharp.Literal(i < lines.Length - 1 ? line + "\n" : line)).Where(static line => line != "\"\""));
    }
}
