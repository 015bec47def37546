using System.Runtime.InteropServices;

namespace AiSdk.Onnx;

/// <summary>Zeroed native memory at an address that vector code likes, for tensors that the session reads and writes in place.</summary>
internal sealed unsafe class NativeBuffer : SafeHandle
{
    public const int Alignment = 64;

    public NativeBuffer(long bytes)
        : base(invalidHandleValue: 0, ownsHandle: true)
    {
        Bytes = bytes;
        // calloc gives large blocks as untouched pages, so that an unused tail costs no memory; AlignedAlloc and a clear would touch them all.
        SetHandle((nint)NativeMemory.AllocZeroed(checked((nuint)bytes + Alignment)));
    }

    /// <summary>The usable size.</summary>
    public long Bytes { get; }

    /// <summary>The aligned address.</summary>
    public nint Address => (handle + Alignment - 1) & -Alignment;

    public override bool IsInvalid => handle == 0;

    /// <summary>The start of the memory as elements.</summary>
    public Span<T> AsSpan<T>(int length)
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)length * sizeof(T), Bytes);
        return new Span<T>((void*)Address, length);
    }

    /// <summary>Moves bytes within the memory; the ranges may overlap.</summary>
    public void Move(long from, long to, long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(from + bytes, Bytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(to + bytes, Bytes);
        Buffer.MemoryCopy((byte*)Address + from, (byte*)Address + to, bytes, bytes);
    }

    protected override bool ReleaseHandle()
    {
        NativeMemory.Free((void*)handle);
        return true;
    }
}
