using System.Runtime.InteropServices;

namespace AiSdk.Onnx;

/// <summary>Zeroed native memory at an address that vector code likes, for tensors that the session reads and writes in place.</summary>
internal sealed unsafe class NativeBuffer : DeviceBuffer
{
    public const int Alignment = 64;

    public NativeBuffer(long bytes)
        : base(bytes)
    {
        // calloc gives large blocks as untouched pages, so that an unused tail costs no memory; AlignedAlloc and a clear would touch them all.
        SetHandle((nint)NativeMemory.AllocZeroed(checked((nuint)bytes + Alignment)));
    }

    /// <summary>The aligned address.</summary>
    public override nint Address => (handle + Alignment - 1) & -Alignment;

    /// <summary>The start of the memory as elements.</summary>
    public Span<T> AsSpan<T>(int length)
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)length * sizeof(T), Bytes);
        return new Span<T>((void*)Address, length);
    }

    protected override bool ReleaseHandle()
    {
        NativeMemory.Free((void*)handle);
        return true;
    }
}
