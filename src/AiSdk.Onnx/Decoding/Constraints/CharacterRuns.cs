using System.Numerics;

namespace AiSdk.Onnx;

/// <summary>Which texts of some ASCII characters may follow an automaton's state, told by their length alone.</summary>
/// <param name="Characters">The characters.</param>
/// <param name="Length">Every text of these characters up to this length may follow.</param>
/// <param name="IsExact">Whether no longer text of them may.</param>
/// <remarks>
/// Patterns are mostly classes of characters that are repeated, with or without a bound, and most of a vocabulary is words:
/// with it those are told by comparing sets of characters, and only what is on the border is walked.
/// </remarks>
internal readonly record struct CharacterRun(AsciiSet Characters, int Length, bool IsExact);

/// <summary>A set of ASCII characters.</summary>
/// <param name="Low">Those below 64, a bit each.</param>
/// <param name="High">Those from 64 on.</param>
internal readonly record struct AsciiSet(ulong Low, ulong High)
{
    /// <summary>How many there are.</summary>
    public int Count => BitOperations.PopCount(Low) + BitOperations.PopCount(High);

    /// <summary>The set of a byte; NUL stands for all that are no ASCII characters.</summary>
    public static AsciiSet Of(byte value) => value switch
    {
        < 64 => new AsciiSet(1UL << value, 0),
        < 0x80 => new AsciiSet(0, 1UL << (value - 64)),
        _ => new AsciiSet(1, 0),
    };

    public static AsciiSet operator &(AsciiSet a, AsciiSet b) => new(a.Low & b.Low, a.High & b.High);

    public static AsciiSet operator |(AsciiSet a, AsciiSet b) => new(a.Low | b.Low, a.High | b.High);

    /// <summary>Whether another set has all of these.</summary>
    public bool IsWithin(AsciiSet other) => ((Low & ~other.Low) | (High & ~other.High)) == 0;
}

/// <summary>Finds the runs of an automaton's states. Not thread-safe.</summary>
internal sealed class CharacterRuns
{
    // Of few characters there are few tokens, which a walk soon finds.
    private const int FewestCharacters = 16;

    // Longer words are so few that they are walked, too; a pattern with a bound has as many levels of states as it allows characters.
    private const int LongestWord = 24;

    // The classes with ASCII characters but NUL.
    private readonly (int Class, AsciiSet Set)[] _classes;
    private readonly Dfa _dfa;
    private readonly AsciiSet[] _alive;
    private readonly int[] _levelOf;
    private readonly bool[] _isSeen;
    private readonly int[] _weights;
    private int _level;

    /// <summary>Prepares an automaton.</summary>
    public CharacterRuns(Dfa dfa)
    {
        _dfa = dfa;
        var sets = new AsciiSet[dfa.ClassCount];
        for (int value = 1; value < 0x80; value++)
            sets[dfa.Classes[value]] |= AsciiSet.Of((byte)value);
        _classes = [.. sets.Select(static (set, i) => (i, set)).Where(static one => one.set.Count > 0)];
        _alive = new AsciiSet[dfa.Count];
        for (int state = 0; state < dfa.Count; state++)
        {
            foreach ((int one, AsciiSet set) in _classes)
            {
                if (Target(state, one) != Dfa.Dead)
                    _alive[state] |= set;
            }
        }
        _levelOf = new int[dfa.Count];
        _isSeen = new bool[dfa.Count];
        _weights = new int[dfa.Count];
    }

    /// <summary>The run of a state.</summary>
    /// <param name="state">The state.</param>
    /// <param name="longest">The greatest length that matters.</param>
    public CharacterRun Of(int state, int longest)
    {
        AsciiSet alive = _alive[state];
        if (alive.Count < FewestCharacters)
            return default;
        // What most characters lead to tells which may be repeated.
        int most = MostCommonTarget(state);
        AsciiSet again = default;
        AsciiSet same = default;
        AsciiSet common = alive & _alive[most];
        foreach ((int one, AsciiSet set) in _classes)
        {
            int target = Target(state, one);
            // Characters of a class are alike, so a class is within the set or apart from it.
            if (target != Dfa.Dead && set.IsWithin(common) && common.IsWithin(_alive[target]))
                again |= set;
            if (target == most)
                same |= set;
        }
        CharacterRun run = Follow(state, again.Count > 0 ? again : alive, longest);
        if (run.IsExact)
            return run;
        // Some of them begin what ends otherwise, as the words that a pattern forbids do.
        CharacterRun other = same.Count >= FewestCharacters ? Follow(state, same, longest) : default;
        return other.IsExact ? other : run;
    }

    /// <summary>The state behind most characters.</summary>
    private int MostCommonTarget(int state)
    {
        int most = state;
        int mostWeight = 0;
        foreach ((int one, AsciiSet set) in _classes)
        {
            int target = Target(state, one);
            if (target == Dfa.Dead)
                continue;
            _weights[target] += set.Count;
            if (_weights[target] > mostWeight)
                (most, mostWeight) = (target, _weights[target]);
        }
        foreach ((int one, _) in _classes)
        {
            if (Target(state, one) is not Dfa.Dead and var target)
                _weights[target] = 0;
        }
        return most;
    }

    /// <summary>How far texts of some characters go from a state.</summary>
    private CharacterRun Follow(int state, AsciiSet characters, int longest)
    {
        List<int> level = [state];
        List<int> behind = [];
        List<int> seen = [];
        CharacterRun? run = null;
        for (int length = 1; run is null; length++)
        {
            _level++;
            behind.Clear();
            bool isNew = false;
            bool isWhole = true;
            bool isEnd = true;
            foreach (int from in level)
            {
                foreach ((int one, AsciiSet set) in _classes)
                {
                    int target = Target(from, one);
                    if (!set.IsWithin(characters) || _levelOf[target] == _level)
                        continue;
                    _levelOf[target] = _level;
                    behind.Add(target);
                    isWhole &= characters.IsWithin(_alive[target]);
                    isEnd &= (characters & _alive[target]).Count == 0;
                    if (!_isSeen[target])
                    {
                        isNew = _isSeen[target] = true;
                        seen.Add(target);
                    }
                }
            }
            // What has been seen leads only to what has been seen: it goes on for ever.
            if (length >= longest || !isNew)
                run = new CharacterRun(characters, longest, IsExact: true);
            else if (length >= LongestWord || !isWhole)
                run = new CharacterRun(characters, length, isEnd);
            (level, behind) = (behind, level);
        }
        foreach (int one in seen)
            _isSeen[one] = false;
        return run.Value;
    }

    private int Target(int state, int one) => _dfa.Next[state * _dfa.ClassCount + one];
}
