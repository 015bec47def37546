using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace AiSdk.Onnx;

/// <summary>SentencePiece's compiled table of replacements: a double-array trie of byte strings, and the texts they become.</summary>
internal sealed class PrecompiledCharsMap
{
    // Longer clusters are looked up character by character, as the reference implementation does.
    private const int LongestCluster = 5;

    private readonly uint[] _units;
    private readonly byte[] _texts;

    private PrecompiledCharsMap(uint[] units, byte[] texts)
    {
        _units = units;
        _texts = texts;
    }

    /// <summary>Reads the base64 of a tokenizer.json.</summary>
    public static PrecompiledCharsMap Read(JsonFile json, string name)
    {
        string base64 = json.String(name);
        var bytes = new byte[base64.Length];
        if (!Convert.TryFromBase64String(base64, bytes, out int length) || length < 4)
            throw json.Error(name, "is no table in base64.");
        int size = BinaryPrimitives.ReadInt32LittleEndian(bytes);
        if (size < 4 || size % 4 != 0 || size > length - 4)
            throw json.Error(name, string.Create(CultureInfo.InvariantCulture, $"says that its trie has {size} bytes, but is {length} bytes long."));
        var units = new uint[size / 4];
        for (int i = 0; i < units.Length; i++)
            units[i] = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(4 + (i * 4)));
        return new PrecompiledCharsMap(units, bytes[(4 + size)..length]);
    }

    /// <summary>Replaces what the table has; says whether nothing is left of what the text begins with.</summary>
    public string Normalize(string text, out bool isStartRemoved)
    {
        StringBuilder? normalized = null;
        isStartRemoved = false;
        Span<byte> bytes = stackalloc byte[LongestCluster];
        for (int at = 0; at < text.Length;)
        {
            int length = StringInfo.GetNextTextElementLength(text, at);
            ReadOnlySpan<char> cluster = text.AsSpan(at, length);
            if (length <= LongestCluster && Encoding.UTF8.TryGetBytes(cluster, bytes, out int count) && Find(bytes[..count]) is { } whole)
            {
                Append(text, ref normalized, at, whole);
            }
            else
            {
                int inner = at;
                foreach (Rune rune in cluster.EnumerateRunes())
                {
                    if (Find(bytes[..rune.EncodeToUtf8(bytes)]) is { } replacement)
                        Append(text, ref normalized, inner, replacement);
                    else
                        normalized?.Append(text.AsSpan(inner, rune.Utf16SequenceLength));
                    inner += rune.Utf16SequenceLength;
                    isStartRemoved |= at == 0 && inner == rune.Utf16SequenceLength && normalized is { Length: 0 };
                }
            }
            isStartRemoved |= at == 0 && normalized is { Length: 0 };
            at += length;
        }
        return normalized?.ToString() ?? text;
    }

    private static void Append(string text, ref StringBuilder? normalized, int at, string replacement)
    {
        normalized ??= new StringBuilder(text.Length).Append(text.AsSpan(0, at));
        normalized.Append(replacement);
    }

    // The shortest entry that the bytes begin with stands for all of them: so does the reference implementation.
    private string? Find(ReadOnlySpan<byte> bytes)
    {
        uint node = Offset(_units[0]);
        foreach (byte value in bytes)
        {
            if (value == 0)
                break;
            node ^= value;
            if (node >= _units.Length)
                break;
            uint unit = _units[node];
            if ((unit & 0x8000_00FF) != value)
                break;
            node ^= Offset(unit);
            if ((unit & 0x100) == 0)
                continue;
            if (node >= _units.Length)
                break;
            int start = (int)(_units[node] & 0x7FFF_FFFF);
            if (start > _texts.Length)
                break;
            ReadOnlySpan<byte> rest = _texts.AsSpan(start);
            int end = rest.IndexOf((byte)0);
            return Encoding.UTF8.GetString(end < 0 ? rest : rest[..end]);
        }
        return null;
    }

    private static uint Offset(uint unit) => (unit >> 10) << (int)((unit & 0x200) >> 6);
}
