namespace AiSdk;

/// <summary>How far a call of a function may go with its tools. Without it the defaults hold: a loop without limits does not exist.</summary>
/// <remarks>On an interface it holds for all of its functions that have none of their own.</remarks>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Interface, Inherited = false)]
public sealed class ToolLimitsAttribute : Attribute
{
    /// <summary>How often the model may be asked, 2 to 100. The last time it is offered no tools, so that it has to answer.</summary>
    public int Steps { get; set; } = ToolLimits.DefaultSteps;

    /// <summary>How many calls of tools are run, 1 to 1000. A model that calls more is told so.</summary>
    public int Calls { get; set; } = ToolLimits.DefaultCalls;

    /// <summary>The tokens, input and output together, after which the model is not asked again; 0 for no limit. It needs a client that counts them.</summary>
    public int Tokens { get; set; }

    /// <summary>The seconds after which the call is ended, without those that approval takes; 0 for no limit.</summary>
    /// <remarks>
    /// A tool that only reads is not waited for any longer, also one that takes no <see cref="CancellationToken"/> and goes on by itself. Any other is cancelled by its token and waited for until it ends, so
    /// that it is known whether it took effect: give it one that it honours.
    /// </remarks>
    public int Seconds { get; set; }
}
