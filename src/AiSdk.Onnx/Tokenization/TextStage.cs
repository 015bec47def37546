using System.Text;

namespace AiSdk.Onnx;

/// <summary>A change of a text that comes in parts; what comes out does not depend on the parts.</summary>
internal abstract class TextStage
{
    /// <summary>What is certain with this part; often less than came in.</summary>
    public abstract string Push(string text);

    /// <summary>The rest.</summary>
    public abstract string Finish();

    /// <summary>Takes what is held back as shown: the text goes on behind it.</summary>
    public abstract void Continue();
}

/// <summary>Takes up to so many of one character from a text's beginning and from its end.</summary>
internal sealed class StripStage(char content, int start, int stop) : TextStage
{
    private int _start = start;
    private int _held;

    public override string Push(string text)
    {
        int from = 0;
        while (_start > 0 && from < text.Length)
        {
            if (text[from] != content)
            {
                _start = 0;
                break;
            }
            _start--;
            from++;
        }
        if (stop <= 0)
            return text[from..];
        string all = new string(content, _held) + text[from..];
        _held = 0;
        while (_held < stop && _held < all.Length && all[^(_held + 1)] == content)
            _held++;
        return all[..^_held];
    }

    public override string Finish()
    {
        _held = 0;
        return "";
    }

    public override void Continue() => _held = 0;
}

/// <summary>Replaces what a pattern finds in the whole text, which is known at its end only.</summary>
internal sealed class ReplaceStage(TextPattern pattern, string content) : TextStage
{
    private readonly StringBuilder _text = new();

    public override string Push(string text)
    {
        _text.Append(text);
        return "";
    }

    public override string Finish()
    {
        string replaced = pattern.Replace(_text.ToString(), content);
        _text.Clear();
        return replaced;
    }

    public override void Continue() => _text.Clear();
}
