using System.Collections.Immutable;
using System.Globalization;
using AiSdk.Analyzers.Replies;
using AiSdk.Declarations;
using Microsoft.CodeAnalysis;
using Xunit;

namespace AiSdk.Analyzers.Tests;

/// <summary>What a project says of its providers and of the length of its prompts.</summary>
public sealed class SettingsTests
{
    private const string Usings = "using System.ComponentModel.DataAnnotations;\n";

    [Theory]
    // What is dropped
    [InlineData("OpenAIStrict", "public record R([property: StringLength(9, MinimumLength = 2)] string A, [property: Length(1, 3)] string[] B);", "AISDK0240 maxItems R.B", "AISDK0240 maxLength R.A", "AISDK0240 minItems R.B", "AISDK0240 minLength R.A")]
    [InlineData("openai_strict", "public record R([property: EmailAddress] string A, [property: RegularExpression(\"a+\")] string B);", "AISDK0240 format R.A", "AISDK0240 pattern R.B")]
    [InlineData("OpenAIStrict", "public record R([property: Range(0, 9, MinimumIsExclusive = true, MaximumIsExclusive = true)] int A);")]
    [InlineData("Gemini", "public record R([property: Range(0, 9, MinimumIsExclusive = true)] int A, [property: MaxLength(3)] string B);", "AISDK0240 exclusiveMinimum R.A", "AISDK0240 maxLength R.B")]
    [InlineData("gemini; anthropic", "public record R([property: Range(1, 9)] int A);", "AISDK0240 maximum R.A", "AISDK0240 minimum R.A")]
    [InlineData("LLGuidance;Local", "public record R([property: Range(1, 9), Required] int A, [property: StringLength(9)] string B, [property: Length(1, 3)] string[] C);")]
    // What a type brings by itself
    [InlineData("OpenAIStrict;Gemini;Anthropic", "public record R(byte A, DateTime B, Guid C, TimeOnly D);")]
    // What is refused
    [InlineData("OpenAIStrict", "public record R(Dictionary<string, int> A);", "AISDK0241 additionalProperties with a schema, which the dictionary R.A is")]
    [InlineData("Gemini", "public record R([property: EmailAddress] string A);", "AISDK0240 format R.A")]
    [InlineData("Anthropic", "public record R([property: EmailAddress] string A);")]
    [InlineData("Gemini;LLGuidance;Local", "public record R(Dictionary<string, int> A, R? B);")]
    [InlineData("Anthropic", "public record R(string A, R? B);", "AISDK0241 a schema that holds itself, as R does in R.B")]
    [InlineData("OpenAIStrict", "public record R(string A, R? B);")]
    [InlineData("Local", "public record R([property: RegularExpression(@\"(?<=a)b\")] string A);", "AISDK0241 '(?<=' in the pattern of R.A")]
    [InlineData("Local", "public record R([property: RegularExpression(@\"(?!a)b\\d\")] string A, [property: RegularExpression(@\"\\\\b\")] string B);")]
    [InlineData("Local", "public record R([property: RegularExpression(@\"\\bcat\\b\")] string A);", "AISDK0241 '\\b' in the pattern of R.A")]
    [InlineData("LLGuidance", "public record R([property: RegularExpression(@\"(?!a)b\")] string A, [property: RegularExpression(@\"(.)\\1\")] string B);", "AISDK0241 '(?!' in the pattern of R.A", "AISDK0241 '\\1' in the pattern of R.B")]
    [InlineData("OpenAIStrict", "public record R(L1 A); public record L1(L2 A); public record L2(L3 A); public record L3(L4 A); public record L4(L5 A); public record L5(L6 A); public record L6(L7 A); public record L7(L8 A); public record L8(L9 A); public record L9(L10 A); public record L10(int A);", "AISDK0241 a nesting of 11 levels, where 10 are allowed")]
    public async Task A_provider_drops_and_refuses(string profiles, string type, params string[] expected)
    {
        ImmutableArray<Diagnostic> diagnostics = await RunAsync(
            $"{Usings}[AiFunctions] public interface IDesk {{ [UserPrompt(\"{{{{text}}}}\")] Task<R> ReadAsync(string text); }} {type}", ("AiSdkProviderProfileList", profiles));

        Assert.Equal(
            expected.Order(StringComparer.Ordinal),
            diagnostics.Select(static d => d.Id == "AISDK0240"
                ? $"AISDK0240 {d.GetMessage(CultureInfo.InvariantCulture).Split('\'')[^2]} {d.GetMessage(CultureInfo.InvariantCulture).Split("which ")[1].Split(" has")[0]}"
                : $"{d.Id} {d.GetMessage(CultureInfo.InvariantCulture).Split(" refuses ")[^1]}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_profiles_are_those_of_the_attribute() => Assert.Equal(Enum.GetNames<ProviderProfile>(), SchemaProfile.All.Select(static p => p.Name));

    [Fact]
    public async Task Attribute_and_property_add_up()
    {
        ImmutableArray<Diagnostic> diagnostics = await RunAsync(
            "[assembly: AiSdkProfile(ProviderProfile.Anthropic, ProviderProfile.OpenAIStrict)] [AiFunctions] public interface IDesk { [UserPrompt(\"{{text}}\")] Task<R> ReadAsync(string text); } public record R(Dictionary<string, int> A);",
            ("AiSdkProviderProfileList", "OpenAIStrict"));

        Assert.Equal(["Claude", "OpenAI's strict mode"], diagnostics.Select(static d => d.GetMessage(CultureInfo.InvariantCulture).Split(" refuses ")[0]).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("5", "", true)]
    [InlineData("500", "", false)]
    [InlineData("5", "MaxPromptTokens = 500", false)]
    [InlineData("500", "MaxPromptTokens = 5", true)]
    [InlineData("many", "Temperature = 0", false)]
    public async Task A_prompt_may_be_so_long(string property, string options, bool isTooLong)
    {
        ImmutableArray<Diagnostic> diagnostics = await RunAsync(
            $"[AiFunctions] public interface IDesk {{ {(options.Length == 0 ? "" : $"[ModelOptions({options})]")} [UserPrompt(\"Please answer this question briefly and exactly: {{{{text}}}}\")] Task<string> AskAsync(string text); }}",
            ("AiSdkMaxPromptTokens", property));

        Assert.Equal(isTooLong ? ["AISDK0111"] : [], diagnostics.Select(static d => d.Id));
    }

    private static Task<ImmutableArray<Diagnostic>> RunAsync(string source, (string Name, string Value) property) => AnalyzerRun.OnAsync(
        ConsumerCompilation.Create(source, cancellationToken: TestContext.Current.CancellationToken), new Dictionary<string, string> { ["build_property." + property.Name] = property.Value });
}
