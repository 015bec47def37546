using System.Text.Json;
using System.Text.Json.Serialization;
using AiSdk;

namespace BankDesk.Tickets;

/// <summary>Something that happened in a ticket. All that the page shows of a ticket it makes of these, in their order.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(Opened), "opened")]
[JsonDerivedType(typeof(StepBegan), "step")]
[JsonDerivedType(typeof(GuardActed), "guard")]
[JsonDerivedType(typeof(PromptSent), "prompt")]
[JsonDerivedType(typeof(ReplyReceived), "reply")]
[JsonDerivedType(typeof(StepEnded), "stepEnd")]
[JsonDerivedType(typeof(Routed), "route")]
[JsonDerivedType(typeof(FactsRead), "facts")]
[JsonDerivedType(typeof(DraftGrew), "draft")]
[JsonDerivedType(typeof(NothingProposed), "nothing")]
[JsonDerivedType(typeof(Proposed), "proposed")]
[JsonDerivedType(typeof(Decided), "decided")]
[JsonDerivedType(typeof(ToolAnswered), "tool")]
[JsonDerivedType(typeof(Closed), "closed")]
internal abstract record TicketEvent
{
    /// <summary>The ticket was opened.</summary>
    public sealed record Opened(string Ticket, string CustomerId, string Message, DateTimeOffset At, string? RetryOf) : TicketEvent;

    /// <summary>An AI function is called.</summary>
    /// <param name="Step">The call's number in the ticket.</param>
    /// <param name="Function">Interface and method.</param>
    public sealed record StepBegan(int Step, string Function) : TicketEvent;

    /// <summary>A guard rewrote or blocked.</summary>
    /// <param name="Step">The call.</param>
    /// <param name="Guard">The guard.</param>
    /// <param name="Verdict">What it did.</param>
    /// <param name="Detail">Why, or which placeholders it put.</param>
    public sealed record GuardActed(int Step, string Guard, string Verdict, string Detail) : TicketEvent;

    /// <summary>A model is asked. The messages are as they are sent: guards have been through them.</summary>
    public sealed record PromptSent(int Step, int Request, IReadOnlyList<PromptMessage> Messages, string? Format, IReadOnlyList<string> Tools) : TicketEvent;

    /// <summary>A model has answered.</summary>
    public sealed record ReplyReceived(int Step, int Request, string Text, string? Model, string? FinishReason, long? InputTokens, long? CachedTokens, long? OutputTokens, double Milliseconds) : TicketEvent;

    /// <summary>The call of an AI function has ended.</summary>
    public sealed record StepEnded(int Step, double Milliseconds, long? InputTokens, long? OutputTokens, int Attempts, double? Confidence, IReadOnlyList<string> Repairs, string? Error) : TicketEvent;

    /// <summary>What the customer wants.</summary>
    public sealed record Routed(string Intent, double? Confidence, bool IsUnsure) : TicketEvent;

    /// <summary>What the message says.</summary>
    public sealed record FactsRead(decimal? Amount, string? Currency, string? Merchant, string? Date, string? CardEnding, IReadOnlyList<string> Corrections) : TicketEvent;

    /// <summary>The draft has more text.</summary>
    public sealed record DraftGrew(string Text) : TicketEvent;

    /// <summary>No change is proposed.</summary>
    public sealed record NothingProposed(string Reason) : TicketEvent;

    /// <summary>A change waits for somebody to approve it.</summary>
    public sealed record Proposed(string Approval, string Tool, ToolEffect Effect, string Description, JsonElement Arguments, string ProposedBy, string? Why) : TicketEvent;

    /// <summary>Somebody has decided.</summary>
    public sealed record Decided(string Approval, bool Approved) : TicketEvent;

    /// <summary>A tool was run, or was not.</summary>
    /// <param name="Tool">The tool.</param>
    /// <param name="Arguments">With what.</param>
    /// <param name="Result">What the model gets to see.</param>
    /// <param name="Ran">Whether it gave a result, and not the reason why it did not run.</param>
    /// <param name="Changes">Whether it is a tool with an effect.</param>
    public sealed record ToolAnswered(string Tool, string Arguments, string Result, bool Ran, bool Changes) : TicketEvent;

    /// <summary>The ticket is closed: nothing comes after this.</summary>
    public sealed record Closed(TicketStatus Status, string? Reason, double Milliseconds, long InputTokens, long OutputTokens) : TicketEvent;
}

/// <summary>One message of a prompt.</summary>
internal sealed record PromptMessage(string Role, string Text);

/// <summary>How far a ticket is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TicketStatus>))]
internal enum TicketStatus
{
    Running,
    Waiting,
    Done,
    Blocked,
    Failed,
    Cancelled,
}
