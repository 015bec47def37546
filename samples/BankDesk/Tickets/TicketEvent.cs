using System.Text.Json;
using System.Text.Json.Serialization;
using AiSdk;
using BankDesk.Answers;

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
[JsonDerivedType(typeof(PassagesFound), "passages")]
[JsonDerivedType(typeof(Answered), "answer")]
[JsonDerivedType(typeof(Closed), "closed")]
internal abstract record TicketEvent
{
    /// <summary>The ticket was opened.</summary>
    /// <param name="IsQuestion">Whether the desk asks its handbook, and no customer wrote.</param>
    public sealed record Opened(string Ticket, string CustomerId, string Message, bool IsQuestion, DateTimeOffset At, string? RetryOf) : TicketEvent;

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
    public sealed record FactsRead(decimal? Amount, string? Currency, string? Merchant, string? Date, string? CardEnding, IReadOnlyList<FactCorrection> Corrections) : TicketEvent;

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
    /// <param name="Milliseconds">How long it ran, without the wait for somebody to approve it; null if it did not.</param>
    public sealed record ToolAnswered(string Tool, string Arguments, string Result, bool Ran, bool Changes, double? Milliseconds) : TicketEvent;

    /// <summary>The handbook was searched.</summary>
    public sealed record PassagesFound(int Step, IReadOnlyList<PassageView> Passages) : TicketEvent;

    /// <summary>The handbook has answered.</summary>
    /// <param name="Text">The answer; null if the handbook does not say.</param>
    /// <param name="IsExtract">Whether it is made of the handbook's own sentences, and no model wrote it.</param>
    /// <param name="Citations">Where it stands.</param>
    /// <param name="Near">What comes nearest, where the handbook does not say.</param>
    public sealed record Answered(string? Text, bool IsExtract, IReadOnlyList<PassageView> Citations, IReadOnlyList<PassageView> Near) : TicketEvent;

    /// <summary>The ticket is closed: nothing comes after this.</summary>
    public sealed record Closed(TicketStatus Status, string? Reason, double Milliseconds, long InputTokens, long OutputTokens) : TicketEvent;
}

/// <summary>What the message did not bear out, or the model could not see.</summary>
/// <param name="Fact">The fact, as the page calls it.</param>
/// <param name="Read">What the model read; null if nothing.</param>
/// <param name="Kept">What is taken instead; null if nothing is.</param>
/// <param name="Why">Why.</param>
internal sealed record FactCorrection(string Fact, string? Read, string? Kept, string Why);

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
