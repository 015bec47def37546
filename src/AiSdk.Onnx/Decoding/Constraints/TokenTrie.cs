using System.Collections.Concurrent;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Text;

namespace AiSdk.Onnx;

/// <summary>A set of characters that JSON strings hold unescaped.</summary>
/// <param name="Low">Those below 64, a bit each.</param>
/// <param name="High">Those below 128.</param>
/// <param name="HasOthers">Whether all others belong to it; else none does.</param>
internal readonly record struct CharacterClass(ulong Low, ulong High, bool HasOthers)
{
    /// <summary>All of them.</summary>
    public static CharacterClass All { get; } = new(0xFFFF_FFFF_0000_0000 & ~(1UL << '"'), ~(1UL << ('\\' - 64)), true);

    /// <summary>Whether an ASCII character belongs to the class.</summary>
    public bool Contains(byte value) => ((value < 64 ? Low >> value : High >> (value - 64)) & 1) != 0;
}

/// <summary>A vocabulary as seen by a state that stays where it is behind every character of a class: which tokens it takes whole, and where the others leave the class.</summary>
internal sealed class TokenSlice
{
    private readonly Lazy<ulong[][]> _plainByLength;
    private readonly Lazy<ByteTrie[]> _exitsByPrefix;

    public TokenSlice(IReadOnlyList<byte[]> tokens, int longest, CharacterClass characters)
    {
        List<(int Token, int Length)> plain = [];
        List<(byte[] Text, int Token)> exits = [];
        List<int> prefixes = [];
        for (int token = 0; token < tokens.Count; token++)
        {
            byte[] text = tokens[token];
            if (text.Length == 0 || text.Length > longest)
                continue;
            (int bytes, int count) = Prefix(text, characters);
            if (bytes == text.Length)
            {
                plain.Add((token, count));
                continue;
            }
            exits.Add((bytes == 0 ? text : text[bytes..], token));
            prefixes.Add(count);
        }
        Plain = new ulong[(tokens.Count + 63) / 64];
        foreach ((int token, _) in plain)
            Plain[token >> 6] |= 1UL << token;
        Exits = new ByteTrie([.. exits]);
        _plainByLength = new Lazy<ulong[][]>(() => ByLength(plain, Plain.Length));
        _exitsByPrefix = new Lazy<ByteTrie[]>(() => ByPrefix(exits, prefixes));
    }

    /// <summary>Tokens of characters of the class.</summary>
    public ulong[] Plain { get; }

    /// <summary>The same, up to each count of characters.</summary>
    public ulong[][] PlainByLength => _plainByLength.Value;

    /// <summary>The other tokens, by what follows their longest beginning of such characters.</summary>
    public ByteTrie Exits { get; }

    /// <summary>The same, by the number of characters in that beginning.</summary>
    public ByteTrie[] ExitsByPrefix => _exitsByPrefix.Value;

    private static ulong[][] ByLength(List<(int Token, int Length)> plain, int words)
    {
        var masks = new ulong[plain.Select(static entry => entry.Length).DefaultIfEmpty().Max() + 1][];
        ILookup<int, int> byLength = plain.ToLookup(static entry => entry.Length, static entry => entry.Token);
        for (int length = 0; length < masks.Length; length++)
        {
            masks[length] = length == 0 ? new ulong[words] : [.. masks[length - 1]];
            foreach (int token in byLength[length])
                masks[length][token >> 6] |= 1UL << token;
        }
        return masks;
    }

    private static ByteTrie[] ByPrefix(List<(byte[] Text, int Token)> exits, List<int> prefixes)
    {
        var entries = new List<(byte[], int)>[prefixes.DefaultIfEmpty(-1).Max() + 1];
        for (int i = 0; i < exits.Count; i++)
            (entries[prefixes[i]] ??= []).Add(exits[i]);
        return [.. entries.Select(static list => new ByteTrie(list ?? []))];
    }

    private static (int Bytes, int Characters) Prefix(byte[] text, CharacterClass characters)
    {
        int at = 0;
        int count = 0;
        while (at < text.Length)
        {
            int length = 1;
            if (text[at] < 0x80 ? !characters.Contains(text[at]) : !characters.HasOthers || Rune.DecodeFromUtf8(text.AsSpan(at), out _, out length) != System.Buffers.OperationStatus.Done)
                break;
            at += length;
            count++;
        }
        return (at, count);
    }
}

/// <summary>A vocabulary's tokens, prepared once for all constraints.</summary>
internal sealed class TokenTrie
{
    // Longer tokens exist (runs of spaces or dashes), but none that a reply needs.
    private const int LongestToken = 512;

