using System.Runtime.CompilerServices;

namespace AiSdk.Onnx;

/// <summary>What one rendering carries along: the line being evaluated, the budget, the clock.</summary>
internal sealed class RenderState(string templateName, TimeProvider timeProvider, CancellationToken cancellationToken)
{
    private const int Slice = 1 << 14;

    private long _left = RenderLimits.Steps;
    private long _slice;
    private int _depth;

    /// <summary>The clock of <c>strftime_now</c>.</summary>
    public TimeProvider TimeProvider => timeProvider;

    /// <summary>The line of the node being evaluated; errors report it.</summary>
    public int Line { get; set; } = 1;

    /// <summary>Makes the exception for a failure at the current line.</summary>
    public ChatTemplateException Fail(string message) =>
        new($"chat template '{templateName}', line {Line}: {message}", templateName, Line);

    /// <summary>Makes the exception for the template's own <c>raise_exception(message)</c>.</summary>
    public ChatTemplateException Raise(string message) => new(message, templateName, Line, isRaisedByTemplate: true);

    /// <summary>Takes steps from the budget and now and then looks at the cancellation token.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Charge(long steps = 1)
    {
        _slice -= steps;
        if (_slice < 0)
            Refill();
    }

    /// <summary>Charges for text that an operation makes, and refuses it beyond the limit; to be called before it is made.</summary>
    public void ChargeText(long length)
    {
        if (length > RenderLimits.TextLength)
            throw Fail($"a text of {length} characters exceeds the limit of {RenderLimits.TextLength}");
        Charge(length >> 2);
    }

    /// <summary>Charges for a list of that many items; to be called before it is made.</summary>
    public void ChargeItems(long count) => Charge(2 * count);

    /// <summary>Charges for the search of one text in another, whose worst case is the product of the lengths.</summary>
    public void ChargeSearch(int length, int sought) => Charge((length >> 4) + ((long)(length >> 6) * (sought >> 6)));

    /// <summary>Goes one level deeper; the caller calls <see cref="Leave"/> unless it throws.</summary>
    public void Enter()
    {
        if (++_depth > RenderLimits.Depth)
            throw Fail($"nested deeper than {RenderLimits.Depth} levels (a macro that calls itself without end?)");
        // The caller may run on a thread with a small stack; an overflow cannot be caught.
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw Fail("nested deeper than this thread's stack allows");
    }

    /// <summary>Comes back from <see cref="Enter"/>.</summary>
    public void Leave() => _depth--;

    private void Refill()
    {
        cancellationToken.ThrowIfCancellationRequested();
        _left += _slice;
        if (_left < 0)
            throw Fail($"the rendering exceeds its budget of {RenderLimits.Steps} steps");
        _slice = Math.Min(Slice, _left);
        _left -= _slice;
    }
}
