using Xunit;
namespace AiSdk.Generators.Tests;
public class SmokeTests
{
    [Fact]
    public void Smoke()
    {
        var code = GeneratorHarness.Run("""
            using System.ComponentModel;
            using System.ComponentModel.DataAnnotations;
            namespace Demo;
            public enum Intent { CardArrival, [Description("The card did not work")] DeclinedCardPayment }
            /// <summary>A customer's order.</summary>
            /// <param name="Id">The order number.</param>
            public sealed record Order(string Id, decimal Total, [Range(1, 5)] int Stars, Intent Intent, IReadOnlyList<string> Tags, Address? Address = null);
            public sealed record Address { public required string Street { get; init; } public int Floor { get; init; } = 3; public string? Note { get; set; } public Order? Parent { get; init; } }
            [AiFunctions]
            public interface ISupportDesk
            {
                [SystemPrompt("You route customer messages for {{bank}}.")]
                [UserPrompt("{{message}}")]
                [Example("My card was declined in a shop", "\"DeclinedCardPayment\"")]
                Task<Intent> RouteAsync(string message, [Trusted] string bank, CancellationToken cancellationToken = default);

                [UserPrompt("Extract: {{text}}")]
                [ModelOptions("fast", Temperature = 0, MaxOutputTokens = 256)]
                ValueTask<AiResult<Order?>> ExtractAsync(string text, ChatOptions? options = null);

                [UserPrompt("Orders:\n{{#each orders}}\n- {{Id}}: {{Total:N2}} {{#if Address}}to {{Address.Street}}{{/if}}{{#unless @last}},{{/unless}}\n{{else}}\nnone\n{{/each}}\nThat is {{json orders indent=2}} {{date}} {{intent}}.")]
                IAsyncEnumerable<string> TellAsync(IReadOnlyList<Order> orders, DateOnly date, Intent? intent, IReadOnlyList<ChatMessage> history);

                [UserPrompt("What is {{missing}}?")]
                Task<string> BadAsync(string text);
            }
            """);
        File.WriteAllText("/tmp/out.cs", code.Single);
    }
}
