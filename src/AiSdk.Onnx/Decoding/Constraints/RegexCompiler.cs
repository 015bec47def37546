using System.Runtime.InteropServices;

namespace AiSdk.Onnx;

/// <summary>Makes automata of regular expressions: over plain UTF-8, or over the inside of a JSON string in canonical form.</summary>
/// <remarks>
/// Canonical form escapes what JSON demands and nothing else: <c>\" \\ \b \f \n \r \t</c>, and <c>\u00xx</c> with small digits for
/// the other control characters. So a text has one form, and what holds for texts holds for forms: complement and intersection are exact.
/// </remarks>
internal sealed class RegexCompiler
{
    private const int MaxNfaStates = 60_000;

    private static readonly Lazy<Dfa> s_anyInJson = new(static () => CompileBudget.Outside(static () => new RegexCompiler(json: true).Compile(new RegexNode.Repeat(new RegexNode.Set(CodePointSet.All), 0, null), isSearch: false)));

    private readonly bool _json;
    private readonly List<List<(byte First, byte Last, int To)>> _edges = [];
    private readonly List<List<(int To, Anchor Anchor)>> _jumps = [];

    private RegexCompiler(bool json) => _json = json;

    private enum Anchor
    {
        None,
        Begin,
        End,
    }

    /// <summary>Accepts the inside of every JSON string in canonical form.</summary>
    public static Dfa AnyInJson => s_anyInJson.Value;

    /// <summary>The texts in which the pattern is found, as insides of JSON strings.</summary>
    /// <exception cref="UnenforceableException">The pattern is wrong or beyond what is supported.</exception>
    public static Dfa Search(string pattern) => Compile(RegexParser.Parse(pattern), json: true, isSearch: true);

    /// <summary>The texts that the pattern matches as a whole, as UTF-8.</summary>
    /// <exception cref="UnenforceableException">The pattern is wrong or beyond what is supported.</exception>
    public static Dfa Match(string pattern) => Compile(RegexParser.Parse(pattern), json: false, isSearch: false);

    /// <summary>For a pattern such as <c>^[a-z]{2,64}$</c>, the texts of any number of its characters, and the counts; null for others.</summary>
    /// <exception cref="UnenforceableException">The pattern is wrong or beyond what is supported.</exception>
    public static (Dfa Texts, int Minimum, int? Maximum)? AsRun(string pattern) =>
        RegexParser.Parse(pattern) is RegexNode.Sequence { Parts: [RegexNode.Begin, RegexNode.Repeat { Body: RegexNode.Set } run, RegexNode.End] }
            ? (Compile(run with { Minimum = 0, Maximum = null }, json: true, isSearch: false), run.Minimum, run.Maximum)
            : null;

    private static Dfa Compile(RegexNode node, bool json, bool isSearch)
    {
        if (!Asserts(node))
            return new RegexCompiler(json).Compile(node, isSearch);
        if (node is RegexNode.Choice choice)
            return Dfa.Union([.. choice.Parts.Select(part => Compile(part, json, isSearch))]);
        // What follows a place where something is asserted is a language of its own, up to the text's end: there assertions are set operations.
        List<RegexNode> parts = [.. Parts(node)];
        int at = parts.FindIndex(Asserts);
        RegexNode[] before = [.. parts.Take(at)];
        if (parts[at] is RegexNode.Choice inner)
            return Dfa.Union([.. inner.Parts.Select(part => Compile(new RegexNode.Sequence([.. before, part, .. parts.Skip(at + 1)]), json, isSearch))]);
        bool isAtBeginning = before is [RegexNode.Begin] || (before is [] && !isSearch);
        // An anchor in the middle of a text is not at its beginning.
        if (!isAtBeginning && parts.Skip(at).Any(Begins))
            throw new UnenforceableException("has '^' behind an assertion");
        Dfa behind;
        if (parts[at] is RegexNode.Lookahead lookahead)
        {
            Dfa rest = Behind(parts[(at + 1)..], json, isSearch);
            Dfa ahead = Behind([lookahead.Body], json, isSearch: true);
            behind = lookahead.IsNegated ? Dfa.Except(rest, ahead) : Dfa.Intersect(rest, ahead);
        }
        else if (parts[at] is RegexNode.Repeat { Minimum: 0, Maximum: null, Body: var body } && Parts(body).ToArray() is [RegexNode.Lookahead { IsNegated: true } not, RegexNode.Set one] && parts[(at + 1)..] is [RegexNode.End] && !Asserts(not.Body))
        {
            // At no place but the end does the one come next.
            Dfa ahead = Compile(new RegexNode.Sequence([new RegexNode.Sequence([]), not.Body]), json, isSearch: true);
            Dfa next = new RegexCompiler(json).Compile(new RegexNode.Sequence([new RegexNode.Begin(), not.Body]), isSearch: true);
            if (next.IsEmpty || next.Accepts(next.Start) || EndsEarly(not.Body))
                throw new UnenforceableException("has an assertion that repeats");
            behind = Dfa.Except(new RegexCompiler(json).Compile(new RegexNode.Repeat(one, 0, null), isSearch: false), ahead);
        }
        else
        {
            throw new UnenforceableException("has an assertion that repeats");
        }
        if (behind.IsEmpty)
            return behind;
        return isAtBeginning ? behind
            : new RegexCompiler(json).Compile(new RegexNode.Sequence([.. before, new RegexNode.Language(behind), new RegexNode.End()]), isSearch);
    }

