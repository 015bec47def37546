using System.Runtime.CompilerServices;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using AiSdk.Generators.Helpers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AiSdk.Generators.Parsing;

/// <summary>What a type or member is for: <c>[Description]</c>, else its doc comment.</summary>
/// <remarks>
/// Doc comments are read from source, because a compilation without a documentation file does not parse them. Those of other assemblies are
/// not: the editor would see them and the build would not.
/// </remarks>
/// <param name="compilation">The compilation whose source is read.</param>
internal sealed class Documentation(Compilation compilation, CancellationToken cancellationToken)
{
    // Syntax outlives a compilation while its file is not edited, and with it what was read from it.
    private static readonly ConditionalWeakTable<SyntaxNode, List<Entry>> _comments = new();

    /// <summary>The description of a type, property, field or enum value, or null.</summary>
    public string? Of(ISymbol symbol)
    {
        if (symbol.Attribute("System.ComponentModel", "DescriptionAttribute").Text() is { } description)
            return NullIfEmpty(LineEnds.Normalize(description));
        return Element(symbol, "summary", null);
    }

    /// <summary>The description of a constructor parameter, or null; <c>&lt;param&gt;</c> stands at a record's type.</summary>
    public string? OfParameter(IParameterSymbol parameter)
    {
        if (parameter.Attribute("System.ComponentModel", "DescriptionAttribute").Text() is { } description)
            return NullIfEmpty(LineEnds.Normalize(description));
        return Element(parameter.ContainingSymbol, "param", parameter.Name)
            ?? Element(parameter.ContainingType, "param", parameter.Name);
    }

    private string? Element(ISymbol symbol, string element, string? name)
    {
        foreach (SyntaxReference reference in symbol.DeclaringSyntaxReferences)
        {
            if (!compilation.ContainsSyntaxTree(reference.SyntaxTree))
                continue;
            SyntaxNode? node = reference.GetSyntax(cancellationToken);
            if (node is VariableDeclaratorSyntax)
                node = node.Parent?.Parent;
            if (node is not MemberDeclarationSyntax)
                continue;
            foreach (Entry entry in _comments.GetValue(node, static n => Entries(n)))
            {
                if (entry.Element == element && (name is null || entry.Name == name))
                    return entry.Text;
            }
        }
        return null;
    }

    private static List<Entry> Entries(SyntaxNode node)
    {
        StringBuilder lines = new();
        // Where comments are not parsed, one that begins behind other code hangs on that.
        foreach (SyntaxTrivia trivia in node.GetFirstToken().GetPreviousToken().TrailingTrivia.Concat(node.GetLeadingTrivia()))
        {
            if (trivia.Kind() is not (SyntaxKind.SingleLineCommentTrivia or SyntaxKind.SingleLineDocumentationCommentTrivia
                or SyntaxKind.MultiLineCommentTrivia or SyntaxKind.MultiLineDocumentationCommentTrivia))
                continue;
            string text = trivia.ToFullString();
            if (text.StartsWith("/**", StringComparison.Ordinal) && !text.StartsWith("/***", StringComparison.Ordinal) && text != "/**/")
            {
                foreach (string line in text.Substring(3).Replace("*/", "").Split('\n'))
                    lines.AppendLine(line.TrimStart().TrimStart('*'));
                continue;
            }
            // A parsed doc comment is one trivia of several lines, an unparsed one a trivia for each line.
            foreach (string line in text.Split('\n'))
            {
                if (line.TrimStart() is ['/', '/', '/', not '/', ..])
                    lines.AppendLine(line.TrimStart().Substring(3));
            }
        }
        if (lines.Length == 0)
            return [];
        try
        {
            return
            [
                .. XElement.Parse("<doc>" + lines + "</doc>").Elements()
                    .Select(static e => new Entry(e.Name.LocalName, (string?)e.Attribute("name"), Text(e)))
                    .Where(static e => e.Text.Length > 0),
            ];
        }
        catch (XmlException)
        {
            // The C# compiler warns of a malformed comment; here it is as if there were none.
            return [];
        }
    }

    private static string Text(XElement element)
    {
        StringBuilder text = new();
        Append(element);
        return string.Join(" ", text.ToString().Split([' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries));

        void Append(XElement parent)
        {
            foreach (XNode node in parent.Nodes())
            {
                if (node is XText words)
                {
                    text.Append(words.Value);
                }
                else if (node is XElement child)
                {
                    string? reference = (string?)child.Attribute("langword") ?? (string?)child.Attribute("name") ?? (string?)child.Attribute("cref") ?? (string?)child.Attribute("href");
                    if (child.IsEmpty && reference is not null)
                        text.Append(reference.Substring(reference.LastIndexOf('.') + 1));
                    else
                        Append(child);
                    if (child.Name.LocalName is "para" or "br" or "item")
                        text.Append(' ');
                }
            }
        }
    }

    private sealed record Entry(string Element, string? Name, string Text);

    private static string? NullIfEmpty(string text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
