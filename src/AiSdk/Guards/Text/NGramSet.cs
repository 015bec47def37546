namespace AiSdk;

/// <summary>The n-grams of a text as a set of hashes: parts of words, words, pairs of words and pairs with one word between.</summary>
/// <remarks>Used again and again by one thread: <see cref="ForThread"/>. The set grows with the text, and what is rare in it counts for less and less: guards judge long texts in windows too.</remarks>
internal sealed class NGramSet
{
    /// <summary>How many bits a hash has.</summary>
    public const int Bits = 18;

    private const int Shortest = 3;
    private const int Longest = 5;

    [ThreadStatic]
    private static NGramSet? _ofThread;

    private readonly ulong[] _seen = new ulong[1 << (Bits - 6)];
    private int[] _items = new int[1024];

    /// <summary>The set of this thread.</summary>
    public static NGramSet ForThread => _ofThread ??= new NGramSet();

    /// <summary>The n-grams, in the order in which they occur first.</summary>
    public ReadOnlySpan<int> Items => _items.AsSpan(0, Count);

    /// <summary>How many different n-grams there are.</summary>
    public int Count { get; private set; }

    /// <summary>Takes the n-grams of a folded text in place of those that were there.</summary>
    public void Fill(ReadOnlySpan<char> text)
    {
        foreach (int item in Items)
            _seen[item >> 6] = 0;
        Count = 0;
        uint last = 1;
        uint beforeLast = 1;
        for (int i = 0; i < text.Length;)
        {
            char c = text[i];
            if (char.IsWhiteSpace(c))
            {
                i++;
                continue;
            }
            int end = i + 1;
            // Scripts without spaces have a word for each character; so has punctuation, which often opens and closes what is put in.
            if (IsWordCharacter(c))
            {
                while (end < text.Length && IsWordCharacter(text[end]))
                    end++;
            }
            uint word = Hash(text[i..end], 7);
            AddParts(text[i..end]);
            Add(word);
            Add(Mix(word, last, 11));
            Add(Mix(word, beforeLast, 13));
            Add(Mix(Mix(word, last, 17), beforeLast, 17));
            beforeLast = last;
            last = word;
            i = end;
        }
    }

    private static bool IsWordCharacter(char c) => c < 0x80 ? char.IsAsciiLetterOrDigit(c) || c == '\'' || c == '_' : c < 0x2E80 && char.IsLetterOrDigit(c) || char.IsSurrogate(c);

    private void AddParts(ReadOnlySpan<char> word)
    {
        // Of a word as long as a line the parts say nothing.
        if (word.Length is < 2 or > 40)
            return;
        Span<char> padded = stackalloc char[42];
        padded[0] = ' ';
        word.CopyTo(padded[1..]);
        padded[word.Length + 1] = ' ';
        int length = word.Length + 2;
        for (int start = 0; start + Shortest <= length; start++)
        {
            uint hash = 2166136261;
            int end = Math.Min(length, start + Longest);
            for (int i = start; i < end; i++)
            {
                hash = (hash ^ padded[i]) * 16777619;
                if (i - start + 1 >= Shortest)
                    Add(hash);
            }
        }
    }

    private static uint Hash(ReadOnlySpan<char> text, uint salt)
    {
        uint hash = 2166136261 ^ salt;
        foreach (char c in text)
            hash = (hash ^ c) * 16777619;
        return hash;
    }

    private static uint Mix(uint one, uint other, uint salt) => (one ^ (other * 0x9E3779B1 + salt)) * 0x85EBCA6B;

    private void Add(uint hash)
    {
        hash ^= hash >> 15;
        hash *= 0x2C1B3C6D;
        hash ^= hash >> 12;
        int item = (int)(hash >> (32 - Bits));
        ref ulong seen = ref _seen[item >> 6];
        ulong bit = 1UL << (item & 63);
        if ((seen & bit) != 0)
            return;
        seen |= bit;
        if (Count == _items.Length)
            Array.Resize(ref _items, _items.Length * 2);
        _items[Count++] = item;
    }
}
