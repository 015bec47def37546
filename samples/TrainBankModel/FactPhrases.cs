using System.Globalization;
using Quickstart;

namespace TrainBankModel;

/// <summary>A fact as a message says it, and as it is to be read.</summary>
/// <param name="Phrase">What the message says.</param>
/// <param name="Value">What is read from it.</param>
internal readonly record struct FactPhrase(string Phrase, string Value);

/// <summary>Draws amounts, merchants, dates and card endings, in the ways that customers write them.</summary>
/// <param name="random">What is drawn from.</param>
/// <param name="isHeldOut">Whether to draw from the names that are set aside for judging the model, or from the others.</param>
internal sealed class FactPhrases(Random random, bool isHeldOut)
{
    private const int HeldOutEvery = 6;

    private static readonly string[] s_merchants =
    [
        "Tesco", "Amazon", "Starbucks", "IKEA", "Lidl", "Aldi", "Sainsbury's", "Asda", "Morrisons", "Waitrose", "Boots", "Argos", "Primark", "Zara", "H&M", "Next", "Uniqlo", "Decathlon", "Nike", "Adidas",
        "McDonald's", "Burger King", "KFC", "Subway", "Pizza Hut", "Domino's", "Nando's", "Costa Coffee", "Pret A Manger", "Greggs", "Uber", "Uber Eats", "Bolt", "Deliveroo", "Just Eat", "Airbnb", "Booking.com",
        "Expedia", "Ryanair", "easyJet", "Lufthansa", "British Airways", "Trainline", "Netflix", "Spotify", "Disney Plus", "PlayStation Store", "Steam", "Etsy", "eBay", "PayPal", "AliExpress", "Zalando", "ASOS",
        "Shell", "BP", "Esso", "Texaco", "Carrefour", "Auchan", "Mercadona", "Rewe", "Edeka", "Spar", "Walmart", "Target", "Costco", "Walgreens", "7-Eleven", "Best Buy", "Home Depot", "Currys", "MediaMarkt", "Fnac",
        "Hilton", "Marriott", "Ibis", "Premier Inn", "Travelodge", "Hertz", "Avis", "Sixt", "Vodafone", "O2", "EE", "Sky", "Virgin Media", "British Gas", "PureGym", "Odeon", "Cineworld", "Ticketmaster", "Eventbrite",
        "Marks & Spencer", "John Lewis", "Harrods", "Selfridges", "TK Maxx", "B&Q", "Screwfix", "Halfords", "WHSmith", "Waterstones", "Superdrug", "Holland & Barrett", "Pets at Home", "The Body Shop", "Lush", "Lego",
    ];

    private static readonly string[] s_starts = ["Bel", "Cor", "Dan", "El", "Fen", "Gar", "Hol", "Kan", "Lor", "Mar", "Nor", "Ol", "Per", "Quin", "Ros", "Sel", "Tor", "Ul", "Ver", "Wil", "Zan", "Bran", "Cal", "Dor", "Fal", "Gren", "Har", "Jas", "Lin", "Mon", "Pal", "Rem", "Sten", "Tam", "Val", "West", "Ash", "Brook", "Clar", "Hen"];
    private static readonly string[] s_middles = ["a", "e", "i", "o", "ber", "den", "la", "mi", "ne", "ra", "ti", "vo", "ya", "cker", "der", "ling", "man", "ro", "sta", "va"];
    private static readonly string[] s_ends = ["don", "field", "lo", "ma", "mont", "na", "nia", "o", "ra", "ris", "sen", "son", "ta", "ton", "via", "well", "worth", "x", "zo", "by"];
    private static readonly string[] s_adjectives = ["Golden", "Blue", "Green", "Little", "Old", "Royal", "Silver", "Red", "Happy", "Grand", "Corner", "Sunny", "North", "Lucky", "White"];
    private static readonly string[] s_things = ["Dragon", "Lion", "Garden", "Kitchen", "Fern", "Harbour", "Star", "Oak", "Fox", "Bridge", "Mill", "Lantern", "Anchor", "Rose", "Bean"];
    private static readonly string[] s_kinds = ["Cafe", "Books", "Bakery", "Hotel", "Market", "Pharmacy", "Grill", "Electronics", "Shoes", "Toys", "Motors", "Flowers", "Bistro", "Sports", "Stores"];

