namespace AiSdk;

/// <summary>Counts votes as they come. What it says once it is decided, it would say whatever is still to come, and in whatever order.</summary>
/// <typeparam name="T">What is voted on.</typeparam>
/// <param name="samples">How many votes there can be.</param>
/// <param name="same">Whether two are alike.</param>
internal sealed class Ballot<T>(int samples, Func<T, T, bool> same)
{
    private readonly List<Choice> _choices = [];

    /// <summary>How many votes have been counted that gave a value.</summary>
    public int Counted { get; private set; }

    /// <summary>How many votes can still come.</summary>
    public int Open { get; private set; } = samples;

    /// <summary>The choice with most votes; of several, the one that the earliest sample has. Null as long as there is none.</summary>
    public Choice? Leader => _choices.MinBy(static choice => (-choice.Votes, choice.First));

    /// <summary>Whether no vote that can still come would change the leader.</summary>
    public bool IsDecided => Open == 0 || Needed == 0;

    /// <summary>How many further votes for the leader would decide it, and how many can be had at most.</summary>
    public int Needed
    {
        get
        {
            int most = Leader?.Votes ?? 0;
            int next = _choices.Select(static choice => choice.Votes).OrderDescending().ElementAtOrDefault(1);
            // With n more for the leader, what is open beyond them may all go to the next, and must not draw level.
            return Math.Clamp(((next + Open - most) >> 1) + 1, 0, Open);
        }
    }

    /// <summary>Counts a vote.</summary>
    /// <param name="sample">The sample's number.</param>
    /// <param name="value">Its value.</param>
    public void Add(int sample, T value)
    {
        Counted++;
        Open--;
        if (_choices.Find(choice => same(choice.Value, value)) is not { } known)
            _choices.Add(new Choice(value) { First = sample, Votes = 1 });
        else
            (known.Votes, known.First) = (known.Votes + 1, Math.Min(known.First, sample));
    }

    /// <summary>Counts a sample that gave no value, or will not be asked for.</summary>
    public void Miss() => Open--;

    /// <summary>A value with the votes for it.</summary>
    internal sealed class Choice(T value)
    {
        public T Value { get; } = value;

        /// <summary>The lowest number of a sample that has it.</summary>
        public int First { get; set; }

        public int Votes { get; set; }
    }
}
