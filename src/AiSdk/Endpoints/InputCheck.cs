using System.Globalization;
using Microsoft.Extensions.AI;

namespace AiSdk;

/// <summary>Checks that an endpoint can take what a call would send, since many a client leaves out in silence what it cannot.</summary>
internal static class InputCheck
{
    /// <exception cref="AiUnsupportedInputException">It cannot.</exception>
    public static void ThrowIfUnsupported(AiFunctionInfo function, ModelProfile profile, IList<ChatMessage> messages, ChatOptions? options, ref AiCall call)
    {
        if (profile.Tools == ToolSupport.None && options?.Tools is { Count: > 0 })
        {
            throw new AiUnsupportedInputException(
                $"{function.Name}: the function offers tools, but {profile.Name} knows none. Use another client for it ([ModelOptions(\"key\")]), or correct the ModelProfile.", function.Name, call.Id, profile);
        }
        if (profile.MediaTypes is not { } types)
            return;
        for (int i = 0; i < messages.Count; i++)
        {
            IList<AIContent> contents = messages[i].Contents;
            for (int j = 0; j < contents.Count; j++)
            {
                switch (contents[j])
                {
                    case DataContent data when !IsAmong(types, data.MediaType):
                        throw Unsupported(function, profile, types, data.MediaType, data.Name, "", i, ref call);
                    case UriContent link when !IsAmong(profile.LinkedMediaTypes ?? types, link.MediaType):
                        throw Unsupported(function, profile, profile.LinkedMediaTypes ?? types, link.MediaType, null, " as an address", i, ref call);
                }
            }
        }
    }

    private static AiUnsupportedInputException Unsupported(
        AiFunctionInfo function, ModelProfile profile, IReadOnlyList<string> types, string mediaType, string? name, string how, int message, ref AiCall call)
    {
        string what = name is null ? mediaType : $"'{name}' ({mediaType})";
        string takes = types.Count == 0 ? how.Length == 0 ? "text only" : "none: load it, and send its data" : string.Join(", ", types);
        return new AiUnsupportedInputException(
            string.Create(CultureInfo.InvariantCulture, $"{function.Name}: {what} in message {message} cannot be sent{how} to {profile.Name}, which takes {takes}. Nothing was sent. Convert it, use another client, or correct the ModelProfile."),
            function.Name, call.Id, profile, mediaType);
    }

    private static bool IsAmong(IReadOnlyList<string> types, string mediaType)
    {
        foreach (string type in types)
        {
            // "image/*" on either side: an address may leave the kind of image open.
            if (string.Equals(type, mediaType, StringComparison.OrdinalIgnoreCase) || IsOf(type, mediaType) || IsOf(mediaType, type))
                return true;
        }
        return false;
    }

    private static bool IsOf(string range, string type) => range.EndsWith("/*", StringComparison.Ordinal) && type.AsSpan().StartsWith(range.AsSpan(0, range.Length - 1), StringComparison.OrdinalIgnoreCase);
}
