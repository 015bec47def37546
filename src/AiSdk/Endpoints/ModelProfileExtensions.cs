using Microsoft.Extensions.AI;

namespace AiSdk;

/// <summary>Says which <see cref="ModelProfile"/> a client or a call has.</summary>
public static class ModelProfileExtensions
{
    internal const string Key = "AiSdk.ModelProfile";

    /// <summary>Says what the client's endpoint can do, where that is not found out or found wrongly.</summary>
    /// <param name="builder">The client's pipeline.</param>
    /// <param name="profile">The profile.</param>
    /// <returns>The builder.</returns>
    public static ChatClientBuilder UseModelProfile(this ChatClientBuilder builder, ModelProfile profile)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(profile);
        return builder.Use(client => new ModelProfileChatClient(client, profile));
    }

    /// <summary>Says what the endpoint can do that answers this call. It is not sent.</summary>
    /// <param name="options">The call's options.</param>
    /// <param name="profile">The profile.</param>
    /// <returns>The options.</returns>
    public static ChatOptions WithModelProfile(this ChatOptions options, ModelProfile profile)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(profile);
        (options.AdditionalProperties ??= [])[Key] = profile;
        return options;
    }

    private sealed class ModelProfileChatClient(IChatClient client, ModelProfile profile) : DelegatingChatClient(client)
    {
        public override object? GetService(Type serviceType, object? serviceKey = null) =>
            serviceKey is null && serviceType == typeof(ModelProfile) ? profile : base.GetService(serviceType, serviceKey);
    }
}
