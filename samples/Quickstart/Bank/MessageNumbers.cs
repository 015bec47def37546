using System.Globalization;
using System.Text.RegularExpressions;

namespace Quickstart;

/// <summary>The numbers of a message, told apart by what stands around them: amounts of money, the last digits of cards, and those of dates and times, which are neither.</summary>
internal static partial class MessageNumbers
{
    // Of one or two digits, any number is one digit from any other.
    private const int FewestDigits = 3;

    private static readonly Dictionary<Currency, string[]> s_marks = new()
    {
        [Currency.Euro] = ["€", "eur", "euro", "euros"],
        [Currency.Pound] = ["£", "gbp", "pound", "pounds", "quid", "sterling"],
        [Currency.UsDollar] = ["$", "us$", "usd", "dollar", "dollars"],
        [Currency.SwissFranc] = ["chf", "franc", "francs"],
        [Currency.Yen] = ["¥", "jpy", "yen"],
        [Currency.AustralianDollar] = ["a$", "au$", "aud", "australian"],
        [Currency.CanadianDollar] = ["c$", "ca$", "cad", "canadian"],
        [Currency.SwedishKrona] = ["sek", "kronor", "krona", "swedish"],
        [Currency.Zloty] = ["pln", "zloty", "zł"],
        [Currency.Rupee] = ["₹", "inr", "rs", "rupee", "rupees"],
    };

    /// <summary>Whether a message names a currency.</summary>
    public static bool Names(string message, Currency currency) => s_marks[currency].Any(mark => Holds(message, mark));

    /// <summary>The amount of a message that a number is, or is with one digit that slipped; <see langword="null"/> where there is none, or several are as near.</summary>
    /// <param name="message">The message.</param>
    /// <param name="amount">The number.</param>
    /// <param name="cardEnding">Four digits that are a card's, and no amount unless a currency stands beside them; or null.</param>
    public static decimal? NearestAmount(string message, decimal amount, string? cardEnding)
    {
        HashSet<decimal> amounts = [.. Amounts(message).Where(found => found.Digits != cardEnding || found.Currency is not null).Select(static found => found.Value)];
        if (amounts.Contains(amount))
            return amount;
        string digits = DigitsOf(amount);
        decimal[] near = [.. amounts.Where(value => DigitsOf(value) is { Length: >= FewestDigits } other && digits.Length >= FewestDigits && NearestWords.Distance(other, digits) <= 1)];
        return near is [var only] ? only : null;
    }

    /// <summary>The currency that stands beside an amount; <see langword="null"/> where none does, or it stands there more than once with others.</summary>
    public static Currency? CurrencyOf(string message, decimal amount) =>
        Amounts(message).Where(found => found.Value == amount && found.Currency is not null).Select(static found => found.Currency).Distinct().ToArray() is [var only] ? only : null;

    /// <summary>The card ending of a message that four digits are, or are with one digit that slipped; <see langword="null"/> where there is none, or several are as near.</summary>
    public static string? NearestCardEnding(string message, string ending)
    {
        HashSet<string> endings = CardEndings(message);
        if (endings.Contains(ending))
            return ending;
        string[] near = [.. endings.Where(other => NearestWords.Distance(other, ending) <= 1)];
        return near is [var only] ? only : null;
    }

    /// <summary>The amounts that a message may mean: a point or comma before three digits can be read in two ways.</summary>
    private static IEnumerable<(decimal Value, string Digits, Currency? Currency)> Amounts(string message)
    {
        string text = CardDigits().Replace(WithoutDates(message), Blank);
        foreach (Match match in Number().Matches(text))
        {
            Currency? currency = CurrencyBeside(text, match);
            foreach (string reading in Readings(match.Value))
            {
                if (decimal.TryParse(reading, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal value))
                    yield return (value, match.Value, currency);
            }
        }
    }

    /// <summary>What may be the last four digits of a card: four digits that are no amount of a currency and no part of a date, or are said to be a card's, or the end of a whole card number.</summary>
    private static HashSet<string> CardEndings(string message)
    {
        HashSet<string> endings = [];
        string text = WithoutDates(message);
        foreach (Match match in FourDigits().Matches(CardDigits().Replace(text, Blank)))
        {
            if (CurrencyBeside(text, match) is null)
                endings.Add(match.Value);
        }
        // "the card ending 1841 £974": what is said to be a card's is one, whatever follows; and whole numbers end in their last four.
        foreach (Match match in CardDigits().Matches(text))
            endings.Add(string.Concat(match.Value.Where(char.IsAsciiDigit))[^4..]);
        return endings;
    }

