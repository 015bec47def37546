namespace AiSdk.IntegrationTests;

/// <summary>Functions with guards, compiled by the real generator.</summary>
[AiFunctions]
[InputGuard<RecordingGuard>]
public interface IGuardedDesk
{
    [SystemPrompt("You answer for {{bank}}.")]
    [UserPrompt("{{message}}")]
    [InputGuard<PiiGuard>]
    [InputGuard<InjectionGuard>]
    [OutputGuard<SecretGuard>]
    Task<string> AnswerAsync(string message, [Trusted] string bank, CancellationToken cancellationToken = default);

    [UserPrompt("{{message}}")]
    [InputGuard<PiiGuard>]
    Task<AiResult<GuardedContact>> ContactAsync(string message, CancellationToken cancellationToken = default);

    [UserPrompt("{{message}}")]
    [InputGuard<PiiGuard>]
    [OutputGuard<SecretGuard>]
    [OutputGuard<LengthGuard>]
    IAsyncEnumerable<string> StreamAsync(string message, CancellationToken cancellationToken = default);

    [UserPrompt("{{message}}")]
    [InputGuard<PiiGuard>]
    IAsyncEnumerable<Partial<GuardedContact>> PartsAsync(string message);

    [UserPrompt("{{message}} {{json other}}")]
    [Guard(GuardStage.Input)]
    [Guard(GuardStage.Output)]
    ValueTask<GuardedContact> CheckAsync(string message, GuardedContact other, int count = 1);

    [UserPrompt("{{message}}")]
    [InputGuard<SlowGuard>(TimeoutMilliseconds = 50, OnFailure = GuardFailureMode.Open)]
    Task<AiResult<string>> OpenAsync(string message);

    [UserPrompt("{{message}}")]
    [InputGuard<SlowGuard>(TimeoutMilliseconds = 50)]
    Task<string> ClosedAsync(string message);

    [UserPrompt("{{message}} {{card}} {{account}} {{amount}}")]
    [InputGuard<PiiGuard>]
    Task<string> NumbersAsync(string message, long card, ulong? account = null, decimal amount = 0);

    [UserPrompt("{{json contact}}")]
    [UserPrompt("{{#each lines}}{{this}};{{/each}}")]
    [InputGuard<InjectionGuard>]
    [InputGuard<PiiGuard>]
#pragma warning disable AISDK0404 // What it warns of is tested.
    Task<string> ListAsync(GuardedContact contact, IReadOnlyList<string> lines, IReadOnlyList<Microsoft.Extensions.AI.ChatMessage>? history = null);
#pragma warning restore AISDK0404
}

/// <summary>What is read.</summary>
public sealed record GuardedContact(string Name, string Email);

/// <summary>Allows all, and tells in which order it was asked.</summary>
public sealed class RecordingGuard : IInputGuard
{
    /// <summary>What it was asked.</summary>
    public List<string> Seen { get; } = [];

    /// <inheritdoc/>
    public ValueTask<GuardVerdict> CheckInputAsync(string text, GuardContext context, CancellationToken cancellationToken)
    {
        Seen.Add($"{context.Function!.Name} {context.Parameter}: {text}");
        return new(GuardVerdict.Allow);
    }
}

/// <summary>Takes longer than anybody waits.</summary>
public sealed class SlowGuard : IInputGuard
{
    /// <inheritdoc/>
    public async ValueTask<GuardVerdict> CheckInputAsync(string text, GuardContext context, CancellationToken cancellationToken)
    {
        await Task.Delay(TimeSpan.FromSeconds(30), cancellationToken);
        return GuardVerdict.Allow;
    }
}

#pragma warning disable CA1822 // The generator declares them as members of the class.
/// <summary>The stubs, filled in.</summary>
public sealed partial class GuardedDesk
{
    private partial ValueTask<GuardVerdict> GuardCheckInputAsync(string message, GuardedContact other, int count, GuardContext context) => new(
        count < 0 ? GuardVerdict.Block("there is less than nothing") : message == "short" ? GuardVerdict.Rewrite("a longer message") : GuardVerdict.Allow);

    private partial ValueTask<GuardVerdict> GuardCheckOutputAsync(GuardedContact reply, GuardContext context) => new(
        reply.Name == "nobody" ? GuardVerdict.Block("it is nobody") : reply.Name == "me" ? GuardVerdict.Rewrite("""{"name":"you","email":"you@example.com"}""") : GuardVerdict.Allow);
}

public sealed record GuardedSender(string Name, string Email, string Sender);

public sealed record GuardedCounts(Dictionary<string, int> Counts);
