using Microsoft.Extensions.AI;

namespace AiSdk;

/// <summary>A prompt as it was written, before arguments are put in.</summary>
/// <param name="Role">Whose message it is.</param>
/// <param name="Text">The template.</param>
public sealed record PromptTemplate(ChatRole Role, string Text);
