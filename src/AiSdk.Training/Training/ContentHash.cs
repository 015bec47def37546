using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace AiSdk.Training;

/// <summary>Makes a short text that stands for weights or data: another one for other content.</summary>
internal sealed class ContentHash : IDisposable
{
    private const int ShownDigits = 32;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Adds a text.</summary>
    public void Add(string text)
    {
        Add([text.Length]);
        _hash.AppendData(Encoding.UTF8.GetBytes(text));
    }

    /// <summary>Adds numbers.</summary>
    public void Add<T>(ReadOnlySpan<T> values)
        where T : unmanaged => _hash.AppendData(MemoryMarshal.AsBytes(values));

    /// <summary>Adds what is learnt of an example.</summary>
    public void Add(EncodedExample example)
    {
        // Lengths keep apart what would else read the same.
        Add([example.Tokens.Length, example.PromptLength, BitConverter.SingleToInt32Bits(example.Weight), example.SoftTargets?.Count ?? -1]);
        Add([BitConverter.DoubleToInt64Bits(example.Splitting)]);
        Add<int>(example.Tokens);
        foreach (IReadOnlyList<KeyValuePair<int, double>> targets in example.SoftTargets ?? [])
        {
            Add([targets.Count]);
            foreach ((int token, double probability) in targets)
            {
                Add([token]);
                Add([BitConverter.DoubleToInt64Bits(probability)]);
            }
        }
    }

    /// <summary>What stands for all that was added since the last time.</summary>
    public string Finish() => Convert.ToHexString(_hash.GetHashAndReset())[..ShownDigits];

    public void Dispose() => _hash.Dispose();

    private void Add(ReadOnlySpan<int> values) => Add<int>(values);

    private void Add(ReadOnlySpan<long> values) => Add<long>(values);
}
