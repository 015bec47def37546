using AiSdk;

namespace BankDesk.Functions;

/// <summary><see cref="PiiGuard"/> that tells what it hid, so that the page can show it and tools can be given it back.</summary>
/// <param name="hidden">Told of a call's placeholders and what they stand for.</param>
/// <remarks>One for each ticket, whose calls run one after the other.</remarks>
internal sealed class PersonalDataGuard(Action<IReadOnlyDictionary<string, string>> hidden) : PiiGuard, IInputGuard
{
    /// <inheritdoc/>
    public string Name => nameof(PiiGuard);

    async ValueTask<GuardVerdict> IInputGuard.CheckInputAsync(string text, GuardContext context, CancellationToken cancellationToken)
    {
        GuardVerdict verdict = await CheckInputAsync(text, context, cancellationToken);
        if (verdict.Kind == GuardVerdictKind.Rewrite)
            hidden(Vault(context).Values);
        return verdict;
    }
}
