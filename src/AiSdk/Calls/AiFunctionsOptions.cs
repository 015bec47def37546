using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace AiSdk;

/// <summary>Settings of a generated class; given to its constructor, or registered as a service.</summary>
/// <remarks>Read once, by the constructor: later changes have no effect.</remarks>
public sealed class AiFunctionsOptions
{
    /// <summary>The chat clients that functions ask for by key with <see cref="ModelOptionsAttribute"/>. Keys are compared ordinally.</summary>
    public IDictionary<string, IChatClient> Clients { get; } = new Dictionary<string, IChatClient>(StringComparer.Ordinal);

    /// <summary>
    /// The guards that functions name in <see cref="InputGuardAttribute{T}"/> and <see cref="OutputGuardAttribute{T}"/>, where a new one would not do: because it has settings, or no
    /// constructor without parameters. One for each type.
    /// </summary>
    public IList<object> Guards { get; } = [];

    /// <summary>Where calls are logged, under the category <c>AiSdk</c>; <see langword="null"/> logs nothing.</summary>
    public ILoggerFactory? LoggerFactory { get; set; }

    /// <summary>How models are asked for typed replies, where no <see cref="StructuredOutputAttribute"/> says it.</summary>
    public StructuredOutputMode OutputMode { get; set; }

    /// <summary>What the endpoint can do, where its client does not say it and what is found out is wrong; <see langword="null"/> finds it out. It holds for all <see cref="Clients"/> that have no profile of their own.</summary>
    /// <remarks>See <see cref="ModelProfile"/>.</remarks>
    public ModelProfile? Profile { get; set; }

    /// <summary>The services that <see cref="ToolsAttribute{T}"/> takes tools from, tools their own services, and functions the guards that are not among <see cref="Guards"/>; the registered ones where the class is registered, <see langword="null"/> for none.</summary>
    public IServiceProvider? Services { get; set; }

    /// <summary>The retrievers that <see cref="RetrieveAttribute"/> names, where they are not registered as keyed services. Keys are compared ordinally.</summary>
    public IDictionary<string, IRetriever> Retrievers { get; } = new Dictionary<string, IRetriever>(StringComparer.Ordinal);

    /// <summary>
    /// Decides whether a tool with an effect may run: asks a person, looks at a policy. It may take as long as it needs. Without it, a call that wants to run such a tool ends in an
    /// <see cref="AiApprovalRequiredException"/>.
    /// </summary>
    public Func<ToolApproval, CancellationToken, ValueTask<bool>>? ApproveTool { get; set; }

    /// <summary>Lets messages and replies appear in spans and logs. Off by default: they may hold personal data.</summary>
    public bool EnableSensitiveData { get; set; }

    /// <summary>
    /// A folder with prompt files that take the place of compiled prompts, so that a prompt can be changed without a build; <see langword="null"/> for none,
    /// which costs nothing.
    /// </summary>
    /// <remarks>
    /// A file is called like the interface and the method, <c>ISupportDesk.RouteAsync.prompt</c> (of overloads, the second is <c>ISupportDesk.RouteAsync-2.prompt</c>),
    /// and written like those that are compiled in: front matter and template; partials (<c>_name.prompt</c>) lie beside it. Names are checked against the
    /// function when it is loaded. Changes are seen within a second. A file with errors leaves its last good version in force; why is logged. A file that is
    /// removed gives the compiled prompt back; a directory that vanishes as a whole leaves in force what was there. Where interfaces of one name lie in several
    /// namespaces, a file with the namespace before the name (<c>Contoso.ISupportDesk.RouteAsync.prompt</c>) comes first.
    /// </remarks>
    public string? PromptDirectory { get; set; }
}
