using AiSdk;
using BankDesk.Functions;
using BankDesk.Tools;

namespace BankDesk.Tickets;

/// <summary>What one ticket's functions ask for: its tools, if it may use some, its guard, and the journal that all tickets share.</summary>
internal sealed class TicketServices(DeskTools? tools, PersonalDataGuard guard, IToolJournal journal) : IServiceProvider
{
    /// <inheritdoc/>
    public object? GetService(Type serviceType) =>
        serviceType == typeof(DeskTools) ? tools : serviceType == typeof(PersonalDataGuard) ? guard : serviceType == typeof(IToolJournal) ? journal : null;
}
