using System.Text;
using AiSdk;

namespace BankDesk.Tickets;

/// <summary>Text as the page may show it: of card and account numbers the last four digits only, which is all that a desk needs.</summary>
internal static class ShownText
{
    private const int Kept = 4;

    private static readonly PiiGuard _numbers = new(PiiKinds.Card | PiiKinds.Iban);

    /// <summary>The text with whole numbers shortened.</summary>
    public static string Of(string text)
    {
        StringBuilder shown = new();
        int copied = 0;
        foreach (PiiMatch match in _numbers.Find(text))
        {
            string digits = string.Concat(match.Value.Where(char.IsLetterOrDigit));
            shown.Append(text, copied, match.Start - copied).Append("•••• ").Append(digits[^Kept..]);
            copied = match.Start + match.Length;
        }
        return shown.Append(text, copied, text.Length - copied).ToString();
    }
}
