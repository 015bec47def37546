using System.Text;
using System.Text.Json;

namespace AiSdk;

/// <summary>Reads texts of a document's JSON.</summary>
internal static class PartialText
{
    /// <summary>The text that begins with the quote at the first byte.</summary>
    public static string Read(ReadOnlySpan<byte> json)
    {
        Utf8JsonReader reader = new(json, isFinalBlock: false, default);
        reader.Read();
        return reader.GetString()!;
    }

    /// <summary>A text without its quotes, perhaps without its end; escapes are whole.</summary>
    public static string Unescape(ReadOnlySpan<byte> content)
    {
        if (!content.Contains((byte)'\\'))
            return Encoding.UTF8.GetString(content);
        byte[] quoted = new byte[content.Length + 2];
        quoted[0] = quoted[^1] = (byte)'"';
        content.CopyTo(quoted.AsSpan(1));
        return Read(quoted);
    }
}