    // Names that are words of the language, which say by their capital and their place alone that they are names.
    private static readonly string[] s_words =
    [
        "River", "Stone", "Apple", "Cloud", "Bright", "Smart", "Fresh", "Urban", "Daily", "Paper", "Iron", "Copper", "Hill", "Lake", "Forest", "Meadow", "Summer", "Winter", "Spring", "Sun", "Moon", "Nova", "Prime", "Swift", "Quick", "Easy",
        "Happy", "Family", "Kids", "Baby", "Garden", "House", "Home", "Work", "Office", "Space", "World", "Planet", "Global", "Local", "City", "Town", "Village", "Country", "Island", "Ocean", "Wave", "Beach", "Sand", "Salt", "Pepper", "Honey",
        "Sugar", "Butter", "Bread", "Cake", "Coffee", "Tea", "Juice", "Water", "Wine", "Beer", "Cheese", "Pasta", "Burger", "Noodle", "Rice", "Fish", "Chicken", "Cow", "Horse", "Dog", "Cat", "Bird", "Eagle", "Wolf", "Bear", "Tiger", "Book",
        "Music", "Movie", "Game", "Play", "Sport", "Run", "Walk", "Move", "Fly", "Drive", "Ride", "Wheel", "Auto", "Motor", "Power", "Light", "Fire", "Hot", "Cold", "Cool", "Soft", "Wear", "Style", "Fashion", "Trend", "Look", "Beauty", "Hair",
        "Skin", "Care", "Health", "Fit", "Doctor", "Vision", "Point", "Line", "Circle", "Square", "Cube", "Gate", "Tower", "Castle", "King", "Queen", "Crown", "Palace", "Temple", "Market", "Shop", "Store", "Trade", "Deal", "Save", "Cash",
    ];

    private static readonly string[] s_onsets = ["b", "c", "d", "f", "g", "h", "j", "k", "l", "m", "n", "p", "r", "s", "t", "v", "w", "y", "z", "br", "bl", "ch", "cl", "cr", "dr", "fl", "gr", "ph", "pl", "pr", "qu", "sc", "sh", "sk", "sl", "sp", "st", "th", "tr", "wh", ""];
    private static readonly string[] s_vowels = ["a", "e", "i", "o", "u", "a", "e", "i", "o", "y", "ai", "ea", "ee", "ie", "oo", "ou", "au"];
    private static readonly string[] s_codas = ["", "", "", "", "n", "r", "s", "t", "l", "m", "d", "g", "b", "p", "ck", "ll", "nd", "ng", "rt", "ss", "st", "x", "zz"];

    private static readonly string[] s_months = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
    private static readonly string[] s_weekdays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
    private static readonly string[] s_relative = ["yesterday", "today", "last night", "this morning", "last week", "two days ago", "3 days ago", "a week ago", "two weeks ago", "last weekend", "last month", "the day before yesterday", "yesterday evening", "this afternoon", "5 days ago", "a few days ago", "10 days ago", "earlier today"];

    private static readonly string[] s_cards =
    [
        "my card ending in {0}", "my card ending {0}", "the card ending {0}", "the card ending in {0}", "my card ending with {0}", "card {0}", "my card (ending {0})", "card number ending {0}", "my card *{0}", "my card ****{0}", "my card **** {0}",
        "my debit card ending {0}", "my Visa ending in {0}", "my Mastercard ending in {0}", "my card -{0}", "card ending {0}", "my card xxxx{0}", "my card with the last four digits {0}", "my card no. ...{0}",
    ];

