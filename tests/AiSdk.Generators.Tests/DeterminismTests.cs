using System.Globalization;
using Microsoft.CodeAnalysis;
using Xunit;

namespace AiSdk.Generators.Tests;

public sealed class DeterminismTests
{
    private const string Source = """
        using System.ComponentModel.DataAnnotations;
        namespace Demo;
        [AiFunctions] public interface IDesk
        {
            [ModelOptions("inIt", Temperature = 0.25, Seed = -3)] [UserPrompt("{{INITIAL}} {{d:N2}}\r\nx")] Task<Info> AskAsync(string INITIAL, double d = -1.5, decimal e = -0.5m);
            [ModelOptions("zeta")] [UserPrompt("x")] Task<ID> IAsync();
            [ModelOptions("Zeta")] [UserPrompt("x")] Task<ID> JAsync();
        }
        public record Info(int ID, [Range(-1.5, 2.5)] double INDEX, string Iİıi = "I");
        public enum ID { II = -1, ii = 2 }
        """;

    [Theory]
    [InlineData("tr-TR")]
    [InlineData("fi-FI")]
    [InlineData("ar-SA")]
    public void The_culture_changes_nothing(string culture)
    {
        string expected = GeneratorHarness.Run(Source).Single;
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = new CultureInfo(culture);
            Assert.Equal(expected, GeneratorHarness.Run(Source).Single);
        }
        finally
        {
            CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = before;
        }
    }

    [Theory]
    [InlineData("tr-TR")]
    [InlineData("fi-FI")]
    public async Task A_prompt_is_the_same_in_every_culture(string culture)
    {
        LiveCall result = await Live.CallAsync(
            "namespace Demo; public record R(double A, DateOnly B); public enum E { I = -1 } [AiFunctions] public interface IDesk { [UserPrompt(\"{{a}} {{b}} {{c}} {{d}} {{e}} {{f:N1}} {{g}}\")] Task<string> AskAsync(int a, double b, DateTime c, R d, E e, decimal? f, E g); }",
            $"System.Globalization.CultureInfo.CurrentCulture = new(\"{culture}\"); return await new Desk(client).AskAsync(-1, -1.5, new(2026,1,2), new(-2.5, new(2026,1,2)), E.I, -1234.5m, (E)(-7));", "ok");
        Assert.Equal("-1 -1.5 2026-01-02T00:00:00 {\"a\":-2.5,\"b\":\"2026-01-02\"} I -1,234.5 -7", result.Prompt);
    }

    [Fact]
    public void Generated_text_has_line_feeds_and_no_trace_of_the_machine()
    {
        string text = GeneratorHarness.Run(Source).Single;
        Assert.DoesNotContain('\r', text);
        Assert.DoesNotContain("/work", text, StringComparison.Ordinal);
        Assert.DoesNotContain(Environment.CurrentDirectory, text, StringComparison.Ordinal);
        Assert.DoesNotContain(DateTime.UtcNow.Year.ToString(CultureInfo.InvariantCulture), text, StringComparison.Ordinal);
        Assert.DoesNotContain(text.Split('\n'), static line => line.EndsWith(' '));
        Assert.True(text.IndexOf("\"Zeta\"", StringComparison.Ordinal) < text.IndexOf("\"inIt\"", StringComparison.Ordinal) && text.IndexOf("\"inIt\"", StringComparison.Ordinal) < text.IndexOf("\"zeta\"", StringComparison.Ordinal));
    }

    [Fact]
    public void The_order_of_files_changes_nothing()
    {
        const string Types = "namespace Demo; public record A(B? B); public record B(A? A, int[] C);";
        const string Desk = "namespace Demo; [AiFunctions] public interface IDesk { [UserPrompt(\"{{a}}\")] Task<B> AskAsync(A a); }";
        Assert.Equal(
            GeneratorHarness.Run(Types, moreSources: [Desk]).Single.Replace("Source2.cs", "Source.cs", StringComparison.Ordinal),
            GeneratorHarness.Run(Desk, moreSources: [Types]).Single);
    }
}
