using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Xunit;

namespace AiSdk.Analyzers.Tests.Locations;

/// <summary>What is wrong in a prompt is underlined where it is written, however it is written.</summary>
public sealed class LiteralMapTests
{
    private const string Q = "\"\"\"";

    public static TheoryData<string, string> Prompts => new()
    {
        { "\"Read {{mesage}}\"", "mesage" },
        { "\"\\tA \\u0041\\x41\\U0001F600\\n\\\"{{mesage}}\\\"\"", "mesage" },
        { "\"{{m\\u0065sage}}\"", "m\\u0065sage" },
        { "\"{{\\x006Desage}}\"", "\\x006Desage" },
        { "@\"A \"\"quoted\"\" \\ {{mesage}}\"", "mesage" },
        { "@\"two\r\nlines {{mesage}}\"", "mesage" },
        { $"{Q}A \"quoted\" \\t {{{{mesage}}}}{Q}", "mesage" },
        { $"{Q}\n        first\n\n          {{{{mesage}}}}\n        {Q}", "mesage" },
        { $"{Q}\r\n        first\r\n        {{{{mesage}}}}\r\n        {Q}", "mesage" },
        { $"{Q}\"\n    {{{{mesage}}}}\n    \"{Q}", "mesage" },
        { $"{Q}\n{{{{mesage}}}}\n{Q}", "mesage" },
        { "\"A \" + \"{{mes\" + \"age}}\"", "mes\" + \"age" },
        { "\"A \" + ((\"b\\n\")) + @\"\"\"{{mesage}}\"", "mesage" },
        { "Texts.Here", "mesage" },
        { "\"x\" + Texts.Sum + \"y\"", "mesage" },
        { "nameof(Texts) + \"{{mesage}}\"", "mesage" },
        { "$\"{{{{mesage}}}} {Texts.Plain}\"", "mesage" },
        { "$\"{Texts.Plain} \\t{{{{mesage}}}}\"", "mesage" },
        { "$@\"{Texts.Plain} \"\"{{{{mesage}}}}\"", "mesage" },
        { $"$${Q}\n        {{{{Texts.Plain}}}} a\n          b {{mesage}}\n        {Q} + \"{{{{mesage}}}}\"", "mesage" },
        { "template: \"{{mesage}}\"", "mesage" },
        { "\"{{mesage}}\"!", "mesage" },
        // Where the characters themselves are not to be had, the expression is underlined.
        { "\"{{\" + nameof(Texts.mesage) + \"}}\"", "nameof(Texts.mesage)" },
    };

    [Theory]
    [MemberData(nameof(Prompts))]
    public async Task The_characters_are_underlined(string prompt, string underlined)
    {
        const string Texts = "public static class Texts { public const string Plain = \"p\"; public const string Here = \"H {{mesage}}\"; public const string Sum = \"a\\t\" + (Plain + \"{{mesage}}\"); public const string mesage = \"m\"; }";
        ImmutableArray<Diagnostic> diagnostics = await AnalyzerRun.OnAsync($"[AiFunctions] public interface IDesk {{ [UserPrompt({prompt})] Task<string> AskAsync(string text); }}\n{Texts}");

        Diagnostic diagnostic = Assert.Single(diagnostics);
        Assert.Equal(("AISDK0101", underlined), (diagnostic.Id, diagnostic.Underlined()));
    }

    [Fact]
    public async Task A_constant_of_another_file_is_underlined_there_and_the_function_is_named_too()
    {
        ImmutableArray<Diagnostic> diagnostics = await AnalyzerRun.OnAsync(
            "[AiFunctions] public interface IDesk { [UserPrompt(Texts.Prompt)] Task<string> AskAsync(string text); }", "public static class Texts { public const string Prompt = \"{{mesage}}\"; }");

        Diagnostic diagnostic = Assert.Single(diagnostics);
        Assert.Equal(("Source2.cs", "mesage"), (diagnostic.Location.SourceTree!.FilePath, diagnostic.Underlined()));
        Assert.Equal("Source.cs", Assert.Single(diagnostic.AdditionalLocations).SourceTree!.FilePath);
    }

    [Fact]
    public async Task A_constant_of_another_assembly_is_underlined_where_it_is_used()
    {
        Compilation library = AiSdk.Declarations.ConsumerCompilation.Create(
            "public static class Texts { public const string Prompt = \"{{mesage}}\"; }", assemblyName: "Texts", cancellationToken: TestContext.Current.CancellationToken);
        Compilation consumer = AiSdk.Declarations.ConsumerCompilation.Create(
            "[AiFunctions] public interface IDesk { [UserPrompt(Texts.Prompt)] Task<string> AskAsync(string text); }", references: [library.ToMetadataReference()],
            cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal("Texts.Prompt", Assert.Single(await AnalyzerRun.OnAsync(consumer)).Underlined());
    }

    [Fact]
    public async Task A_sum_of_thousands_of_texts_is_no_problem()
    {
        string sum = string.Join(" + ", Enumerable.Repeat("\"a\"", 3000)) + " + \"{{mesage}}\"";

        ImmutableArray<Diagnostic> diagnostics = await AnalyzerRun.OnAsync($"[AiFunctions] public interface IDesk {{ [UserPrompt({sum})] Task<string> AskAsync(string text); }}");

        Assert.Equal("mesage", Assert.Single(diagnostics).Underlined());
    }

    [Theory]
    [InlineData("{{#each list}}", "{{#each list}}")]
    [InlineData("a {{x y z}} b", "{{x y z}}")]
    [InlineData("a {{", "{{")]
    [InlineData("{{/if}}", "{{/if}}")]
    [InlineData("{{a.Length.Foo.Bar}}", "Foo")]
    [InlineData("{{ @root.list.Nope }}", "Nope")]
    [InlineData("{{#if b}}x{{/if}}", "b")]
    [InlineData("{{media list}}", "list")]
    [InlineData("{{a:N2}}", "a")]
    public async Task The_part_that_is_wrong_is_underlined(string template, string underlined)
    {
        ImmutableArray<Diagnostic> diagnostics = await AnalyzerRun.OnAsync(
            $"[AiFunctions] public interface IDesk {{ [UserPrompt(\"{template}\")] Task<string> AskAsync(string a, IReadOnlyList<string> list, DateOnly b); }}");

        Assert.Equal(underlined, Assert.Single(diagnostics).Underlined());
    }
}
