using System.Text;

namespace AiSdk.Onnx;

/// <summary>Lets text through until a stop sequence appears, however the text is cut into pieces.</summary>
/// <remarks>
/// Text that could still become a stop sequence is held back, so that none is ever emitted in part. Of several sequences the one
/// that is complete first ends the text; where several are complete at the same character, the longest, which is the one that began
/// first. The stop sequence itself is not emitted.
/// </remarks>
internal sealed class StopSequenceFilter(IReadOnlyList<string> sequences)
{
    private readonly StringBuilder _held = new();
    private readonly int _longest = sequences.Count == 0 ? 0 : sequences.Max(static s => s.Length);

    /// <summary>Whether a stop sequence was found; later text is ignored.</summary>
    public bool IsStopped { get; private set; }

    /// <summary>Takes the next piece of text and returns what may be shown.</summary>
    public string Push(string text)
    {
        if (IsStopped || text.Length == 0)
            return "";
        if (_longest == 0)
            return text;
        int known = _held.Length;
        string all = _held.Append(text).ToString();
        // Held text alone holds no complete sequence, so the search begins where one could end in the new text.
        for (int end = known + 1; end <= all.Length; end++)
        {
            int match = LongestEndingAt(all.AsSpan(0, end));
            if (match > 0)
            {
                IsStopped = true;
                _held.Clear();
                return all[..(end - match)];
            }
        }
        int hold = LengthToHold(all);
        _held.Remove(0, all.Length - hold);
        return all[..^hold];
    }

    /// <summary>What was held back and did not become a stop sequence; for the text's end.</summary>
    public string Finish()
    {
        string rest = _held.ToString();
        _held.Clear();
        return rest;
    }

    private int LongestEndingAt(ReadOnlySpan<char> text)
    {
        int longest = 0;
        foreach (string sequence in sequences)
        {
            if (sequence.Length > longest && text.EndsWith(sequence, StringComparison.Ordinal))
                longest = sequence.Length;
        }
        return longest;
    }

    /// <summary>The length of the longest end of the text that begins a stop sequence.</summary>
    private int LengthToHold(string text)
    {
        for (int length = Math.Min(_longest - 1, text.Length); length > 0; length--)
        {
            ReadOnlySpan<char> end = text.AsSpan(text.Length - length);
            foreach (string sequence in sequences)
            {
                if (length < sequence.Length && sequence.AsSpan().StartsWith(end, StringComparison.Ordinal))
                    return length;
            }
        }
        return 0;
    }
}
