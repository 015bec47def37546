namespace AiSdk.Onnx;

/// <summary>What compiling one constraint may cost, counted in steps that are the same on every machine; and whether it is still wanted.</summary>
/// <remarks>
/// It belongs to the thread that compiles, for the time it does: automata are made far below whoever knows of schemas. What is made once for all
/// constraints, such as the languages of formats, counts for none.
/// </remarks>
internal sealed class CompileBudget
{
    // A few seconds; schemas of thousands of lines need half of it, all others next to nothing.
    private const long MaxWork = 80_000_000;
    private const long WorkBetweenLooks = 50_000;

    [ThreadStatic]
    private static CompileBudget? t_current;

    private readonly CancellationToken _cancellationToken;
    private long _spent;
    private long _nextLook = WorkBetweenLooks;

    private CompileBudget(CancellationToken cancellationToken) => _cancellationToken = cancellationToken;

    /// <summary>Whether the constraint that this thread compiles costs too much.</summary>
    public static bool IsExceeded => t_current is { _spent: > MaxWork };

    /// <summary>Compiles within a budget of its own.</summary>
    /// <exception cref="ConstraintException">It costs too much.</exception>
    /// <exception cref="OperationCanceledException">It is not wanted any more.</exception>
    public static T Within<T>(Func<T> compile, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return With(new CompileBudget(cancellationToken), compile);
    }

    /// <summary>Makes something that serves all constraints.</summary>
    public static T Outside<T>(Func<T> make) => With(null, make);

    /// <summary>Counts some steps.</summary>
    public static void Spend(int work) => t_current?.Take(work);

    private static T With<T>(CompileBudget? budget, Func<T> make)
    {
        CompileBudget? before = t_current;
        t_current = budget;
        try
        {
            return make();
        }
        finally
        {
            t_current = before;
        }
    }

    private void Take(int work)
    {
        _spent += work;
        if (_spent < _nextLook)
            return;
        _nextLook = _spent + WorkBetweenLooks;
        _cancellationToken.ThrowIfCancellationRequested();
        if (_spent > MaxWork)
            throw new ConstraintException("schema", "#", "has parts that combine in too many ways to be compiled");
    }
}
