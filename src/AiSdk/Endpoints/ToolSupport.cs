namespace AiSdk;

/// <summary>What an endpoint does with tools: see <see cref="ModelProfile.Tools"/>.</summary>
public enum ToolSupport
{
    /// <summary>It knows none.</summary>
    None,

    /// <summary>The model calls them when it likes; it cannot be made to.</summary>
    Optional,

    /// <summary>The model can be made to call one, except while it reasons (<c>ChatOptions.Reasoning</c>).</summary>
    RequiredUnlessReasoning,

    /// <summary>The model can be made to call one.</summary>
    Required,
}
