using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace AiSdk;

/// <summary>Finds the refusal that Microsoft.Extensions.AI.OpenAI leaves out of a stream.</summary>
/// <remarks>
/// Its client reports a refusal as <see cref="ErrorContent"/> when the reply is buffered, and when it is streamed together with tool calls; the words of
/// any other streamed refusal are only in the raw update. Without them a refusal would look like a reply without text.
/// </remarks>
internal static class StreamedRefusal
{
    private static Type? _known;

    /// <summary>The words of refusal in an update of OpenAI's own client; <see langword="null"/> if there are none.</summary>
    public static string? Of(ChatResponseUpdate update) =>
        update.RawRepresentation is { } raw && IsKnown(raw.GetType()) ? RefusalUpdate(raw) : null;

    private static bool IsKnown(Type type)
    {
        if (type == _known)
            return true;
        if (type.FullName != "OpenAI.Chat.StreamingChatCompletionUpdate" || type.Assembly.GetName().Name != "OpenAI")
            return false;
        _known = type;
        return true;
    }

    // Bound when it is first called, which is when the assembly is there.
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_RefusalUpdate")]
    private static extern string? RefusalUpdate([UnsafeAccessorType("OpenAI.Chat.StreamingChatCompletionUpdate, OpenAI")] object update);
}
