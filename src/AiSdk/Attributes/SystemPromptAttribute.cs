namespace AiSdk;

/// <summary>A system message of the function: who the model is and what it must do.</summary>
/// <param name="template">The prompt template; see <see cref="UserPromptAttribute"/> for the language.</param>
/// <remarks>
/// Text that comes from outside may not stand here: a placeholder must name a parameter marked <see cref="TrustedAttribute"/>, or one
/// whose type cannot carry instructions (numbers, <see langword="bool"/>, enums, dates, <see cref="Guid"/>).
/// <code>
/// [SystemPrompt("You answer in {{language}}, in at most {{sentences}} sentences.")]
/// [UserPrompt("{{question}}")]
/// Task&lt;string&gt; AnswerAsync(string question, [Trusted] string language, int sentences);
/// </code>
/// Prompts are sent in the order in which they are written.
/// </remarks>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true, Inherited = false)]
public sealed class SystemPromptAttribute(string template) : Attribute
{
    /// <summary>The template as written.</summary>
    public string Template { get; } = template;
}
