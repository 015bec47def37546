namespace AiSdk;

/// <summary>One solved case, sent as a pair of messages (user, assistant) before the real question: few-shot prompting.</summary>
/// <param name="input">
/// What the function would have been given. When its user prompt uses exactly one <see langword="string"/> parameter: that text. Otherwise a JSON object with a
/// property for each parameter that the user prompt uses; <see cref="Passages"/> are a list of <c>{"id": "…", "text": "…", "source": "…", "headings": ["…"]}</c>, or left out where there are none.
/// </param>
/// <param name="output">What the model should have answered: JSON of the return type, or plain text where that is <see langword="string"/>.</param>
/// <remarks>
/// <code>
/// [UserPrompt("{{message}}")]
/// [Example("My card was declined in a shop", "\"declined_card_payment\"")]
/// Task&lt;Intent&gt; RouteAsync(string message);
/// </code>
/// The example is rendered with the function's own user prompt, so it looks exactly like the question that follows.
/// </remarks>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true, Inherited = false)]
public sealed class ExampleAttribute(string input, string output) : Attribute
{
    /// <summary>The example's input: text, or a JSON object of arguments.</summary>
    public string Input { get; } = input;

    /// <summary>The reply that the model should have given.</summary>
    public string Output { get; } = output;

    /// <summary>What the model should have thought before: of functions with <see cref="ReasoningAttribute"/>, whose examples without it teach the model to think nothing.</summary>
    public string? Reasoning { get; set; }
}
