using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace AiSdk.Onnx;

/// <summary>The places in a text that a constraint tells apart; places with equal frames are one.</summary>
internal sealed class MatchState(Frame[] frames)
{
    // Most places have one successor, within a name or a word.
    private byte _value;
    private MatchState? _only;
    private Dictionary<byte, MatchState>? _others;

    public Frame[] Frames { get; } = frames;

    public bool IsComplete { get; } = Array.Exists(frames, ConstraintAutomaton.IsComplete);

    public ulong[]? Mask { get; set; }

    public int[]? ForcedTokens { get; set; }

    /// <summary>The place behind a byte, if it has been worked out.</summary>
    public MatchState? Next(byte value) => _only is not null && _value == value ? _only : _others?.GetValueOrDefault(value);

    /// <summary>Remembers the place behind a byte.</summary>
    public void Remember(byte value, MatchState next)
    {
        if (_only is null)
            (_value, _only) = (value, next);
        else
            (_others ??= []).Add(value, next);
    }
}

/// <summary>A constraint over a vocabulary: what may follow, as masks of tokens. Thread-safe.</summary>
/// <remarks>
/// Places refer to those behind them, so that what one reply has learned serves the next; names and items that no other text has make places of their own.
/// So a matcher grows with what is written, and one that <see cref="IsFull"/> serves no new replies: those that use it keep it, and it goes with the last of them.
/// </remarks>
internal sealed class ConstraintMatcher
{
    // A place with its frames is about half a kilobyte.
    private const int MaxPlaces = 30_000;
    private const long MaxMaskWords = 4L << 20;
    private const int MaxForcedBytes = 4_096;

    private readonly Lock _lock = new();
    private readonly TokenTrie _trie;
    private readonly ConstraintAutomaton _automaton;
    private readonly Dictionary<Frame[], MatchState> _states = new(new FramesComparer());
    private readonly Dictionary<ulong, ulong[]> _masks = [];
    private readonly List<Frame> _frames = [];
    private readonly ulong[] _scratch;
    private readonly ulong[] _counted;
    private readonly int[] _walkStates;
    private readonly int[] _walkCounts;
    private readonly ulong[] _walkHashes;
    private readonly byte[] _walkBytes;

    public ConstraintMatcher(TokenTrie trie, ConstraintAutomaton automaton)
    {
        _trie = trie;
        _automaton = automaton;
        _scratch = new ulong[trie.Words];
        _counted = new ulong[trie.Words];
        _walkStates = new int[trie.MaxLength + 1];
        _walkCounts = new int[trie.MaxLength + 1];
        _walkHashes = new ulong[trie.MaxLength + 1];
        _walkBytes = new byte[trie.MaxLength + 1];
        Start = Intern(automaton.Start())!;
    }

    /// <summary>The place before the first byte.</summary>
    public MatchState Start { get; }

    /// <summary>Whether so much has been learned that a new matcher is better.</summary>
    public bool IsFull => _states.Count + _automaton.FrameCount >= MaxPlaces || (long)_masks.Count * _trie.Words >= MaxMaskWords;

    /// <summary>The tokens that may follow.</summary>
    public ulong[] Mask(MatchState state)
    {
        if (state.Mask is { } known)
            return known;
        lock (_lock)
        {
            if (state.Frames.Length == 1)
                return state.Mask = MaskOf(state.Frames[0]);
            // What takes tokens out again is not mixed with others.
            foreach (Frame frame in state.Frames)
            {
                if (frame.Kind is FrameKind.Name or FrameKind.UniqueItem)
                    MaskOf(frame);
            }
            Array.Clear(_scratch);
            foreach (Frame frame in state.Frames)
            {
                if ((frame.Mask ?? Representative(frame).Mask) is { } mask)
                    TensorPrimitives.BitwiseOr(_scratch, mask, _scratch);
                else
                    Walk(frame, _trie.All, 0, isWhole: true);
            }
            return state.Mask = InternMask();
        }
    }

