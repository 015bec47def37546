using Microsoft.Extensions.AI;

namespace AiSdk;

/// <summary>
/// A chat client that keeps each reply to <see cref="ChatOptions.ResponseFormat"/> while the model writes it, and shows the model nothing of it. So in
/// <see cref="StructuredOutputMode.Prompt"/> too, where the prompt describes the type, the format is sent: it then is the type itself, without a wrapper.
/// </summary>
/// <remarks>Found through other clients by <see cref="IChatClient.GetService"/>.</remarks>
public interface IConstrainedChatClient : IChatClient;
