using System.Buffers.Binary;

namespace AiSdk;

/// <summary>A linear classifier over <see cref="NGramSet"/>: one small weight for each hash.</summary>
/// <remarks>Immutable; safe for concurrent use.</remarks>
internal sealed class NGramModel
{
    private const uint Magic = 0x4D474E41; // "ANGM"
    private const int HeaderSize = 16;

    private readonly sbyte[] _weights;
    private readonly float _bias;
    private readonly float _scale;

    /// <summary>A model of weights.</summary>
    /// <param name="weights">A weight for each hash.</param>
    /// <param name="bias">What is added.</param>
    public NGramModel(ReadOnlySpan<float> weights, float bias)
    {
        float largest = 1e-6f;
        foreach (float weight in weights)
            largest = Math.Max(largest, Math.Abs(weight));
        _scale = largest / sbyte.MaxValue;
        _bias = bias;
        _weights = new sbyte[weights.Length];
        for (int i = 0; i < weights.Length; i++)
            _weights[i] = (sbyte)Math.Round(weights[i] / _scale);
    }

    private NGramModel(sbyte[] weights, float bias, float scale)
    {
        _weights = weights;
        _bias = bias;
        _scale = scale;
    }

    /// <summary>Log odds of the positive class.</summary>
    /// <param name="text">A folded text.</param>
    public float Score(ReadOnlySpan<char> text)
    {
        NGramSet set = NGramSet.ForThread;
        set.Fill(text);
        return Score(set.Items);
    }

    /// <summary>Log odds of the positive class.</summary>
    /// <param name="items">The text's n-grams.</param>
    public float Score(ReadOnlySpan<int> items)
    {
        if (items.Length == 0)
            return _bias;
        int sum = 0;
        foreach (int item in items)
            sum += _weights[item];
        return _bias + sum * _scale / MathF.Sqrt(items.Length);
    }

    /// <summary>Reads a model's file.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public static NGramModel Read(ReadOnlySpan<byte> file)
    {
        if (file.Length != HeaderSize + (1 << NGramSet.Bits) || BinaryPrimitives.ReadUInt32LittleEndian(file) != Magic)
            throw new InvalidDataException("This is no file of n-gram weights, or one of another version: make it anew with samples/TrainInjectionGuard.");
        sbyte[] weights = new sbyte[1 << NGramSet.Bits];
        for (int i = 0; i < weights.Length; i++)
            weights[i] = (sbyte)file[HeaderSize + i];
        return new NGramModel(weights, BinaryPrimitives.ReadSingleLittleEndian(file[4..]), BinaryPrimitives.ReadSingleLittleEndian(file[8..]));
    }

    /// <summary>Writes the model's file.</summary>
    public byte[] Write()
    {
        byte[] file = new byte[HeaderSize + _weights.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(file, Magic);
        BinaryPrimitives.WriteSingleLittleEndian(file.AsSpan(4), _bias);
        BinaryPrimitives.WriteSingleLittleEndian(file.AsSpan(8), _scale);
        for (int i = 0; i < _weights.Length; i++)
            file[HeaderSize + i] = (byte)_weights[i];
        return file;
    }
}