    /// <summary>The first of the bytes that stand for marks: none of them occurs in UTF-8.</summary>
    public const byte FirstMark = 0xF8;

    /// <summary>The least count of characters by which tokens are told apart: with less room, few tokens fit.</summary>
    public const int MinLimit = 8;

    // Patterns have few classes; of a vocabulary of 150,000 tokens a set is 19 KB.
    private const int MaxCharacterSets = 256;

    // One array for all, instead of a hundred thousand small ones that live as long.
    private readonly byte[] _bytes;
    private readonly int[] _starts;
    private readonly Func<string, List<int>>? _encode;
    private readonly Lazy<(ulong[] Short, ByteTrie Longer)>[] _limited;
    private readonly ConditionalWeakTable<ByteAutomaton, ulong[]?[]> _inside = [];

    // The characters of each token, and the tokens up to each length, for runs.
    private readonly ulong[] _low;
    private readonly ulong[] _high;
    private readonly Lazy<ulong[]>[] _upToLength;
    private readonly ConcurrentDictionary<AsciiSet, ulong[]> _ofCharacters = [];
    private readonly Lazy<ulong[]> _inCanonicalText;
    private readonly Lazy<ulong[]> _inFreeText;

    /// <summary>Prepares a vocabulary.</summary>
    /// <param name="tokens">The bytes of each token id; none for special tokens, which no constraint allows, but for marks, which have one of the bytes from <see cref="FirstMark"/> on.</param>
    /// <param name="encode">Encodes a text within another; <see langword="null"/> where none will be.</param>
    public TokenTrie(IReadOnlyList<byte[]> tokens, Func<string, List<int>>? encode = null)
    {
        _encode = encode;
        _starts = new int[tokens.Count + 1];
        Words = (tokens.Count + 63) / 64;
        List<(byte[], int)> all = [];
        for (int token = 0; token < tokens.Count; token++)
            _starts[token + 1] = _starts[token] + tokens[token].Length;
        _bytes = new byte[_starts[^1]];
        for (int token = 0; token < tokens.Count; token++)
        {
            byte[] text = tokens[token];
            text.CopyTo(_bytes, _starts[token]);
            if (text.Length is 0 or > LongestToken)
                continue;
            MaxLength = Math.Max(MaxLength, text.Length);
            all.Add((text, token));
        }
        All = new ByteTrie([.. all]);
        _low = new ulong[Words * 64];
        _high = new ulong[Words * 64];
        // What has no text, or too long a one, holds a byte that no run has.
        Array.Fill(_low, 1UL);
        foreach ((byte[] text, int token) in all)
        {
            _low[token] = 0;
            foreach (byte value in text)
            {
                AsciiSet set = AsciiSet.Of(value);
                _low[token] |= set.Low;
                _high[token] |= set.High;
            }
        }
        _upToLength = [.. Enumerable.Range(0, MaxLength).Select(length => new Lazy<ulong[]>(() => UpToLength(all, length)))];
        _limited = [.. Enumerable.Range(MinLimit, Math.Max(1, MaxLength - MinLimit + 1)).Select(count => new Lazy<(ulong[], ByteTrie)>(() => Limit(all, count)))];
        Plain = new TokenSlice(tokens, LongestToken, CharacterClass.All);
        Closing = new ByteTrie([.. all.Where(static entry => entry.Item1.AsSpan().Contains((byte)'"'))]);
        Delimiting = new ByteTrie([.. all.Where(static entry => entry.Item1.AsSpan().ContainsAny(",]} "u8) || entry.Item1 is [>= FirstMark])]);
        Names = [.. all.Where(static entry => entry.Item1.AsSpan().Contains((byte)':') && HoldsBeginning(entry.Item1)).Select(static entry => entry.Item2)];
        Items = [.. all.Where(static entry => HoldsBeginning(entry.Item1)).Select(static entry => entry.Item2)];
        QuotedItems = [.. Items.Where(token => this[token].IndexOf((byte)'"') is >= 0 and int quote && quote < this[token].LastIndexOf((byte)','))];
        _inCanonicalText = new Lazy<ulong[]>(() => Within(RegexCompiler.AnyInJson));
        _inFreeText = new Lazy<ulong[]>(() => Within(TextAlternative.Free.Dfa));
    }

    /// <summary>The number of token ids.</summary>
    public int Count => _starts.Length - 1;

    /// <summary>The length of a mask.</summary>
    public int Words { get; }

    /// <summary>The greatest length of a token in bytes.</summary>
    public int MaxLength { get; }

