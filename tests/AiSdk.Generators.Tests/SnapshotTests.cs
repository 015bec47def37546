using Xunit;

namespace AiSdk.Generators.Tests;

/// <summary>Whole generated files, to be read: see <see cref="Snapshot"/>.</summary>
public sealed class SnapshotTests
{
    [Fact]
    public void Enum_routing_with_an_example() => Snapshot.Matches(GeneratorHarness.Run(
        """
        namespace Contoso;

        [AiFunctions]
        public interface ISupportDesk
        {
            [SystemPrompt("You route customer messages for {{bank}}.")]
            [UserPrompt("{{message}}")]
            [Example("My card was declined in a shop", "\"declined_card_payment\"")]
            Task<Intent> RouteAsync(string message, [Trusted] string bank, CancellationToken cancellationToken = default);
        }

        /// <summary>What the customer wants.</summary>
        public enum Intent
        {
            [System.Text.Json.Serialization.JsonStringEnumMemberName("declined_card_payment")] DeclinedCardPayment,

            /// <summary>Anything else.</summary>
            [System.Text.Json.Serialization.JsonStringEnumMemberName("other")] Other,
        }
        """));

    [Fact]
    public void Reasoning_votes_and_a_critique() => Snapshot.Matches(GeneratorHarness.Run(
        """
        namespace Contoso;

        [AiFunctions]
        public interface IJury
        {
            [UserPrompt("{{facts}}")]
            [Reasoning("Weigh both sides."), SelfConsistency(3, TokenBudget = 5000), SelfCritique("Is it proven?", Rounds = 2), Reask]
            [Example("He paid.", "{\"verdict\": \"NotGuilty\", \"charges\": []}", Reasoning = "Who has paid owes nothing.")]
            Task<Ruling> JudgeAsync(string facts, CancellationToken cancellationToken = default);

            [UserPrompt("{{facts}}\n{{output_format}}")]
            [Reasoning(Source = ReasoningSource.Field)]
            Task<int?> CountAsync(string facts, ChatOptions options);

            [UserPrompt("{{facts}}")]
            [SelfCritique]
            Task<string> SumUpAsync(string facts);
        }

        public enum Verdict { Guilty, NotGuilty }

        public record Ruling(Verdict Verdict, System.Collections.Immutable.ImmutableArray<Charge?> Charges, Dictionary<string, Span?>? Spans = null, Plea? Plea = null);

        public record Charge(string Name, IReadOnlyList<Charge>? Parts = null);

        public record struct Span(DateOnly From, DateOnly To);

        public abstract record Plea
        {
            public sealed record Deny : Plea;

            public sealed record Admit(string What, Span When) : Plea;
        }
        """));

    [Fact]
    public void Guards_of_classes_and_stubs() => Snapshot.Matches(GeneratorHarness.Run(
        """
        namespace Contoso;

        [AiFunctions]
        [InputGuard<PiiGuard>]
        public interface IGuarded
        {
            [UserPrompt("{{message}}\n{{json order}}")]
            [InputGuard<InjectionGuard>(TimeoutMilliseconds = 200, OnFailure = GuardFailureMode.Open)]
            [Guard(GuardStage.Input)]
            [Guard(GuardStage.Output)]
            Task<int> CountAsync(string message, Order? order, string[] lines, IReadOnlyList<ChatMessage> history, CancellationToken cancellationToken = default);

            [UserPrompt("{{message}}")]
            [OutputGuard<SecretGuard>]
            [OutputGuard<Custom>]
            IAsyncEnumerable<string> StreamAsync(string message);

            [UserPrompt("{{number}}")]
            [Guard(GuardStage.Output)]
            ValueTask<string> TellAsync([Trusted] string note, int number);
        }

        public record Order(string Text, int Number);

        public abstract class Custom : IStreamingOutputGuard
        {
            public ValueTask<GuardVerdict> CheckOutputAsync(string reply, GuardContext context, CancellationToken cancellationToken) => new(GuardVerdict.Allow);
            public ReplyWindow? OpenWindow(GuardContext context) => null;
        }

        partial class Guarded
        {
            private partial ValueTask<GuardVerdict> GuardCountInputAsync(string message, Order? order, string[] lines, IReadOnlyList<ChatMessage> history, GuardContext context) => new(GuardVerdict.Allow);
            private partial ValueTask<GuardVerdict> GuardCountOutputAsync(int reply, GuardContext context) => new(GuardVerdict.Allow);
            private partial ValueTask<GuardVerdict> GuardTellOutputAsync(string reply, GuardContext context) => new(GuardVerdict.Allow);
        }
        """));

