using System.Runtime.CompilerServices;

namespace AiSdk.Onnx;

/// <summary>A set of values: any of several alternatives.</summary>
internal sealed class ValueNode
{
    /// <summary>What a node has that no value satisfies.</summary>
    public const int Impossible = 1_000_000;

    /// <summary>The alternatives, each of which can be completed.</summary>
    public List<Alternative> Alternatives { get; set; } = [];

    /// <summary>The least nesting of arrays and objects in a value.</summary>
    public int MinimumDepth { get; set; } = Impossible;
}

/// <summary>One kind of value.</summary>
internal abstract class Alternative
{
    /// <summary>The least nesting of arrays and objects in a value.</summary>
    public abstract int MinimumDepth { get; }
}

/// <summary>An automaton with what its walks want to know of each state.</summary>
internal sealed class ByteAutomaton
{
    // Automata that many schemas use, such as those of formats, are kept; what vocabularies learn of them is then shared.
    private static readonly ConditionalWeakTable<Dfa, ByteAutomaton> s_known = [];

    private readonly Lazy<CharacterRuns> _runs;

    private ByteAutomaton(Dfa dfa)
    {
        _runs = new Lazy<CharacterRuns>(() => new CharacterRuns(dfa));
        CompileBudget.Spend(dfa.Count * 64);
        Dfa = dfa;
        HasNext = new bool[dfa.Count];
        Loops = new CharacterClass[dfa.Count];
        IsFull = new bool[dfa.Count];
        for (int state = 0; state < dfa.Count; state++)
        {
            HasNext[state] = dfa.Next.AsSpan(state * dfa.ClassCount, dfa.ClassCount).ContainsAnyExcept(Dfa.Dead);
            Loops[state] = LoopsOf(state);
            IsFull[state] = Loops[state] == CharacterClass.All && AcceptsEverything(state);
        }
        IsTotal = Totals();
        NeedsQuote = Quoted();
    }

    /// <summary>The one for an automaton.</summary>
    public static ByteAutomaton Of(Dfa dfa) => s_known.GetValue(dfa, static one => new ByteAutomaton(one));

    public Dfa Dfa { get; }

    /// <summary>The characters behind which the state stays where it is.</summary>
    public CharacterClass[] Loops { get; }

    /// <summary>Whether every string in canonical form leads from the state back to it.</summary>
    public bool[] IsFull { get; }

    /// <summary>Whether anything can follow.</summary>
    public bool[] HasNext { get; }

    /// <summary>Whether every beginning of a string in canonical form, and else nothing without a quote, may follow a state.</summary>
    public bool[] IsTotal { get; }

    /// <summary>Whether nothing behind a state is accepted without another quote.</summary>
    public bool[] NeedsQuote { get; }

    /// <summary>Which texts of some characters may follow a state.</summary>
    /// <param name="state">The state.</param>
    /// <param name="longest">The greatest length that matters.</param>
    public CharacterRun RunOf(int state, int longest)
    {
        lock (_runs)
            return _runs.Value.Of(state, longest);
    }

    private bool[] Quoted()
    {
        bool[] needs = new bool[Dfa.Count];
        Array.Fill(needs, true);
        // From the states that accept backwards, over all bytes but the quote.
        List<int>[] sources = new List<int>[Dfa.Count];
        for (int state = 0; state < Dfa.Count; state++)
        {
            for (int i = 0; i < Dfa.ClassCount; i++)
            {
                int to = Dfa.Next[state * Dfa.ClassCount + i];
                if (to != Dfa.Dead && (i != Dfa.Classes['"'] || Dfa.Classes.AsSpan().Count((byte)i) > 1))
                    (sources[to] ??= []).Add(state);
            }
        }
        Stack<int> open = new(Enumerable.Range(0, Dfa.Count).Where(Dfa.Accepts));
        while (open.TryPop(out int state))
        {
            if (!needs[state])
                continue;
            needs[state] = false;
            foreach (int source in sources[state] ?? [])
                open.Push(source);
        }
        return needs;
    }