    /// <summary>An amount of a currency; the value is the number, a space and the currency's code, which is null where none is said.</summary>
    public FactPhrase Amount()
    {
        string number = Number();
        if (random.NextDouble() < 0.04)
            return new FactPhrase(number, $"{Plain(number)} null");
        double share = random.NextDouble();
        (string code, string[] forms) = share switch
        {
            < 0.34 => ("GBP", (string[])["£{0}", "£{0}", "£{0}", "£{0}", "{0} pounds", "{0} pounds", "{0} GBP", "GBP {0}", "{0}£", "£ {0}", "{0} quid"]),
            < 0.58 => ("EUR", ["€{0}", "€{0}", "€{0}", "{0} euros", "{0} euro", "{0} EUR", "EUR {0}", "{0}€", "{0} €", "€ {0}"]),
            < 0.80 => ("USD", ["${0}", "${0}", "${0}", "${0}", "{0} dollars", "{0} US dollars", "{0} USD", "USD {0}", "US${0}", "$ {0}"]),
            < 0.84 => ("CHF", ["CHF {0}", "{0} CHF", "{0} Swiss francs", "{0} francs"]),
            < 0.88 => ("JPY", ["¥{0}", "{0} yen", "JPY {0}", "{0} JPY"]),
            < 0.91 => ("AUD", ["A${0}", "AU${0}", "{0} Australian dollars", "AUD {0}", "{0} AUD"]),
            < 0.94 => ("CAD", ["C${0}", "CA${0}", "{0} Canadian dollars", "CAD {0}", "{0} CAD"]),
            < 0.96 => ("SEK", ["{0} kronor", "{0} Swedish kronor", "SEK {0}", "{0} SEK"]),
            < 0.98 => ("PLN", ["{0} zloty", "{0} PLN", "PLN {0}", "{0} zł"]),
            _ => ("INR", ["₹{0}", "{0} rupees", "INR {0}", "Rs {0}", "{0} INR"]),
        };
        // Where a comma is written for the point, the currency is most often the euro.
        if (code == "EUR" && number.Length > 3 && number[^3] == '.' && !number.Contains(',', StringComparison.Ordinal) && random.NextDouble() < 0.1)
            return new FactPhrase(Format(Pick(forms), number.Replace('.', ',')), $"{number} EUR");
        return new FactPhrase(Format(Pick(forms), number), $"{Plain(number)} {code}");
    }

    /// <summary>A shop or company: known names, and made up ones. Most that are learnt are of no kind at all, so that there is nothing to know but that a name is copied.</summary>
    /// <remarks>Of what is set aside only known names: the parts of made up ones are learnt.</remarks>
    public FactPhrase Merchant()
    {
        string name = (isHeldOut ? 0 : random.Next(12)) switch
        {
            0 or 1 or 2 => Name(s_merchants),
            > 6 => Coined(),
            6 => string.Join(' ', Enumerable.Range(0, random.Next(1, 4)).Select(_ => Pick(s_words))),
            3 => Pick(s_starts) + (random.Next(2) == 0 ? Pick(s_middles) : "") + Pick(s_ends) + (random.Next(3) == 0 ? $" {Pick(s_kinds)}" : ""),
            4 => $"{(random.Next(4) == 0 ? "The " : "")}{Pick(s_adjectives)} {Pick(s_things)}{(random.Next(2) == 0 ? $" {Pick(s_kinds)}" : "")}",
            _ => random.Next(3) switch { 0 => $"{Pick(s_kinds)} {Pick(s_starts)}{Pick(s_ends)}", 1 => $"{Pick(s_starts)}{Pick(s_ends)} & {(random.Next(2) == 0 ? "Sons" : "Co")}", _ => $"{Pick(s_starts)}{Pick(s_middles)}{Pick(s_ends)}.com" },
        };
        return new FactPhrase(name, name);
    }

    /// <summary>A name that nobody has heard of.</summary>
    private string Coined()
    {
        string name = Word();
        return random.Next(10) switch
        {
            0 => $"{name} {Word()}",
            1 => $"{name}{Pick([".com", ".co.uk", ".net", ".io", ".shop"])}",
            2 => $"{name}'s",
            3 => $"{name} {Pick([.. s_kinds, "Ltd", "Group", "Online", "Store", "Services", "Club"])}",
            4 => $"{name}{Pick([" & ", "-", " and "])}{Word()}",
            5 => name.ToUpperInvariant(),
            6 => $"{name}{Pick(["Pay", "Go", "Box", "24", "One", "Hub"])}",
            7 => random.Next(4) switch { 0 => $"{random.Next(1, 100)} {name}", 1 => $"{(char)('A' + random.Next(26))}{random.Next(1, 10)}", 2 => $"{name}{Word()}", _ => $"{char.ToLowerInvariant(name[0])}{name[1..]}{Word()}" },
            _ => name,
        };

        string Word()
        {
            if (random.Next(12) == 0)
                return string.Concat(Enumerable.Range(0, random.Next(2, 5)).Select(_ => (char)('A' + random.Next(26))));
            string word = string.Concat(Enumerable.Range(0, random.Next(1, 4)).Select(_ => Pick(s_onsets) + Pick(s_vowels) + Pick(s_codas)));
            return char.ToUpperInvariant(word[0]) + word[1..];
        }
    }

