using System.Text;

namespace AiSdk;

/// <summary>
/// The normal forms of Unicode. Where a program runs without the data for them (<c>InvariantGlobalization</c>, as native programs and small container images have it), the runtime takes each text for normal;
/// <see cref="LatinForms"/> stands in there, or what breaks a rule elsewhere would break none.
/// </summary>
internal static class NormalForms
{
    private static readonly bool _hasData = !"\uFF21".IsNormalized(NormalizationForm.FormKC);

    /// <summary>Compatibility characters as plain ones, and a letter and its marks as one character.</summary>
    public static string Composed(string text) => !_hasData ? LatinForms.Composed(text) : text.IsNormalized(NormalizationForm.FormKC) ? text : text.Normalize(NormalizationForm.FormKC);

    /// <summary>Letters apart from their marks.</summary>
    public static string Decomposed(string text) => _hasData ? text.Normalize(NormalizationForm.FormD) : LatinForms.Decomposed(text);
}
