namespace AiSdk.Evaluation;

/// <summary>The search for shifts of Tercom, with its limits and its order of preference, on which the result depends.</summary>
internal static class TerEdits
{
    private const int MaxShiftLength = 10;
    private const int MaxShiftDistance = 50;
    private const int MaxCandidates = 1000;

    /// <summary>The number of insertions, deletions, substitutions and shifts that make a reference of a text.</summary>
    public static int Count(string[] text, string[] reference)
    {
        if (reference.Length == 0)
            return text.Length;
        TerEditDistance distance = new(reference);
        string[] words = text;
        int shifts = 0;
        int candidates = 0;
        while (true)
        {
            (int gain, string[] shifted) = BestShift(words, reference, distance, ref candidates);
            if (candidates >= MaxCandidates || gain <= 0)
                break;
            shifts++;
            words = shifted;
        }
        return shifts + distance.Measure(words);
    }

    private static (int Gain, string[] Words) BestShift(string[] words, string[] reference, TerEditDistance distance, ref int candidates)
    {
        int before = distance.Measure(words);
        (int[] alignment, bool[] referenceErrors, bool[] wordErrors) = distance.Align(words);
        (int Gain, int Length, int NegativeStart, int NegativeTarget) best = default;
        string[]? bestWords = null;
        for (int start = 0; start < words.Length && candidates < MaxCandidates; start++)
        {
            for (int match = 0; match < reference.Length && candidates < MaxCandidates; match++)
            {
                if (Math.Abs(match - start) > MaxShiftDistance)
                    continue;
                for (int length = 1; length <= MaxShiftLength && start + length <= words.Length && match + length <= reference.Length && words[start + length - 1] == reference[match + length - 1] && candidates < MaxCandidates; length++)
                    TryShifts(start, match, length, ref candidates);
            }
        }
        return bestWords is null ? (0, words) : (best.Gain, bestWords);

        void TryShifts(int start, int match, int length, ref int candidates)
        {
            // Only what is wrong here and missing there is worth a shift, and not within itself.
            if (!wordErrors.AsSpan(start, length).Contains(true) || !referenceErrors.AsSpan(match, length).Contains(true))
                return;
            if (start <= alignment[match] && alignment[match] < start + length)
                return;
            int previous = -1;
            for (int offset = -1; offset < length; offset++)
            {
                if (match + offset >= alignment.Length)
                    break;
                int target = match + offset < 0 ? 0 : alignment[match + offset] + 1;
                if (target == previous)
                    continue;
                previous = target;
                string[] shifted = Shift(words, start, length, target);
                var candidate = (before - distance.Measure(shifted), length, -start, -target);
                candidates++;
                if (bestWords is null || candidate.CompareTo(best) > 0)
                    (best, bestWords) = (candidate, shifted);
            }
        }
    }

    private static string[] Shift(string[] words, int start, int length, int target)
    {
        string[] moved = words[start..(start + length)];
        if (target < start)
            return [.. words[..target], .. moved, .. words[target..start], .. words[(start + length)..]];
        if (target > start + length)
            return [.. words[..start], .. words[(start + length)..target], .. moved, .. words[target..]];
        int end = Math.Min(length + target, words.Length);
        return [.. words[..start], .. words[(start + length)..end], .. moved, .. words[end..]];
    }
}
