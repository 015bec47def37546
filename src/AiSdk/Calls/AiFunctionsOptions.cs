using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace AiSdk;

/// <summary>Settings of a generated class; given to its constructor, or registered as a service.</summary>
/// <remarks>Read once, by the constructor: later changes have no effect.</remarks>
public sealed class AiFunctionsOptions
{
    /// <summary>The chat clients that functions ask for by key with <see cref="ModelOptionsAttribute"/>. Keys are compared ordinally.</summary>
    public IDictionary<string, IChatClient> Clients { get; } = new Dictionary<string, IChatClient>(StringComparer.Ordinal);

    /// <summary>Where calls are logged, under the category <c>AiSdk</c>; <see langword="null"/> logs nothing.</summary>
    public ILoggerFactory? LoggerFactory { get; set; }

    /// <summary>How models are asked for typed replies, where no <see cref="StructuredOutputAttribute"/> says it.</summary>
    public StructuredOutputMode OutputMode { get; set; }

    /// <summary>Lets messages and replies appear in spans and logs. Off by default: they may hold personal data.</summary>
    public bool EnableSensitiveData { get; set; }
}
