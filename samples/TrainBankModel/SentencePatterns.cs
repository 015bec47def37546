using System.Text.RegularExpressions;

namespace TrainBankModel;

/// <summary>Patterns of which many sentences come: <c>[a|b]</c> is one of its parts, <c>[|a]</c> may be missing, <c>&lt;who&gt;</c> stands for a list of parts. Slots are those of <see cref="FactSentences"/>.</summary>
/// <remarks>
/// What is to be learnt is that a name is copied from where a name stands and ends where it ends, whatever verb stands before and whatever follows: a few hundred sentences would be learnt by heart
/// instead.
/// </remarks>
internal static partial class SentencePatterns
{
    private static readonly Dictionary<string, string> s_parts = new(StringComparer.Ordinal)
    {
        ["intro"] = "|||||||||hi, |hello, |sorry, but |well, |so |also, |I think |I believe |it looks like |it seems that |apparently |I just saw that |I noticed that |my statement says that |the app says that |please note that |as far as I know |the problem: |I am sure that |look, |what happened is that |I realised that |you should know that ",
        ["who"] = "I|I|I|I|we|my wife|my husband|my son|my daughter|my mother|my boss|my flatmate|someone|somebody|he|she|they|a friend|the landlord|my neighbour",
        ["tail"] = "|||||||||| but it never came| and it is still not done| and got nothing| and nothing happened| without asking me| for no reason| and I can't say why| which is wrong| and that is not right| so please help| because the app crashed| although I cancelled| and left| as usual| again| already| while I was in <place>| on holiday in <place>| and it still shows as pending| but you say otherwise| to be safe| like always| and now I worry| but the app shows nothing| and signed for it| over the phone| just like that",
        ["place"] = "Spain|France|Italy|Germany|Greece|Paris|London|Rome|Berlin|the US|Poland|Ireland|Vienna|Canada",
        ["paid"] = "paid|spent|sent|transferred|wired|moved|handed over|put down|lost|owe|pledged|offered|mailed|lent|donated|used up|forwarded|wasted",
        ["got"] = "got|received|won|earned|took out|withdrew|deposited|cashed|loaded|topped up|collected|claimed|was promised|was quoted|am owed|found",
        ["took"] = "charged|billed|debited|invoiced|overcharged|double charged|cost|fined|refunded|repaid|credited",
        ["keeps"] = "took|kept|grabbed|deducted|collected|wants|demands|asked for|reserved|blocked|pulled|subtracted|withheld|keeps|still has|owes me|returned|sent back",
        ["did"] = "cancelled my order|refused to help|sent the wrong item|never answered|hung up on me|denied it|promised to pay it back|closed|told me to ask you|did not deliver|changed the price|lost my parcel|would not listen|said it was your fault|wants proof|has no record of me|accepted it|blamed the bank",
        ["payment"] = "payment|charge|purchase|order|refund|transaction|direct debit|subscription|transfer|bill|fee|deposit|booking|invoice|standing order|cash withdrawal|debit|credit|reversal|instalment|deal|parcel|receipt|cheque|top up|pre-authorisation|hold|item",
        ["my"] = "the|a|my|this|that|another|one|an old|her|his|our|your|some|the second|the last",
        ["state"] = "is missing|is wrong|was declined|is pending|never went through|was not mine|bounced|was reversed|shows up twice|is unknown to me|looks odd|was rejected|got stuck|has not been booked|should be cancelled|is in dispute|failed|came as a surprise|was too high|disappeared|needs to be checked|was approved|is a mystery to me",
        ["bought"] = "bought|got|ordered|picked up|returned|paid for|found|rented|booked|reserved|chose|exchanged",
        ["thing"] = "shoes|a phone|food|some tickets|clothes|a coffee|groceries|petrol|a laptop|a sofa|flowers|a jacket|dinner|lunch|a room|two books|a gift|toys|a bike|glasses|medicine|a haircut|our tickets|the wrong size",
        ["went"] = "went to|stopped at|shopped at|ate at|was at|walked into|came from|ordered from|work at|called|left|parked at|wrote to|complained to|queued at|was shopping in|tried to pay at|tried to pay in|had a look at|drove to|stayed at|signed up with|deal with|used to go to|met a friend at",
        ["staff"] = "the cashier|the clerk|the till|the terminal|the machine|a waiter|the shop assistant|the card reader|the website|the checkout|the manager|someone|customer service|the man|the lady|the receptionist",
        ["in"] = "at|at|in|from|of",
        ["to"] = "to|at|in|for|with|via|through|from",
        ["handled"] = "used|tapped|swiped|inserted|showed|lost|left|forgot|dropped|froze|cancelled|reported|activated|damaged|broke|tried|gave away|threw away|handed over|blocked|misplaced|found|cut up|want to keep|need to replace",
        ["failed"] = "was declined|was refused|did not work|got stuck|failed|was swallowed|was rejected|was not read|expired|was copied|was charged|was cloned|is blocked|broke|was used|never arrived|stopped|is useless|has a chip that is broken|was stolen|was hacked|was billed",
        ["please"] = "please block|please check|can you cancel|please replace|could you freeze|I want to report|please look at|can I unlock|do something about|can you see|I am calling about|this is about|it is about|my question is about|I have trouble with|please send a new one for|what about|I worry about",
        ["ask"] = "why did|did|how come|can you tell me why|can you see whether|is it true that|when will|does|will|should|why would",
    };

