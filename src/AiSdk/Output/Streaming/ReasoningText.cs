namespace AiSdk;

/// <summary>What a model thinks, as far as it has come. Append-only, so that a length is a snapshot; one writer, any number of readers.</summary>
internal sealed class ReasoningText
{
    private char[] _text = new char[256];

    /// <summary>How much there is; of the writer only.</summary>
    public int Length { get; private set; }

    public void Append(ReadOnlySpan<char> text)
    {
        if (_text.Length - Length < text.Length)
        {
            char[] larger = new char[Math.Max(_text.Length * 2, Length + text.Length)];
            _text.AsSpan(0, Length).CopyTo(larger);
            text.CopyTo(larger.AsSpan(Length));
            Volatile.Write(ref _text, larger);
        }
        else
        {
            text.CopyTo(_text.AsSpan(Length));
        }
        Length += text.Length;
    }

    /// <summary>The beginning; no half of a character at its end.</summary>
    public string Take(int length)
    {
        char[] text = Volatile.Read(ref _text);
        return new string(text, 0, length > 0 && char.IsHighSurrogate(text[length - 1]) ? length - 1 : length);
    }
}
