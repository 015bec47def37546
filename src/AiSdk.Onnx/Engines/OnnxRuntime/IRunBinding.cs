using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace AiSdk.Onnx;

/// <summary>What a decoder's runs read and write; it stays for the runs that follow. Values are not owned. Not thread-safe.</summary>
internal interface IRunBinding : IDisposable
{
    void BindInput(string name, OrtValue value);

    /// <summary>Has an output written into a value.</summary>
    void BindOutput(string name, OrtValue value);

    /// <summary>Has an output written into memory that is taken for it; for one output at most.</summary>
    /// <param name="name">The output.</param>
    /// <param name="type">Its type.</param>
    /// <param name="shape">The shape that it should have.</param>
    void BindOutputToNewMemory(string name, TensorElementType type, long[] shape);

    /// <summary>Where the new memory is.</summary>
    CacheDevice NewOutputDevice { get; }

    /// <summary>What the last run wrote into new memory; the caller's to dispose.</summary>
    OrtValue TakeNewOutput();

    void Run(RunOptions options);
}

/// <summary>Bound in the session, once: the fastest way, which knows no adapters.</summary>
internal sealed class SessionBinding(InferenceSession session, CacheDevice device) : IRunBinding
{
    private readonly OrtIoBinding _binding = session.CreateIoBinding();

    public CacheDevice NewOutputDevice => device;

    public void BindInput(string name, OrtValue value) => _binding.BindInput(name, value);

    public void BindOutput(string name, OrtValue value) => _binding.BindOutput(name, value);

    // ONNX Runtime chooses the memory, so that the real shape shows.
    public void BindOutputToNewMemory(string name, TensorElementType type, long[] shape) => _binding.BindOutputToDevice(name, device.Memory);

    public OrtValue TakeNewOutput()
    {
        // The first that was bound.
        IDisposableReadOnlyCollection<OrtValue> results = _binding.GetOutputValues();
        for (int i = 1; i < results.Count; i++)
            results[i].Dispose();
        return results[0];
    }

    public void Run(RunOptions options) => session.RunWithBinding(options, _binding);

    public void Dispose() => _binding.Dispose();
}

/// <summary>Named anew in each run: ONNX Runtime passes over an adapter in runs whose values are bound.</summary>
internal sealed class AdapterBinding(InferenceSession session) : IRunBinding
{
    private readonly Values _inputs = new();
    private readonly Values _outputs = new();
    private string? _newOutput;
    private TensorElementType _newType;
    private long[] _newShape = [];
    private OrtValue? _new;

    public CacheDevice NewOutputDevice => CacheDevice.Cpu;

    public void BindInput(string name, OrtValue value) => _inputs.Set(name, value);

    public void BindOutput(string name, OrtValue value)
    {
        if (name == _newOutput)
            _newOutput = null;
        _outputs.Set(name, value);
    }

    public void BindOutputToNewMemory(string name, TensorElementType type, long[] shape) => (_newOutput, _newType, _newShape) = (name, type, shape);

    public OrtValue TakeNewOutput()
    {
        OrtValue taken = _new!;
        _new = null;
        return taken;
    }

    public void Run(RunOptions options)
    {
        if (_newOutput is not null)
        {
            _new?.Dispose();
            _new = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, _newType, _newShape);
            _outputs.Set(_newOutput, _new);
        }
        session.Run(options, _inputs.Names, _inputs.Items, _outputs.Names, _outputs.Items);
    }

    public void Dispose() => _new?.Dispose();

    private sealed class Values
    {
        public List<string> Names { get; } = [];

        public List<OrtValue> Items { get; } = [];

        public void Set(string name, OrtValue value)
        {
            int at = Names.IndexOf(name);
            if (at >= 0)
            {
                Items[at] = value;
                return;
            }
            Names.Add(name);
            Items.Add(value);
        }
    }
}
