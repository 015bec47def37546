namespace AiSdk.Training;

/// <summary>What tokenizer a <see cref="BytePairTrainer"/> makes.</summary>
public sealed class BytePairOptions
{
    /// <summary>The number of tokens, special ones and the 256 bytes included; fewer come of texts that have no more pairs.</summary>
    public int VocabularySize { get; set; } = 2048;

    /// <summary>Tokens that text is never cut into, but which templates write, such as <c>&lt;|user|&gt;</c>. They get the first ids, in order.</summary>
    public IReadOnlyList<string> SpecialTokens { get; set; } = ["<|end|>", "<|system|>", "<|user|>", "<|assistant|>", "<|tool|>"];

    /// <summary>The special token at which replies end.</summary>
    public string EndToken { get; set; } = "<|end|>";

    /// <summary>The special token that is put before each text; <see langword="null"/>: none.</summary>
    public string? BeginToken { get; set; }

    /// <summary>The chat template (Jinja), as tokenizer_config.json holds it. The default writes <c>&lt;|role|&gt;content&lt;|end|&gt;</c> for each message.</summary>
    public string? ChatTemplate { get; set; } = "{% for message in messages %}<|{{ message.role }}|>{{ message.content }}<|end|>{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}";

    /// <summary>Whether each digit is a token of its own, so that numbers are read and written digit by digit.</summary>
    public bool SplitDigits { get; set; } = true;

    /// <summary>How often two tokens must stand together to be made one.</summary>
    public int MinFrequency { get; set; } = 2;

    /// <exception cref="ArgumentException">A setting is not possible.</exception>
    internal void Validate()
    {
        TrainerOptions.Require(VocabularySize >= 256 + SpecialTokens.Count, nameof(VocabularySize), VocabularySize, "at least 256 and the special tokens");
        TrainerOptions.Require(MinFrequency > 0, nameof(MinFrequency), MinFrequency, "1 or more");
        if (SpecialTokens.Distinct(StringComparer.Ordinal).Count() != SpecialTokens.Count || SpecialTokens.Any(string.IsNullOrEmpty))
            throw new ArgumentException($"{nameof(SpecialTokens)} must be different texts, none of them empty.");
        if (!SpecialTokens.Contains(EndToken))
            throw new ArgumentException($"{nameof(EndToken)} is '{EndToken}', which is none of {nameof(SpecialTokens)}.");
        if (BeginToken is not null && !SpecialTokens.Contains(BeginToken))
            throw new ArgumentException($"{nameof(BeginToken)} is '{BeginToken}', which is none of {nameof(SpecialTokens)}.");
    }
}
