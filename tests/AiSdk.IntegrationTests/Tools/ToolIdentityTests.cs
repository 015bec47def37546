using Microsoft.Extensions.AI;
using Xunit;

namespace AiSdk.IntegrationTests.Tools;

/// <summary>Effects of different classes are different effects, though the tools' names and arguments are the same.</summary>
public sealed class ToolIdentityTests
{
    [Fact]
    public async Task Equal_names_of_two_classes_do_not_share_an_effect()
    {
        Subscriptions subscriptions = new();
        Deliveries deliveries = new();
        MemoryToolJournal journal = new();
        using (ToolOperation.Begin(Guid.NewGuid().ToString()))
        {
            for (int time = 0; time < 2; time++)
            {
                Assert.Equal("Subscription 17 is cancelled.", await CallAsync(subscriptions.AsAiTools(journal)));
                Assert.Equal("Delivery 17 is cancelled.", await CallAsync(deliveries.AsAiTools(journal)));
            }
        }
        Assert.Equal((1, 1), (subscriptions.Cancelled, deliveries.Cancelled));
    }

    private static async Task<string?> CallAsync(IReadOnlyList<AIFunction> tools) =>
        (await Assert.Single(tools).InvokeAsync(new AIFunctionArguments { ["id"] = 17 }, TestContext.Current.CancellationToken))?.ToString();
}

internal sealed class Subscriptions
{
    public int Cancelled { get; private set; }

    /// <summary>Cancels a subscription.</summary>
    [AiTool("cancel", Effect = ToolEffect.Destructive)]
    public string Cancel(int id)
    {
        Cancelled++;
        return $"Subscription {id} is cancelled.";
    }
}

internal sealed class Deliveries
{
    public int Cancelled { get; private set; }

    /// <summary>Cancels a delivery.</summary>
    [AiTool("cancel", Effect = ToolEffect.Destructive)]
    public string Cancel(int id)
    {
        Cancelled++;
        return $"Delivery {id} is cancelled.";
    }
}
