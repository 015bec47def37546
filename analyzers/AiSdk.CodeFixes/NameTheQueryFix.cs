using System.Composition;
using AiSdk.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace AiSdk.CodeFixes;

/// <summary>Names the parameter that [Retrieve] looks for: the one that was probably meant, else each that it may be.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class NameTheQueryFix() : FixProvider(DiagnosticIds.NameTheQuery)
{
    private const string Query = "Query";

    private protected override async Task RegisterAsync(Occurrence occurrence)
    {
        if (occurrence.Around<AttributeSyntax>() is not { ArgumentList: { } arguments } attribute || attribute.FirstAncestorOrSelf<MethodDeclarationSyntax>() is not { } method
            || await occurrence.ModelAsync().ConfigureAwait(false) is not { } model)
            return;
        string[] names =
        [
            .. method.ParameterList.Parameters
                .Where(parameter => model.GetDeclaredSymbol(parameter, occurrence.CancellationToken)?.Type.SpecialType == SpecialType.System_String)
                .Select(static parameter => parameter.Identifier.Text),
        ];
        if (occurrence.Property(FixProperties.Nearest) is { } nearest)
            names = [.. names.Where(name => name.TrimStart('@') == nearest)];
        AttributeArgumentSyntax? written = arguments.Arguments.FirstOrDefault(static argument => argument.NameEquals?.Name.Identifier.ValueText == Query);
        for (int i = 0; i < names.Length; i++)
        {
            TextChange change = written is null
                ? new TextChange(new TextSpan(arguments.CloseParenToken.SpanStart, 0), $", {Query} = nameof({names[i]})")
                : new TextChange(written.Expression.Span, $"nameof({names[i]})");
            occurrence.Offer($"Look for '{names[i]}'", i == 0 ? nameof(NameTheQueryFix) : $"{nameof(NameTheQueryFix)}{i}", change);
        }
    }
}
