using Microsoft.ML.OnnxRuntime;

namespace AiSdk.Onnx;

/// <summary>Where caches lie: takes memory there and moves what is in it. Thread-safe.</summary>
internal abstract class CacheDevice
{
    /// <summary>The memory of the CPU.</summary>
    public static CacheDevice Cpu { get; } = new CpuDevice();

    /// <summary>The memory as ONNX Runtime names it.</summary>
    public abstract OrtMemoryInfo Memory { get; }

    /// <summary>Takes memory, which is zeroed.</summary>
    /// <exception cref="OnnxModelException">There is not enough.</exception>
    public abstract DeviceBuffer Allocate(long bytes);

    /// <summary>Moves rows of bytes, in order. A target before its source may overlap it.</summary>
    /// <param name="target">Where the first row goes.</param>
    /// <param name="targetPitch">The bytes from one row to the next there.</param>
    /// <param name="source">Where the first row is.</param>
    /// <param name="sourcePitch">The bytes from one row to the next there.</param>
    /// <param name="width">The bytes of a row.</param>
    /// <param name="rows">The number of rows.</param>
    public abstract void Copy(nint target, long targetPitch, nint source, long sourcePitch, long width, long rows);

    /// <summary>Moves bytes from here into the memory of the CPU.</summary>
    public abstract void Read(nint target, nint source, long bytes);

    private sealed unsafe class CpuDevice : CacheDevice
    {
        public override OrtMemoryInfo Memory => OrtMemoryInfo.DefaultInstance;

        public override DeviceBuffer Allocate(long bytes) => new NativeBuffer(bytes);

        public override void Copy(nint target, long targetPitch, nint source, long sourcePitch, long width, long rows)
        {
            if (target == source && targetPitch == sourcePitch)
                return;
            for (long row = 0; row < rows; row++)
                Buffer.MemoryCopy((void*)(source + (nint)(row * sourcePitch)), (void*)(target + (nint)(row * targetPitch)), width, width);
        }

        public override void Read(nint target, nint source, long bytes) => Buffer.MemoryCopy((void*)source, (void*)target, bytes, bytes);
    }
}
