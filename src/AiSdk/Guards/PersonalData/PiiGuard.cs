using System.Text;

namespace AiSdk;

/// <summary>
/// Keeps personal data from the model: arguments are sent with placeholders like <c>[EMAIL_1]</c> in its place, and where the reply uses those the caller gets the data back. As an output guard
/// it hides what personal data the model writes on its own.
/// </summary>
/// <remarks>
/// It finds data by format, check digits and the words around it, however it is written in Unicode (digits of other scripts and widths, invisible characters in between), without a model and in linear time. Names and postal addresses, which have no format, it does not find. Derive from it
/// to set it otherwise than by default: <c>sealed class CardGuard() : PiiGuard(PiiKinds.Card, blocks: true)</c>. Safe for concurrent use.
/// </remarks>
public class PiiGuard : IInputGuard, IStreamingOutputGuard, IMaskingGuard
{
    private readonly PiiScanner _scanner;
    private readonly bool _blocks;

    /// <summary>A guard that hides personal data of all kinds.</summary>
    public PiiGuard()
        : this(PiiKinds.All)
    {
    }

    /// <summary>A guard against some kinds of personal data.</summary>
    /// <param name="kinds">The kinds.</param>
    /// <param name="blocks">Whether such data ends the call instead of being hidden.</param>
    public PiiGuard(PiiKinds kinds, bool blocks = false)
    {
        _scanner = new PiiScanner(kinds);
        _blocks = blocks;
    }

    /// <summary>All personal data in a text, in order.</summary>
    /// <param name="text">The text.</param>
    public IReadOnlyList<PiiMatch> Find(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return [.. _scanner.Find(text).Select(found => new PiiMatch(found.Kind, found.Start, found.Length, text.Substring(found.Start, found.Length)))];
    }

    /// <summary>Puts placeholders in the place of personal data; <see cref="PiiVault.Restore"/> gives the text back as it was.</summary>
    /// <param name="text">The text.</param>
    /// <param name="vault">Keeps what was hidden.</param>
    public string Mask(string text, PiiVault vault)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(vault);
        return Mask(text, vault, HiddenSource.Given);
    }

    private string Mask(string text, PiiVault vault, HiddenSource source)
    {
        StringBuilder? masked = null;
        ScannedText scanned = ScannedText.Plain(text, isLast: true);
        int copied = 0;
        for (int at = 0; at < scanned.Text.Length;)
        {
            int start = scanned.Start(at);
            int length = _scanner.Match(scanned.Text, at, isLast: true, out PiiKinds kind);
            int end = length == 0 ? start : scanned.End(at + length);
            // What looks like a placeholder already would be taken for one when the reply is restored.
            if (length == 0 && text[start] == '[')
                end += PiiVault.PlaceholderLength(text, start, isLast: true);
            if (end > start)
            {
                (masked ??= new StringBuilder(text.Length)).Append(text, copied, start - copied).Append(vault.Placeholder(kind, text[start..end], source));
                copied = end;
            }
            at = end > start ? scanned.At(end) : at + 1;
        }
        return masked is null ? text : masked.Append(text, copied, text.Length - copied).ToString();
    }

    /// <inheritdoc/>
    /// <remarks>One that hides data does so in what tools give in any case.</remarks>
    public virtual bool ChecksToolResults => _blocks;

    /// <inheritdoc/>
    public ValueTask<GuardVerdict> CheckInputAsync(string text, GuardContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(context);
        if (_blocks)
        {
            foreach ((_, _, PiiKinds kind) in _scanner.Find(text))
                return new(GuardVerdict.Block(Reason(kind)));
            return new(GuardVerdict.Allow);
        }
        string masked = Mask(text, Vault(context));
        return new(ReferenceEquals(masked, text) ? GuardVerdict.Allow : GuardVerdict.Rewrite(masked));
    }

    /// <inheritdoc/>
    public ValueTask<GuardVerdict> CheckOutputAsync(string reply, GuardContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(reply);
        return new(OpenWindow(context).Check(reply));
    }

    /// <inheritdoc/>
    public ReplyWindow OpenWindow(GuardContext context) => new HidingWindow(_scanner, _blocks);

    /// <summary>What this guard has hidden in a call.</summary>
    /// <param name="context">The call.</param>
    public PiiVault Vault(GuardContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.State(this, static () => new PiiVault());
    }

    ReplyWindow? IMaskingGuard.OpenRestore(GuardContext context, HiddenSource? source) => _blocks ? null : new PiiVault.RestoringWindow(Vault(context), source);

    string IMaskingGuard.MaskAgain(string text, GuardContext context, HiddenSource source)
    {
        if (_blocks)
            return text;
        PiiVault vault = Vault(context);
        StringBuilder? masked = null;
        int copied = 0;
        // What is hidden already is not found anew: without the words beside it, or with others, it might be nothing or something else.
        foreach ((int start, int length, string placeholder) in vault.Known(text))
        {
            (masked ??= new StringBuilder(text.Length)).Append(Mask(text[copied..start], vault, source)).Append(placeholder);
            copied = start + length;
        }
        return masked is null ? Mask(text, vault, source) : masked.Append(Mask(text[copied..], vault, source)).ToString();
    }

    private static string Reason(PiiKinds kind) => kind switch
    {
        PiiKinds.Email => "it holds an e-mail address",
        PiiKinds.Phone => "it holds a telephone number",
        PiiKinds.Card => "it holds the number of a payment card",
        PiiKinds.Iban => "it holds an IBAN",
        PiiKinds.SocialSecurityNumber => "it holds a social security number",
        PiiKinds.IpAddress => "it holds an IP address",
        _ => "it holds the number of a personal document",
    };

    /// <summary>Hides what the model wrote on its own: nothing brings it back.</summary>
    private sealed class HidingWindow(PiiScanner scanner, bool blocks) : ScanWindow<PiiKinds>(scanner)
    {
        protected override bool Replace(ReadOnlySpan<char> found, PiiKinds kind, out string? replacement)
        {
            replacement = blocks ? null : $"[{PiiVault.Label(kind)}]";
            return true;
        }

        protected override string Reason(PiiKinds kind) => PiiGuard.Reason(kind);
    }
}
