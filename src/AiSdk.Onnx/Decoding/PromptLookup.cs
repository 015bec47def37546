using System.Runtime.InteropServices;

namespace AiSdk.Onnx;

/// <summary>
/// Guesses the next tokens from what stands in the sequence already: where its last tokens stood before, what followed them may follow again (prompt lookup
/// decoding, A. Saxena 2023). The model checks a guess in one run, so the reply stays what it would have been.
/// </summary>
/// <remarks>It stops guessing for a while when checking costs more time than it saves. Not thread-safe.</remarks>
internal sealed class PromptLookup
{
    private const int ShortestMatch = 2;
    private const int MostTokens = 8;
    private const int Trials = 3;
    private const int FirstPause = 16;
    private const int LongestPause = 1_024;

    // What stood behind each pair of tokens where it stood last.
    private readonly Dictionary<(int, int), int> _last = [];
    private int _indexed;
    private double _single;
    private double _checked;
    private double _gained;
    private int _guesses;
    private int _pause;
    private int _nextPause = FirstPause;

    /// <summary>The tokens that may follow a sequence; none where there is nothing to go by.</summary>
    public ReadOnlySpan<int> Guess(List<int> sequence)
    {
        ReadOnlySpan<int> tokens = CollectionsMarshal.AsSpan(sequence);
        for (; _indexed + ShortestMatch < tokens.Length; _indexed++)
            _last[(tokens[_indexed], tokens[_indexed + 1])] = _indexed + ShortestMatch;
        if (_pause > 0)
        {
            _pause--;
            return default;
        }
        if (tokens.Length < ShortestMatch || !_last.TryGetValue((tokens[^2], tokens[^1]), out int at))
            return default;
        return tokens.Slice(at, Math.Min(MostTokens, tokens.Length - at));
    }

    /// <summary>Takes note of a run over one token.</summary>
    public void ObserveSingle(TimeSpan time) => _single = _single == 0 ? time.TotalSeconds : (0.8 * _single) + (0.2 * time.TotalSeconds);

    /// <summary>Takes note of a check.</summary>
    /// <param name="time">How long it took.</param>
    /// <param name="made">How many tokens it gave, of which one would have come anyway.</param>
    public void ObserveCheck(TimeSpan time, int made)
    {
        _checked += time.TotalSeconds;
        _gained += made * _single;
        if (++_guesses < Trials)
            return;
        if (_single > 0 && _gained < _checked)
        {
            _pause = _nextPause;
            _nextPause = Math.Min(2 * _nextPause, LongestPause);
        }
        else
        {
            _nextPause = FirstPause;
        }
        _checked = _gained = 0;
        _guesses = 0;
    }
}
