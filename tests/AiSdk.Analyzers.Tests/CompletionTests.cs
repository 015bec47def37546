using System.Collections.Immutable;
using System.Reflection;
using AiSdk.CodeFixes.Completion;
using AiSdk.Declarations;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Completion;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Host.Mef;
using Microsoft.CodeAnalysis.Text;
using Xunit;

namespace AiSdk.Analyzers.Tests;

/// <summary>Completion inside prompts and examples, through the service that an editor asks. <c>|</c> is the caret.</summary>
public sealed class CompletionTests
{
    private const string Types = "public record Line(string Name, decimal Price); public record Order(string Id, IReadOnlyList<Line> Lines, Topic Topic); public enum Topic { Payment, Delivery }";

    private static readonly MefHostServices _host = MefHostServices.Create([.. MefHostServices.DefaultAssemblies, Assembly.Load("Microsoft.CodeAnalysis.Features"), Assembly.Load("Microsoft.CodeAnalysis.CSharp.Features"), typeof(PromptCompletionProvider).Assembly]);

    [Theory]
    [InlineData("[UserPrompt(\"{{|}}\")]", "order", "note", "json", "#each")]
    [InlineData("[UserPrompt(\"{{|\")]", "order", "note")]
    [InlineData("[UserPrompt(\"A {{no|}}\")]", "note")]
    [InlineData("[UserPrompt(\"{{order.|}}\")]", "Id", "Lines", "Topic")]
    [InlineData("[UserPrompt(@\"\"\"{{order.|}}\")]", "Id", "Lines", "Topic")]
    [InlineData("[UserPrompt(\"\"\"\n    a\n    {{order.|}}\n    \"\"\")]", "Id", "Lines", "Topic")]
    [InlineData("[UserPrompt(\"{{#each order.Lines}}{{|}}{{/each}}\")]", "Name", "Price", "order")]
    [InlineData("[UserPrompt(\"{{#each order.Lines as |line|}}{{line.^\")]", "Name", "Price")]
    [InlineData("[UserPrompt(\"{{#each order.Lines}}{{@|\")]", "index", "first", "last")]
    [InlineData("[UserPrompt(\"{{#each |}}\")]", "order")]
    [InlineData("[UserPrompt(\"{{#|}}\")]", "each", "if", "unless", "ifEquals", "unlessEquals")]
    [InlineData("[UserPrompt(\"{{|}}\")]", "section", ">")]
    [InlineData("[UserPrompt(\"{{> |}}\")]", "tone")]
    [InlineData("[UserPrompt(\"{{>to|}}\")]", "tone")]
    [InlineData("[UserPrompt(\"{{> tone |}}\")]", "order", "note")]
    [InlineData("[UserPrompt(\"{{note}}\")] [Example(\"x\", \"{\\\"topic\\\":\\\"|\")]", "Payment", "Delivery")]
    [InlineData("[UserPrompt(\"{{note}}\")] [Example(\"x\", \"{\\\"|\")]", "id", "lines", "topic")]
    [InlineData("[UserPrompt(\"{{note}}\")] [Example(\"x\", \"{\\\"lines\\\":[{\\\"|\")]", "name", "price")]
    public async Task It_offers_what_can_stand_there(string attribute, params string[] expected)
    {
        ImmutableArray<string> offered = await OfferedAsync(attribute);

        Assert.All(expected, name => Assert.Contains(name, offered));
    }

    [Theory]
    [InlineData("[UserPrompt(\"{{note}} |\")]")]
    [InlineData("[UserPrompt(\"|{{note}}\")]")]
    [InlineData("[UserPrompt(\"{{! a| }}\")]")]
    [InlineData("[UserPrompt(\"{{note.|}}\")]")]
    [InlineData("[UserPrompt(\"{{note}}\")] [Example(\"|\", \"\")]")]
    [InlineData("[UserPrompt(\"{{note}}\")] [Example(\"x\", \"{\\\"topic\\\":|\")]")]
    [InlineData("[System.ComponentModel.Description(\"{{|}}\")]")]
    public async Task It_offers_nothing_elsewhere(string attribute) => Assert.Empty((await OfferedAsync(attribute)).Intersect(["order", "note", "Id", "Payment", "id", "json"]));

    [Fact]
    public async Task What_is_chosen_replaces_what_was_typed()
    {
        (Document document, int position) = Open("[UserPrompt(\"{{order.To|}}\")]");
        CompletionService service = CompletionService.GetService(document)!;
        CompletionList list = await service.GetCompletionsAsync(document, position, cancellationToken: TestContext.Current.CancellationToken);
        CompletionItem item = list.ItemsList.Single(static i => i.DisplayText == "Topic");

        CompletionChange change = await service.GetChangeAsync(document, item, cancellationToken: TestContext.Current.CancellationToken);

        SourceText text = await document.GetTextAsync(TestContext.Current.CancellationToken);
        Assert.Contains("{{order.Topic}}", text.WithChanges(change.TextChange).ToString(), StringComparison.Ordinal);
    }

    private static async Task<ImmutableArray<string>> OfferedAsync(string attribute)
    {
        (Document document, int position) = Open(attribute);
        CompletionList list = await CompletionService.GetService(document)!.GetCompletionsAsync(document, position, cancellationToken: TestContext.Current.CancellationToken);
        return [.. list.ItemsList.Select(static item => item.DisplayText)];
    }

    private static (Document Document, int Position) Open(string attribute)
    {
        // A template may have bars of its own.
        char caret = attribute.Contains('^', StringComparison.Ordinal) ? '^' : '|';
        string source = $"[AiFunctions] public interface IDesk {{ {attribute} Task<Order> ReadAsync(Order order, string note); }} {Types}";
        int position = source.IndexOf(caret, StringComparison.Ordinal);
        Document document = new AdhocWorkspace(_host).AddProject("Consumer", LanguageNames.CSharp)
            .WithParseOptions(new CSharpParseOptions(LanguageVersion.CSharp14))
            .WithCompilationOptions(new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary))
            .WithMetadataReferences(ConsumerCompilation.References)
            .AddDocument("Usings.cs", ConsumerCompilation.Usings).Project
            .AddAdditionalDocument("_tone.prompt", "Be brief.", filePath: "/project/_tone.prompt").Project
            .AddDocument("Source.cs", source.Remove(position, 1));
        return (document, position);
    }
}
