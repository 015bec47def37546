using System.Globalization;
using System.Runtime.InteropServices;

namespace AiSdk.Onnx;

/// <summary>The part of CUDA's driver API (cuda.h) that caches need. A result other than 0 is an error.</summary>
internal sealed unsafe class CudaDriver
{
    /// <summary>CU_MEMORYTYPE_DEVICE.</summary>
    public const int Device = 2;

    private static readonly Lazy<CudaDriver> s_instance = new(static () => new CudaDriver());

    public readonly delegate* unmanaged<uint, int> Init;
    public readonly delegate* unmanaged<int*, int, int> DeviceGet;
    public readonly delegate* unmanaged<nint*, int, int> DevicePrimaryCtxRetain;
    public readonly delegate* unmanaged<nint, int> CtxPushCurrent;
    public readonly delegate* unmanaged<nint*, int> CtxPopCurrent;
    public readonly delegate* unmanaged<nint*, nuint, int> MemAlloc;
    public readonly delegate* unmanaged<nint, int> MemFree;
    public readonly delegate* unmanaged<nint, byte, nuint, int> MemsetD8;
    public readonly delegate* unmanaged<nint, nint, nuint, int> MemcpyDtoD;
    public readonly delegate* unmanaged<void*, nint, nuint, int> MemcpyDtoH;
    public readonly delegate* unmanaged<Copy2D*, int> Memcpy2DUnaligned;
    public readonly delegate* unmanaged<nint, int> StreamSynchronize;
    private readonly delegate* unmanaged<int, nint*, int> _getErrorName;

    private CudaDriver()
    {
        string name = OperatingSystem.IsWindows() ? "nvcuda.dll" : "libcuda.so.1";
        if (!NativeLibrary.TryLoad(name, out nint library))
            throw new OnnxModelException($"CUDA's driver, {name}, cannot be loaded: install NVIDIA's driver, or leave {nameof(OnnxModelOptions)}.{nameof(OnnxModelOptions.ExecutionProvider)} null for the CPU.");
        Init = (delegate* unmanaged<uint, int>)NativeLibrary.GetExport(library, "cuInit");
        DeviceGet = (delegate* unmanaged<int*, int, int>)NativeLibrary.GetExport(library, "cuDeviceGet");
        DevicePrimaryCtxRetain = (delegate* unmanaged<nint*, int, int>)NativeLibrary.GetExport(library, "cuDevicePrimaryCtxRetain");
        CtxPushCurrent = (delegate* unmanaged<nint, int>)NativeLibrary.GetExport(library, "cuCtxPushCurrent_v2");
        CtxPopCurrent = (delegate* unmanaged<nint*, int>)NativeLibrary.GetExport(library, "cuCtxPopCurrent_v2");
        MemAlloc = (delegate* unmanaged<nint*, nuint, int>)NativeLibrary.GetExport(library, "cuMemAlloc_v2");
        MemFree = (delegate* unmanaged<nint, int>)NativeLibrary.GetExport(library, "cuMemFree_v2");
        MemsetD8 = (delegate* unmanaged<nint, byte, nuint, int>)NativeLibrary.GetExport(library, "cuMemsetD8_v2");
        MemcpyDtoD = (delegate* unmanaged<nint, nint, nuint, int>)NativeLibrary.GetExport(library, "cuMemcpyDtoD_v2");
        MemcpyDtoH = (delegate* unmanaged<void*, nint, nuint, int>)NativeLibrary.GetExport(library, "cuMemcpyDtoH_v2");
        Memcpy2DUnaligned = (delegate* unmanaged<Copy2D*, int>)NativeLibrary.GetExport(library, "cuMemcpy2DUnaligned_v2");
        StreamSynchronize = (delegate* unmanaged<nint, int>)NativeLibrary.GetExport(library, "cuStreamSynchronize");
        _getErrorName = (delegate* unmanaged<int, nint*, int>)NativeLibrary.GetExport(library, "cuGetErrorName");
    }

    /// <summary>The driver.</summary>
    /// <exception cref="OnnxModelException">There is none.</exception>
    public static CudaDriver Instance => s_instance.Value;

    /// <summary>Says what a call gave.</summary>
    /// <exception cref="OnnxModelException">It failed.</exception>
    public void Check(int result, string what)
    {
        if (result == 0)
            return;
        nint name = 0;
        _ = _getErrorName(result, &name);
        throw new OnnxModelException(string.Create(CultureInfo.InvariantCulture, $"{what} failed: CUDA's driver says {Marshal.PtrToStringUTF8(name) ?? "an error without a name"} ({result})."));
    }

    /// <summary>CUDA_MEMCPY2D.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Copy2D
    {
        public nuint SourceX, SourceY;
        public int SourceType;
        public nint SourceHost, SourceDevice, SourceArray;
        public nuint SourcePitch;
        public nuint TargetX, TargetY;
        public int TargetType;
        public nint TargetHost, TargetDevice, TargetArray;
        public nuint TargetPitch;
        public nuint Width, Height;
    }
}
