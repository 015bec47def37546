using System.Numerics;

namespace AiSdk.Onnx;

/// <summary>Objects, and arrays of unequal items.</summary>
/// <remarks>No name comes twice: readers differ in what they make of it. Names are in canonical form.</remarks>
internal sealed class ObjectAlternative : Alternative
{
    private const long Plenty = 1L << 32;

    private readonly MemberOrder _order;
    private readonly ulong[] _required;
    private readonly Dictionary<ObjectState, ObjectState> _states = new(new ObjectState.Comparer());
    private readonly ulong[] _usable;
    private int _depth = ValueNode.Impossible;
    private int _deepest;
    private bool[] _isUsableClass = [];
    private ulong[][] _reachable = [];
    private long[] _remaining = [];

    /// <summary>Creates the alternative.</summary>
    /// <param name="keys">Accepts names; labels are indices of <paramref name="values"/>.</param>
    /// <param name="values">The members' values: first those with names of their own, then those of classes of names.</param>
    /// <param name="nameCount">How many have names of their own.</param>
    /// <param name="required">Which of those must be there.</param>
    /// <param name="minimum">The least count of members.</param>
    /// <param name="maximum">The greatest.</param>
    /// <param name="order">The order of members.</param>
    public ObjectAlternative(Dfa keys, ValueNode[] values, int nameCount, bool[] required, int minimum, int? maximum, MemberOrder order)
    {
        _order = order;
        Keys = ByteAutomaton.Of(keys);
        Values = values;
        NameCount = nameCount;
        Minimum = minimum;
        Maximum = maximum ?? int.MaxValue;
        _required = new ulong[Words];
        _usable = new ulong[Words];
        for (int name = 0; name < nameCount; name++)
        {
            if (required[name])
                Set(_required, name);
        }
    }

    /// <summary>What must hold of members besides; null where nothing must.</summary>
    public MemberRules? Rules { get; init; }

    /// <summary>Whether it is an array of unequal items instead: those stand where an object's names do.</summary>
    public bool IsArray { get; init; }

    /// <summary>Accepts the names, by label.</summary>
    public ByteAutomaton Keys { get; private set; }

    public ValueNode[] Values { get; }

    public int NameCount { get; }

    public int Minimum { get; }

    public int Maximum { get; }

    public override int MinimumDepth => _depth;

    /// <summary>Whether there are names without labels of their own.</summary>
    public bool HasClasses => Values.Length > NameCount;

    private int Words => (NameCount >> 6) + 1;

    /// <summary>Whether the count of members matters.</summary>
    private bool Counts => Minimum > 0 || Maximum < int.MaxValue;

    public bool Measure()
    {
        int depth = 1;
        int requiredCount = 0;
        List<int> others = [];
        for (int value = 0; value < Values.Length; value++)
        {
            if (value < NameCount && Has(_required, value))
            {
                requiredCount++;
                depth = Math.Max(depth, 1 + Values[value].MinimumDepth);
            }
            else if (value < NameCount && Values[value].MinimumDepth < ValueNode.Impossible)
            {
                others.Add(Values[value].MinimumDepth);
            }
        }
        int needed = Minimum - requiredCount;
        if (needed > 0)
        {
            others.Sort();
            // Whether a class has names enough is seen once all is known.
            int deepest = Values.Skip(NameCount).Select(static value => value.MinimumDepth).Where(static value => value < ValueNode.Impossible).DefaultIfEmpty(ValueNode.Impossible).Max();
            depth = Math.Max(depth, 1 + (needed <= others.Count ? others[needed - 1] : Math.Max(deepest, others.DefaultIfEmpty().Last())));
        }
        if (requiredCount > Maximum)
            depth = ValueNode.Impossible;
        if (Rules is not null && depth < ValueNode.Impossible)
            depth = RuledDepth(depth);
        depth = Math.Min(depth, ValueNode.Impossible);
        bool isNew = depth < _depth;
        _depth = depth;
        return isNew;
    }

