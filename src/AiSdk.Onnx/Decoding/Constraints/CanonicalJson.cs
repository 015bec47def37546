using System.Text;
using System.Text.Json;

namespace AiSdk.Onnx;

/// <summary>The canonical form of JSON text: no white space, and only the escapes that JSON demands.</summary>
internal static class CanonicalJson
{
    /// <summary>The letter behind the backslash for a character that has one, or null.</summary>
    public static byte? ShortEscape(byte value) => value switch
    {
        (byte)'"' or (byte)'\\' => value,
        8 => (byte)'b',
        9 => (byte)'t',
        10 => (byte)'n',
        12 => (byte)'f',
        13 => (byte)'r',
        _ => null,
    };

    /// <summary>A hexadecimal digit, small.</summary>
    public static byte HexDigit(int value) => (byte)(value < 10 ? '0' + value : 'a' + value - 10);

    /// <summary>The inside of a JSON string.</summary>
    /// <exception cref="UnenforceableException">The text holds half a surrogate pair, which no JSON text in UTF-8 can.</exception>
    public static byte[] Escape(string text)
    {
        List<byte> bytes = new(text.Length + 8);
        Span<byte> utf8 = stackalloc byte[4];
        for (int at = 0; at < text.Length;)
        {
            if (Rune.DecodeFromUtf16(text.AsSpan(at), out Rune rune, out int length) != System.Buffers.OperationStatus.Done)
                throw new UnenforceableException("holds half a surrogate pair");
            at += length;
            if (rune.IsAscii && ShortEscape((byte)rune.Value) is { } letter)
                bytes.AddRange([(byte)'\\', letter]);
            else if (rune.Value < 0x20)
                bytes.AddRange([(byte)'\\', (byte)'u', (byte)'0', (byte)'0', HexDigit(rune.Value >> 4), HexDigit(rune.Value & 15)]);
            else
                bytes.AddRange(utf8[..rune.EncodeToUtf8(utf8)]);
        }
        return [.. bytes];
    }

    /// <summary>A JSON string, with its quotes.</summary>
    public static byte[] Quote(string text) => [(byte)'"', .. Escape(text), (byte)'"'];

    /// <summary>A value in canonical form; numbers as <see cref="JsonNumber"/> writes them.</summary>
    public static byte[] Write(JsonElement value)
    {
        List<byte> bytes = [];
        Append(value, bytes);
        return [.. bytes];
    }

    private static void Append(JsonElement value, List<byte> bytes)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                bytes.Add((byte)'{');
                foreach (JsonProperty property in value.EnumerateObject())
                {
                    if (bytes[^1] != '{')
                        bytes.Add((byte)',');
                    bytes.AddRange(Quote(property.Name));
                    bytes.Add((byte)':');
                    Append(property.Value, bytes);
                }
                bytes.Add((byte)'}');
                break;
            case JsonValueKind.Array:
                bytes.Add((byte)'[');
                foreach (JsonElement item in value.EnumerateArray())
                {
                    if (bytes[^1] != '[')
                        bytes.Add((byte)',');
                    Append(item, bytes);
                }
                bytes.Add((byte)']');
                break;
            case JsonValueKind.String:
                bytes.AddRange(Quote(value.GetString()!));
                break;
            case JsonValueKind.Number:
                bytes.AddRange(Encoding.ASCII.GetBytes(JsonNumber.Parse(value.GetRawText()).ToString()));
                break;
            default:
                bytes.AddRange(Encoding.ASCII.GetBytes(value.GetRawText()));
                break;
        }
    }
}
