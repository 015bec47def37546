using System.Composition;
using AiSdk.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace AiSdk.CodeFixes;

/// <summary>States what a tool does to the world: what its name says, or nothing.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class StateTheEffectFix() : FixProvider(DiagnosticIds.StateTheEffect)
{
    // What a method does nobody can say of all of them at once.
    private protected override bool NeedsDecision => true;

    private protected override Task RegisterAsync(Occurrence occurrence)
    {
        if (occurrence.Around<MethodDeclarationSyntax>()?.AttributeLists.SelectMany(static list => list.Attributes).FirstOrDefault(static a => Attributes.Is(a, "AiTool")) is not { } attribute)
            return Task.CompletedTask;
        string named = occurrence.Property(FixProperties.Name) ?? "Write";
        foreach (string effect in new[] { named, "Read" })
        {
            string argument = $"Effect = ToolEffect.{effect}";
            TextChange change = attribute.ArgumentList is not { } list
                ? new TextChange(new TextSpan(attribute.Span.End, 0), $"({argument})")
                : new TextChange(new TextSpan(list.CloseParenToken.SpanStart, 0), list.Arguments.Count == 0 ? argument : ", " + argument);
            occurrence.Offer(effect == "Read" ? "It only reads" : $"It changes something: {argument}", nameof(StateTheEffectFix) + effect, change);
        }
        return Task.CompletedTask;
    }
}
