using AiSdk.Benchmarks;
using Xunit;

namespace AiSdk.Tests.Guards;

/// <summary>
/// How well <see cref="PiiGuard"/> does on whole sets of texts: 6,000 sentences and 4,000 records made by rule, those of the benchmark <c>guards</c>, and the 2,109 labelled ones of the test material (presidio-research: 58 e-mail
/// addresses, 212 card numbers, 28 IBANs, 44 social security numbers).
/// </summary>
public sealed class PiiAccuracyTests
{
    private static readonly PiiGuard _guard = new();

    [Theory]
    [InlineData(PiiKinds.Email, 1_000)]
    [InlineData(PiiKinds.Card, 1_000)]
    [InlineData(PiiKinds.Iban, 1_000)]
    [InlineData(PiiKinds.SocialSecurityNumber, 1_000)]
    public void It_finds_what_generated_texts_hold_and_little_else(PiiKinds kind, int atLeast) => AssertExact(Generated(), kind, atLeast);

    [Theory]
    [InlineData(PiiKinds.Email, 58)]
    [InlineData(PiiKinds.Card, 212)]
    [InlineData(PiiKinds.Iban, 28)]
    [InlineData(PiiKinds.SocialSecurityNumber, 44)]
    public void It_finds_what_labelled_texts_hold_and_little_else(PiiKinds kind, int atLeast) => AssertExact(Labelled(), kind, atLeast);

    /// <summary>Fields of CSV and of compact JSON stand close to each other.</summary>
    [Theory]
    [InlineData(PiiKinds.Card, 2_000)]
    [InlineData(PiiKinds.SocialSecurityNumber, 2_000)]
    public void It_finds_exactly_what_records_hold(PiiKinds kind, int atLeast)
    {
        PiiScore score = new(_guard, [.. new GeneratedGuardCases(22).Records(4_000)]);
        Assert.InRange(score[kind].Labelled, atLeast, int.MaxValue);
        Assert.DoesNotContain(score.Differences, d => d.Kind == kind);
    }

    [Theory]
    [InlineData("GUID")]
    [InlineData("VERSION")]
    [InlineData("PRICE")]
    public void No_number_of_another_kind_is_taken_for_a_phone(string type)
    {
        // Many more than are needed to measure: digits that look like a phone are rare in a GUID.
        List<GuardCase> cases = [.. new GeneratedGuardCases(21).PersonalData(60_000).Where(c => c.Spans.Any(s => s.Type == type))];
        Assert.InRange(cases.Count, 5_000, 60_000);
        Assert.Empty(cases.SelectMany(
            static made => _guard.Find(made.Text).Where(static m => m.Kind == PiiKinds.Phone),
            static (made, match) => (made.Text, match.Start, End: match.Start + match.Length, made.Spans))
            .Where(found => found.Spans.Any(span => span.Type == type && found.Start < span.End && span.Start < found.End))
            .Select(static found => $"'{found.Text[found.Start..found.End]}' in '{found.Text}'"));
    }

    [Fact]
    public void Generated_texts_are_masked_where_data_is_found_and_come_back() => AssertLossless(Generated());

    [Fact]
    public void Labelled_texts_are_masked_where_data_is_found_and_come_back() => AssertLossless(Labelled());

    private static List<GuardCase> Generated() => [.. new GeneratedGuardCases(20).PersonalData(6_000)];

    private static List<GuardCase> Labelled() => GuardCase.Read(TestData.Path("data", "guards", "pii.jsonl"));

    private static void AssertExact(List<GuardCase> cases, PiiKinds kind, int atLeast)
    {
        PiiScore score = new(_guard, cases);
        TestContext.Current.TestOutputHelper?.WriteLine($"{score[kind]}");
        string differences = string.Join('\n', score.Differences.Where(d => d.Kind == kind));
        Assert.True(score[kind].Labelled >= atLeast, $"{score[kind]}: too few to say anything");
        Assert.True(score[kind].Precision >= 0.98, $"precision {score[kind].Precision}, {score[kind]}\n{differences}");
        Assert.True(score[kind].Recall >= 0.95, $"recall {score[kind].Recall}, {score[kind]}\n{differences}");
    }

    /// <summary>What is masked is what is found, neither more nor less, and restoring gives each text back.</summary>
    private static void AssertLossless(List<GuardCase> cases)
    {
        foreach (string text in cases.Select(static c => c.Text))
        {
            PiiVault vault = new();
            string masked = _guard.Mask(text, vault);
            Assert.Equal(text, vault.Restore(masked));
            string expected = text;
            foreach (PiiMatch match in _guard.Find(text).Reverse())
                expected = expected.Remove(match.Start, match.Length).Insert(match.Start, vault.Placeholder(match.Kind, match.Value, HiddenSource.Given));
            Assert.Equal(expected, masked);
        }
    }
}
