using AiSdk;
using Quickstart;

namespace McpServer;

/// <summary>What a host is given in the place of a function whose value needs a check: a host does not know the message's rules, and takes what it gets for true.</summary>
/// <param name="desk">Whose functions they are.</param>
internal sealed class BankTools(IBankDesk desk)
{
    /// <summary>Extracts the facts of a message to a bank: amount, currency, merchant, date, card ending. What the message does not bear out is mended from it or left out, and listed.</summary>
    /// <param name="message">What the customer wrote.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    [AiTool]
    public async Task<CheckedFacts> ExtractAsync(string message, CancellationToken cancellationToken)
    {
        AiResult<MessageFacts> read = await desk.ExtractAsync(message, cancellationToken).ConfigureAwait(false);
        MessageFacts facts = FactsCheck.Supported(read.Value, message, out IReadOnlyList<string> corrections);
        return new CheckedFacts(facts, corrections);
    }
}
