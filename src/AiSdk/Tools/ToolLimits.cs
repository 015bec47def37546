namespace AiSdk;

/// <summary>How far a call of a function may go with its tools: <see cref="ToolLimitsAttribute"/>.</summary>
/// <param name="Steps">How often the model may be asked.</param>
/// <param name="Calls">How many calls of tools are run.</param>
/// <param name="Tokens">The tokens after which the model is not asked again; 0 for no limit.</param>
/// <param name="Seconds">The seconds after which the call is ended, once a tool that may have an effect has come to its end; 0 for no limit.</param>
public sealed record ToolLimits(int Steps = ToolLimits.DefaultSteps, int Calls = ToolLimits.DefaultCalls, int Tokens = 0, int Seconds = 0)
{
    /// <summary>How often the model is asked where nothing says it.</summary>
    public const int DefaultSteps = 10;

    /// <summary>How many calls of tools are run where nothing says it.</summary>
    public const int DefaultCalls = 30;

    internal static ToolLimits Default { get; } = new();
}
