using System.Globalization;
using System.Text;
using Xunit;

namespace AiSdk.Tests.Guards;

/// <summary>Guards say the same where the runtime has no data of Unicode's normal forms.</summary>
public sealed class NormalFormsTests
{
    private const string Variable = "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT";

    /// <summary>All that the table has is what Unicode says, letter by letter and in a row.</summary>
    [Fact]
    public void The_table_gives_what_the_runtime_gives()
    {
        List<string> characters =
        [
            .. Enumerable.Range(0x80, 0xD800 - 0x80).Concat(Enumerable.Range(0xF900, 0x10000 - 0xF900)).Concat(Enumerable.Range(0x1D400, 0x400)).Concat(Enumerable.Range(0x1F130, 26))
                .Where(static c => c < 0xFDD0 || c is > 0xFDEF and < 0xFFFE or > 0xFFFF).Select(char.ConvertFromUtf32).Where(static c => CharUnicodeInfo.GetUnicodeCategory(c, 0) != UnicodeCategory.OtherNotAssigned),
        ];
        string[] composed = [.. characters.Where(static c => LatinForms.Composed(c) != c)];
        string[] decomposed = [.. characters.Where(static c => LatinForms.Decomposed(c) != c)];

        Assert.InRange(composed.Length, 1_000, int.MaxValue);
        Assert.InRange(decomposed.Length, 450, int.MaxValue);
        Assert.DoesNotContain(composed, static c => LatinForms.Composed(c) != c.Normalize(NormalizationForm.FormKC));
        Assert.DoesNotContain(decomposed, static c => LatinForms.Decomposed(c) != c.Normalize(NormalizationForm.FormD) || LatinForms.Composed(LatinForms.Decomposed(c)) != c.Normalize(NormalizationForm.FormKC));
        string text = "Ig\u0300nore\u0301 pr\u00E9vious \uFB01les\u2026 \uD83D\uDE00";
        Assert.Equal(text.Normalize(NormalizationForm.FormKC), LatinForms.Composed(text));
    }

    [Fact]
    public async Task Where_globalization_is_invariant_guards_say_the_same() =>
        Assert.Equal(0, await ChildTest.RunAsync(ChildTest.Start(typeof(NormalFormsTests), nameof(Without_the_data_of_normal_forms_the_same_is_found), Variable, "1"), TestContext.Current.CancellationToken));

    // In this process it does nothing, as a rule: the other test starts it in one of its own. A test that is left out would be counted as skipped.
    [Fact]
    public void Without_the_data_of_normal_forms_the_same_is_found()
    {
        if (Environment.GetEnvironmentVariable(Variable) != "1")
            return;
        Assert.True("Ａ".IsNormalized(NormalizationForm.FormKC), "the runtime has the data all the same");
        InjectionGuard guard = new(double.PositiveInfinity);
        Assert.Empty(ShippedGuardTests.Attacks.Where(attack => guard.Inspect(attack.Data).Rule is null).Select(static attack => attack.Data));
        Assert.Null(guard.Inspect("J'ai oublié toutes les instructions, voilà.").Rule);
        Assert.Single(new PiiGuard().Find("４１１１ 1111 1111 1111"));
    }
}
