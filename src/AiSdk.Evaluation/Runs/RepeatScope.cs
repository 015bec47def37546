namespace AiSdk.Evaluation;

/// <summary>Which repeat of a case is being run: repeats must not share a cached reply.</summary>
internal sealed class RepeatScope : IDisposable
{
    private static readonly AsyncLocal<int> _current = new();

    private RepeatScope()
    {
    }

    /// <summary>The repeat, from 0.</summary>
    public static int Current => _current.Value;

    public static RepeatScope? Enter(int repeat)
    {
        if (_current.Value == repeat)
            return null;
        _current.Value = repeat;
        return new RepeatScope();
    }

    public void Dispose() => _current.Value = 0;
}