    private bool[] Totals()
    {
        Dfa any = RegexCompiler.AnyInJson;
        // One byte stands for all that neither automaton tells apart.
        List<byte> values = [];
        HashSet<int> seen = [];
        for (int value = 0; value < 256; value++)
        {
            if (seen.Add(Dfa.Classes[value] << 8 | any.Classes[value]))
                values.Add((byte)value);
        }
        // Found by taking away: first the pairs that are not alike, then those that lead to them.
        bool[] differs = new bool[Dfa.Count * any.Count];
        for (bool isNew = true; isNew;)
        {
            isNew = false;
            for (int pair = differs.Length - 1; pair >= 0; pair--)
            {
                if (differs[pair])
                    continue;
                foreach (byte value in values)
                {
                    int next = Dfa.Step(pair / any.Count, value);
                    int form = any.Step(pair % any.Count, value);
                    if (form == Dfa.Dead && (next == Dfa.Dead || value == '"'))
                        continue;
                    if (next == Dfa.Dead || form == Dfa.Dead || differs[next * any.Count + form])
                    {
                        differs[pair] = isNew = true;
                        break;
                    }
                }
            }
        }
        bool[] totals = new bool[Dfa.Count];
        for (int state = 0; state < totals.Length; state++)
            totals[state] = !differs[state * any.Count + any.Start];
        return totals;
    }

    private CharacterClass LoopsOf(int state)
    {
        ulong low = 0;
        ulong high = 0;
        for (int value = 0x20; value < 0x80; value++)
        {
            if (value is '"' or '\\' || Dfa.Step(state, (byte)value) != state)
                continue;
            if (value < 64)
                low |= 1UL << value;
            else
                high |= 1UL << (value - 64);
        }
        // A lead byte of each length is enough to see most that do not stay.
        bool mayHaveOthers = Dfa.Step(state, 0xC3) != Dfa.Dead && Dfa.Step(state, 0xE3) != Dfa.Dead && Dfa.Step(state, 0xF0) != Dfa.Dead;
        return new CharacterClass(low, high, mayHaveOthers && Returns(state, 0x80, isExact: false));
    }

    private bool AcceptsEverything(int state) => Dfa.Accepts(state) && Returns(state, 0, isExact: true);

    /// <summary>Whether each character that is written with bytes from a first one on leads back to a state.</summary>
    private bool Returns(int state, int firstByte, bool isExact)
    {
        Dfa any = RegexCompiler.AnyInJson;
        HashSet<(int, int)> seen = [];
        Stack<(int State, int Form)> open = new([(state, any.Start)]);
        while (open.TryPop(out (int State, int Form) at))
        {
            for (int value = firstByte; value < 0x100; value++)
            {
                int form = any.Step(at.Form, (byte)value);
                int next = Dfa.Step(at.State, (byte)value);
                if (form == Dfa.Dead)
                {
                    if (isExact && next != Dfa.Dead)
                        return false;
                    continue;
                }
                if (next == Dfa.Dead || (any.Accepts(form) && next != state))
                    return false;
                if (!any.Accepts(form) && seen.Add((next, form)))
                    open.Push((next, form));
            }
        }
        return true;
    }
}

/// <summary>Values that an automaton describes as they are written: those without parts, and such with parts that are listed.</summary>
/// <param name="dfa">The automaton.</param>
/// <param name="depth">The greatest nesting of arrays and objects among them.</param>
internal sealed class ScalarAlternative(Dfa dfa, int depth = 0) : Alternative
{
    public ByteAutomaton Automaton { get; } = ByteAutomaton.Of(dfa);

    public override int MinimumDepth => depth;
}

/// <summary>Strings: an automaton for what is between the quotes, and a count of code points.</summary>
internal sealed class TextAlternative : Alternative
{
    // Beyond it, working out which lengths lead to acceptance takes too long.
    private const long MaxWork = 5_000_000;

    private static readonly Lazy<ByteAutomaton> s_free = new(static () => CompileBudget.Outside(static () => ByteAutomaton.Of(RegexCompiler.Match(
        """(?:[^"\\\u0000-\u001F]|\\["\\/bfnrt]|\\u(?:[0-9a-cA-CefEF][0-9a-fA-F]{3}|[dD][0-7][0-9a-fA-F]{2}|[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}))*"""))));

    private readonly bool[] _isBoundary;
    private readonly int[]? _shortest;
    private readonly ulong[][]? _lengths;
    private readonly int _spread;

