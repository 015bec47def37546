using System.Composition;
using AiSdk.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace AiSdk.CodeFixes;

/// <summary>Declares a parameter with [Retrieve] as Passages that may be null, or brings its numbers into their range.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class CorrectTheRetrievalFix() : FixProvider(DiagnosticIds.CorrectTheRetrieval)
{
    private const int MaxTop = 1000;

    private protected override async Task RegisterAsync(Occurrence occurrence)
    {
        if (occurrence.Around<AttributeSyntax>() is not { } attribute || attribute.FirstAncestorOrSelf<ParameterSyntax>() is not { Type: { } type } parameter
            || await occurrence.ModelAsync().ConfigureAwait(false) is not { } model || model.GetDeclaredSymbol(parameter, occurrence.CancellationToken) is not { } symbol)
            return;
        bool isPassages = symbol.Type is { Name: "Passages", ContainingNamespace: { Name: "AiSdk", ContainingNamespace.IsGlobalNamespace: true } };
        if (!isPassages || symbol.Type.NullableAnnotation == NullableAnnotation.NotAnnotated)
        {
            // Passages stays as it is written, qualified or not.
            List<TextChange> changes = [isPassages ? new TextChange(new TextSpan(type.Span.End, 0), "?") : new TextChange(type.Span, "AiSdk.Passages?")];
            if (!isPassages && model.LookupNamespacesAndTypes(type.SpanStart, name: "Passages").Length == 1)
                changes[0] = new TextChange(type.Span, "Passages?");
            // What may be left out stands behind all that may not.
            SeparatedSyntaxList<ParameterSyntax> parameters = ((ParameterListSyntax)parameter.Parent!).Parameters;
            if (parameter.Default is null && parameters.Skip(parameters.IndexOf(parameter) + 1).All(static other => other.Default is not null))
                changes.Add(new TextChange(new TextSpan(parameter.Span.End, 0), " = null"));
            occurrence.Offer($"Declare Passages? {symbol.Name}", nameof(CorrectTheRetrievalFix), [.. changes]);
            return;
        }
        TextChange[] numbers =
        [
            .. (attribute.ArgumentList?.Arguments ?? default).Select(argument => (argument.NameEquals?.Name.Identifier.ValueText, model.GetConstantValue(argument.Expression, occurrence.CancellationToken).Value) switch
            {
                ("Top", int top and (< 1 or > MaxTop)) => new TextChange(argument.Expression.Span, top < 1 ? "1" : MaxTop.ToString(System.Globalization.CultureInfo.InvariantCulture)),
                ("TokenBudget", int and < 0) => new TextChange(argument.Expression.Span, "0"),
                _ => default,
            }).Where(static change => change != default),
        ];
        if (numbers.Length > 0)
            occurrence.Offer("Take the nearest number that may be", nameof(CorrectTheRetrievalFix) + "Numbers", numbers);
    }
}