    /// <summary>The least nesting with which the rules can be kept.</summary>
    private int RuledDepth(int depth)
    {
        int[] depths = [.. Rules!.Options.SelectMany(static options => options).Select(static option => option.Node.MinimumDepth).Where(static least => least < ValueNode.Impossible).Append(depth - 1).Distinct().Order()];
        foreach (int budget in depths.Where(budget => budget >= depth - 1))
        {
            if (Rules.CanBeKept(KeptByClasses(budget), name => Values[name].MinimumDepth <= budget, static _ => false, name => Has(_required, name), budget))
                return Math.Max(depth, 1 + budget);
        }
        return ValueNode.Impossible;
    }

    /// <summary>The rules that members without labels of their own can keep.</summary>
    private ulong KeptByClasses(int budget)
    {
        ulong kept = 0;
        for (int label = NameCount; label < Values.Length; label++)
        {
            if (Values[label].MinimumDepth is var least && least < ValueNode.Impossible && least > budget)
                return 0;
            foreach ((ValueNode node, ulong also) in Rules!.Options[label])
                kept |= node.MinimumDepth <= budget ? also : 0;
        }
        return kept;
    }

    /// <summary>Whether the rules can still be kept by an object to which nothing was added but what it has.</summary>
    private bool CanKeep(ObjectState members, ulong kept, int next) =>
        Rules!.CanBeKept(kept | (members.MayHaveClasses ? KeptByClasses(members.Budget) : 0), name => IsFree(members, name, next), name => name < next || Has(members.Seen, name), name => Has(_required, name), members.Budget);

    private bool IsFree(ObjectState members, int name, int next) => name >= next && Has(_usable, name) && !Has(members.Seen, name);

    /// <summary>The rules that are kept by the names that do not come any more.</summary>
    private ulong KeptByAbsence(ObjectState members, int from, int to)
    {
        ulong kept = 0;
        for (int name = from; name < to; name++)
            kept |= Has(members.Seen, name) ? 0 : Rules!.Absent[name];
        return kept;
    }

    /// <summary>What a value behind a name may be, where rules ask, and the object that has it.</summary>
    public IEnumerable<(ValueNode Node, ObjectState Members)> Options(ObjectState members, int label)
    {
        foreach ((ValueNode node, ulong also) in Rules!.Options[label])
        {
            if (node.MinimumDepth > members.Budget)
                continue;
            ObjectState with = Intern(new ObjectState(this, members.Seen, members.Count, members.Next, members.Extra, members.Budget, members.Kept | also));
            if (with.CanBeKept)
                yield return (node, with);
        }
    }

    /// <summary>Works out what each state of the names' automaton leads to, once all values are known.</summary>
    /// <returns>Whether there are names enough.</returns>
    public bool Close()
    {
        _isUsableClass = new bool[Values.Length - NameCount];
        for (int value = 0; value < Values.Length; value++)
        {
            if (Values[value].MinimumDepth >= ValueNode.Impossible)
                continue;
            _deepest = Math.Max(_deepest, Values[value].MinimumDepth);
            if (value < NameCount)
                Set(_usable, value);
            else
                _isUsableClass[value - NameCount] = true;
        }
        foreach ((ValueNode node, _) in Rules?.Options.SelectMany(static options => options) ?? [])
            _deepest = node.MinimumDepth < ValueNode.Impossible ? Math.Max(_deepest, node.MinimumDepth) : _deepest;
        // Names that lead to no value would count as names that are left.
        Keys = ByteAutomaton.Of(Keys.Dfa.Relabel(label => (label < NameCount ? Has(_usable, label) : _isUsableClass[label - NameCount]) ? label : -1).Trim());
        MeasureKeys();
        IsOpen = Array.TrueForAll(_remaining, static count => count > 0);
        long names = Keys.Dfa.IsEmpty ? 0 : _remaining[Keys.Dfa.Start];
        HasNamesToSpare = names >= Plenty && Minimum < int.MaxValue / 2;
        return names == long.MaxValue || names + PopCount(_usable) >= Minimum;
    }

