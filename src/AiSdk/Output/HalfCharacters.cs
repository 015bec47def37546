using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace AiSdk;

/// <summary>Escapes in JSON that are half of a surrogate pair: System.Text.Json takes them for JSON, and throws where their text is asked for.</summary>
internal static class HalfCharacters
{
    private const int EscapeLength = 6;

    /// <summary>Whether there is one.</summary>
    /// <param name="json">JSON in UTF-8, or a part of it.</param>
    public static bool Has(ReadOnlySpan<byte> json) => Next(json, 0) >= 0;

    /// <summary>The same JSON with U+FFFD in their place.</summary>
    /// <param name="element">The JSON.</param>
    public static JsonElement Replaced(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.Undefined)
            return element;
        ReadOnlySpan<byte> json = JsonMarshal.GetRawUtf8Value(element);
        int at = Next(json, 0);
        if (at < 0)
            return element;
        byte[] replaced = json.ToArray();
        for (; at >= 0; at = Next(replaced, at + EscapeLength))
            "\\ufffd"u8.CopyTo(replaced.AsSpan(at));
        return JsonElement.Parse(replaced);
    }

    private static int Next(ReadOnlySpan<byte> json, int at)
    {
        while (at < json.Length && json[at..].IndexOf((byte)'\\') is >= 0 and int next)
        {
            at += next;
            if (!IsEscape(json[at..], out char code))
                at += 2;
            else if (!char.IsSurrogate(code))
                at += EscapeLength;
            else if (IsEscape(json[(at + EscapeLength)..], out char low) && char.IsSurrogatePair(code, low))
                at += 2 * EscapeLength;
            else
                return at;
        }
        return -1;
    }

    private static bool IsEscape(ReadOnlySpan<byte> json, out char code)
    {
        code = '\0';
        if (json.Length < EscapeLength || json[0] != '\\' || json[1] != 'u' || !ushort.TryParse(json[2..EscapeLength], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort number))
            return false;
        code = (char)number;
        return true;
    }
}