    /// <summary>Creates the alternative; without a language all strings are allowed, with every escape that JSON has.</summary>
    /// <exception cref="UnenforceableException">Pattern and lengths together are too large.</exception>
    public TextAlternative(Dfa? language, int minimum, int? maximum)
    {
        Minimum = minimum;
        Maximum = maximum ?? int.MaxValue;
        if (language is null)
        {
            Automaton = Free;
            _isBoundary = [.. Enumerable.Range(0, Automaton.Dfa.Count).Select(Automaton.Dfa.Accepts)];
            return;
        }
        if (!HasCounter)
        {
            Automaton = ByteAutomaton.Of(language);
            _isBoundary = new bool[language.Count];
            return;
        }
        // Not minimized: a state within a character must not be one between characters.
        Dfa any = RegexCompiler.AnyInJson;
        Dfa dfa = Dfa.Product([language, any], states => any.Accepts(states[1]) ? language.Labels[states[0]] : -1, static states => states[0] != Dfa.Dead && states[1] != Dfa.Dead, minimize: false);
        Automaton = ByteAutomaton.Of(dfa);
        _isBoundary = Boundaries(dfa, any);
        _spread = minimum + dfa.Count;
        _shortest = new int[dfa.Count];
        _lengths = minimum == 0 ? null : new ulong[dfa.Count][];
        Measure(dfa);
        Slack = _shortest.Max();
        IsDense = _lengths is null || AreDense(_lengths, _shortest);
        if (!IsAlive(dfa.Start, 0))
            IsEmpty = true;
    }

    /// <summary>The strings of JSON, with every escape.</summary>
    public static ByteAutomaton Free => s_free.Value;

    public ByteAutomaton Automaton { get; }

    public int Minimum { get; }

    public int Maximum { get; }

    /// <summary>Whether lengths count.</summary>
    public bool HasCounter => Minimum > 0 || Maximum < int.MaxValue;

    /// <summary>The characters that acceptance may still need, at most, wherever the string has come.</summary>
    public int Slack { get; }

    /// <summary>Whether, from every state, all lengths from the least on lead to acceptance.</summary>
    public bool IsDense { get; }

    /// <summary>Whether no string of the language has a length that is allowed.</summary>
    public bool IsEmpty { get; }

    public override int MinimumDepth => IsEmpty ? ValueNode.Impossible : 0;

    /// <summary>The characters begun when a byte follows a state.</summary>
    public int Count(int state, int count) => !HasCounter || !_isBoundary[state] ? count : count + 1 > Minimum && Maximum == int.MaxValue ? Minimum : count + 1;

    /// <summary>Whether a state with so many characters begun can be completed.</summary>
    public bool IsAlive(int state, int count)
    {
        if (count > Maximum)
            return false;
        if (_shortest is null)
            return true;
        int least = Minimum - count;
        int room = Maximum - count;
        if (least <= 0)
            return _shortest[state] <= room;
        ulong[] lengths = _lengths![state];
        for (int length = least; length <= Math.Min(room, least + _lengths.Length); length++)
        {
            if ((lengths[length >> 6] >> length & 1) != 0)
                return true;
        }
        return false;
    }

    /// <summary>Whether the string may end in a state.</summary>
    public bool CanEnd(int state, int count) => Automaton.Dfa.Accepts(state) && count >= Minimum && count <= Maximum;

    private static bool AreDense(ulong[][] lengths, int[] shortest)
    {
        for (int state = 0; state < lengths.Length; state++)
        {
            int last = (lengths[state].Length - 2) << 6;
            for (int length = shortest[state]; length < last; length++)
            {
                if ((lengths[state][length >> 6] >> length & 1) == 0)
                    return false;
            }
        }
        return true;
    }

    private static bool[] Boundaries(Dfa dfa, Dfa any)
    {
        bool[] boundaries = new bool[dfa.Count];
        bool[] seen = new bool[dfa.Count];
        Stack<(int State, int Form)> open = new([(dfa.Start, any.Start)]);
        while (open.TryPop(out (int State, int Form) at))
        {
            if (seen[at.State])
                continue;
            seen[at.State] = true;
            boundaries[at.State] = any.Accepts(at.Form);
            for (int value = 0; value < 256; value++)
            {
                int next = dfa.Step(at.State, (byte)value);
                if (next != Dfa.Dead && !seen[next])
                    open.Push((next, any.Step(at.Form, (byte)value)));
            }
        }
        return boundaries;
    }