    // A slot's words may stand first, in the middle or last, with much behind them or nothing.
    private static readonly string[] s_patterns =
    [
        "<intro><who> <paid> {amount}[|| {date}]<tail>.",
        "<intro><who> <got> {amount}[|| {date}|| with {card}]<tail>.",
        "<intro><who> <paid> {amount} <to> {merchant}[|| {date}]<tail>.",
        "<intro><who> <paid> {amount} <to> {merchant} [using|with|on|from|by] {card}[|| {date}]<tail>.",
        "<intro><who> <paid> {amount} [using|with|on|from|by] {card}[|| {date}]<tail>.",
        "<intro><who> [paid|sent|gave|handed|wired|owe|owed|lent|offered|still owe|promised|mailed] {merchant} {amount}[|| {date}]<tail>.",
        "<intro><who> [paid|sent|gave|handed|wired|owe|told|called|asked|phoned|trusted|contacted|visited|left|tried|chose|avoid|like|hate|emailed|sued|reported|met|know] {merchant}[|| {date}]<tail>.",
        "<intro><who> <went> {merchant}[|| {date}]<tail>.",
        "<intro><who> <went> {merchant}[| {date}] and [paid|spent|left|lost|gave them|was asked for|was charged] {amount}<tail>.",
        "<intro><who> <went> {merchant}[| {date}] [but|and|where] {card} <failed><tail>.",
        "<intro><who> <bought> <thing> [at|in|from] {merchant}[|| {date}|| for {amount}]<tail>.",
        "<intro><who> <bought> <thing> for {amount}[|| {date}|| at {merchant}]<tail>.",
        "<intro><who> <bought> <thing> with {card}[|| {date}|| at {merchant}]<tail>.",
        "<intro>{merchant} <took> me[|| {amount}][|| {date}]<tail>.",
        "<intro>{merchant} <took> [me|us|her|him] {amount}[|| {date}|| on {card}]<tail>.",
        "<intro>{merchant} <keeps> {amount}[|| {date}|| from {card}]<tail>.",
        "<intro>{merchant} <did>[|| {date}]<tail>.",
        "<intro>{merchant} <took> {card}[|| {date}][|| {amount}]<tail>.",
        "<intro>{merchant} [refused|declined|rejected|would not take|accepted|swallowed|copied|saved|can't read|doesn't accept|kept] {card}[|| {date}]<tail>.",
        "<intro><staff> <in> {merchant} [refused|declined|rejected|took|kept|copied|swallowed|photographed|dropped] {card}[|| {date}]<tail>.",
        "<intro><staff> <in> {merchant} [wants|asked for|charged me|took|gave me|owes me|refused|kept|promised] {amount}[|| {date}]<tail>.",
        "<intro><staff> <in> {merchant} [was rude|could not help|said no|did nothing|made a mistake|called me|told me to ask the bank|lost the receipt|pressed the wrong key][| {date}]<tail>.",
        "<intro><my> <payment> [of|for|over] {amount} <state>[|| {date}]<tail>.",
        "<intro><my> <payment> [from|to|at|by|with|in] {merchant} <state>[|| {date}]<tail>.",
        "<intro><my> {merchant} <payment> <state>[|| {date}]<tail>.",
        "<intro><my> <payment> {date} <state><tail>.",
        "<intro><my> <payment> [on|with|from|to] {card} <state>[|| {date}]<tail>.",
        "<intro><my> <payment> [of|for|over] {amount} [from|to|at|by|with|in] {merchant} <state>[|| {date}]<tail>.",
        "<intro><my> <payment> [from|to|at|by|with|in] {merchant} [of|for|over] {amount} <state>[|| {date}]<tail>.",
        "<intro><my> <payment> [of|for|over] {amount} [on|with|from|to] {card} <state>[|| {date}]<tail>.",
        "<intro>[the|my|her|a|this] {amount} <payment> [from|to|at|by|with|in] {merchant} <state>[|| {date}]<tail>.",
        "<intro>[the|my|those|these|this] {amount} [<state>|are gone|belong to me|came back|have left my account|should be mine][|| {date}]<tail>.",
        "<intro>{amount} [<state>|are gone|vanished|left my account|went to the wrong person|came off my balance|landed in my account|were sent|was moved][|| {date}|| from {card}]<tail>.",
        "<intro>{amount} [went to|came from|was sent to|was taken by|at|from|for|to] {merchant} <state>[|| {date}]<tail>.",
        "<intro>{amount} [went to|came from|was sent to|was taken by|was claimed by|was reversed by] {merchant}[|| {date}|| with {card}]<tail>.",
        "<intro>{card} <failed>[|| {date}|| at {merchant}|| in {merchant}]<tail>.",
        "<intro>{card} <failed> [at|in|by] {merchant} [for|over] {amount}[|| {date}]<tail>.",
        "<intro>{card} <failed>[| {date}], [the amount was|it was|they took|I lost] {amount}<tail>.",
        "<intro><who> <handled> {card}[|| {date}|| at {merchant}|| in {merchant}]<tail>.",
        "<intro><who> <handled> {card} [at|in] {merchant}[| {date}] [for|and paid|and lost|and was charged] {amount}<tail>.",
        "<please> {card}<tail>[.|?]",
        "<please> [the|a|my|that] <payment> [at|from|to|with|by] {merchant}[|| of {amount}|| {date}]<tail>[.|?]",
        "<please> [the|a|my|that] <payment> [of|for|over] {amount}[|| {date}]<tail>[.|?]",
        "<please> {merchant}<tail>[.|?]",
        "<please> {amount}<tail>[.|?]",
        "<ask> {merchant} [charge|bill|debit|refund|take|keep|want|owe me|owe|ask for|pay|return|reserve|demand|claim|send] [me ||]{amount}[| {date}]?",
        "<ask> {merchant} [charge me|bill me|contact you|refuse my card|close my account|know my name|refund me|want my data|stop it|take so long|write to me][| {date}]?",
        "<ask> [you|he|she|they|my boss|the bank|the shop] [take|charge|send|return|keep|block|hold|move|refund|cancel|book|change] {amount}[| {date}|| from {card}]?",
        "<ask> {card} [fail|stop|expire|break|get declined|cost so much|not work|work abroad|need a PIN][| {date}|| at {merchant}|| in {merchant}]?",
        "[where|what] [is|was|about] [the|my|that|this] {amount}[|| from {merchant}|| {date}]?",
        "[what is|who is|what about|is it normal that|have you heard of|do you work with|can I trust] {merchant}[|| {date}]?",
        "[how do I|can I|may I|where do I|I want to|I need to|I would like to|let me|help me to] [dispute|cancel|stop|claim|return|reverse|undo|track|report|confirm|repeat|split|refuse|appeal] [the|my|a|this|that] <payment> [of|for|over] {amount}[|| at {merchant}|| {date}|| with {card}][.|?]",
        "[how do I|can I|may I|where do I|I want to|I need to|I would like to|let me|help me to] [dispute|cancel|stop|claim|return|reverse|undo|track|report|confirm|repeat|split|refuse|appeal] [the|my|a|this|that] <payment> [from|at|to|with|by] {merchant}[|| of {amount}|| {date}|| with {card}][.|?]",
        "[can I|may I|how can I|I want to|I have to|I am trying to|is there a way to] [send|pay|transfer|move|get back|withdraw|spend|deposit|lend|invest] {amount}[|| to {merchant}|| with {card}|| {date}][.|?]",
        "[can I|may I|how can I|I want to|I have to|I am trying to|is there a way to] [pay|shop|use my card|order|get a refund|stay|book|return something] [at|in|from|with] {merchant}[|| {date}][.|?]",
        "[it happened|I saw it|it started|I found out|it was fine|it was sent|we spoke|you wrote to me|I called you|this began|I changed my number|it arrived|it broke|I moved|it should have come|I got paid|it went wrong|I got a letter] {date}<tail>.",
        "{date} <who> [saw it|noticed|paid|called|wrote to you|tried it|got a new phone|lost everything|moved house|changed the PIN|went abroad|asked for help|had the same problem]<tail>.",
        "{date} <who> <paid> {amount}[|| <to> {merchant}|| with {card}]<tail>.",
        "{date} <who> <went> {merchant}<tail>.",
        "{date} <who> <bought> <thing> [at|in|from] {merchant}[|| for {amount}]<tail>.",
        "{date} <who> <handled> {card}[|| at {merchant}|| in {merchant}]<tail>.",
        "{date} {merchant} [<did>|<keeps> {amount}|<took> me {amount}|<took> me]<tail>.",
        "{date} {amount} [<state>|vanished|left my account|came off {card}|was taken by {merchant}|went to {merchant}]<tail>.",
        "{date} {card} <failed>[|| at {merchant}|| in {merchant}]<tail>.",
        "[{merchant}, {amount}, {date}|{amount}, {merchant}|{merchant} {amount}|{merchant}: {amount}|{amount} - {merchant}|{merchant} - {amount} - {date}|shop: {merchant}, amount: {amount}|amount {amount}, shop {merchant}|{merchant} {date}|{amount} {date}].",
        "[the name of the shop is|the shop's name is|the company is called|it was a shop called|the seller is|the merchant was|the receipt says|on the bill it says|my statement shows|the name is|they call themselves|the retailer is|the hotel is|the restaurant is] {merchant}<tail>.",
        "[the amount is|the amount was|it cost|it was|the price was|in total it was|the total is|they want|it came to|I expected|the balance is|the limit is|I have only|it says|the sum was|I was told it would be] {amount}<tail>.",
        "[the card|my card|it|the one|my old card|the lost card|this card|the broken one|the card that I lost|the new card|my wife's card|the blue card] [ends in|ends with|ends on|has the ending|has the last digits|finishes with|shows|has the number] {digits}[|| and <failed>|| and I lost it {date}|| and <failed> at {merchant}]<tail>.",
        "[last four|last 4|last four digits|card ending|card number|ending|card|the digits|the last digits]: {digits}.",
        "[the four digits at the end are|at the end of the number it says|the last numbers are|on the card you can read|the number of my card is, at the end,|the final digits are|its last digits are|it is the one with] {digits}<tail>.",
        "<intro><who> <paid> {amount}[|| <to> {merchant}][|| {date}] and [the card ends in|the last four digits are|my card ends with|the card's last digits are] {digits}.",
        "<intro>{merchant} <keeps> {amount}[|| {date}] [and the card ends in|from the card ending with|and the last four digits are|and my card ends with] {digits}.",
        "<intro>[the card that ends in|the card that ends with|the one that ends in|my card with the last digits|the card with the final digits] {digits} <failed>[|| {date}|| at {merchant}|| in {merchant}]<tail>.",
    ];

    /// <summary>A sentence with at least one slot, none of them twice.</summary>
    public static string Draw(Random random)
    {
        string sentence = s_patterns[random.Next(s_patterns.Length)];
        while (Part().Match(sentence) is { Success: true } part)
            sentence = $"{sentence[..part.Index]}[{s_parts[part.Groups[1].Value]}]{sentence[(part.Index + part.Length)..]}";
        while (Choice().Match(sentence) is { Success: true } choice)
        {
            string[] alternatives = choice.Groups[1].Value.Split('|');
            sentence = $"{sentence[..choice.Index]}{alternatives[random.Next(alternatives.Length)]}{sentence[(choice.Index + choice.Length)..]}";
        }
        return sentence;
    }

    [GeneratedRegex("<([a-z]+)>", RegexOptions.CultureInvariant)]
    private static partial Regex Part();

    // The innermost first.
    [GeneratedRegex(@"\[([^\[\]]*)\]", RegexOptions.CultureInvariant)]
    private static partial Regex Choice();
}
