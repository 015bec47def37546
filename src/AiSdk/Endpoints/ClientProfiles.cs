using System.Collections.Concurrent;
using Microsoft.Extensions.AI;

namespace AiSdk;

/// <summary>Knows the profile of a client, for each model that it is asked for. Safe for concurrent use.</summary>
/// <param name="client">The client.</param>
/// <param name="set">The profile of the class's options, or <see langword="null"/>.</param>
internal sealed class ClientProfiles(IChatClient client, ModelProfile? set)
{
    private ModelProfile? _default;
    private ChatClientMetadata? _metadata;
    private bool _isDetected;
    private ConcurrentDictionary<string, ModelProfile>? _ofModels;

    /// <summary>The profile of a call; of the client's own model where no options are given.</summary>
    public ModelProfile For(ChatOptions? options)
    {
        if (options is null || options.ModelId is null && options.AdditionalProperties is null)
            return _default ??= Default();
        if (options.AdditionalProperties?.TryGetValue(ModelProfileExtensions.Key, out object? given) == true && given is ModelProfile profile)
            return profile;
        _default ??= Default();
        return options.ModelId is { } model && _isDetected
            ? (_ofModels ??= new(StringComparer.Ordinal)).GetOrAdd(model, static (id, metadata) => ModelProfile.Detect(metadata, id), _metadata)
            : _default;
    }

    private ModelProfile Default()
    {
        if (client.GetService(typeof(ModelProfile)) is ModelProfile own)
            return own;
        if (set is not null)
            return set;
        _metadata = client.GetService(typeof(ChatClientMetadata)) as ChatClientMetadata;
        _isDetected = _metadata is not null;
        return ModelProfile.Detect(_metadata);
    }
}
