namespace AiSdk;

/// <summary>What a <see cref="Repair"/> did.</summary>
public enum RepairKind
{
    /// <summary>The value was found inside other text: a fence, prose, the end of a reasoning block.</summary>
    Extraction,

    /// <summary>Broken JSON was read as it was meant: quotes, commas, comments, escapes.</summary>
    Syntax,

    /// <summary>Text, a list or an object had no end.</summary>
    Unterminated,

    /// <summary>A property's name was written differently.</summary>
    Name,

    /// <summary>A value was written differently: <c>"12,111"</c> for a number, <c>yes</c> for true.</summary>
    Value,

    /// <summary>A value was in a wrapper or lacked one: an envelope of one key, a list of one element, JSON inside a string.</summary>
    Structure,

    /// <summary>A property that may be absent or null was absent.</summary>
    Missing,

    /// <summary>Something was lost or guessed: an element or key dropped, a number rounded, a required field defaulted, one of several answers taken.</summary>
    Loss,
}
