using Quickstart;

namespace TrainBankModel;

/// <summary>Sets a part of the messages aside, by which the model is judged: the same share of each intent, and nothing that is nearly a message of the other part.</summary>
internal sealed class HeldOutSplit
{
    // Messages whose words are the same but for a fifth say the same.
    private const double NearDuplicate = 0.8;

    private HeldOutSplit(IReadOnlyList<LabelledMessage> training, IReadOnlyList<LabelledMessage> heldOut)
    {
        Training = training;
        HeldOut = heldOut;
    }

    /// <summary>What is learnt.</summary>
    public IReadOnlyList<LabelledMessage> Training { get; }

    /// <summary>What is set aside.</summary>
    public IReadOnlyList<LabelledMessage> HeldOut { get; }

    /// <summary>Splits.</summary>
    /// <param name="messages">All messages.</param>
    /// <param name="share">The share to set aside.</param>
    /// <param name="seed">What the choice depends on.</param>
    public static HeldOutSplit Of(IReadOnlyList<LabelledMessage> messages, double share, int seed)
    {
        Random random = new(seed);
        List<LabelledMessage> training = [];
        List<LabelledMessage> heldOut = [];
        int[] groups = GroupNearDuplicates(messages);
        // A group goes as a whole, and counts for the intent of its first message: near-duplicates of different intents exist, and are kept together too.
        var byIntent = Enumerable.Range(0, messages.Count).GroupBy(i => groups[i]).GroupBy(group => messages[group.Key].Category, StringComparer.Ordinal).OrderBy(static intent => intent.Key, StringComparer.Ordinal);
        foreach (var intent in byIntent)
        {
            int[][] all = [.. intent.Select(static group => group.ToArray())];
            random.Shuffle(all);
            int wanted = (int)Math.Round(share * all.Sum(static group => group.Length));
            foreach (int[] group in all)
            {
                bool isHeldOut = wanted >= group.Length;
                wanted -= isHeldOut ? group.Length : 0;
                (isHeldOut ? heldOut : training).AddRange(group.Select(i => messages[i]));
            }
        }
        return new HeldOutSplit(training, heldOut);
    }

    /// <summary>For each message the first one that it is connected with by near-duplicates.</summary>
    private static int[] GroupNearDuplicates(IReadOnlyList<LabelledMessage> messages)
    {
        HashSet<string>[] words = [.. messages.Select(static message => Words(message.Text))];
        Dictionary<string, List<int>> places = new(StringComparer.Ordinal);
        int[] group = [.. Enumerable.Range(0, messages.Count)];
        for (int i = 0; i < messages.Count; i++)
        {
            Dictionary<int, int> common = [];
            foreach (string word in words[i])
            {
                if (!places.TryGetValue(word, out List<int>? earlier))
                    places[word] = earlier = [];
                foreach (int j in earlier)
                    common[j] = common.GetValueOrDefault(j) + 1;
                earlier.Add(i);
            }
            foreach ((int j, int count) in common)
            {
                if (count >= NearDuplicate * (words[i].Count + words[j].Count - count))
                    group[Root(i)] = Root(j);
            }
        }
        return [.. Enumerable.Range(0, messages.Count).Select(Root)];

        int Root(int i)
        {
            while (group[i] != i)
                i = group[i] = group[group[i]];
            return i;
        }
    }

    private static HashSet<string> Words(string text) =>
        new(text.ToLowerInvariant().Split([' ', '.', ',', '?', '!', '\n', '"', '-'], StringSplitOptions.RemoveEmptyEntries), StringComparer.Ordinal);
}
