namespace AiSdk;

/// <summary>What a call of a tool does to the world.</summary>
public enum ToolEffect
{
    /// <summary>It finds something out. A second call does no harm.</summary>
    Read,

    /// <summary>It changes something that can be changed back. It needs approval, and is not run twice for one key.</summary>
    Write,

    /// <summary>It changes something for good. It needs approval, and is not run twice for one key.</summary>
    Destructive,
}
