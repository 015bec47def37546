using Quickstart;

namespace BankDesk.Tickets;

/// <summary>Opens the model that comes with this program.</summary>
internal static class DeskModels
{
    /// <summary>The embedded model. It knows messages to a bank, calls no tools and writes no answers.</summary>
    /// <exception cref="UserException">It is not there.</exception>
    public static DeskModel Embedded() => new(EmbeddedModel.Open(), "Embedded bank model", $"offline, on this machine. {EmbeddedModel.Knowledge}", CallsTools: false, WritesAnswers: false);
}
