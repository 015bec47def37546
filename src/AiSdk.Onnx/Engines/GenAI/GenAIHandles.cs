using System.Runtime.InteropServices;

namespace AiSdk.Onnx;

/// <summary>An object of the native library. What it was made from stays alive as long as it does, whoever is disposed first.</summary>
internal abstract class GenAIHandle : SafeHandle
{
    private static int s_alive;

    private GenAIHandle? _parent;
    private bool _isCounted;

    protected GenAIHandle()
        : base(0, ownsHandle: true)
    {
    }

    /// <summary>The number of native objects that hold a parent or are one.</summary>
    public static int Alive => Volatile.Read(ref s_alive);

    public override bool IsInvalid => handle == 0;

    /// <summary>Counts the object, and keeps its parent alive.</summary>
    /// <param name="parent">What it was made from; null for what stands alone.</param>
    public void Own(GenAIHandle? parent)
    {
        if (IsInvalid)
            return;
        if (parent is not null)
        {
            bool added = false;
            parent.DangerousAddRef(ref added);
            _parent = parent;
        }
        _isCounted = true;
        Interlocked.Increment(ref s_alive);
    }

    protected abstract void Destroy(nint handle);

    protected sealed override bool ReleaseHandle()
    {
        Destroy(handle);
        // Only now: the library may look at the parent while it destroys.
        _parent?.DangerousRelease();
        if (_isCounted)
            Interlocked.Decrement(ref s_alive);
        return true;
    }
}

internal sealed class GenAIConfigHandle : GenAIHandle
{
    protected override void Destroy(nint handle) => GenAINative.OgaDestroyConfig(handle);
}

internal sealed class GenAIModelHandle : GenAIHandle
{
    protected override void Destroy(nint handle) => GenAINative.OgaDestroyModel(handle);
}

internal sealed class GenAIParametersHandle : GenAIHandle
{
    protected override void Destroy(nint handle) => GenAINative.OgaDestroyGeneratorParams(handle);
}

internal sealed class GenAIGeneratorHandle : GenAIHandle
{
    protected override void Destroy(nint handle) => GenAINative.OgaDestroyGenerator(handle);
}

internal sealed class GenAITensorHandle : GenAIHandle
{
    protected override void Destroy(nint handle) => GenAINative.OgaDestroyTensor(handle);
}

internal sealed class GenAIAdaptersHandle : GenAIHandle
{
    protected override void Destroy(nint handle) => GenAINative.OgaDestroyAdapters(handle);
}

internal sealed class GenAISequencesHandle : GenAIHandle
{
    protected override void Destroy(nint handle) => GenAINative.OgaDestroySequences(handle);
}

internal sealed class GenAIEngineHandle : GenAIHandle
{
    protected override void Destroy(nint handle) => GenAINative.OgaDestroyEngine(handle);
}

internal sealed class GenAIRequestHandle : GenAIHandle
{
    protected override void Destroy(nint handle) => GenAINative.OgaDestroyRequest(handle);
}