    /// <summary>The object before its first member.</summary>
    /// <param name="budget">How much nesting is left inside it.</param>
    public ObjectState Open(int budget) => Intern(new ObjectState(this, new ulong[Words], 0, 0, null, Math.Min(budget, _deepest), 0));

    /// <summary>Whether there are more names without labels of their own than any text can hold.</summary>
    public bool HasNamesToSpare { get; private set; }

    /// <summary>Whether every state leads to names without labels of their own.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>Whether all names with labels of their own that a state leads to may follow.</summary>
    public bool AllowsAllFrom(ObjectState members, int state)
    {
        ulong[] reachable = _reachable[state];
        for (int i = 0; i < reachable.Length; i++)
        {
            if ((reachable[i] & ~members.Allowed[i]) != 0)
                return false;
        }
        return true;
    }

    /// <summary>Whether a name that has begun can be completed.</summary>
    public bool IsAlive(ObjectState members, int state, ulong hash)
    {
        if (members.AllowsClasses && _remaining[state] == long.MaxValue)
            return true;
        ulong[] reachable = _reachable[state];
        for (int i = 0; i < reachable.Length; i++)
        {
            if ((reachable[i] & members.Allowed[i]) != 0)
                return true;
        }
        return members.AllowsClasses && _remaining[state] > 0 && (members.Extra is null || _remaining[state] > members.Extra.CountWith(hash));
    }

    /// <summary>The label of a complete name that is allowed, or -1.</summary>
    public int Label(ObjectState members, int state, ulong hash)
    {
        int label = Keys.Dfa.Labels[state];
        if (label < 0)
            return -1;
        if (label < NameCount)
            return Has(members.Allowed, label) ? label : -1;
        return members.AllowsClasses && IsUsable(label, members.Budget) && members.Extra?.Contains(hash) != true ? label : -1;
    }

    /// <summary>The object with one more member.</summary>
    /// <param name="members">The object so far.</param>
    /// <param name="label">The name's label.</param>
    /// <param name="name">The name, to be remembered if it is one of a class; null when no second one can follow before that matters.</param>
    public ObjectState With(ObjectState members, int label, KeyText? name)
    {
        int count = Counts ? members.Count + 1 : 0;
        ulong kept = members.Kept;
        if (Rules is not null && _order == MemberOrder.Declared)
            kept |= KeptByAbsence(members, members.Next, Math.Min(label, NameCount));
        if (label >= NameCount)
            return Intern(new ObjectState(this, members.Seen, count, _order == MemberOrder.Declared ? NameCount : 0, name is null ? members.Extra : new ExtraNames(members.Extra, name), members.Budget, kept));
        ulong[] seen = members.Seen;
        if (_order == MemberOrder.Any)
        {
            seen = [.. seen];
            Set(seen, label);
        }
        return Intern(new ObjectState(this, seen, count, _order == MemberOrder.Declared ? label + 1 : 0, members.Extra, members.Budget, kept));
    }

    /// <summary>The object as it would be if none of its names without labels of their own mattered.</summary>
    public ObjectState Forget(ObjectState members) =>
        members.Extra is null ? members : Intern(new ObjectState(this, members.Seen, members.Count, members.Next, null, members.Budget, members.Kept));