    /// <summary>The texts from a place on to the end; they may go on behind what is found.</summary>
    private static Dfa Behind(List<RegexNode> parts, bool json, bool isSearch) =>
        Compile(new RegexNode.Sequence([.. isSearch ? (RegexNode[])[new RegexNode.Begin()] : [], .. parts]), json, isSearch);

    private static IEnumerable<RegexNode> Parts(RegexNode node) => node is RegexNode.Sequence sequence ? sequence.Parts.SelectMany(Parts) : [node];

    private static bool Asserts(RegexNode node) => node switch
    {
        RegexNode.Lookahead => true,
        RegexNode.Sequence sequence => sequence.Parts.Any(Asserts),
        RegexNode.Choice choice => choice.Parts.Any(Asserts),
        RegexNode.Repeat repeat => Asserts(repeat.Body),
        _ => false,
    };

    private static bool Begins(RegexNode node) => node switch
    {
        RegexNode.Begin => true,
        RegexNode.Sequence sequence => sequence.Parts.Any(Begins),
        RegexNode.Choice choice => choice.Parts.Any(Begins),
        RegexNode.Repeat repeat => Begins(repeat.Body),
        RegexNode.Lookahead lookahead => Begins(lookahead.Body),
        _ => false,
    };

    private static bool EndsEarly(RegexNode node) => node switch
    {
        RegexNode.Begin or RegexNode.End => true,
        RegexNode.Sequence sequence => sequence.Parts.Any(EndsEarly),
        RegexNode.Choice choice => choice.Parts.Any(EndsEarly),
        RegexNode.Repeat repeat => EndsEarly(repeat.Body),
        _ => false,
    };

    private Dfa Compile(RegexNode node, bool isSearch)
    {
        int start = State();
        int begin = start;
        if (isSearch)
        {
            begin = State();
            Jump(start, begin);
            AddSet(CodePointSet.All, start, start);
        }
        int end = Add(node, begin);
        if (isSearch)
            AddSet(CodePointSet.All, end, end);
        return Determinize(start, end);
    }

    private int State()
    {
        if (_edges.Count >= MaxNfaStates)
            throw new UnenforceableException("needs too many states");
        _edges.Add([]);
        _jumps.Add([]);
        return _edges.Count - 1;
    }

    private void Jump(int from, int to, Anchor anchor = Anchor.None) => _jumps[from].Add((to, anchor));

    private int Add(RegexNode node, int from)
    {
        switch (node)
        {
            case RegexNode.Set set:
                int behind = State();
                AddSet(set.Points, from, behind);
                return behind;
            case RegexNode.Sequence sequence:
                foreach (RegexNode part in sequence.Parts)
                    from = Add(part, from);
                return from;
            case RegexNode.Choice choice:
                int joined = State();
                foreach (RegexNode part in choice.Parts)
                {
                    int branch = State();
                    Jump(from, branch);
                    Jump(Add(part, branch), joined);
                }
                return joined;
            case RegexNode.Repeat repeat:
                return AddRepeat(repeat, from);
            case RegexNode.Language language:
                return AddLanguage(language.Texts, from);
            case RegexNode.Begin:
                int begin = State();
                Jump(from, begin, Anchor.Begin);
                return begin;
            case RegexNode.End:
                int end = State();
                Jump(from, end, Anchor.End);
                return end;
            default:
                throw new UnenforceableException("has an assertion that is not at its beginning");
        }
    }

