namespace AiSdk.Retrieval;

/// <summary>Cuts documents into passages: at headings, then between blocks, then between sentences, then between words.</summary>
/// <param name="options">How long passages are.</param>
/// <remarks>Takes time in proportion to the text, whatever the text. Safe for concurrent use when the tokenizer is.</remarks>
internal sealed class Chunker(ChunkOptions options)
{
    /// <summary>What is not cut further.</summary>
    private readonly record struct Unit(int Start, int End, int Tokens, bool BeginsBlock, int Block);

    /// <summary>The passages of a document, in order.</summary>
    public List<Chunk> Cut(StructuredText document)
    {
        List<Chunk> chunks = [];
        List<Unit> units = [];
        List<TextBlock> blocks = document.Blocks;
        for (int first = 0; first < blocks.Count;)
        {
            int next = first;
            units.Clear();
            for (; next < blocks.Count && ReferenceEquals(blocks[next].Headings, blocks[first].Headings); next++)
                Split(document.Text, blocks[next], next, units);
            // A heading with nothing under it but other headings stands in their paths.
            if (next - first > 1 || next == blocks.Count || !blocks[first].IsHeading || !blocks[next].Headings.AsSpan().StartsWith(blocks[first].Headings))
                CutSection(document, units, chunks);
            first = next;
        }
        return chunks;
    }

    private void CutSection(StructuredText document, List<Unit> units, List<Chunk> chunks)
    {
        int begin = 0;
        int last = 0;
        while (begin < units.Count)
        {
            int end = begin;
            int tokens = 0;
            while (end < units.Count && (end == begin || tokens + units[end].Tokens <= options.MaxTokens))
                tokens += units[end++].Tokens;
            if (end < units.Count && !units[end].BeginsBlock)
            {
                // Rather between blocks, if that leaves at least half.
                int kept = tokens;
                int cut = end;
                while (cut > begin + 1 && !units[cut].BeginsBlock)
                    kept -= units[--cut].Tokens;
                if (units[cut].BeginsBlock && cut > last && kept * 2 >= options.MaxTokens)
                    end = cut;
            }
            Add(document, units[begin], units[end - 1], chunks);
            if (end == units.Count)
                return;
            last = end;
            int back = end;
            int shared = 0;
            // The next must have room for something new.
            while (back - 1 > begin && shared + units[back - 1].Tokens <= Math.Min(options.OverlapTokens, options.MaxTokens - units[end].Tokens))
                shared += units[--back].Tokens;
            begin = back;
        }
    }

    private static void Add(StructuredText document, Unit first, Unit last, List<Chunk> chunks)
    {
        TextBlock firstBlock = document.Blocks[first.Block];
        TextBlock lastBlock = document.Blocks[last.Block];
        // Where the text was taken out of markup, only blocks have a place in the source.
        int start = document.IsVerbatim ? first.Start : firstBlock.SourceStart;
        int end = document.IsVerbatim ? last.End : lastBlock.SourceEnd;
        chunks.Add(new Chunk(document.Text[first.Start..last.End], start, end, firstBlock.Headings));
    }

    private void Split(string text, TextBlock block, int index, List<Unit> units)
    {
        bool beginsBlock = true;
        int window = Math.Max(64, options.MaxTokens * 4);
        int at = block.Start;
        while (at < block.End)
        {
            int end = SentenceEnd(text, at, block.End);
            // Of what has no sentences a piece at a time, so that tokenizers never see a text without end, and neighbours can share a piece.
            int size = end - at <= window ? window : Math.Max(64, options.OverlapTokens * 4);
            for (int piece = at; piece < end;)
            {
                int pieceEnd = end - piece <= size ? end : CutBefore(text, piece, piece + size);
                SplitByTokens(text, piece, pieceEnd, index, ref beginsBlock, units);
                piece = pieceEnd;
            }
            at = end;
        }
    }

    private void SplitByTokens(string text, int start, int end, int block, ref bool beginsBlock, List<Unit> units)
    {
        ReadOnlySpan<char> span = text.AsSpan(start, end - start);
        if (span.IsWhiteSpace())
            return;
        int tokens = options.Count(span);
        int middle = tokens > options.MaxTokens && end - start > 1 ? CutBefore(text, start, start + (end - start + 1) / 2) : end;
        if (middle < end && middle > start)
        {
            SplitByTokens(text, start, middle, block, ref beginsBlock, units);
            SplitByTokens(text, middle, end, block, ref beginsBlock, units);
            return;
        }
        while (char.IsWhiteSpace(text[start]))
            start++;
        while (char.IsWhiteSpace(text[end - 1]))
            end--;
        units.Add(new Unit(start, end, Math.Max(1, tokens), beginsBlock, block));
        beginsBlock = false;
    }

    /// <summary>The place after the sentence, or after the line.</summary>
    private static int SentenceEnd(string text, int start, int end)
    {
        for (int i = start; i < end; i++)
        {
            char c = text[i];
            if (c == '\n' || c is '。' or '！' or '？')
                return i + 1;
            if (c is '.' or '!' or '?' && i + 1 < end && char.IsWhiteSpace(text[i + 1]) && i > start + 1)
                return i + 2;
        }
        return end;
    }

    /// <summary>A place between words near the middle or before a limit, else any that does not cut a character in two.</summary>
    private static int CutBefore(string text, int start, int limit)
    {
        for (int i = limit; i > start + (limit - start) / 2; i--)
        {
            if (char.IsWhiteSpace(text[i - 1]))
                return i;
        }
        return char.IsLowSurrogate(text[limit]) && char.IsHighSurrogate(text[limit - 1]) ? limit - 1 : limit;
    }
}
