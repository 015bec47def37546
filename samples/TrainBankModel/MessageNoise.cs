namespace TrainBankModel;

/// <summary>Writes a message a little differently each time, as other customers would: a word left out, a letter forgotten or swapped, small letters, no full stop.</summary>
internal sealed class MessageNoise(Random random, double wordDropout)
{
    private const int FewestWords = 4;
    private const double Typos = 0.03;

    /// <summary>The message as it is learnt this time.</summary>
    public string Vary(string message)
    {
        string[] words = message.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length > FewestWords)
        {
            string[] kept = [.. words.Where(_ => random.NextDouble() >= wordDropout)];
            if (kept.Length >= FewestWords)
                message = string.Join(' ', kept);
        }
        message = string.Join(' ', message.Split(' ').Select(word => word.Length > 3 && random.NextDouble() < Typos ? Mistype(word) : word));
        if (random.Next(10) == 0)
            message = message.ToLowerInvariant();
        return random.Next(8) == 0 ? message.TrimEnd('.', '?', '!') is { Length: > 0 } bare ? bare : message : message;
    }

    private string Mistype(string word)
    {
        int at = random.Next(word.Length - 1);
        return random.Next(2) == 0 ? word.Remove(at, 1) : $"{word[..at]}{word[at + 1]}{word[at]}{word[(at + 2)..]}";
    }
}
