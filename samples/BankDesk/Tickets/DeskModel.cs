using Microsoft.Extensions.AI;

namespace BankDesk.Tickets;

/// <summary>The model that the desk works with.</summary>
/// <param name="Client">Answers.</param>
/// <param name="Name">What it is called on the page.</param>
/// <param name="Where">Where it runs, in words.</param>
/// <param name="CallsTools">Whether it calls tools itself; else the desk's rules propose calls by what it made of a message.</param>
/// <param name="WritesAnswers">Whether it writes answers out of what it is given to read; else the handbook's own sentences are shown.</param>
internal sealed record DeskModel(IChatClient Client, string Name, string Where, bool CallsTools, bool WritesAnswers = true) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose() => Client.Dispose();
}
