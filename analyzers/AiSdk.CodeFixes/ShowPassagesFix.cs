using System.Composition;
using AiSdk.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace AiSdk.CodeFixes;

/// <summary>Gives a function whose reply cites passages some to cite: a parameter that a retriever fills, shown before the rest of the prompt.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class ShowPassagesFix() : FixProvider(DiagnosticIds.ShowThePassagesThatAreCited)
{
    private const string Name = "passages";

    private protected override async Task RegisterAsync(Occurrence occurrence)
    {
        if (occurrence.Around<MethodDeclarationSyntax>() is not { } method || await occurrence.ModelAsync().ConfigureAwait(false) is not { } model
            || model.GetDeclaredSymbol(method, occurrence.CancellationToken) is not { } symbol || symbol.Parameters.Any(static parameter => parameter.Name == Name)
            || symbol.Parameters.Where(static parameter => parameter.Type.SpecialType == SpecialType.System_String).ToArray() is not { Length: > 0 } texts
            || PromptPlace(method) is not { } shown)
            return;
        SeparatedSyntaxList<ParameterSyntax> parameters = method.ParameterList.Parameters;
        int place = parameters.Count;
        while (place > 0 && (parameters[place - 1].Default is not null || symbol.Parameters[place - 1].Type.Name == nameof(System.Threading.CancellationToken)))
            place--;
        // What may be left out stands behind all that may not.
        string value = parameters.Skip(place).All(static parameter => parameter.Default is not null) ? " = null" : "";
        string query = texts.Length == 1 ? "" : $", Query = nameof({parameters[texts[0].Ordinal].Identifier.Text})";
        string type = model.LookupNamespacesAndTypes(method.SpanStart, name: "Passages").Length == 1 ? "Passages" : "AiSdk.Passages";
        string retrieve = model.LookupNamespacesAndTypes(method.SpanStart, name: "RetrieveAttribute").Length == 1 ? "Retrieve" : "AiSdk.Retrieve";
        string added = $"[{retrieve}(\"{Retriever(method)}\"{query})] {type}? {Name}{value}";
        TextChange parameterChange = place == parameters.Count
            ? new TextChange(new TextSpan(parameters.Count == 0 ? method.ParameterList.CloseParenToken.SpanStart : parameters[place - 1].Span.End, 0), parameters.Count == 0 ? added : ", " + added)
            : new TextChange(new TextSpan(parameters[place].SpanStart, 0), added + ", ");
        occurrence.Offer("Show passages that a retriever finds", nameof(ShowPassagesFix), shown, parameterChange);
    }

    /// <summary>The key that a function beside this one names, else one to be replaced.</summary>
    private static string Retriever(MethodDeclarationSyntax method) =>
        method.Parent?.DescendantNodes().OfType<AttributeSyntax>()
            .Where(static attribute => Attributes.Is(attribute, "Retrieve"))
            .Select(static attribute => attribute.ArgumentList?.Arguments.FirstOrDefault()?.Expression).OfType<LiteralExpressionSyntax>()
            .Select(static literal => literal.Token.ValueText).FirstOrDefault(static key => key.All(static c => c is not ('"' or '\\') && !char.IsControl(c)))
        ?? "documents";

    /// <summary>Where the first user prompt shows them; none where it is no literal that can be written into.</summary>
    private static TextChange? PromptPlace(MethodDeclarationSyntax method)
    {
        LiteralExpressionSyntax? literal = Attributes.UserPrompts(method)
            .Select(static attribute => attribute.ArgumentList?.Arguments.FirstOrDefault()?.Expression).OfType<LiteralExpressionSyntax>().FirstOrDefault();
        string text = literal?.Token.Text ?? "";
        if (text.StartsWith("\"", StringComparison.Ordinal) && !text.StartsWith("\"\"\"", StringComparison.Ordinal))
            return new TextChange(new TextSpan(literal!.SpanStart + 1, 0), $"{{{{{Name}}}}}\\n\\n");
        int line = text.IndexOf('\n') + 1;
        if (!text.StartsWith("\"\"\"", StringComparison.Ordinal) || line == 0)
            return null;
        int indent = text.Length - text.LastIndexOf('\n') - 1 - text.Substring(text.LastIndexOf('\n') + 1).TrimStart().Length;
        string blanks = text.Substring(text.LastIndexOf('\n') + 1, indent);
        string newLine = line >= 2 && text[line - 2] == '\r' ? "\r\n" : "\n";
        return new TextChange(new TextSpan(literal!.SpanStart + line, 0), $"{blanks}{{{{{Name}}}}}{newLine}{newLine}");
    }
}