    /// <summary>The place behind more bytes; null when they may not follow.</summary>
    public MatchState? Next(MatchState state, ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            MatchState? next = state;
            foreach (byte value in bytes)
            {
                if (next is null)
                    return null;
                next = Next(next, value);
            }
            return next;
        }
    }

    /// <summary>The bytes that must follow, up to a bound.</summary>
    public byte[] Forced(MatchState state)
    {
        List<byte> forced = [];
        lock (_lock)
        {
            while (!state.IsComplete && forced.Count < MaxForcedBytes)
            {
                (byte Value, MatchState State)? only = null;
                int count = 0;
                for (int value = 0; value < 256 && count < 2; value++)
                {
                    if (Next(state, (byte)value) is { } next)
                    {
                        only = ((byte)value, next);
                        count++;
                    }
                }
                if (count != 1)
                    break;
                forced.Add(only!.Value.Value);
                state = only.Value.State;
            }
        }
        return [.. forced];
    }

    /// <summary>The tokens of the bytes that must follow, but for the last where they may be part of longer ones.</summary>
    public int[] ForcedTokens(MatchState state)
    {
        if (state.ForcedTokens is { } known)
            return known;
        byte[] forced = Forced(state);
        return state.ForcedTokens = _trie.Encode(forced) is { } tokens ? tokens[..CountSettled(state, tokens)] : [];
    }

    /// <summary>How many of some tokens stay as they are whatever follows them.</summary>
    private int CountSettled(MatchState state, int[] tokens)
    {
        MatchState behind = state;
        foreach (int token in tokens)
            behind = Next(behind, _trie[token])!;
        int settled = tokens.Length;
        List<byte> suffix = [];
        for (int i = tokens.Length - 1; i >= 0; i--)
        {
            suffix.InsertRange(0, _trie[tokens[i]]);
            if (suffix.Count >= _trie.MaxLength)
                break;
            int node = _trie.All.Find(CollectionsMarshal.AsSpan(suffix));
            if (node >= 0 && GoesOn(node, behind))
                settled = i;
        }
        return settled;
    }

    private bool GoesOn(int node, MatchState behind)
    {
        ByteTrie trie = _trie.All;
        for (int child = node + 1; child < trie.Ends[node]; child = trie.Ends[child])
        {
            if (Next(behind, [trie.Bytes[child]]) is not null)
                return true;
        }
        return false;
    }

    private MatchState? Next(MatchState state, byte value)
    {
        if (state.Next(value) is { } known)
            return known;
        _frames.Clear();
        foreach (Frame frame in state.Frames)
            _automaton.Step(frame, value, _frames);
        if (_frames.Count == 0)
            return null;
        if (_frames.Count > 1)
        {
            HashSet<Frame> unique = [];
            _frames.RemoveAll(frame => !unique.Add(frame));
        }
        MatchState next = Intern([.. _frames]);
        state.Remember(value, next);
        return next;
    }

    private MatchState Intern(Frame[] frames)
    {
        if (_states.TryGetValue(frames, out MatchState? state))
            return state;
        state = new MatchState(frames);
        _states.Add(frames, state);
        return state;
    }

    private ulong[] MaskOf(Frame frame)
    {
        if (frame.Mask is { } known)
            return known;
        Frame standing = Representative(frame);
        if (standing.Mask is null)
        {
            Array.Clear(_scratch);
            Walk(standing, _trie.All, 0, isWhole: true);
            standing.Mask = InternMask();
        }
        if (ReferenceEquals(standing, frame))
            return standing.Mask;
        if (frame.Kind is not (FrameKind.Name or FrameKind.UniqueItem))
            return frame.Mask = standing.Mask;
        standing.Mask.CopyTo(_scratch, 0);
        return frame.Mask = TakeAway(frame) ? InternMask() : standing.Mask;
    }

    /// <summary>A frame with the same mask that stands for many.</summary>
    private Frame Representative(Frame frame)
    {
        switch (frame.Kind)
        {
            case FrameKind.Text when frame.TextAlternative is { HasCounter: true } text && frame.Count >= text.Minimum && IsFar(text, frame.Count) && IsFar(text, text.Minimum):
                return _automaton.Intern(frame.Content with { Count = text.Minimum });
            // Which names or items there are matters only to tokens that make one of them again.
            case FrameKind.Name or FrameKind.UniqueItem when frame.Text is not null && (frame.Members.Extra is null || frame.Object.HasNamesToSpare):
                return _automaton.Intern(frame.Content with { Hash = 0, Members = frame.Object.Forget(frame.Members) });
            default:
                return frame;
        }
    }

    /// <summary>Whether no token comes near a string's greatest length.</summary>
    private bool IsFar(TextAlternative text, int count) => text.Maximum - count >= _trie.MaxLength + text.Slack;

    private ulong[] InternMask()
    {
        ulong hash = Hash(_scratch);
        ref ulong[]? mask = ref CollectionsMarshal.GetValueRefOrAddDefault(_masks, hash, out bool exists);
        if (exists && mask.AsSpan().SequenceEqual(_scratch))
            return mask!;
        mask = [.. _scratch];
        return mask;
    }

    private static ulong Hash(ReadOnlySpan<ulong> words)
    {
        // Four chains, so that multiplications overlap.
        ulong a = 1, b = 2, c = 3, d = 4;
        const ulong Factor = 0x9E3779B97F4A7C15;
        for (; words.Length >= 4; words = words[4..])
        {
            a = (a ^ words[0]) * Factor;
            b = (b ^ words[1]) * Factor;
            c = (c ^ words[2]) * Factor;
            d = (d ^ words[3]) * Factor;
            a ^= a >> 29;
            b ^= b >> 29;
            c ^= c >> 29;
            d ^= d >> 29;
        }
        foreach (ulong word in words)
            a = ((a ^ word) * Factor) ^ (a >> 31);
        return ((a * 31 + b) * 31 + c) * 31 + d;
    }

    /// <summary>Marks the tokens below a node that a frame allows.</summary>
    /// <param name="frame">The frame at the node.</param>
    /// <param name="trie">The trie.</param>
    /// <param name="node">The node.</param>
    /// <param name="isWhole">Whether the prepared slices may be used: the node is the root of all tokens.</param>
    private void Walk(Frame frame, ByteTrie trie, int node, bool isWhole)
    {
        switch (frame.Kind)
        {
            case FrameKind.Done:
                return;
            case FrameKind.Scalar:
                WalkScalar(frame, trie, node, isWhole);
                return;
            case FrameKind.Text:
                WalkText(frame, trie, node, isWhole);
                return;
            case FrameKind.Name:
                WalkName(frame, trie, node, isWhole);
                return;
            case FrameKind.UniqueItem:
                WalkUnique(frame, trie, node, isWhole);
                return;
        }
        ReadOnlySpan<byte> first = ConstraintAutomaton.FirstBytes(frame);
        if (node == 0)
        {
            foreach (byte value in first)
            {
                if (trie.Roots[value] is > 0 and int child)
                    Enter(frame, value, trie, child);
            }
            return;
        }
        int end = trie.Ends[node];
        for (int child = node + 1; child < end; child = trie.Ends[child])
        {
            if (first.Contains(trie.Bytes[child]))
                Enter(frame, trie.Bytes[child], trie, child);
        }
    }

    /// <summary>Goes on at a child with the frames behind its byte.</summary>
    private void Enter(Frame frame, byte value, ByteTrie trie, int child)
    {
        foreach (Frame successor in _automaton.Successors(frame, value))
            Arrive(successor, trie, child);
    }

    private void Arrive(Frame frame, ByteTrie trie, int node)
    {
        trie.Mark(node, _scratch);
        if (trie.Ends[node] > node + 1)
            Walk(frame, trie, node, isWhole: false);
    }

    private void WalkScalar(Frame frame, ByteTrie trie, int node, bool isWhole)
    {
        ByteAutomaton automaton = frame.Scalar.Automaton;
        if (isWhole)
        {
            TensorPrimitives.BitwiseOr(_scratch, _trie.Inside(automaton, frame.State), _scratch);
            if (frame.Parent is null)
                return;
            trie = _trie.Delimiting;
        }
        Dfa dfa = automaton.Dfa;
        int[] states = _walkStates;
        states[trie.Depths[node]] = frame.State;
        int end = trie.Ends[node];
        for (int at = node + 1; at < end;)
        {
            int depth = trie.Depths[at];
            int state = states[depth - 1];
            byte value = trie.Bytes[at];
            int next = dfa.Step(state, value);
            if (next != Dfa.Dead)
            {
                states[depth] = next;
                trie.Mark(at, _scratch);
                at++;
                continue;
            }
            if (frame.Parent is not null && dfa.Accepts(state) && ConstraintAutomaton.FirstBytes(frame.Parent).Contains(value))
                Enter(frame.Parent, value, trie, at);
            at = trie.Ends[at];
        }
    }

    private void WalkText(Frame frame, ByteTrie trie, int node, bool isWhole)
    {
        TextAlternative text = frame.TextAlternative;
        ByteAutomaton automaton = text.Automaton;
        if (!isWhole)
        {
            WalkText(frame, frame.Count, trie, node);
            return;
        }
        bool isFree = ReferenceEquals(automaton, TextAlternative.Free);
        if (!text.HasCounter || (frame.Count >= text.Minimum && IsFar(text, frame.Count)))
        {
            if (automaton.Dfa.Accepts(frame.State) && (isFree || automaton.IsFull[frame.State]))
            {
                TensorPrimitives.BitwiseOr(_scratch, isFree ? _trie.InFreeText : _trie.InCanonicalText, _scratch);
                ByteTrie exits = _trie.Plain.Exits;
                if (exits.Roots['"'] is > 0 and int quote)
                    Arrive(frame.Parent ?? _automaton.Done, exits, quote);
                if (exits.Roots['\\'] is > 0 and int escape)
                    WalkBehind(frame, exits, escape);
                return;
            }
            TensorPrimitives.BitwiseOr(_scratch, _trie.Inside(automaton, frame.State), _scratch);
            WalkText(frame, frame.Count, _trie.Closing, 0);
            return;
        }
        int room = text.Maximum - frame.Count;
        if (automaton.Dfa.Accepts(frame.State) && automaton.Loops[frame.State] == CharacterClass.All)
        {
            WalkPlain(frame, room);
            return;
        }
        if (text.IsDense && room - text.Slack >= TokenTrie.MinLimit)
        {
            // Tokens that come nowhere near the limit are told by the automaton alone.
            (ulong[] fits, ByteTrie longer) = _trie.Limited(room - text.Slack);
            TensorPrimitives.BitwiseAnd(_trie.Inside(automaton, frame.State), fits, _counted);
            TensorPrimitives.BitwiseOr(_scratch, _counted, _scratch);
            WalkText(frame, frame.Count, longer, 0);
            WalkText(frame, frame.Count, _trie.Closing, 0);
            return;
        }
        WalkText(frame, frame.Count, trie, node);
    }

    private void WalkPlain(Frame frame, int room)
    {
        TextAlternative text = frame.TextAlternative;
        TokenSlice slice = _trie.Plain;
        TensorPrimitives.BitwiseOr(_scratch, slice.PlainByLength[Math.Min(room, slice.PlainByLength.Length - 1)], _scratch);
        for (int length = 0; length < slice.ExitsByPrefix.Length && length <= room; length++)
            WalkText(frame, text.Maximum == int.MaxValue ? Math.Min(frame.Count + length, text.Minimum) : frame.Count + length, slice.ExitsByPrefix[length], 0);
    }

    /// <summary>Marks what a string allows behind a backslash; its count of characters is far from any limit.</summary>
    private void WalkBehind(Frame frame, ByteTrie trie, int escape)
    {
        if (trie.Ends[escape] == escape + 1)
            return;
        int next = frame.TextAlternative.Automaton.Dfa.Step(frame.State, (byte)'\\');
        WalkText(_automaton.Intern(frame.Content with { State = next }), frame.Count, trie, escape);
    }

    private void WalkText(Frame frame, int count, ByteTrie trie, int node)
    {
        TextAlternative text = frame.TextAlternative;
        Dfa dfa = text.Automaton.Dfa;
        int[] states = _walkStates;
        int[] counts = _walkCounts;
        bool hasCounter = text.HasCounter;
        states[trie.Depths[node]] = frame.State;
        counts[trie.Depths[node]] = count;
        int end = trie.Ends[node];
        for (int at = node + 1; at < end;)
        {
            int depth = trie.Depths[at];
            int state = states[depth - 1];
            byte value = trie.Bytes[at];
            int next = dfa.Step(state, value);
            if (next != Dfa.Dead)
            {
                if (hasCounter)
                {
                    int longer = text.Count(state, counts[depth - 1]);
                    if (!text.IsAlive(next, longer))
                    {
                        at = trie.Ends[at];
                        continue;
                    }
                    counts[depth] = longer;
                }
                states[depth] = next;
                trie.Mark(at, _scratch);
                at++;
                continue;
            }
            if (value == '"' && text.CanEnd(state, counts[depth - 1]))
                Arrive(frame.Parent ?? _automaton.Done, trie, at);
            at = trie.Ends[at];
        }
    }

    private void WalkName(Frame frame, ByteTrie trie, int node, bool isWhole)
    {
        ObjectAlternative owner = frame.Object;
        if (isWhole && frame.Members.AllowsClasses && frame.Members.Extra is null)
        {
            TensorPrimitives.BitwiseOr(_scratch, _trie.Inside(owner.Keys, frame.State), _scratch);
            if (!owner.AllowsAllFrom(frame.Members, frame.State))
                TakeAwayNames(frame, frame.State, 0);
            trie = _trie.Closing;
        }
        WalkName(frame, trie, node);
    }

    /// <summary>Takes the tokens out of a mask that begin names which can not follow: they are few, and their beginnings are known.</summary>
    private void TakeAwayNames(Frame frame, int state, int node)
    {
        ObjectAlternative owner = frame.Object;
        ByteTrie trie = _trie.All;
        for (int value = 0; value < 256; value++)
        {
            int next = owner.Keys.Dfa.Step(state, (byte)value);
            if (next == Dfa.Dead || owner.AllowsAllFrom(frame.Members, next) || trie.Child(node, (byte)value) is not (>= 0 and int child))
                continue;
            if (owner.IsAlive(frame.Members, next, 0))
                TakeAwayNames(frame, next, child);
            else
                trie.Unmark(child, _scratch);
        }
    }

    /// <summary>Takes the tokens out of a mask that make a name or an item again, or that begin what only can be one.</summary>
    /// <returns>Whether there were any.</returns>
    private bool TakeAway(Frame frame)
    {
        bool isChanged = false;
        ByteTrie trie = _trie.All;
        foreach (byte[] rest in frame.Members.Extra?.Rests(frame.Text!) ?? [])
        {
            Follow(rest, 0);
            if (_automaton.BehindSpace(frame) is not null && trie.Child(0, (byte)' ') is >= 0 and int space)
                Follow(rest, space);
        }
        // A token may also hold a second name or item, which the first one counts for.
        foreach (int token in frame.Kind == FrameKind.Name ? _trie.Names : frame.Object.Keys.NeedsQuote[frame.State] ? _trie.QuotedItems : _trie.Items)
        {
            if ((_scratch[token >> 6] >> token & 1) != 0 && !Follows(frame, _trie[token]))
            {
                _scratch[token >> 6] &= ~(1UL << token);
                isChanged = true;
            }
        }
        return isChanged;

        void Follow(byte[] rest, int node)
        {
            int state = frame.State;
            ulong hash = frame.Content.Hash;
            foreach (byte value in rest)
            {
                state = frame.Object.Keys.Dfa.Step(state, value);
                hash = KeyText.Append(hash, value);
                node = trie.Child(node, value);
                if (node < 0)
                    return;
                if (!frame.Object.IsAlive(frame.Members, state, hash))
                {
                    TakeAway(node);
                    return;
                }
            }
            foreach (byte value in frame.Kind == FrameKind.Name ? "\""u8 : ",]"u8)
            {
                if (trie.Child(node, value) is >= 0 and int end)
                    TakeAway(end);
            }
        }

        void TakeAway(int node)
        {
            isChanged = true;
            trie.Unmark(node, _scratch);
        }
    }

    /// <summary>Whether some bytes may follow a frame.</summary>
    private bool Follows(Frame frame, ReadOnlySpan<byte> bytes)
    {
        List<Frame> frames = [frame];
        foreach (byte value in bytes)
        {
            List<Frame> next = [];
            foreach (Frame one in frames)
                _automaton.Step(one, value, next);
            frames = next;
        }
        return frames.Count > 0;
    }

    /// <summary>The name or item that ends at a node, where the token may go on with another one; else null, as it is not needed.</summary>
    private KeyText? TextBefore(Frame frame, ByteTrie trie, int start, int node)
    {
        if (trie.Ends[node] == node + 1)
            return null;
        KeyText? text = frame.Text;
        for (int depth = trie.Depths[start] + 1; text is not null && depth < trie.Depths[node]; depth++)
            text = text.With(_walkBytes[depth]);
        return text;
    }

    private void WalkName(Frame frame, ByteTrie trie, int node)
    {
        ObjectAlternative owner = frame.Object;
        ObjectState members = frame.Members;
        Dfa dfa = owner.Keys.Dfa;
        int[] states = _walkStates;
        ulong[] hashes = _walkHashes;
        bool hasHash = members.Extra is not null;
        states[trie.Depths[node]] = frame.State;
        hashes[trie.Depths[node]] = frame.Content.Hash;
        int end = trie.Ends[node];
        for (int at = node + 1; at < end;)
        {
            int depth = trie.Depths[at];
            int state = states[depth - 1];
            byte value = trie.Bytes[at];
            int next = dfa.Step(state, value);
            ulong hash = hashes[depth - 1];
            if (next != Dfa.Dead)
            {
                if (hasHash)
                    hashes[depth] = hash = KeyText.Append(hash, value);
                if (!owner.IsAlive(members, next, hash))
                {
                    at = trie.Ends[at];
                    continue;
                }
                states[depth] = next;
                _walkBytes[depth] = value;
                trie.Mark(at, _scratch);
                at++;
                continue;
            }
            if (value == '"' && owner.Label(members, state, hash) is >= 0 and int label)
                Arrive(_automaton.Named(frame, label, TextBefore(frame, trie, node, at)), trie, at);
            at = trie.Ends[at];
        }
    }

    private void WalkUnique(Frame frame, ByteTrie trie, int node, bool isWhole)
    {
        ObjectAlternative owner = frame.Object;
        ObjectState members = frame.Members;
        Dfa dfa = owner.Keys.Dfa;
        if (isWhole && members.AllowsClasses && members.Extra is null && owner.IsOpen)
        {
            TensorPrimitives.BitwiseOr(_scratch, _trie.Inside(owner.Keys, frame.State), _scratch);
            trie = owner.Keys.NeedsQuote[frame.State] && frame.Count == 0 ? _trie.Closing : _trie.Delimiting;
        }
        int[] states = _walkStates;
        ulong[] hashes = _walkHashes;
        bool hasHash = frame.Text is not null;
        int top = trie.Depths[node];
        states[top] = frame.State;
        hashes[top] = frame.Content.Hash;
        int end = trie.Ends[node];
        for (int at = node + 1; at < end;)
        {
            int depth = trie.Depths[at];
            int state = states[depth - 1];
            byte value = trie.Bytes[at];
            int next = dfa.Step(state, value);
            ulong hash = hashes[depth - 1];
            if (next != Dfa.Dead)
            {
                if (hasHash)
                    hash = KeyText.Append(hash, value);
                if (owner.IsAlive(members, next, hash))
                {
                    states[depth] = next;
                    hashes[depth] = hash;
                    _walkBytes[depth] = value;
                    trie.Mark(at, _scratch);
                    at++;
                    continue;
                }
            }
            else if (value == ' ' && depth == top + 1 && _automaton.BehindSpace(frame) is { } item)
            {
                Arrive(item, trie, at);
            }
            else if (owner.Label(members, state, hash) is >= 0 and int label && _automaton.BehindUnique(frame, label, TextBefore(frame, trie, node, at), value) is { } behind)
            {
                Arrive(behind, trie, at);
            }
            at = trie.Ends[at];
        }
    }

    private sealed class FramesComparer : IEqualityComparer<Frame[]>
    {
        public bool Equals(Frame[]? x, Frame[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(Frame[] frames)
        {
            HashCode hash = default;
            foreach (Frame frame in frames)
                hash.Add(frame);
            return hash.ToHashCode();
        }
    }
}