    /// <summary>A date, with the word before it that a sentence needs.</summary>
    public FactPhrase Date()
    {
        string day = random.Next(1, 32).ToString(CultureInfo.InvariantCulture);
        string month = Pick(s_months);
        string shortMonth = month[..3];
        int year = random.Next(2019, 2028);
        string value = random.Next(20) switch
        {
            0 or 1 or 2 or 3 or 4 => Pick(s_relative),
            5 or 6 => $"last {Pick(s_weekdays)}",
            7 or 8 => Pick(s_weekdays),
            9 or 10 => $"{day} {month}",
            11 => $"{month} {day}",
            12 => $"{month} {Ordinal(day)}",
            13 => $"{Ordinal(day)} of {month}",
            14 => $"{Ordinal(day)} {month}",
            15 => $"{day} {shortMonth}",
            16 => string.Create(CultureInfo.InvariantCulture, $"{year}-{random.Next(1, 13):00}-{random.Next(1, 29):00}"),
            17 => string.Create(CultureInfo.InvariantCulture, $"{random.Next(1, 29):00}/{random.Next(1, 13):00}/{year}"),
            18 => string.Create(CultureInfo.InvariantCulture, $"{random.Next(1, 29)}.{random.Next(1, 13)}.{year}"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{day} {month} {year}"),
        };
        bool isBare = s_relative.Contains(value) || value.StartsWith("last ", StringComparison.Ordinal);
        return new FactPhrase(isBare ? value : value.Contains(" of ", StringComparison.Ordinal) && random.Next(2) == 0 ? $"on the {value}" : $"on {value}", value);
    }

    /// <summary>A card by its last four digits.</summary>
    public FactPhrase Card()
    {
        string digits = Digits().Value;
        return new FactPhrase(Format(Pick(s_cards), digits), digits);
    }

    /// <summary>The last four digits of a card.</summary>
    public FactPhrase Digits()
    {
        string digits = string.Create(CultureInfo.InvariantCulture, $"{random.Next(10_000):0000}");
        return new FactPhrase(digits, digits);
    }

    private string Number() => random.Next(20) switch
    {
        0 or 1 or 2 or 3 or 4 => string.Create(CultureInfo.InvariantCulture, $"{random.Next(1, 1_000)}"),
        5 or 6 or 7 => string.Create(CultureInfo.InvariantCulture, $"{random.Next(1, 100)}"),
        8 or 9 or 10 or 11 or 12 => string.Create(CultureInfo.InvariantCulture, $"{random.Next(1, 400)}.{random.Next(100):00}"),
        13 => string.Create(CultureInfo.InvariantCulture, $"{random.Next(1, 100)}.{random.Next(10)}0"),
        14 or 15 => string.Create(CultureInfo.InvariantCulture, $"{10 * random.Next(1, 100)}"),
        16 => string.Create(CultureInfo.InvariantCulture, $"{random.Next(1_000, 20_000):N0}"),
        17 => string.Create(CultureInfo.InvariantCulture, $"{random.Next(1_000, 9_000):N0}.{random.Next(100):00}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{random.Next(1_000, 10_000)}{(random.Next(3) == 0 ? $".{random.Next(10, 100)}" : "")}"),
    };

    private static string Plain(string number) => number.Replace(",", "", StringComparison.Ordinal);

    private static string Ordinal(string day) => day + (day is "11" or "12" or "13" ? "th" : day[^1] switch { '1' => "st", '2' => "nd", '3' => "rd", _ => "th" });

    /// <summary>Every sixth name is set aside.</summary>
    private string Name(string[] names)
    {
        int at;
        do
            at = random.Next(names.Length);
        while (at % HeldOutEvery == 0 != isHeldOut);
        return names[at];
    }

    private string Pick(string[] values) => values[random.Next(values.Length)];

    private static string Format(string form, string value) => form.Replace("{0}", value, StringComparison.Ordinal);
}
