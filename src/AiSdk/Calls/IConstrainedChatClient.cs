using Microsoft.Extensions.AI;

namespace AiSdk;

/// <summary>
/// A chat client that keeps each reply to <see cref="ChatOptions.ResponseFormat"/> while the model writes it, and shows the model nothing of it. So in
/// <see cref="StructuredOutputMode.Prompt"/> too, where the prompt describes the type, the format is sent: it then is the type itself, without a wrapper.
/// </summary>
/// <remarks>Found through other clients by <see cref="IChatClient.GetService"/>.</remarks>
public interface IConstrainedChatClient : IChatClient
{
    /// <summary>
    /// The name in <see cref="ChatResponse.AdditionalProperties"/> under which a reply that was kept to a format has the probability, as a <see cref="double"/> from 0 to 1, with which the model would
    /// write it among all replies of the format; a reply that was cut off has none. <see cref="AiResult{T}.Confidence"/> shows it.
    /// </summary>
    /// <remarks>
    /// It is the product, over the places where the format left a choice, of the probability of the token taken among those allowed: that of the reply as it was spelled, and so at most that of the
    /// value, which may be spelled in other tokens too. Tokens that had to follow count 1.
    /// </remarks>
    const string Confidence = "confidence";
}
