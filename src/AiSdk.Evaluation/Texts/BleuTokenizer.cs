namespace AiSdk.Evaluation;

/// <summary>How BLEU cuts a text into words; the names are sacrebleu's.</summary>
public enum BleuTokenizer
{
    /// <summary>As mteval-v13a does (<c>13a</c>): punctuation apart, numbers whole.</summary>
    V13a,

    /// <summary>As mteval-v14 does (<c>intl</c>): by Unicode's punctuation and symbols.</summary>
    International,

    /// <summary>Chinese characters one by one, the rest as 13a (<c>zh</c>).</summary>
    Chinese,

    /// <summary>Each character for itself (<c>char</c>).</summary>
    Character,

    /// <summary>At white space only (<c>none</c>), for texts that are cut already.</summary>
    None,
}