    /// <summary>Works out, for each state, the least count of further characters to acceptance and, where a minimum asks for it, all counts up to a bound.</summary>
    private void Measure(Dfa dfa)
    {
        // From each state to the states between characters that come next.
        int[][] next = new int[dfa.Count][];
        for (int state = 0; state < dfa.Count; state++)
            next[state] = NextBoundaries(dfa, state);
        Array.Fill(_shortest!, ValueNode.Impossible);
        HashSet<int> reached = [];
        for (int state = 0; state < dfa.Count; state++)
        {
            if (_isBoundary[state] && dfa.Accepts(state))
            {
                _shortest![state] = 0;
                reached.Add(state);
            }
        }
        int longest = _lengths is null ? dfa.Count : _spread + dfa.Count;
        if ((long)longest * next.Sum(static list => list.Length) > MaxWork)
            throw new UnenforceableException("and the string's lengths together need too many states");
        if (_lengths is not null)
        {
            for (int state = 0; state < dfa.Count; state++)
                _lengths[state] = new ulong[(longest >> 6) + 2];
            foreach (int state in reached)
                _lengths[state][0] |= 1;
        }
        for (int length = 1; length <= longest && reached.Count > 0; length++)
        {
            HashSet<int> further = [];
            bool isNearer = false;
            for (int state = 0; state < dfa.Count; state++)
            {
                if (!_isBoundary[state] || !Array.Exists(next[state], reached.Contains))
                    continue;
                further.Add(state);
                isNearer |= length < _shortest![state];
                _shortest[state] = Math.Min(_shortest[state], length);
                if (_lengths is not null)
                    _lengths[state][length >> 6] |= 1UL << length;
            }
            if (_lengths is null && !isNearer)
                break;
            reached = further;
        }
        for (int state = 0; state < dfa.Count; state++)
        {
            if (_isBoundary[state])
                continue;
            foreach (int to in next[state])
            {
                _shortest![state] = Math.Min(_shortest[state], _shortest[to]);
                for (int i = 0; _lengths is not null && i < _lengths[state].Length; i++)
                    _lengths[state][i] |= _lengths[to][i];
            }
        }
    }

    private int[] NextBoundaries(Dfa dfa, int state)
    {
        HashSet<int> found = [];
        HashSet<int> seen = [];
        Stack<int> open = new([state]);
        while (open.TryPop(out int at))
        {
            foreach (int to in dfa.Next.AsSpan(at * dfa.ClassCount, dfa.ClassCount))
            {
                if (to == Dfa.Dead)
                    continue;
                if (_isBoundary[to])
                    found.Add(to);
                else if (seen.Add(to))
                    open.Push(to);
            }
        }
        return [.. found];
    }
}

/// <summary>Arrays.</summary>
internal sealed class ArrayAlternative(ValueNode[] prefix, ValueNode rest, int minimum, int? maximum) : Alternative
{
    private int _depth = ValueNode.Impossible;

    public ValueNode[] Prefix { get; } = prefix;

    public ValueNode Rest { get; } = rest;

    public int Minimum { get; } = minimum;

    public int Maximum { get; private set; } = maximum ?? int.MaxValue;

    public override int MinimumDepth => _depth;

    /// <summary>The item at an index.</summary>
    public ValueNode At(int index) => index < Prefix.Length ? Prefix[index] : Rest;

    /// <summary>A count that tells no more than what follows depends on.</summary>
    public int Clamp(int count) => Maximum == int.MaxValue ? Math.Min(count, Math.Max(Minimum, Prefix.Length)) : count;

    public bool Measure()
    {
        int depth = 1;
        for (int i = 0; i < Math.Min(Minimum, Prefix.Length + 1); i++)
            depth = Math.Max(depth, 1 + At(i).MinimumDepth);
        depth = Math.Min(depth, ValueNode.Impossible);
        bool isNew = depth < _depth;
        _depth = depth;
        return isNew;
    }

    /// <summary>Ends the array before the first item that cannot be.</summary>
    public void Close()
    {
        for (int i = 0; i <= Prefix.Length; i++)
        {
            if (At(i).MinimumDepth >= ValueNode.Impossible)
                Maximum = Math.Min(Maximum, i);
        }
    }
}
