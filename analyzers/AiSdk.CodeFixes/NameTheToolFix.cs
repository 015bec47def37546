using System.Composition;
using System.Text;
using AiSdk.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace AiSdk.CodeFixes;

/// <summary>Gives a tool a name that endpoints take: what it is called now without what they do not take, or, of overloads, with the first parameter that tells them apart.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class NameTheToolFix() : FixProvider(DiagnosticIds.TellTheToolsApart)
{
    private const int MaxLength = 64;

    private protected override Task RegisterAsync(Occurrence occurrence)
    {
        if (occurrence.Around<MethodDeclarationSyntax>() is not { } method || Tool(method) is not { } attribute)
            return Task.CompletedTask;
        AttributeArgumentSyntax? named = attribute.ArgumentList?.Arguments.FirstOrDefault(static a => a.NameEquals is null);
        // A constant may name other tools, too.
        if (named is not null && named.Expression is not LiteralExpressionSyntax)
            return Task.CompletedTask;
        string now = (named?.Expression as LiteralExpressionSyntax)?.Token.ValueText ?? method.Identifier.ValueText;
        string name = Clean(now);
        HashSet<string> taken = Others(method);
        if (name == now || taken.Contains(name))
        {
            string parameter = method.ParameterList.Parameters.FirstOrDefault()?.Identifier.ValueText ?? "";
            if (parameter.Length > 0)
                name = Clean(name.Contains("_") ? $"{name}_by_{parameter}" : $"{name}By{char.ToUpperInvariant(parameter[0])}{parameter.Substring(1)}");
        }
        string stem = name;
        for (int number = 2; name.Length == 0 || taken.Contains(name); number++)
            name = $"{(stem.Length == 0 ? "tool" : stem)}{number}";
        string literal = SymbolDisplay.FormatLiteral(name, quote: true);
        TextChange change = named is not null ? new TextChange(named.Expression.Span, literal)
            : attribute.ArgumentList is { Arguments.Count: > 0 } list ? new TextChange(new TextSpan(list.Arguments[0].SpanStart, 0), literal + ", ")
            : attribute.ArgumentList is { } empty ? new TextChange(empty.Span, $"({literal})")
            : new TextChange(new TextSpan(attribute.Span.End, 0), $"({literal})");
        occurrence.Offer($"Call the tool '{name}'", nameof(NameTheToolFix), change);
        return Task.CompletedTask;
    }

    private static AttributeSyntax? Tool(MethodDeclarationSyntax method) => method.AttributeLists.SelectMany(static list => list.Attributes).FirstOrDefault(static a => Attributes.Is(a, "AiTool"));

    /// <summary>The names of the type's other tools, as far as this declaration of it shows them.</summary>
    private static HashSet<string> Others(MethodDeclarationSyntax method)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (MethodDeclarationSyntax other in (method.Parent as TypeDeclarationSyntax)?.Members.OfType<MethodDeclarationSyntax>() ?? [])
        {
            if (other != method && Tool(other) is { } tool)
                names.Add((tool.ArgumentList?.Arguments.FirstOrDefault(static a => a.NameEquals is null)?.Expression as LiteralExpressionSyntax)?.Token.ValueText ?? other.Identifier.ValueText);
        }
        return names;
    }

    private static string Clean(string name)
    {
        StringBuilder clean = new();
        foreach (char c in name)
        {
            bool isTaken = c is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9') or '_' or '-';
            if (isTaken)
                clean.Append(c);
            else if (clean.Length > 0 && clean[clean.Length - 1] != '_')
                clean.Append('_');
        }
        string text = clean.ToString().Trim('_');
        return text.Length <= MaxLength ? text : text.Substring(0, MaxLength);
    }
}