    [Fact]
    public void Retrieved_passages_and_citations() => Snapshot.Matches(GeneratorHarness.Run(
        """
        namespace Contoso;

        [AiFunctions]
        public interface IHandbook
        {
            [UserPrompt("Answer from the passages only.\n{{passages}}\n\nQuestion: {{question}}")]
            Task<Answer> AnswerAsync(string question, [Retrieve("handbook", Query = nameof(question), Top = 6)] Passages? passages = null, CancellationToken cancellationToken = default);

            [UserPrompt("{{event}}{{first}}{{second}}")]
            [InputGuard<InjectionGuard>]
            IAsyncEnumerable<string> StreamAsync(string @event, string other, [Retrieve("news", Query = "event", TokenBudget = 500)] Passages? first, Passages? second);
        }

        public sealed record Answer(string? Text, IReadOnlyList<Citation> Citations);
        """));

    [Fact]
    public void Streams_of_elements_and_of_parts() => Snapshot.Matches(GeneratorHarness.Run(
        """
        namespace Contoso;

        [AiFunctions]
        [AllowLoss]
        public interface IReporter
        {
            [SystemPrompt("{{output_format}}")]
            [UserPrompt("{{text}}")]
            IAsyncEnumerable<Item> ItemsAsync(string text, CancellationToken cancellationToken = default);

            [UserPrompt("{{text}}")]
            [StructuredOutput(StructuredOutputMode.ToolCall)]
            IAsyncEnumerable<Partial<Report>> ReportAsync(string text, CancellationToken cancellationToken = default);

            [UserPrompt("{{text}}")]
            [Reask(2, TokenBudget = 3000)]
            Task<Item> FirstAsync(string text);
        }

        /// <summary>A report.</summary>
        /// <param name="Title">Its title.</param>
        public record Report(string Title, int? Pages, Kind Kind, List<Item> Items, Dictionary<string, double> Scores, Finding? Finding);

        public record Item(string Name, string[] Tags, DateOnly[] Days);

        public enum Kind { Daily, Weekly }

        public abstract record Finding { public record Good(string Why) : Finding; public record Bad(string Why, int Level) : Finding; }
        """));

    [Fact]
    public void A_type_with_rules() => Snapshot.Matches(GeneratorHarness.Run(
        """
        using System.ComponentModel.DataAnnotations;

        namespace Contoso;

        [AiFunctions]
        public interface IDesk
        {
            [UserPrompt("{{text}}")]
            Task<Booking?> BookAsync(string text);

            [UserPrompt("{{text}}")]
            Task<Plain> AnswerAsync(string text);
        }

        public sealed record Booking(
            [Required, StringLength(40, MinimumLength = 2)] string Guest,
            [RegularExpression("[A-Z]{2}[0-9]+", ErrorMessage = "{0}: two letters and a number")] string? Code,
            [Range(typeof(decimal), "0.01", "999.99")] decimal? Price,
            [AllowedValues("eur", "usd")] string Currency,
            [Length(1, 3)] IReadOnlyList<Night> Nights,
            IReadOnlyDictionary<string, Plain> Notes) : IValidatableObject
        {
            public IEnumerable<ValidationResult> Validate(ValidationContext context) => [];
        }

        public sealed record Night([property: Future] DateOnly Day, Night? Next);

        public sealed record Plain(string Text);

        public sealed class FutureAttribute(int days = 1) : ValidationAttribute
        {
            public int Days => days;
        }
        """));

