using System.Runtime.InteropServices;

namespace AiSdk.Onnx;

/// <summary>
/// Guesses the next tokens from what stands in the sequence already: where its last tokens stood before, what followed them may follow again (prompt lookup
/// decoding, A. Saxena 2023). The model checks a guess in one run, so the reply stays what it would have been. Not thread-safe.
/// </summary>
internal sealed class PromptLookup(LookupGain gain)
{
    private const int Match = 3;

    // What stood behind each three tokens where they stood last.
    private readonly Dictionary<(int, int, int), int> _last = [];
    private int _indexed;

    /// <summary>The tokens that may follow a sequence; none where there is nothing to go by, or guessing does not pay.</summary>
    public ReadOnlySpan<int> Guess(List<int> sequence)
    {
        int most = gain.NextLength();
        if (most == 0)
            return default;
        ReadOnlySpan<int> tokens = CollectionsMarshal.AsSpan(sequence);
        for (; _indexed + Match < tokens.Length; _indexed++)
            _last[(tokens[_indexed], tokens[_indexed + 1], tokens[_indexed + 2])] = _indexed + Match;
        if (tokens.Length < Match || !_last.TryGetValue((tokens[^3], tokens[^2], tokens[^1]), out int at))
            return default;
        return tokens.Slice(at, Math.Min(most, tokens.Length - at));
    }
}

/// <summary>
/// Whether a model's checks of guesses gain more time than they take; where they do not, guessing rests, for longer each time. A guess that was right altogether
/// makes the next one longer, any other makes it shorter, so that trying costs little. Thread-safe.
/// </summary>
internal sealed class LookupGain
{
    private const int Trials = 4;
    private const int FirstRest = 32;
    private const int LongestRest = 4_096;
    private const int FirstLength = 2;
    private const int MostLength = 8;

    private readonly Lock _gate = new();
    private double _single;
    private double _spent;
    private double _saved;
    private int _checks;
    private int _rest;
    private int _nextRest = FirstRest;
    private int _length = FirstLength;

    /// <summary>How many tokens may be guessed now; 0 while guessing rests, or before it is known what it would save. Asked once for each token.</summary>
    public int NextLength()
    {
        lock (_gate)
        {
            if (_rest > 0)
                _rest--;
            return _rest == 0 && _single > 0 ? _length : 0;
        }
    }

    /// <summary>Takes note of a run over one token.</summary>
    public void ObserveSingle(TimeSpan time)
    {
        lock (_gate)
            _single = _single == 0 ? time.TotalSeconds : (0.8 * _single) + (0.2 * time.TotalSeconds);
    }

    /// <summary>Takes note of a check.</summary>
    /// <param name="time">How long it took.</param>
    /// <param name="guessed">How many tokens were guessed.</param>
    /// <param name="made">How many tokens it gave, each of which would have taken a run.</param>
    public void ObserveCheck(TimeSpan time, int guessed, int made)
    {
        lock (_gate)
        {
            _length = made > guessed ? Math.Min(_length + 2, MostLength) : Math.Max(_length - 1, 1);
            _spent += time.TotalSeconds;
            _saved += made * _single;
            if (++_checks < Trials)
                return;
            if (_saved < _spent)
            {
                _rest = _nextRest;
                _nextRest = Math.Min(2 * _nextRest, LongestRest);
            }
            else
            {
                _nextRest = FirstRest;
            }
            _spent = _saved = 0;
            _checks = 0;
        }
    }
}
