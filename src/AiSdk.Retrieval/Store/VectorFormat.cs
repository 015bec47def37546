namespace AiSdk.Retrieval;

/// <summary>How vectors are held in memory. The file holds them in full either way.</summary>
public enum VectorFormat
{
    /// <summary>A byte a component; the best are then scored again with the full vectors. A quarter of the memory, and the faster.</summary>
    Quantized,

    /// <summary>Four bytes a component.</summary>
    Full,
}
