using System.Reflection;

namespace AiSdk;

/// <summary>
/// Ends the call if a text tries to take over the model: by structure (marks of chat templates, orders to ignore orders or to show the prompt, encoded or invisible text) or by how it is worded, which a
/// small linear model over parts of words tells.
/// </summary>
/// <remarks>
/// No model is called, nothing is downloaded; the weights are part of the assembly and made by samples/TrainInjectionGuard. Text is normalised first. Long texts are judged in windows too, so that a sentence
/// in a long document counts. It lowers a risk and does not remove it: keep untrusted text out of system prompts all the same. Safe for concurrent use.
/// </remarks>
public class InjectionGuard : IInputGuard, IOutputGuard
{
    /// <summary>The threshold that the published figures are for.</summary>
    public const double DefaultThreshold = 0.75;

    // A window of a long text is a guess on less than the whole: it must be surer.
    private const double WindowMargin = 1.5;
    private const int WindowLength = 400;
    private const int FewestLetters = 8;
    private const int MaxInvisible = 3;
    private const int MaxJudged = 8_000;

    private static readonly Lazy<NGramModel> _model = new(static () =>
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("AiSdk.Guards.injection.weights")!;
        byte[] file = new byte[stream.Length];
        stream.ReadExactly(file);
        return NGramModel.Read(file);
    });

    private readonly double _threshold;

    /// <summary>A guard with the default threshold.</summary>
    public InjectionGuard()
        : this(DefaultThreshold)
    {
    }

    /// <summary>A guard with a threshold.</summary>
    /// <param name="threshold">Above which log odds a text is taken for an attack: higher blocks less. <see cref="double.PositiveInfinity"/> leaves the rules alone.</param>
    public InjectionGuard(double threshold) => _threshold = threshold;

    /// <summary>The model that is part of the assembly.</summary>
    internal static NGramModel Model => _model.Value;

    /// <summary>Judges a text.</summary>
    /// <param name="text">The text.</param>
    public InjectionFinding Inspect(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        FoldedText folded = FoldedText.Of(text);
        string? rule = Rule(text, folded);
        // What breaks a rule needs no score.
        bool isJudged = rule is null && !double.IsPositiveInfinity(_threshold) && HasWords(folded.Text);
        double score = isJudged ? ModelScore(_model.Value, folded.Text) : 0;
        return new InjectionFinding(rule is not null || (isJudged && score >= _threshold), rule, score);
    }

    /// <summary>Whether there are words to judge: an empty list or a number, as tools give them, orders nothing.</summary>
    private static bool HasWords(string text)
    {
        int letters = 0;
        foreach (char c in text)
        {
            if (char.IsLetter(c) && ++letters == FewestLetters)
                return true;
        }
        return false;
    }

    /// <inheritdoc/>
    public virtual bool ChecksToolResults => true;

    /// <inheritdoc/>
    public ValueTask<GuardVerdict> CheckInputAsync(string text, GuardContext context, CancellationToken cancellationToken)
    {
        InjectionFinding finding = Inspect(text);
        return new(finding.IsAttack ? GuardVerdict.Block(finding.Rule ?? "it is worded like an attempt to take over the model") : GuardVerdict.Allow);
    }

    /// <inheritdoc/>
    public ValueTask<GuardVerdict> CheckOutputAsync(string reply, GuardContext context, CancellationToken cancellationToken) => CheckInputAsync(reply, context, cancellationToken);

    /// <summary>The rule that a text breaks, openly or encoded.</summary>
    internal static string? Rule(string text, FoldedText folded)
    {
        if (folded.Hidden.Length >= MaxInvisible && (folded.Hidden.Contains(' ', StringComparison.Ordinal) || folded.Hidden.Length > 8))
            return "it hides text in invisible characters";
        if (InjectionRules.Find(folded.Text) is { } rule)
            return rule;
        // "ìgnörê": accents that no language has there hide the words from the rules.
        string plain = FoldedText.WithoutAccents(folded.Text);
        if (!ReferenceEquals(plain, folded.Text) && InjectionRules.Find(plain) is { } accented)
            return accented;
        if (folded.InvisibleCount >= MaxInvisible)
            return "it has invisible characters inside of words";
        foreach (string decoded in EncodedText.Decoded(text))
        {
            FoldedText inner = FoldedText.Of(decoded);
            if (InjectionRules.Find(inner.Text) is not null || _model.Value.Score(Beginning(inner.Text)) >= DefaultThreshold + WindowMargin)
                return "it holds encoded instructions";
        }
        // Only text that says nothing as it is can be meant to be turned.
        return folded.Text.Contains("vtaber", StringComparison.Ordinal) || folded.Text.Contains("vafgehpgvba", StringComparison.Ordinal) || folded.Text.Contains("flfgrz cebzcg", StringComparison.Ordinal)
            ? InjectionRules.Find(EncodedText.Rot13(folded.Text)) is null ? null : "it holds encoded instructions"
            : null;
    }

    /// <summary>Log odds of an attack: of the whole text, or of its worst window.</summary>
    internal static double ModelScore(NGramModel model, string folded)
    {
        double score = model.Score(Beginning(folded));
        foreach (Range window in TextWindows.Of(folded, WindowLength))
            score = Math.Max(score, model.Score(folded.AsSpan(window)) - WindowMargin);
        return score;
    }

    private static ReadOnlySpan<char> Beginning(string text) => text.AsSpan(0, Math.Min(text.Length, MaxJudged));
}