    private int AddLanguage(Dfa texts, int from)
    {
        int end = State();
        int[] states = [.. Enumerable.Range(0, texts.Count).Select(_ => State())];
        Jump(from, states[texts.Start]);
        for (int state = 0; state < texts.Count; state++)
        {
            if (texts.Accepts(state))
                Jump(states[state], end);
            for (int first = 0; first < 256;)
            {
                int to = texts.Step(state, (byte)first);
                int last = first;
                while (last < 255 && texts.Step(state, (byte)(last + 1)) == to)
                    last++;
                if (to != Dfa.Dead)
                    _edges[states[state]].Add(((byte)first, (byte)last, states[to]));
                first = last + 1;
            }
        }
        return end;
    }

    private int AddRepeat(RegexNode.Repeat repeat, int from)
    {
        for (int i = 0; i < repeat.Minimum; i++)
            from = Add(repeat.Body, from);
        int end = State();
        if (repeat.Maximum is not { } maximum)
        {
            int loop = State();
            Jump(from, loop);
            Jump(Add(repeat.Body, loop), loop);
            Jump(loop, end);
            return end;
        }
        for (int i = repeat.Minimum; i < maximum; i++)
        {
            Jump(from, end);
            from = Add(repeat.Body, from);
        }
        Jump(from, end);
        return end;
    }

    private void AddSet(CodePointSet set, int from, int to)
    {
        int escape = -1;
        int[] hex = [-1, -1];
        foreach ((int first, int last) in set.Ranges)
        {
            if (_json)
                AddJson(first, last);
            else
                AddUtf8(first, last);
        }

        void AddJson(int first, int last)
        {
            for (int value = first; value <= last && value < 0x20; value++)
                AddEscape((byte)value);
            foreach ((int low, int high) in (ReadOnlySpan<(int, int)>)[(0x20, 0x21), (0x23, 0x5B), (0x5D, 0x10FFFF)])
            {
                if (Math.Max(first, low) <= Math.Min(last, high))
                    AddUtf8(Math.Max(first, low), Math.Min(last, high));
            }
            if (first <= '"' && last >= '"')
                AddEscape((byte)'"');
            if (first <= '\\' && last >= '\\')
                AddEscape((byte)'\\');
        }

        void AddEscape(byte value)
        {
            if (escape < 0)
            {
                escape = State();
                _edges[from].Add(((byte)'\\', (byte)'\\', escape));
            }
            if (CanonicalJson.ShortEscape(value) is { } letter)
            {
                _edges[escape].Add((letter, letter, to));
                return;
            }
            int high = value >> 4;
            if (hex[high] < 0)
            {
                hex[high] = State();
                int at = Chain(escape, (byte)'u');
                at = Chain(at, (byte)'0');
                at = Chain(at, (byte)'0');
                byte digit = (byte)('0' + high);
                _edges[at].Add((digit, digit, hex[high]));
            }
            byte low = CanonicalJson.HexDigit(value & 15);
            _edges[hex[high]].Add((low, low, to));
        }

        int Chain(int at, byte value)
        {
            int next = State();
            _edges[at].Add((value, value, next));
            return next;
        }

        void AddUtf8(int first, int last)
        {
            foreach ((int low, int high, int length) in (ReadOnlySpan<(int, int, int)>)[(0, 0x7F, 1), (0x80, 0x7FF, 2), (0x800, 0xFFFF, 3), (0x10000, 0x10FFFF, 4)])
            {
                int start = Math.Max(first, low);
                int stop = Math.Min(last, high);
                if (start <= stop)
                    AddSequences(from, start, stop, length);
            }
        }

        void AddSequences(int at, int first, int last, int length)
        {
            int shift = 6 * (length - 1);
            // Which bits the first of the remaining bytes brings along, beside the code point's own.
            int prefix = length == 1 ? first < 0x80 && at == from ? 0 : 0x80 : at == from ? length switch { 2 => 0xC0, 3 => 0xE0, _ => 0xF0 } : 0x80;
            if (length == 1)
            {
                int mask = at == from && first < 0x80 ? 0x7F : 0x3F;
                _edges[at].Add(((byte)(prefix | first & mask), (byte)(prefix | last & mask), to));
                return;
            }
            int low = (1 << shift) - 1;
            while (first <= last)
            {
                // The part that shares the leading byte, or a run of leading bytes with everything behind them.
                int stop;
                if ((first & low) == 0 && (last | low) > last && (last & ~low) > first)
                    stop = (last & ~low) - 1;
                else if ((first & low) == 0 && (last & low) == low)
                    stop = last;
                else
                    stop = Math.Min(last, first | low);
                int mask = at == from ? 0xFF : 0x3F;
                int next = State();
                _edges[at].Add(((byte)(prefix | first >> shift & mask), (byte)(prefix | stop >> shift & mask), next));
                bool isWhole = (first & low) == 0 && (stop & low) == low;
                AddSequences(next, isWhole ? 0 : first & low, isWhole ? low : stop & low, length - 1);
                first = stop + 1;
            }
        }
    }