    /// <summary>The currency whose mark stands beside a number: one that touches it before one that does not, before it rather than behind, and the longest, since A$ ends in $.</summary>
    private static Currency? CurrencyBeside(string text, Match number)
    {
        string before = text[..number.Index];
        string behind = text[(number.Index + number.Length)..];
        return Before(before) ?? Behind(behind) ?? Before(before.TrimEnd()) ?? Behind(behind.TrimStart());

        static Currency? Before(string text) => Longest(mark => text.EndsWith(mark, StringComparison.OrdinalIgnoreCase) && IsFree(text, text.Length - mark.Length, mark));

        static Currency? Behind(string text) => Longest(mark => text.StartsWith(mark, StringComparison.OrdinalIgnoreCase) && IsFree(text, 0, mark));

        static Currency? Longest(Func<string, bool> isThere) => s_marks.SelectMany(static marks => marks.Value, static (marks, mark) => (Currency: (Currency?)marks.Key, Mark: mark))
            .Where(one => isThere(one.Mark)).OrderByDescending(static one => one.Mark.Length).FirstOrDefault().Currency;

        // Not the end of another mark, NZ$, and not that of a number on its other side.
        static bool IsFree(string text, int at, string mark) => !IsInWord(text, at, mark)
            && (at == 0 || !char.IsAsciiDigit(text[at - 1])) && (mark[0] != '$' || at == 0 || !char.IsLetter(text[at - 1]))
            && (at + mark.Length == text.Length || !char.IsAsciiDigit(text[at + mark.Length]));
    }

    private static string DigitsOf(decimal value) => string.Concat(value.ToString(CultureInfo.InvariantCulture).Where(char.IsAsciiDigit));

    private static string WithoutDates(string message) => DateOrTime().Replace(message, Blank);

    private static string Blank(Match match) => new(' ', match.Length);

    private static IEnumerable<string> Readings(string number)
    {
        // Groups set off by spaces or apostrophes, and then perhaps a fraction.
        string plain = string.Concat(number.Where(static c => c is not (' ' or '\u00A0' or '\'')));
        char[] marks = [.. plain.Where(static c => c is '.' or ',')];
        if (marks.Length == 0)
        {
            yield return plain;
            yield break;
        }
        int last = plain.LastIndexOfAny(['.', ',']);
        string whole = string.Concat(plain[..last].Where(char.IsAsciiDigit));
        string fraction = plain[(last + 1)..];
        bool isGrouped = plain.Split('.', ',') is [{ Length: >= 1 and <= 3 } first, .. var rest] && first != "0" && rest.All(static group => group.Length == 3);
        bool isOneMark = marks.Distinct().Count() == 1;
        if (isGrouped && isOneMark)
            yield return whole + fraction;
        // 1,250 is grouped, 12,50 is not; several marks of one kind set off groups, or are no number at all.
        if (marks.Length == 1 ? marks[0] == '.' || !isGrouped : !isOneMark && marks[..^1].Distinct().Count() == 1)
            yield return $"{whole}.{fraction}";
    }

    private static bool Holds(string message, string mark)
    {
        for (int at = message.IndexOf(mark, StringComparison.OrdinalIgnoreCase); at >= 0; at = message.IndexOf(mark, at + 1, StringComparison.OrdinalIgnoreCase))
        {
            if (!IsInWord(message, at, mark))
                return true;
        }
        return false;
    }

    private static bool IsInWord(string text, int at, string mark) =>
        (char.IsLetter(mark[0]) && at > 0 && char.IsLetter(text[at - 1])) || (char.IsLetter(mark[^1]) && at + mark.Length < text.Length && char.IsLetter(text[at + mark.Length]));

    [GeneratedRegex(@"(?<![0-9])(?:[0-9]{1,3}(?:[ \u00A0'][0-9]{3})+(?:[.,][0-9]{1,2})?(?![0-9])|[0-9]+(?:[.,][0-9]+)*)", RegexOptions.CultureInvariant)]
    private static partial Regex Number();

    [GeneratedRegex(@"(?<![0-9]|[0-9][.,])[0-9]{4}(?![0-9]|[.,][0-9])", RegexOptions.CultureInvariant)]
    private static partial Regex FourDigits();

    [GeneratedRegex(@"(?:\b(?:ending|ends|ended)(?: (?:in|with))? |\bdigits(?: [a-z]+){0,3} |\bcard (?:number |no\.? )?[-*.x]*|[*x]{2,} ?|\.\.\.)[0-9]{4}(?![0-9]|[.,][0-9]|(?:[ -][0-9]{4}){2})|(?<![0-9])(?:[0-9][ -]?){12,18}[0-9](?![0-9])", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex CardDigits();

    [GeneratedRegex(
        @"\b[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}\b|\b[0-9]{1,2}([/.])[0-9]{1,2}\1[0-9]{2,4}\b|\b[0-9]{1,2}:[0-9]{2}\b|\b[0-9]{1,2}(?:st|nd|rd|th)\b"
        + @"|(?<![£€$¥₹.,0-9])\b[0-9]{1,2}(?:st|nd|rd|th)?(?: of)? (?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)(?:uary|ruary|ch|il|ust|tember|ober|ember)?\b\.?(?:,? (?:19|20)[0-9]{2}\b)?"
        + @"|\b(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)(?:uary|ruary|ch|il|ust|tember|ober|ember)?\.? (?:(?:19|20)[0-9]{2}\b|[0-9]{1,2}(?:st|nd|rd|th)?\b(?![.,][0-9])(?:,? (?:19|20)[0-9]{2}\b)?)",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex DateOrTime();
}