    /// <summary>Works out what may follow.</summary>
    public void Fill(ObjectState members)
    {
        ulong[] allowed = [.. _usable];
        int missing = 0;
        int first = NameCount;
        for (int name = members.Next; name < NameCount; name++)
        {
            if (Has(_required, name) && !Has(members.Seen, name))
            {
                missing++;
                first = Math.Min(first, name);
            }
        }
        bool isFull = Maximum != int.MaxValue && members.Count + missing >= Maximum;
        long extra = Keys.Dfa.IsEmpty ? 0 : _remaining[Keys.Dfa.Start];
        if (extra != long.MaxValue)
            extra -= members.Extra?.Total ?? 0;
        int later = 0;
        for (int name = NameCount - 1; name >= 0; name--)
        {
            if (!Has(_usable, name) || Has(members.Seen, name) || name < members.Next || !IsUsable(name, members.Budget))
            {
                Clear(allowed, name);
                continue;
            }
            bool isRequired = Has(_required, name);
            if (isFull && !isRequired)
                Clear(allowed, name);
            if (_order == MemberOrder.Declared && (name > first || (extra != long.MaxValue && members.Count + 1 + later + extra < Minimum)))
                Clear(allowed, name);
            later++;
        }
        // Where one class is too deep, none is allowed: a name that has begun may be of either.
        bool hasClass = Array.Exists(_isUsableClass, static isUsable => isUsable);
        for (int i = 0; i < _isUsableClass.Length; i++)
            hasClass &= !_isUsableClass[i] || IsUsable(NameCount + i, members.Budget);
        members.Allowed = allowed;
        members.MayHaveClasses = hasClass && extra > 0;
        members.AllowsClasses = hasClass && !isFull && extra > 0 && (_order == MemberOrder.Any || (missing == 0 && (extra == long.MaxValue || members.Count + extra >= Minimum)));
        members.CanClose = missing == 0 && members.Count >= Minimum;
        if (Rules is not null)
            Rule(members, allowed);
        members.CanContinue = members.AllowsClasses || PopCount(allowed) > 0;
    }

    /// <summary>Takes out what leaves a rule that can not be kept any more.</summary>
    private void Rule(ObjectState members, ulong[] allowed)
    {
        members.CanClose &= (members.Kept | KeptByAbsence(members, members.Next, NameCount)) == (members.Kept | KeptByAbsence(members, members.Next, NameCount) | Rules!.All);
        members.CanBeKept = CanKeep(members, members.Kept, members.Next);
        Dictionary<(int, ulong), bool> known = [];
        ulong passed = members.Kept;
        for (int name = members.Next; name < NameCount; name++)
        {
            if (Has(allowed, name) && !MayFollow(name))
                Clear(allowed, name);
            if (_order == MemberOrder.Declared && !Has(members.Seen, name))
                passed |= Rules!.Absent[name];
        }
        if (_order == MemberOrder.Declared)
            members.AllowsClasses &= (passed | KeptByClasses(members.Budget) | ~Rules!.All) == ulong.MaxValue;
        else
            members.AllowsClasses &= members.CanBeKept;

        bool MayFollow(int name)
        {
            ulong[] outcomes = Rules!.Options[name].Length == 0 ? [0] : [.. Rules.Options[name].Where(option => option.Node.MinimumDepth <= members.Budget).Select(static option => option.Kept).Distinct()];
            foreach (ulong outcome in outcomes)
            {
                bool isFree = _order == MemberOrder.Any;
                if (!isFree)
                {
                    if (!known.TryGetValue((NextRuled(name + 1), passed | outcome), out bool canKeep))
                        known.Add((NextRuled(name + 1), passed | outcome), canKeep = CanKeep(members, passed | outcome, name + 1));
                    if (canKeep)
                        return true;
                }
                else if (Rules.Options[name].Length == 0 && Rules.Absent[name] == 0 ? members.CanBeKept : Rules.CanBeKept(
                    passed | outcome | (members.MayHaveClasses ? KeptByClasses(members.Budget) : 0), other => other != name && IsFree(members, other, 0), other => other == name || Has(members.Seen, other), other => Has(_required, other), members.Budget))
                {
                    return true;
                }
            }
            return false;
        }

        int NextRuled(int name)
        {
            while (name < NameCount && Rules!.Options[name].Length == 0 && Rules.Absent[name] == 0)
                name++;
            return name;
        }
    }

