using Microsoft.Extensions.AI;

namespace AiSdk;

/// <summary>The call that a guard looks at.</summary>
/// <remarks>One for each call. Guards of one call run one after the other.</remarks>
public sealed class GuardContext
{
    private readonly Dictionary<object, object> _states = new(ReferenceEqualityComparer.Instance);

    /// <summary>A context to use a guard without a function.</summary>
    /// <param name="sources">What the model was given, for guards that compare the reply with it.</param>
    /// <param name="chatClient">The client that guards with leave to may ask.</param>
    public GuardContext(IEnumerable<string>? sources = null, IChatClient? chatClient = null)
    {
        Sources = sources is null ? [] : [.. sources];
        ChatClient = chatClient;
    }

    /// <summary>The function; <see langword="null"/> where a guard is used without one.</summary>
    public AiFunctionInfo? Function { get; internal init; }

    /// <summary>When the guard looks.</summary>
    public GuardStage Stage { get; internal set; }

    /// <summary>The parameter whose argument is looked at; <see langword="null"/> for the reply and in stubs.</summary>
    public string? Parameter { get; internal set; }

    /// <summary>The texts that were sent to the model, in order; empty as long as the arguments are checked.</summary>
    public IReadOnlyList<string> Sources { get; internal set; }

    /// <summary>Cancels the call.</summary>
    public CancellationToken CancellationToken { get; internal set; }

    /// <summary>The model that the guard may ask; <see langword="null"/> unless its attribute says <see cref="GuardSettingsAttribute.CallsModel"/>.</summary>
    public IChatClient? ChatClient { get; internal set; }

    /// <summary>What a guard keeps for the length of one call: what it hid in the arguments, to show it in the reply.</summary>
    /// <typeparam name="T">The state's type.</typeparam>
    /// <param name="owner">Whose state it is, by identity: the guard itself.</param>
    /// <param name="create">Makes it when it is asked for first.</param>
    public T State<T>(object owner, Func<T> create)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(owner);
        ArgumentNullException.ThrowIfNull(create);
        // A guard that took too long may still be running.
        lock (_states)
        {
            if (_states.TryGetValue(owner, out object? state))
                return (T)state;
            T created = create();
            _states.Add(owner, created);
            return created;
        }
    }
}
