using System.Collections.Immutable;
using System.Composition;
using AiSdk.Analyzers;
using AiSdk.Analyzers.Locations;
using AiSdk.Generators.Helpers;
using AiSdk.Generators.Models;
using AiSdk.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Completion;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Options;
using Microsoft.CodeAnalysis.Tags;
using Microsoft.CodeAnalysis.Text;

namespace AiSdk.CodeFixes.Completion;

/// <summary>Completes names inside prompts (parameters, members, what a loop brings, helpers), and names and enum values inside the JSON of examples.</summary>
[ExportCompletionProvider(nameof(PromptCompletionProvider), LanguageNames.CSharp), Shared]
public sealed class PromptCompletionProvider : CompletionProvider
{
    private static readonly ImmutableArray<string> _helpers = ["json", "media", "history", "role", "section", "output_format", "#each", "#if", "#unless", "#ifEquals", "#unlessEquals", ">"];
    private static readonly ImmutableArray<string> _loopVariables = ["index", "first", "last", "key", "root"];
    private static readonly CompletionItemRules _rules = CompletionItemRules.Create(filterCharacterRules: [CharacterSetModificationRule.Create(CharacterSetModificationKind.Add, '#', '_')]);

    /// <inheritdoc/>
    public override bool ShouldTriggerCompletion(SourceText text, int caretPosition, CompletionTrigger trigger, OptionSet options) =>
        trigger.Kind != CompletionTriggerKind.Insertion || trigger.Character is '{' or '.' or '@' or '/' or '#' or '"' || char.IsLetter(trigger.Character);

    /// <inheritdoc/>
    public override async Task ProvideCompletionsAsync(CompletionContext context)
    {
        CancellationToken cancellationToken = context.CancellationToken;
        if (await context.Document.GetSyntaxRootAsync(cancellationToken).ConfigureAwait(false) is not { } root)
            return;
        SyntaxToken token = root.FindToken(Math.Max(0, context.Position - 1));
        if (token.Parent?.FirstAncestorOrSelf<AttributeArgumentSyntax>() is not { Parent: AttributeArgumentListSyntax { Parent: AttributeSyntax attribute } arguments } argument
            || attribute.FirstAncestorOrSelf<MethodDeclarationSyntax>() is not { } method
            || await context.Document.GetSemanticModelAsync(cancellationToken).ConfigureAwait(false) is not { } model
            || model.GetDeclaredSymbol(method, cancellationToken) is not IMethodSymbol symbol
            || symbol.ContainingType is not { } type
            || model.GetConstantValue(argument.Expression, cancellationToken).Value is not string text
            || LiteralMap.Of(argument.Expression, model.Compilation, cancellationToken).PositionOf(root.SyntaxTree, context.Position) is not { } position)
            return;
        if (Attributes.Is(attribute, "UserPrompt") || Attributes.Is(attribute, "SystemPrompt"))
            AddPlaceholders(context, model.Compilation, symbol, text.Substring(0, position));
        else if (Attributes.Is(attribute, "Example") && arguments.Arguments.IndexOf(argument) == 1 && ParsedInterfaces.Of(model.Compilation, context.Document.Project.AnalyzerOptions.AdditionalFiles).Get(type, cancellationToken) is { } parsed)
            AddJson(context, parsed, symbol, text.Substring(0, position));
    }

    private static void AddPlaceholders(CompletionContext context, Compilation compilation, IMethodSymbol method, string before)
    {
        int open = before.LastIndexOf("{{", StringComparison.Ordinal);
        if (open < 0 || before.IndexOf("}}", open, StringComparison.Ordinal) >= 0 || before.IndexOf('!', open) == open + 2)
            return;
        string tag = before.Substring(open).TrimStart('{', '~', ' ');
        int word = tag.Length;
        while (word > 0 && (char.IsLetterOrDigit(tag[word - 1]) || tag[word - 1] == '_'))
            word--;
        int start = word;
        while (start > 0 && (char.IsLetterOrDigit(tag[start - 1]) || tag[start - 1] is '_' or '.' or '/' or '@'))
            start--;
        string path = tag.Substring(start, word - start);

        if (tag.Length > 0 && tag[0] == '>')
        {
            // Only the first word is a partial's name; behind it stands what it is given.
            if (tag.Substring(1).TrimStart().Length == word - start + (tag.Length - word) && path.Length == 0)
            {
                foreach (string name in PromptFiles.Of(context.Document.Project.AnalyzerOptions.AdditionalFiles).WithExtension(PromptFiles.PromptExtension).Select(static file => System.IO.Path.GetFileNameWithoutExtension(file.Path)).Where(static name => name.StartsWith("_", StringComparison.Ordinal)))
                    Add(name.Substring(1), WellKnownTags.File, "");
                return;
            }
        }
        if (path == "@" || path.EndsWith("/@", StringComparison.Ordinal))
        {
            foreach (string variable in _loopVariables)
                Add(variable, WellKnownTags.Keyword, "");
            return;
        }
        IReadOnlyList<ParameterInfo> parameters = [.. method.Parameters.Select(ParameterInfo.Of)];
        ISymbol scope = method.ContainingType.ContainingType is { } outer ? outer : compilation.Assembly;
        PromptBinder binder = new(compilation, PromptFiles.Unknown(), parameters, new ArgumentTypeParser(compilation, scope, context.CancellationToken), hasOutput: true);
        foreach (PlaceholderName name in InvariantCulture.Run(() => binder.NamesAt(before.Substring(0, open), path)).GroupBy(static n => n.Name).Select(static g => g.First()))
            Add(name.Name, path.Length == 0 ? WellKnownTags.Parameter : WellKnownTags.Property, name.Type.Display());
        if (tag.Length > 0 && tag[0] == '#' && start == 1)
        {
            foreach (string block in _helpers.Where(static helper => helper[0] == '#'))
                Add(block.Substring(1), WellKnownTags.Keyword, "");
        }
        else if (start == 0 && path.Length == 0)
        {
            foreach (string helper in _helpers)
                Add(helper, WellKnownTags.Keyword, "");
        }

        void Add(string name, string tag, string description) => context.AddItem(CompletionItem.Create(name, tags: [tag], inlineDescription: description, rules: _rules));
    }

    private static void AddJson(CompletionContext context, ParseResult<InterfaceModel> parsed, IMethodSymbol method, string before)
    {
        if (parsed.Functions.FirstOrDefault(f => SymbolEqualityComparer.Default.Equals(f.Method, method))?.Output is not { } output)
            return;
        JsonPosition position = JsonPosition.At(before);
        if (!position.IsInText || JsonPosition.Find(parsed.Model.OutputTypes, output.Type, position) is not { } type)
            return;
        IEnumerable<string> names = position.IsName
            ? type.Properties.Select(static p => p.JsonName)
            : type.Kind == OutputTypeKind.Enum ? type.Values.Select(static v => v.JsonName) : [];
        foreach (string name in names)
            context.AddItem(CompletionItem.Create(name, tags: [position.IsName ? WellKnownTags.Property : WellKnownTags.EnumMember], rules: _rules));
    }
}
