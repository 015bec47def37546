using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.AI;

namespace AiSdk.IntegrationTests.Tools;

/// <summary>An order.</summary>
internal sealed record ShopOrder(string Id, decimal Total, DateOnly Due);

/// <summary>A shop's tools; what they do can be seen.</summary>
internal sealed class ShopTools
{
    /// <summary>The effects that happened, in order.</summary>
    public List<string> Effects { get; } = [];

    /// <summary>The keys that effects came with.</summary>
    public List<string> Keys { get; } = [];

    /// <summary>Finds an order.</summary>
    /// <param name="id">Its number.</param>
    [AiTool("find_order")]
    public static async Task<ShopOrder> FindAsync([StringLength(5)] string id, CancellationToken cancellationToken)
    {
        await Task.Yield();
        cancellationToken.ThrowIfCancellationRequested();
        return id == "lost" ? throw new AiToolException("There is no order 'lost'.") : id == "bug" ? throw new InvalidOperationException("secret") : new ShopOrder(id, 12.50m, new DateOnly(2026, 3, 31));
    }

    /// <summary>Waits.</summary>
    /// <param name="milliseconds">How long.</param>
    [AiTool("wait")]
    public static Task WaitAsync(int milliseconds, CancellationToken cancellationToken) => Task.Delay(milliseconds, cancellationToken);

    /// <summary>Cancels an order.</summary>
    /// <param name="id">Its number.</param>
    /// <param name="key">Tells this cancellation from others.</param>
    [AiTool("cancel_order", Effect = ToolEffect.Destructive)]
    public string Cancel(string id, [IdempotencyKey] string key)
    {
        Keys.Add(key);
        Effects.Add(id);
        return id == "lost" ? throw new AiToolException("There is no order 'lost'.") : id == "broken" ? throw new TimeoutException("secret") : $"Cancelled {id}.";
    }
}

/// <summary>A tool whose argument need not be given.</summary>
internal sealed class RefundTools
{
    public List<string> Refunded { get; } = [];

    /// <summary>Refunds an order, or all.</summary>
    /// <param name="id">Its number.</param>
    [AiTool("refund", Effect = ToolEffect.Write)]
    public string Refund(string? id = null)
    {
        Refunded.Add(id ?? "all");
        return "Refunded.";
    }
}

/// <summary>Tools that cannot be cancelled.</summary>
internal sealed class SlowTools : IDisposable
{
    public ManualResetEventSlim Gate { get; } = new();

    public bool HasEnded { get; private set; }

    /// <summary>Reads.</summary>
    [AiTool("read_slowly")]
    public string Read()
    {
        Gate.Wait(TimeSpan.FromSeconds(30));
        HasEnded = true;
        return "Read.";
    }

    /// <summary>Writes.</summary>
    [AiTool("write_slowly", Effect = ToolEffect.Write)]
    public string Write()
    {
        Gate.Wait(TimeSpan.FromSeconds(2));
        HasEnded = true;
        return "Written.";
    }

    public void Dispose() => Gate.Dispose();
}

/// <summary>Functions with tools.</summary>
[AiFunctions]
[Tools<ShopTools>]
internal interface IShopDesk
{
    [UserPrompt("{{message}}")]
    Task<AiResult<string>> AnswerAsync(string message, CancellationToken cancellationToken = default);

    [UserPrompt("{{message}}")]
    Task<AiResult<ShopOrder>> ExtractAsync(string message, CancellationToken cancellationToken = default);

    [UserPrompt("{{message}}"), Reask]
    Task<AiResult<ShopOrder>> ExtractAgainAsync(string message, CancellationToken cancellationToken = default);

    [UserPrompt("{{message}}")]
    [ToolLimits(Steps = 3, Calls = 2)]
    Task<AiResult<string>> ShortAsync(string message, CancellationToken cancellationToken = default);

    [UserPrompt("{{message}}")]
    [ToolLimits(Tokens = 30)]
    Task<string> CheapAsync(string message, CancellationToken cancellationToken = default);

    [UserPrompt("{{message}}")]
    [ToolLimits(Seconds = 1)]
    Task<string> FastAsync(string message, CancellationToken cancellationToken = default);

    [UserPrompt("{{message}}")]
    [ToolLimits(Seconds = 1)]
    Task<string> FastWithAsync(string message, IEnumerable<AITool> tools, CancellationToken cancellationToken = default);

    [UserPrompt("{{message}}")]
    IAsyncEnumerable<string> StreamAsync(string message, CancellationToken cancellationToken = default);

    [UserPrompt("{{message}}")]
    [InputGuard<PiiGuard>]
    [Guard(GuardStage.Output)]
    Task<AiResult<string>> GuardedAsync(string message, CancellationToken cancellationToken = default);

    [UserPrompt("{{message}}")]
    Task<AiResult<string>> WithMoreAsync(string message, IEnumerable<AITool> tools, CancellationToken cancellationToken = default);
}

/// <summary>Functions that have others as their tools.</summary>
[AiFunctions]
internal interface IOuterDesk
{
    [UserPrompt("{{message}}")]
    Task<AiResult<string>> AnswerAsync(string message, IEnumerable<AITool> tools, CancellationToken cancellationToken = default);

    [UserPrompt("{{message}}")]
    IAsyncEnumerable<string> StreamAsync(string message, IEnumerable<AITool> tools, CancellationToken cancellationToken = default);
}

#pragma warning disable CA1822 // The generator declares it as a member of the class.
/// <summary>The stub, filled in.</summary>
internal sealed partial class ShopDesk
{
    private partial ValueTask<GuardVerdict> GuardGuardedOutputAsync(string reply, GuardContext context) => new(GuardVerdict.Rewrite(reply + " Bye."));
}
