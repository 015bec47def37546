using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.ML.OnnxRuntime;

namespace AiSdk.Onnx;

/// <summary>The memory of a CUDA device, through the driver that ONNX Runtime's provider uses: in its context, so that the addresses are the provider's too.</summary>
/// <remarks>Each call waits for the device: ONNX Runtime runs on a stream of its own, which must find what was moved, and has ended when a run returns.</remarks>
internal sealed unsafe class CudaDevice : CacheDevice
{
    // The context is the process's own one of the device, which ONNX Runtime keeps as well: it is never released.
    private static readonly ConcurrentDictionary<int, CudaDevice> s_devices = new();

    private readonly CudaDriver _driver;
    private readonly nint _context;

    private CudaDevice(int ordinal)
    {
        _driver = CudaDriver.Instance;
        _driver.Check(_driver.Init(0), "Initializing CUDA");
        int device;
        _driver.Check(_driver.DeviceGet(&device, ordinal), string.Create(CultureInfo.InvariantCulture, $"Finding CUDA device {ordinal}"));
        nint context;
        _driver.Check(_driver.DevicePrimaryCtxRetain(&context, device), string.Create(CultureInfo.InvariantCulture, $"Using CUDA device {ordinal}"));
        _context = context;
        Memory = new OrtMemoryInfo(OrtMemoryInfo.allocatorCUDA, OrtAllocatorType.DeviceAllocator, ordinal, OrtMemType.Default);
    }

    /// <inheritdoc/>
    public override OrtMemoryInfo Memory { get; }

    /// <summary>A device by its number.</summary>
    /// <exception cref="OnnxModelException">There is no driver or no such device.</exception>
    public static CudaDevice Get(int ordinal) => s_devices.GetOrAdd(ordinal, static ordinal => new CudaDevice(ordinal));

    /// <inheritdoc/>
    public override DeviceBuffer Allocate(long bytes)
    {
        using Scope scope = new(this);
        CudaBuffer buffer = new(this, bytes);
        try
        {
            buffer.Allocate();
            _driver.Check(_driver.MemsetD8(buffer.Address, 0, (nuint)bytes), "Clearing a cache");
            Wait();
            return buffer;
        }
        catch
        {
            buffer.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override void Copy(nint target, long targetPitch, nint source, long sourcePitch, long width, long rows)
    {
        if (width == 0 || rows == 0 || (target == source && targetPitch == sourcePitch))
            return;
        bool overlap = target < source + (nint)((rows - 1) * sourcePitch + width) && source < target + (nint)((rows - 1) * targetPitch + width);
        using Scope scope = new(this);
        // Rows are moved side by side, so that one could be written over before it was moved.
        using CudaBuffer? between = overlap ? new CudaBuffer(this, width * rows) : null;
        if (between is null)
        {
            CopyRows(target, targetPitch, source, sourcePitch, width, rows);
        }
        else
        {
            between.Allocate();
            CopyRows(between.Address, width, source, sourcePitch, width, rows);
            CopyRows(target, targetPitch, between.Address, width, width, rows);
        }
        Wait();
    }

    /// <inheritdoc/>
    public override void Read(nint target, nint source, long bytes)
    {
        using Scope scope = new(this);
        _driver.Check(_driver.MemcpyDtoH((void*)target, source, (nuint)bytes), "Reading from a CUDA device");
    }

    private void CopyRows(nint target, long targetPitch, nint source, long sourcePitch, long width, long rows)
    {
        CudaDriver.Copy2D copy = new()
        {
            SourceType = CudaDriver.Device,
            SourceDevice = source,
            SourcePitch = (nuint)sourcePitch,
            TargetType = CudaDriver.Device,
            TargetDevice = target,
            TargetPitch = (nuint)targetPitch,
            Width = (nuint)width,
            Height = (nuint)rows,
        };
        // A single row may be longer than a pitch can be.
        _driver.Check(rows == 1 ? _driver.MemcpyDtoD(target, source, (nuint)width) : _driver.Memcpy2DUnaligned(&copy), "Moving a cache on a CUDA device");
    }

    private void Wait() => _driver.Check(_driver.StreamSynchronize(0), "Waiting for a CUDA device");

    /// <summary>Makes the context the thread's, and gives back what it had.</summary>
    private readonly ref struct Scope
    {
        private readonly CudaDevice _device;

        public Scope(CudaDevice device)
        {
            _device = device;
            device._driver.Check(device._driver.CtxPushCurrent(device._context), "Using a CUDA device");
        }

        public void Dispose()
        {
            nint previous;
            _ = _device._driver.CtxPopCurrent(&previous);
        }
    }

    private sealed class CudaBuffer(CudaDevice device, long bytes) : DeviceBuffer(bytes)
    {
        public override nint Address => handle;

        public void Allocate()
        {
            nint address;
            device._driver.Check(device._driver.MemAlloc(&address, (nuint)Math.Max(1, Bytes)), string.Create(CultureInfo.InvariantCulture, $"Taking {Bytes} bytes for a cache on a CUDA device"));
            SetHandle(address);
        }

        protected override bool ReleaseHandle()
        {
            CudaDriver driver = device._driver;
            // At the process's end the driver may be gone before this.
            if (driver.CtxPushCurrent(device._context) != 0)
                return false;
            int result = driver.MemFree(handle);
            nint previous;
            _ = driver.CtxPopCurrent(&previous);
            return result == 0;
        }
    }
}
