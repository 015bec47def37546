using System.Text;
using Quickstart;

namespace BankDesk.Planning;

/// <summary>Intents in words.</summary>
internal static class IntentNames
{
    /// <summary><c>Lost or stolen card</c> for LostOrStolenCard.</summary>
    public static string Of(BankIntent intent)
    {
        StringBuilder words = new();
        foreach (char c in intent.ToString())
        {
            bool begins = char.IsAsciiLetterUpper(c) && words.Length > 0;
            words.Append(begins ? " " : "").Append(begins ? char.ToLowerInvariant(c) : c);
        }
        return words.Replace(" pin", " PIN").Replace("Pin ", "PIN ").Replace(" atm", " ATM").Replace("Atm ", "ATM ").ToString();
    }
}
