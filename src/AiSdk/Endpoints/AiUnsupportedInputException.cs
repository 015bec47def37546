namespace AiSdk;

/// <summary>The endpoint cannot take what the call would send: media of a type that its <see cref="ModelProfile"/> does not name, or tools where it knows none. Nothing was sent.</summary>
public sealed class AiUnsupportedInputException : AiFunctionException
{
    /// <inheritdoc cref="AiFunctionException(string, string, string, string, Exception?)"/>
    /// <param name="profile">The profile that rules it out.</param>
    /// <param name="mediaType">The media type, or <see langword="null"/> where it is about tools.</param>
#pragma warning disable CS1573 // The other parameters are inherited.
    public AiUnsupportedInputException(string message, string functionName, string callId, ModelProfile profile, string? mediaType = null)
        : base(message, functionName, "", callId)
    {
        Profile = profile;
        MediaType = mediaType;
    }
#pragma warning restore CS1573

    /// <summary>The profile that rules it out.</summary>
    public ModelProfile Profile { get; }

    /// <summary>The media type that the endpoint does not take; <see langword="null"/> where it is about tools.</summary>
    public string? MediaType { get; }
}