    private bool IsUsable(int label, int budget) =>
        Values[label].MinimumDepth <= budget && (label < NameCount || _isUsableClass[label - NameCount]);

    private ObjectState Intern(ObjectState state)
    {
        // Names that were thought of on the way are no one else's.
        if (state.Extra is not null)
        {
            Fill(state);
            return state;
        }
        // The alternative belongs to no vocabulary, nor to one constraint alone: those around each hold a lock of their own.
        lock (_states)
        {
            if (_states.TryGetValue(state, out ObjectState? known))
                return known;
            // The table serves speed alone.
            if (_states.Count > 20_000)
                _states.Clear();
            Fill(state);
            _states.Add(state, state);
            return state;
        }
    }

    private void MeasureKeys()
    {
        Dfa dfa = Keys.Dfa;
        CompileBudget.Spend(dfa.Count * (dfa.ClassCount + Words));
        _reachable = new ulong[dfa.Count][];
        _remaining = new long[dfa.Count];
        int[] degree = new int[dfa.Count];
        List<int>[] sources = new List<int>[dfa.Count];
        for (int state = 0; state < dfa.Count; state++)
        {
            _reachable[state] = new ulong[Words];
            HashSet<int> targets = [.. dfa.Next.AsSpan(state * dfa.ClassCount, dfa.ClassCount)];
            targets.Remove(Dfa.Dead);
            degree[state] = targets.Count;
            foreach (int target in targets)
                (sources[target] ??= []).Add(state);
            if (dfa.Labels[state] is >= 0 and int label && label < NameCount)
                Set(_reachable[state], label);
        }
        int[] sizes = new int[dfa.ClassCount];
        foreach (byte value in dfa.Classes)
            sizes[value]++;
        // From the ends backwards; what is left over lies on cycles or leads to them, and has no end of names.
        Queue<int> ready = new(Enumerable.Range(0, dfa.Count).Where(state => degree[state] == 0));
        bool[] isDone = new bool[dfa.Count];
        while (ready.TryDequeue(out int state))
        {
            isDone[state] = true;
            long count = dfa.Labels[state] is >= 0 and int label && label >= NameCount && _isUsableClass[label - NameCount] ? 1 : 0;
            for (int i = 0; i < dfa.ClassCount; i++)
            {
                int target = dfa.Next[state * dfa.ClassCount + i];
                if (target != Dfa.Dead)
                    count = Math.Min(count + sizes[i] * _remaining[target], long.MaxValue / 1024);
            }
            _remaining[state] = count;
            foreach (int source in sources[state] ?? [])
            {
                if (--degree[source] == 0)
                    ready.Enqueue(source);
            }
        }
        for (int state = 0; state < dfa.Count; state++)
        {
            if (!isDone[state])
                _remaining[state] = long.MaxValue;
        }
        Queue<int> open = new(Enumerable.Range(0, dfa.Count));
        bool[] isOpen = new bool[dfa.Count];
        Array.Fill(isOpen, true);
        while (open.TryDequeue(out int state))
        {
            isOpen[state] = false;
            foreach (int source in sources[state] ?? [])
            {
                bool isNew = false;
                for (int i = 0; i < Words; i++)
                {
                    ulong merged = _reachable[source][i] | _reachable[state][i];
                    isNew |= merged != _reachable[source][i];
                    _reachable[source][i] = merged;
                }
                if (isNew && !isOpen[source])
                {
                    isOpen[source] = true;
                    open.Enqueue(source);
                }
            }
        }
    }

    private static bool Has(ulong[] set, int index) => (set[index >> 6] >> index & 1) != 0;

    private static void Set(ulong[] set, int index) => set[index >> 6] |= 1UL << index;

    private static void Clear(ulong[] set, int index) => set[index >> 6] &= ~(1UL << index);

    private static int PopCount(ulong[] set) => set.Sum(BitOperations.PopCount);
}
