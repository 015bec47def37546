using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace TrainBankModel;

/// <summary>Says the same in other words: words and phrases that any intent's messages may exchange for each other. What tells intents apart, such as transfer and payment, is not among them.</summary>
internal static partial class Synonyms
{
    private static readonly string[] s_groups =
    [
        "atm|cash machine|cashpoint|cash dispenser", "abroad|overseas|in a foreign country|in another country", "app|application|mobile app", "money|funds", "help|assist", "get|receive|obtain", "i want to|i would like to|i'd like to|i wish to",
        "why|how come|for what reason", "how do i|how can i|what is the way to|how would i|how should i|how am i supposed to", "can i|may i|am i able to|is it possible to|could i|am i allowed to", "can you|could you|would you|are you able to", "please|kindly|pls",
        "i'm|i am|im", "don't|do not|dont", "can't|cannot|can not|cant|am not able to", "didn't|did not|didnt", "hasn't|has not|hasnt", "haven't|have not|havent", "isn't|is not|isnt", "wasn't|was not|wasnt", "it's|it is|its", "i've|i have|ive", "what's|what is|whats",
        "doesn't|does not|doesnt", "won't|will not|wont", "couldn't|could not", "wouldn't|would not", "there's|there is|theres", "where's|where is|wheres", "misplaced|cannot find|can't find", "stolen|nicked", "wrong|incorrect|not right|mistaken", "phone|mobile|cell phone|mobile phone|smartphone",
        "buy|purchase", "bought|purchased", "quickly|fast|soon", "arrive|come|get here|show up", "arrived|come|shown up", "yet|so far|by now", "still|even now", "change|update|modify", "details|information|data|info", "country|nation", "countries|nations", "work|function", "working|functioning",
        "tell me|let me know|inform me", "explain|clarify", "reason|cause", "problem|issue|trouble", "broken|damaged|faulty", "store|shop|retailer", "i see|i notice", "i saw|i noticed", "minimum|lowest|smallest", "maximum|highest|largest", "kids|children", "immediately|right away|asap|at once",
        "when will|how soon will|how long until", "think|believe|guess", "strange|weird|odd", "another|a different", "salary|wages|paycheck", "apple pay|google pay", "visa|mastercard", "pounds|euros|dollars", "gbp|eur|usd|aud", "monday|tuesday|wednesday|thursday|friday|saturday|sunday",
        "spain|france|italy|germany|china|japan|australia|canada|poland|ireland|russia|mexico", "yesterday|two days ago|last week|on the weekend", "a week|two weeks|3 weeks|10 days|several days", "mum|dad|sister|brother|friend|wife|husband", "lots of|many|a lot of", "begin|start", "happened|occurred",
        "right now|now|at the moment|currently", "also|too|as well", "need to|have to|must|gotta", "needs to|has to|must", "really|truly|honestly", "but|however|yet", "because|since|as", "unable to|not able to", "okay|ok|alright|fine", "check|look into|look at", "sure|certain", "big|large", "tried|attempted", "trying|attempting",
    ];

    private static readonly FrozenDictionary<string, string[]> s_others = s_groups.Select(static group => group.Split('|'))
        .SelectMany(static words => words.Select(word => (word, Others: words.Where(other => other != word).ToArray())))
        .GroupBy(static pair => pair.word, StringComparer.Ordinal)
        .ToFrozenDictionary(static pairs => pairs.Key, static pairs => pairs.First().Others, StringComparer.OrdinalIgnoreCase);

    // Longer phrases before what they begin with.
    private static readonly Regex s_known = new(
        $@"(?<![\w'’])(?:{string.Join('|', s_others.Keys.OrderByDescending(static key => key.Length).ThenBy(static key => key, StringComparer.Ordinal).Select(Regex.Escape))})(?![\w'’])",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.Compiled);

    /// <summary>The message with some of its words exchanged, and some of its numbers.</summary>
    /// <param name="message">The message.</param>
    /// <param name="share">The share of the words and numbers that can be exchanged that are.</param>
    /// <param name="random">What decides.</param>
    public static string Exchange(string message, double share, Random random)
    {
        message = s_known.Replace(message, match =>
        {
            if (random.NextDouble() >= share)
                return match.Value;
            string[] others = s_others[match.Value];
            string other = others[random.Next(others.Length)];
            return char.IsUpper(match.Value[0]) ? char.ToUpperInvariant(other[0]) + other[1..] : other;
        });
        return Digits().Replace(message, match => random.NextDouble() < share ? string.Concat(match.Value.Select((digit, i) => (char)(i == 0 ? '1' + random.Next(9) : digit == '0' ? '0' : '0' + random.Next(10)))) : match.Value);
    }

    [GeneratedRegex("[1-9][0-9]*", RegexOptions.CultureInvariant)]
    private static partial Regex Digits();
}
