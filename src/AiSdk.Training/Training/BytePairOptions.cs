using System.Text.RegularExpressions;
using AiSdk.Onnx;

namespace AiSdk.Training;

/// <summary>What tokenizer a <see cref="BytePairTrainer"/> makes.</summary>
public sealed partial class BytePairOptions
{
    private const string Answer = "Yes.";

    /// <summary>The number of tokens, special ones and the 256 bytes included; fewer come of texts that have no more pairs.</summary>
    public int VocabularySize { get; set; } = 2048;

    /// <summary>Tokens that text is never cut into, but which templates write, such as <c>&lt;|user|&gt;</c>. They get the first ids, in order.</summary>
    public IReadOnlyList<string> SpecialTokens { get; set; } = ["<|end|>", "<|system|>", "<|user|>", "<|assistant|>", "<|tool|>"];

    /// <summary>The special token at which replies end.</summary>
    public string EndToken { get; set; } = "<|end|>";

    /// <summary>The special token that is put before each text; <see langword="null"/>: none.</summary>
    public string? BeginToken { get; set; }

    /// <summary>The chat template (Jinja), as tokenizer_config.json holds it. The default writes <c>&lt;|role|&gt;content&lt;|end|&gt;</c> for each message. Its marks must be <see cref="SpecialTokens"/>, and <see cref="EndToken"/> must be what it writes after an answer.</summary>
    public string? ChatTemplate { get; set; } = "{% for message in messages %}<|{{ message.role }}|>{{ message.content }}<|end|>{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}";

    /// <summary>Whether each digit is a token of its own, so that numbers are read and written digit by digit.</summary>
    public bool SplitDigits { get; set; } = true;

    /// <summary>How often two tokens must stand together to be made one.</summary>
    public int MinFrequency { get; set; } = 2;

    /// <exception cref="ArgumentException">A setting is not possible.</exception>
    internal void Validate()
    {
        TrainerOptions.Given(SpecialTokens, nameof(SpecialTokens));
        TrainerOptions.Given(EndToken, nameof(EndToken));
        TrainerOptions.Require(VocabularySize >= 256 + SpecialTokens.Count, nameof(VocabularySize), VocabularySize, "at least 256 and the special tokens");
        TrainerOptions.Require(MinFrequency > 0, nameof(MinFrequency), MinFrequency, "1 or more");
        if (SpecialTokens.Distinct(StringComparer.Ordinal).Count() != SpecialTokens.Count || SpecialTokens.Any(string.IsNullOrEmpty))
            throw new ArgumentException($"{nameof(SpecialTokens)} must be different texts, none of them empty.");
        if (!SpecialTokens.Contains(EndToken))
            throw new ArgumentException($"{nameof(EndToken)} is '{EndToken}', which is none of {nameof(SpecialTokens)}.");
        if (BeginToken is not null && !SpecialTokens.Contains(BeginToken))
            throw new ArgumentException($"{nameof(BeginToken)} is '{BeginToken}', which is none of {nameof(SpecialTokens)}.");
        if (ChatTemplate is not null)
            RequireMarks(ChatTemplate);
    }

    // A mark that is no special token would be cut into pieces, and every text could write it.
    private void RequireMarks(string template)
    {
        string rendered = Render(template);
        if (Mark().Matches(rendered + template).Select(static mark => mark.Value).FirstOrDefault(mark => !SpecialTokens.Contains(mark)) is { } other)
            throw new ArgumentException($"{nameof(ChatTemplate)} writes the mark '{other}', which is none of {nameof(SpecialTokens)} ({string.Join(", ", SpecialTokens)}). Add it there, or change the template.");
        int at = rendered.IndexOf(Answer, StringComparison.Ordinal);
        if (at < 0)
            throw new ArgumentException($"{nameof(ChatTemplate)} does not write the answer '{Answer}' of a conversation, but '{rendered}'.");
        string rest = rendered[(at + Answer.Length)..].TrimStart();
        if (rest.Length > 0 && !rest.StartsWith(EndToken, StringComparison.Ordinal))
            throw new ArgumentException($"{nameof(ChatTemplate)} writes '{rest}' after an answer, but {nameof(EndToken)}, at which replies end, is '{EndToken}'. Let it write that token there, or name its mark as {nameof(EndToken)}.");
    }

    private string Render(string template)
    {
        Dictionary<string, object?> Message(string role, string content) => new(StringComparer.Ordinal) { ["role"] = role, ["content"] = content };
        Dictionary<string, object?> variables = new(StringComparer.Ordinal)
        {
            ["messages"] = new List<object?> { Message("user", "Is it?"), Message("assistant", Answer) },
            ["add_generation_prompt"] = false,
            ["eos_token"] = EndToken,
            ["pad_token"] = EndToken,
        };
        if (BeginToken is not null)
            variables["bos_token"] = BeginToken;
        try
        {
            return Onnx.ChatTemplate.Parse(template, nameof(ChatTemplate)).Render(variables);
        }
        catch (ChatTemplateException exception)
        {
            throw new ArgumentException($"{nameof(ChatTemplate)} cannot be rendered with a question and an answer: {exception.Message}", exception);
        }
    }

    [GeneratedRegex(@"<\|[^|<>{}\s]+\|>")]
    private static partial Regex Mark();
}
