using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace AiSdk;

/// <summary>A JSON writer with its buffer, one kept for each thread.</summary>
internal sealed class PooledJson : IDisposable
{
    // What is kept must not be the greatest result that ever was.
    private const int MaxKept = 64 * 1024;

    [ThreadStatic]
    private static PooledJson? _free;

    private readonly ArrayBufferWriter<byte> _buffer = new(1024);

    private PooledJson() => Writer = new Utf8JsonWriter(_buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });

    /// <summary>The writer.</summary>
    public Utf8JsonWriter Writer { get; }

    /// <summary>What was written.</summary>
    public ReadOnlySpan<byte> Written
    {
        get
        {
            Writer.Flush();
            return _buffer.WrittenSpan;
        }
    }

    /// <summary>An empty one.</summary>
    public static PooledJson Rent()
    {
        PooledJson json = _free ?? new PooledJson();
        _free = null;
        return json;
    }

    public void Dispose()
    {
        if (_buffer.Capacity > MaxKept)
            return;
        _buffer.ResetWrittenCount();
        Writer.Reset();
        _free = this;
    }
}