    [Fact]
    public void Extraction_of_a_record_nested_nullable_and_recursive() => Snapshot.Matches(GeneratorHarness.Run(
        """
        using System.ComponentModel.DataAnnotations;

        namespace Contoso;

        [AiFunctions]
        public interface IExtractor
        {
            [UserPrompt("{{text}}")]
            Task<AiResult<Order>> ExtractAsync(string text, ChatOptions? options = null);
        }

        /// <summary>An order.</summary>
        /// <param name="Id">Its number.</param>
        public record Order([property: Range(1, 999)] int Id, DateOnly? Due, List<Item> Items)
        {
            public string Currency { get; init; } = "EUR";
        }

        public sealed class Item
        {
            public required string Name { get; init; }
            public decimal? Price { get; set; }
            public Item[] Parts { get; set; } = [];
        }
        """));

    [Fact]
    public void A_union() => Snapshot.Matches(GeneratorHarness.Run(
        """
        namespace Contoso;

        [AiFunctions]
        internal interface IPlanner
        {
            [UserPrompt("{{goal}}")]
            ValueTask<Step> NextAsync(string goal);
        }

        internal abstract record Step
        {
            public sealed record Search(string Query) : Step;
            public sealed record Finish : Step;
        }
        """));

    [Fact]
    public void A_template_with_every_block() => Snapshot.Matches(GeneratorHarness.Run(
        """"
        namespace Contoso;

        [AiFunctions]
        public interface IWriter
        {
            [UserPrompt("""
                Dear {{customer.Name}},
                {{#if urgent}}
                this is urgent.
                {{else if customer.Since}}
                with us since {{customer.Since:yyyy}}:
                {{else}}
                hello.
                {{/if}}
                {{#each orders as |order|}}
                {{@index}}. {{order.Key}}: {{order.Value:N2}}{{#unless @last}},{{/unless}}
                {{else}}
                (nothing)
                {{/each}}
                {{json customer indent=2}}
                """)]
            Task<string> WriteAsync(Customer customer, bool urgent, IReadOnlyList<Line> orders);
        }

        public record Customer(string Name, DateOnly? Since);
        public readonly record struct Line(string Key, decimal Value);
        """"));

    [Fact]
    public void A_text_stream_with_history_and_media() => Snapshot.Matches(GeneratorHarness.Run(
        """
        namespace Contoso;

        [AiFunctions]
        public interface IChat
        {
            [ModelOptions("fast", Temperature = 0, MaxOutputTokens = 256)]
            [SystemPrompt("You are brief.")]
            [UserPrompt("{{history}}{{text}} {{media photo}}")]
            IAsyncEnumerable<string> AnswerAsync(string text, IReadOnlyList<ChatMessage> history, DataContent? photo = null, CancellationToken cancellationToken = default);
        }
        """));

    [Fact]
    public void Settings_with_an_adapter() => Snapshot.Matches(GeneratorHarness.Run(
        """
        namespace Contoso;

        [AiFunctions]
        public interface IRouter
        {
            [UserPrompt("{{text}}")]
            [ModelOptions(Temperature = 0, Adapter = "routing")]
            Task<string> RouteAsync(string text, CancellationToken cancellationToken = default);

            [UserPrompt("{{text}}")]
            [ModelOptions(Adapter = "routing")]
            Task<string> RouteWithAsync(string text, ChatOptions options, CancellationToken cancellationToken = default);
        }
        """));

    [Fact]
    public void Members_that_cannot_be_compiled() => Snapshot.Matches(GeneratorHarness.Run(
        """
        namespace Contoso;

        [AiFunctions]
        public interface IBroken
        {
            [SystemPrompt("Answer {{question}}")]
            Task<int> LeakAsync(string question);

            [UserPrompt("x")]
            Task<object> AnythingAsync();

            string Name { get; set; }
        }
        """));
}
