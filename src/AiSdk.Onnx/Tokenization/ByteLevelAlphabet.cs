using System.Text;

namespace AiSdk.Onnx;

/// <summary>The printable characters that stand for the 256 byte values in byte-level vocabularies (GPT-2's table).</summary>
internal static class ByteLevelAlphabet
{
    private static readonly char[] s_characters = CreateCharacters();
    private static readonly Dictionary<char, byte> s_bytes = CreateBytes();

    /// <summary>The stand-ins of a text's UTF-8 bytes.</summary>
    public static string Encode(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        return string.Create(bytes.Length, bytes, static (span, source) =>
        {
            for (int i = 0; i < span.Length; i++)
                span[i] = s_characters[source[i]];
        });
    }

    /// <summary>The bytes that a token stands for; a token with other characters stands for its own UTF-8 bytes.</summary>
    public static byte[] Decode(string token)
    {
        var bytes = new byte[token.Length];
        for (int i = 0; i < bytes.Length; i++)
        {
            if (!s_bytes.TryGetValue(token[i], out bytes[i]))
                return Encoding.UTF8.GetBytes(token);
        }
        return bytes;
    }

    private static char[] CreateCharacters()
    {
        var characters = new char[256];
        int next = 256;
        for (int value = 0; value < 256; value++)
            characters[value] = value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF) ? (char)value : (char)next++;
        return characters;
    }

    private static Dictionary<char, byte> CreateBytes()
    {
        Dictionary<char, byte> bytes = new(256);
        for (int value = 0; value < 256; value++)
            bytes.Add(s_characters[value], (byte)value);
        return bytes;
    }
}
