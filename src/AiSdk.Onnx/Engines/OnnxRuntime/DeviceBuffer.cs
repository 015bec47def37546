using System.Runtime.InteropServices;

namespace AiSdk.Onnx;

/// <summary>Memory of a <see cref="CacheDevice"/>.</summary>
internal abstract class DeviceBuffer(long bytes) : SafeHandle(invalidHandleValue: 0, ownsHandle: true)
{
    /// <summary>The usable size.</summary>
    public long Bytes { get; } = bytes;

    /// <summary>Where it begins, in the device's addresses.</summary>
    public abstract nint Address { get; }

    public override bool IsInvalid => handle == 0;
}
