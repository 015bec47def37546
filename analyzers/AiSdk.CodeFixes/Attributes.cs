using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace AiSdk.CodeFixes;

/// <summary>Attributes in source.</summary>
internal static class Attributes
{
    /// <summary>Whether the attribute has this name, as it is written.</summary>
    public static bool Is(AttributeSyntax attribute, string name) => attribute.Name.ToString().Split('.').Last() is var written && (written == name || written == name + "Attribute");

    /// <summary>The user prompts of a method.</summary>
    public static IEnumerable<AttributeSyntax> UserPrompts(MethodDeclarationSyntax method) => method.AttributeLists.SelectMany(static list => list.Attributes).Where(static a => Is(a, "UserPrompt"));

    /// <summary>A user prompt as it is written.</summary>
    public static string UserPrompt(string text) => $"[UserPrompt({SymbolDisplay.FormatLiteral(text, quote: true)})]";

    /// <summary>Writes attributes in lines of their own behind those that a declaration has, else before it.</summary>
    public static TextChange Add(MemberDeclarationSyntax declaration, SourceText text, IEnumerable<string> attributes)
    {
        string newLine = RawLines.NewLine(text);
        int place = declaration.AttributeLists.Count > 0 ? declaration.AttributeLists.Last().Span.End : declaration.GetFirstToken().SpanStart;
        string indentation = RawLines.Indentation(text, declaration.AttributeLists.Count > 0 ? declaration.AttributeLists.Last().SpanStart : place);
        return declaration.AttributeLists.Count > 0
            ? new TextChange(new TextSpan(place, 0), string.Concat(attributes.Select(attribute => newLine + indentation + attribute)))
            : new TextChange(new TextSpan(place, 0), string.Concat(attributes.Select(attribute => attribute + newLine + indentation)));
    }
}