    private Dfa Determinize(int start, int end)
    {
        byte[] classes = ByteClasses();
        bool[] seen = new bool[_edges.Count];
        List<int> closure = [];
        int[] first = Close([start], atBegin: true);
        return Dfa.Explore(first, classes, Transition, states => Reaches(states, end, atBegin: ReferenceEquals(states, first)) ? 0 : -1, comparer: new SetComparer());

        bool Transition(int[] from, byte value, out int[] to)
        {
            CompileBudget.Spend(from.Length);
            List<int> targets = [];
            foreach (int state in from)
            {
                foreach ((byte low, byte high, int target) in CollectionsMarshal.AsSpan(_edges[state]))
                {
                    if (value >= low && value <= high)
                        targets.Add(target);
                }
            }
            to = targets.Count == 0 ? [] : Close(targets, atBegin: false);
            return to.Length > 0;
        }

        int[] Close(List<int> states, bool atBegin)
        {
            closure.Clear();
            foreach (int state in states)
                Visit(state);
            for (int i = 0; i < closure.Count; i++)
            {
                foreach ((int to, Anchor anchor) in _jumps[closure[i]])
                {
                    if (anchor == Anchor.None || anchor == Anchor.Begin && atBegin)
                        Visit(to);
                }
            }
            foreach (int state in closure)
                seen[state] = false;
            // States that only lead on do not tell sets apart.
            int[] kept = [.. closure.Where(state => state == end || _edges[state].Count > 0 || _jumps[state].Exists(static jump => jump.Anchor == Anchor.End))];
            Array.Sort(kept);
            return kept;
        }

        void Visit(int state)
        {
            if (!seen[state])
            {
                seen[state] = true;
                closure.Add(state);
            }
        }

        bool Reaches(int[] states, int target, bool atBegin)
        {
            HashSet<int> visited = [.. states];
            Stack<int> open = new(states);
            while (open.TryPop(out int state))
            {
                if (state == target)
                    return true;
                foreach ((int to, Anchor anchor) in _jumps[state])
                {
                    if ((anchor != Anchor.Begin || atBegin) && visited.Add(to))
                        open.Push(to);
                }
            }
            return false;
        }
    }

    private byte[] ByteClasses()
    {
        bool[] starts = new bool[257];
        foreach (List<(byte First, byte Last, int To)> edges in _edges)
        {
            foreach ((byte first, byte last, _) in edges)
            {
                starts[first] = true;
                starts[last + 1] = true;
            }
        }
        byte[] classes = new byte[256];
        int count = 0;
        for (int value = 0; value < 256; value++)
        {
            if (value > 0 && starts[value])
                count++;
            classes[value] = (byte)count;
        }
        return classes;
    }

    // The set at the text's beginning is told from an equal one behind it, for anchors.
    private sealed class SetComparer : IEqualityComparer<int[]>
    {
        private int[]? _first;

        public bool Equals(int[]? x, int[]? y) => ReferenceEquals(x, y) || (!ReferenceEquals(x, _first) && !ReferenceEquals(y, _first) && x.AsSpan().SequenceEqual(y));

        public int GetHashCode(int[] values)
        {
            _first ??= values;
            HashCode hash = default;
            hash.AddBytes(MemoryMarshal.AsBytes<int>(values));
            return hash.ToHashCode();
        }
    }
}