    /// <summary>All tokens.</summary>
    public ByteTrie All { get; }

    /// <summary>The tokens with a quote: only these leave a string.</summary>
    public ByteTrie Closing { get; }

    /// <summary>The tokens with what may follow a scalar.</summary>
    public ByteTrie Delimiting { get; }

    /// <summary>The tokens that may end a name and hold the beginning of a second one.</summary>
    public int[] Names { get; }

    /// <summary>The tokens that may end an array's item and hold the beginning of a second one.</summary>
    public int[] Items { get; }

    /// <summary>The same, where the first item is a string.</summary>
    public int[] QuotedItems { get; }

    /// <summary>The slice of all characters that JSON strings hold unescaped.</summary>
    public TokenSlice Plain { get; }

    /// <summary>The tokens that stay within a string in canonical form, seen from between two characters.</summary>
    public ulong[] InCanonicalText => _inCanonicalText.Value;

    /// <summary>The tokens that stay within a string with any escapes.</summary>
    public ulong[] InFreeText => _inFreeText.Value;

    /// <summary>The bytes of a token.</summary>
    public ReadOnlySpan<byte> this[int token] => _bytes.AsSpan(_starts[token].._starts[token + 1]);

    /// <summary>The vocabulary of a tokenizer.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="marks">Special tokens that constraints may ask for, and the byte from <see cref="FirstMark"/> on that stands for each.</param>
    public static TokenTrie Create(ModelTokenizer tokenizer, IEnumerable<KeyValuePair<int, byte>>? marks = null)
    {
        var bytes = new byte[tokenizer.Tokens.Count][];
        for (int token = 0; token < bytes.Length; token++)
        {
            ReadOnlySpan<byte> text = tokenizer.Tokens[token];
            // A token of a byte that is in no text would be taken for a mark.
            bytes[token] = text.ContainsAnyInRange(FirstMark, byte.MaxValue) ? [] : text.ToArray();
        }
        foreach ((int token, byte mark) in marks ?? [])
            bytes[token] = [mark];
        return new TokenTrie(bytes, tokenizer.EncodeWithin);
    }

    /// <summary>The tokens of bytes within a text, up to the last whole character; <see langword="null"/> where the tokenizer gives none that stand for exactly these bytes.</summary>
    public int[]? Encode(ReadOnlySpan<byte> bytes)
    {
        // A mark is one token, and what is around it is encoded apart.
        int mark = bytes.IndexOfAnyInRange(FirstMark, byte.MaxValue);
        if (mark >= 0)
        {
            int token = 0;
            while (token < Count && !this[token].SequenceEqual(bytes[mark..(mark + 1)]))
                token++;
            return (mark == 0 ? [] : Encode(bytes[..mark])) is { } before && token < Count ? [.. before, token, .. Encode(bytes[(mark + 1)..]) ?? []] : null;
        }
        int whole = 0;
        while (whole < bytes.Length && Rune.DecodeFromUtf8(bytes[whole..], out _, out int length) == System.Buffers.OperationStatus.Done)
            whole += length;
        if (whole == 0 || _encode is null)
            return null;
        bytes = bytes[..whole];
        string text = Encoding.UTF8.GetString(bytes);
        // Some tokenizers put a space before a text's beginning: then the text is encoded behind a line break, whose tokens are taken off.
        return Exactly(_encode(text), bytes) ?? Exactly(_encode($"\n{text}"), bytes);
    }

    private int[]? Exactly(List<int> tokens, ReadOnlySpan<byte> bytes)
    {
        int first = tokens.Count;
        int left = bytes.Length;
        while (left > 0 && first > 0)
        {
            ReadOnlySpan<byte> token = (uint)tokens[first - 1] < (uint)Count ? this[tokens[first - 1]] : default;
            if (token.IsEmpty || !bytes[..left].EndsWith(token))
                return null;
            left -= token.Length;
            first--;
        }
        return left == 0 ? [.. tokens[first..]] : null;
    }

    // A quote alone is the beginning of every string.
    private static bool HoldsBeginning(byte[] text) => Array.IndexOf(text, (byte)',') is >= 0 and int comma && text.AsSpan(comma + 1).TrimStart((byte)' ') is not ([] or [(byte)'"']);

    /// <summary>The tokens with no more characters than a count from <see cref="MinLimit"/> on, and the others; an escape counts as two.</summary>
    public (ulong[] Short, ByteTrie Longer) Limited(int characters) => _limited[Math.Clamp(characters - MinLimit, 0, _limited.Length - 1)].Value;

