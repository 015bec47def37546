using System.Numerics;

namespace AiSdk.Onnx;

/// <summary>One of several conditions on an object's members of which at least one must hold.</summary>
/// <param name="Name">The member; null for any whose name is of <paramref name="Names"/>.</param>
/// <param name="Names">Names, where no one name is meant.</param>
/// <param name="OrAbsent">Whether the member may also be missing.</param>
/// <param name="Value">What it is when it is there.</param>
internal sealed record MemberCondition(string? Name, Dfa? Names, bool OrAbsent, Conjunction Value)
{
    /// <summary>Whether both say the same.</summary>
    public bool Is(MemberCondition other) => Name == other.Name && ReferenceEquals(Names, other.Names) && OrAbsent == other.OrAbsent && ReferenceEquals(Value, other.Value);
}

/// <summary>Conditions of which at least one must hold.</summary>
internal sealed record MemberRule(IReadOnlyList<MemberCondition> Any)
{
    /// <summary>Whether every object that fits this rule fits another one: all its conditions are there too.</summary>
    public bool Implies(MemberRule other) => Any.All(condition => other.Any.Any(condition.Is));
}

/// <summary>The rules of an object as its automaton sees them: each is a bit.</summary>
/// <param name="Options">For each label of a name, what the value may be and which rules are then kept; empty where no rule asks.</param>
/// <param name="Absent">For each name with a label of its own, the rules that are kept when it is missing.</param>
/// <param name="All">All rules.</param>
internal sealed record MemberRules((ValueNode Node, ulong Kept)[][] Options, ulong[] Absent, ulong All)
{
    // A search for members that keep the rules; real ones find some at once.
    private const int MaxSteps = 2_000;

    /// <summary>Whether the rules can be kept.</summary>
    /// <param name="kept">Those that are kept already.</param>
    /// <param name="isOpen">Whether a name with a label of its own may still come.</param>
    /// <param name="isSeen">Whether it has come.</param>
    /// <param name="isRequired">Whether it must.</param>
    /// <param name="budget">The nesting that is left for values.</param>
    public bool CanBeKept(ulong kept, Func<int, bool> isOpen, Func<int, bool> isSeen, Func<int, bool> isRequired, int budget)
    {
        List<ulong[]> names = [];
        for (int name = 0; name < Absent.Length; name++)
        {
            if (!isOpen(name))
            {
                kept |= isSeen(name) ? 0 : Absent[name];
                continue;
            }
            List<ulong> outcomes = isRequired(name) ? [] : [Absent[name]];
            foreach ((ValueNode node, ulong also) in Options[name])
            {
                if (node.MinimumDepth <= budget)
                    outcomes.Add(also);
            }
            // It must come, and no value of it can.
            if (outcomes.Count == 0 && Options[name].Length > 0)
                return false;
            if (outcomes.Exists(static outcome => outcome != 0))
                names.Add([.. outcomes.Distinct()]);
        }
        int steps = 0;
        return Search(names, kept, ref steps);
    }

    private bool Search(List<ulong[]> names, ulong kept, ref int steps)
    {
        while (true)
        {
            if ((kept & All) == All)
                return true;
            if (++steps > MaxSteps)
                return false;
            // The rule that the fewest members can still keep.
            int fewest = int.MaxValue;
            int rule = 0;
            for (ulong open = All & ~kept; open != 0; open &= open - 1)
            {
                int bit = BitOperations.TrailingZeroCount(open);
                int count = names.Count(outcomes => Array.Exists(outcomes, outcome => (outcome >> bit & 1) != 0));
                if (count < fewest)
                    (fewest, rule) = (count, bit);
            }
            if (fewest == 0)
                return false;
            int chosen = names.FindIndex(outcomes => Array.Exists(outcomes, outcome => (outcome >> rule & 1) != 0));
            ulong[] keeping = [.. names[chosen].Where(outcome => (outcome >> rule & 1) != 0)];
            ulong[] others = [.. names[chosen].Where(outcome => (outcome >> rule & 1) == 0)];
            List<ulong[]> rest = [.. names.Where((_, i) => i != chosen)];
            foreach (ulong outcome in keeping)
            {
                if (Search(rest, kept | outcome, ref steps))
                    return true;
            }
            if (fewest == 1 || others.Length == 0)
                return false;
            rest.Add(others);
            names = rest;
        }
    }
}
