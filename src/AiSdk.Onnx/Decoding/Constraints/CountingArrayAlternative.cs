using System.Collections.Concurrent;

namespace AiSdk.Onnx;

/// <summary>Arrays of which so many items are to be something.</summary>
/// <remarks>
/// Each item is read as one that counts for a rule and as one that does not, for all rules together; the counts so far are one number.
/// A place is only come to if the array can be completed from it, within the nesting that is left.
/// </remarks>
internal sealed class CountingArrayAlternative : Alternative
{
    // Places and counts; a real schema has a few dozen.
    private const int MaxStates = 20_000;

    private readonly ValueNode[][] _options;
    private readonly (int Minimum, int? Maximum)[] _rules;
    private readonly int _last;
    private readonly int _stateCount = 1;
    private readonly ConcurrentDictionary<int, bool[]> _feasible = new();
    private int _depth = ValueNode.Impossible;
    private int _deepest = -1;

    /// <summary>Creates the alternative.</summary>
    /// <param name="options">For each place, the last one standing for all behind it, what an item is by the set of rules that it counts for.</param>
    /// <param name="rules">How many items must count for each rule.</param>
    /// <param name="minimum">The least count of items.</param>
    /// <param name="maximum">The greatest.</param>
    /// <exception cref="UnenforceableException">There is too much to count.</exception>
    public CountingArrayAlternative(ValueNode[][] options, (int Minimum, int? Maximum)[] rules, int minimum, int? maximum)
    {
        _options = options;
        _rules = rules;
        Minimum = minimum;
        Maximum = maximum ?? int.MaxValue;
        _last = maximum ?? Math.Max(minimum, options.Length - 1);
        long states = 1;
        foreach ((int Minimum, int? Maximum) rule in rules)
            states = Math.Min(states * (Top(rule) + 1L), MaxStates + 1);
        if (states * (_last + 1L) > MaxStates)
            throw new UnenforceableException("and the array's lengths together need too many states");
        _stateCount = (int)states;
    }

    public int Minimum { get; }

    public int Maximum { get; }

    public override int MinimumDepth => _depth;

    /// <summary>What an item may be, by the set of rules that it counts for.</summary>
    public ValueNode[] Options(int index) => _options[Math.Min(index, _options.Length - 1)];

    /// <summary>The place behind an item.</summary>
    public int Clamp(int index) => Math.Min(index, _last);

    /// <summary>The counts behind an item that counts for a set of rules; -1 when that is too many.</summary>
    public int Next(int state, int set)
    {
        int next = 0;
        int scale = 1;
        for (int i = 0; i < _rules.Length; i++)
        {
            int size = Top(_rules[i]) + 1;
            int count = state % size;
            state /= size;
            if ((set >> i & 1) != 0 && ++count >= size)
            {
                if (_rules[i].Maximum is not null)
                    return -1;
                count = size - 1;
            }
            next += count * scale;
            scale *= size;
        }
        return next;
    }

    /// <summary>Whether the array may end.</summary>
    public bool CanClose(int index, int state)
    {
        if (index < Minimum)
            return false;
        foreach ((int Minimum, int? Maximum) rule in _rules)
        {
            int size = Top(rule) + 1;
            if (state % size < rule.Minimum)
                return false;
            state /= size;
        }
        return true;
    }

    /// <summary>Whether the array can be completed with items nested no deeper than a budget.</summary>
    public bool IsFeasible(int index, int state, int budget) =>
        _feasible.GetOrAdd(Math.Min(budget, _deepest), Feasible)[index * _stateCount + state];

    public bool Measure()
    {
        int[] depths = [.. _options.SelectMany(static set => set).Select(static node => node.MinimumDepth).Where(static depth => depth < ValueNode.Impossible).Distinct().Order()];
        _deepest = depths.LastOrDefault(-1);
        _feasible.Clear();
        foreach (int budget in (ReadOnlySpan<int>)[-1, .. depths])
        {
            if (!Feasible(budget)[0])
                continue;
            int depth = 1 + Math.Max(budget, 0);
            bool isNew = depth < _depth;
            _depth = Math.Min(_depth, depth);
            return isNew;
        }
        return false;
    }

    private static int Top((int Minimum, int? Maximum) rule) => rule.Maximum ?? rule.Minimum;

    private bool[] Feasible(int budget)
    {
        bool[] feasible = new bool[(_last + 1) * _stateCount];
        for (int index = _last; index >= 0; index--)
        {
            // The last place leads back to itself where there is no maximum.
            bool isNew = true;
            while (isNew)
            {
                isNew = false;
                for (int state = 0; state < _stateCount; state++)
                {
                    if (feasible[index * _stateCount + state] || !(CanClose(index, state) || GoesOn(index, state)))
                        continue;
                    feasible[index * _stateCount + state] = true;
                    isNew = index == _last;
                }
            }
        }
        return feasible;

        bool GoesOn(int index, int state)
        {
            if (index >= Maximum)
                return false;
            ValueNode[] options = Options(index);
            for (int set = 0; set < options.Length; set++)
            {
                if (options[set].MinimumDepth <= budget && Next(state, set) is >= 0 and int next && feasible[Clamp(index + 1) * _stateCount + next])
                    return true;
            }
            return false;
        }
    }
}