    /// <summary>Works out beforehand what constraints of every kind ask for: the formats of strings, and numbers.</summary>
    public void Prepare()
    {
        foreach (Dfa dfa in (IEnumerable<Dfa>)[.. StringFormats.Names.Select(static name => StringFormats.Language(name)!), NumberLanguage.Any, NumberLanguage.IntegerForm])
        {
            var automaton = ByteAutomaton.Of(dfa);
            for (int state = 0; state < dfa.Count; state++)
                Inside(automaton, state);
        }
        _ = InFreeText;
        _ = InCanonicalText;
        _ = Plain.PlainByLength;
        _ = Plain.ExitsByPrefix;
        foreach (Lazy<(ulong[], ByteTrie)> limited in _limited)
            _ = limited.Value;
    }

    /// <summary>The tokens that stay within an automaton's texts, from a state on; remembered for all constraints that use the automaton.</summary>
    public ulong[] Inside(ByteAutomaton automaton, int state)
    {
        ulong[]?[] masks = _inside.GetValue(automaton, static one => new ulong[]?[one.Dfa.Count]);
        if (masks[state] is { } known)
            return known;
        ulong[] mask;
        if (automaton.IsTotal[state])
        {
            if (automaton.Dfa.Step(state, (byte)'"') == Dfa.Dead)
                return masks[state] = InCanonicalText;
            // An automaton of texts with their quotes.
            mask = [.. InCanonicalText];
            Closing.MarkAlive(automaton.Dfa, state, default, new int[MaxLength + 1], mask);
            return masks[state] = mask;
        }
        CharacterRun run = automaton.RunOf(state, MaxLength);
        mask = run.Characters.Count == 0 ? new ulong[Words] : [.. OfCharacters(run.Characters)];
        if (run.Length < MaxLength && run.Characters.Count > 0)
            TensorPrimitives.BitwiseAnd(mask, _upToLength[run.Length].Value, mask);
        All.MarkAlive(automaton.Dfa, state, run, new int[MaxLength + 1], mask);
        return masks[state] = Shared(masks, state, mask);
    }

    /// <summary>The tokens of some ASCII characters.</summary>
    private ulong[] OfCharacters(AsciiSet characters)
    {
        if (_ofCharacters.TryGetValue(characters, out ulong[]? known))
            return known;
        var mask = new ulong[Words];
        Vector256<ulong> otherLow = Vector256.Create(~characters.Low);
        Vector256<ulong> otherHigh = Vector256.Create(~characters.High);
        for (int word = 0; word < mask.Length; word++)
        {
            ulong bits = 0;
            for (int i = 0; i < 64; i += Vector256<ulong>.Count)
            {
                int at = word * 64 + i;
                Vector256<ulong> others = (Vector256.LoadUnsafe(ref _low[at]) & otherLow) | (Vector256.LoadUnsafe(ref _high[at]) & otherHigh);
                bits |= (ulong)Vector256.Equals(others, Vector256<ulong>.Zero).ExtractMostSignificantBits() << i;
            }
            mask[word] = bits;
        }
        // The table serves speed alone.
        if (_ofCharacters.Count < MaxCharacterSets)
            _ofCharacters.TryAdd(characters, mask);
        return mask;
    }

    private ulong[] UpToLength(List<(byte[] Text, int Token)> all, int length)
    {
        var mask = new ulong[Words];
        foreach ((byte[] text, int token) in all)
        {
            if (text.Length <= length)
                mask[token >> 6] |= 1UL << token;
        }
        return mask;
    }

    private (ulong[] Short, ByteTrie Longer) Limit(List<(byte[] Text, int Token)> all, int characters)
    {
        var mask = new ulong[Words];
        List<(byte[], int)> longer = [];
        foreach ((byte[] text, int token) in all)
        {
            if (text.Length <= characters || text.Count(static value => (value & 0xC0) != 0x80) <= characters)
                mask[token >> 6] |= 1UL << token;
            else
                longer.Add((text, token));
        }
        return (mask, new ByteTrie(longer));
    }

    /// <summary>A mask that is there already, if the states around have an equal one, as in what counts characters.</summary>
    private static ulong[] Shared(ulong[]?[] masks, int state, ulong[] mask)
    {
        for (int other = Math.Max(0, state - 8); other < Math.Min(masks.Length, state + 8); other++)
        {
            if (masks[other] is { } near && near.AsSpan().SequenceEqual(mask))
                return near;
        }
        return mask;
    }

    private ulong[] Within(Dfa dfa)
    {
        var mask = new ulong[Words];
        All.MarkAlive(dfa, dfa.Start, default, new int[MaxLength + 1], mask);
        return mask;
    }
}
