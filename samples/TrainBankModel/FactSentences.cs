namespace TrainBankModel;

/// <summary>The sentences that facts are woven into. A slot is {amount}, {merchant}, {date} (with the word before it), {card}, or {digits} for the card's four digits alone.</summary>
internal static class FactSentences
{
    /// <summary>Sentences to learn.</summary>
    public static IReadOnlyList<string> Training { get; } =
    [
        // One fact.
        "I was charged {amount}.", "There is a charge of {amount} that I don't know.", "I sent {amount} to my friend.", "I withdrew {amount} at a cash machine.", "I topped up {amount} but it isn't there.",
        "The machine gave me less than {amount}.", "{amount} is missing from my account.", "Why did you take {amount}?", "My transfer of {amount} failed.", "Please refund {amount}.", "The fee was {amount}.",
        "I tried to pay {amount} and it was declined.", "I need to transfer {amount}.", "Can I get {amount} back?", "{amount} was taken from me.", "I deposited {amount} by cheque.",
        "It was at {merchant}.", "The payment was to {merchant}.", "I bought something at {merchant}.", "{merchant} charged me twice.", "{merchant} says that they refunded me.", "I returned it to {merchant}.", "I don't know {merchant}.",
        "I paid at {merchant}.", "My order from {merchant} never came.", "{merchant} won't take my card.", "A direct debit from {merchant} shows up.", "I cancelled my subscription with {merchant}.", "The shop is {merchant}.",
        "It happened {date}.", "I noticed it {date}.", "I ordered it {date}.", "{date} it still worked.", "I asked about this {date}.", "This was {date}.", "I made the transfer {date}.", "It was sent {date}.", "I lost it {date}.",
        "It is {card}.", "I used {card}.", "{card} was declined.", "Please block {card}.", "I can't find {card}.", "It concerns {card}.", "I paid with {card}.", "Someone used {card}.", "{card} isn't working.",
        // Two.
        "I was charged {amount} at {merchant}.", "I was charged {amount} twice by {merchant}.", "{merchant} took {amount} from my account.", "There is a payment of {amount} to {merchant}.", "I paid {amount} at {merchant} and it is still pending.",
        "My refund of {amount} from {merchant} is missing.", "I see {amount} from {merchant} on my statement.", "{merchant} owes me {amount}.", "I spent {amount} in {merchant}.", "{amount} at {merchant} wasn't me.",
        "I sent {amount} {date}.", "{date} I was charged {amount}.", "I withdrew {amount} {date}.", "My top-up of {amount} {date} was reverted.", "{amount} left my account {date}.", "The cheque for {amount} was deposited {date}.",
        "I was at {merchant} {date}.", "{date} I paid at {merchant}.", "I bought shoes at {merchant} {date}.", "{merchant} refunded me {date}.", "My payment to {merchant} was declined {date}.",
        "I paid {amount} with {card}.", "{amount} was charged to {card}.", "{card} was charged {amount}.", "I withdrew {amount} with {card}.", "{card} was declined for {amount}.",
        "{card} was declined at {merchant}.", "I used {card} at {merchant}.", "{merchant} charged {card}.", "I lost {card} {date}.", "{card} stopped working {date}.", "I ordered a replacement for {card} {date}.", "{date} I froze {card}.",
        // Three and four.
        "I was charged {amount} at {merchant} {date}.", "{date} {merchant} charged me {amount}.", "I paid {amount} to {merchant} {date} but it was declined.", "There is a payment of {amount} to {merchant} {date} that I didn't make.",
        "The refund of {amount} that {merchant} promised {date} is not there.", "{date} I spent {amount} at {merchant}.", "I bought something for {amount} {date} at {merchant}.",
        "I paid {amount} at {merchant} with {card}.", "{card} was charged {amount} by {merchant}.", "{amount} was taken from {card} {date}.", "I withdrew {amount} {date} with {card}.", "{card} was declined at {merchant} {date}.",
        "{date} I used {card} at {merchant}.", "I paid {amount} at {merchant} {date} with {card}.", "{date} {card} was charged {amount} by {merchant}.", "{merchant} charged {amount} to {card} {date}.",
        "I tried to pay {amount} at {merchant} {date} but {card} was declined.", "{card} was used at {merchant} {date} for {amount}.", "The payment of {amount} with {card} at {merchant} {date} wasn't mine.",

        // Of persons, whose words are written like names where a sentence begins.
        "They charged me {amount}.", "They keep asking for {amount}.", "He owes me {amount}.", "She sent me {amount}.", "Somebody took {amount}.", "Someone asked me for {amount}.", "You took {amount} from me.", "We paid {amount}.", "Nobody told me about the {amount}.",
        "They said it was sent {date}.", "He used {card} {date}.", "She tried it {date}.", "It happened by accident {date}.", "They blocked {card}.", "Someone used {card} by mistake.", "I sent {amount} by mistake.", "I was paid {amount} by accident {date}.",
        "They refused {card} at {merchant}.", "He went to {merchant} {date}.", "We could not pay in {merchant} with {card}.", "{card} failed in {merchant}.", "{card} is not accepted in {merchant}.", "She bought it in {merchant} for {amount}.",

        // Asked, and said otherwise.
        "Why was I charged {amount}?", "Did you receive my {amount}?", "Where are my {amount}?", "There was an extra {amount} on my bill.", "I got {amount} less than expected.", "Somebody transferred {amount} to me.", "My balance is short by {amount}.",
        "An ATM withdrawal of {amount} is on my statement.", "The sum is {amount}.", "{amount} please.", "I need {amount} back.", "A fee of {amount} was added.", "My payment for {amount} got stuck.",
        "Why did {merchant} charge me?", "Do you know {merchant}?", "Can I pay at {merchant}?", "My payment at {merchant} did not work.", "I was shopping at {merchant}.", "I ordered from {merchant}.", "There's something from {merchant} on my statement.",
        "Is {merchant} a fraud?", "I want my money back from {merchant}.", "{merchant} cancelled my order.", "I have a subscription with {merchant}.", "I went to {merchant} and couldn't pay.", "It says {merchant}.",
        "Did it arrive {date}?", "I applied {date}.", "It was due {date}.", "I opened my account {date}.", "{date} I got a message from you.", "It stopped {date}.", "I have not heard from you since I wrote {date}.",
        "My card ends in {digits}.", "My card ends with {digits}.", "The card ends in {digits}.", "The last four digits are {digits}.", "The last 4 digits of my card are {digits}.", "The card number ends in {digits}.", "It's the card that ends with {digits}.",
        "Card ending: {digits}.", "My card's last digits are {digits}.", "The number of the card ends in {digits}.",
        "Why was I charged {amount} by {merchant}?", "Where is my {amount} refund from {merchant}?", "I want to dispute a payment of {amount} to {merchant}.", "I did not authorise {amount} at {merchant}.", "{merchant} billed me {amount}.",
        "A charge of {amount} from {merchant} is wrong.", "The bill from {merchant} was {amount}.", "I was overcharged {amount} at {merchant}.", "I sent {amount} to {merchant}.", "My {amount} order at {merchant} was cancelled.",
        "Why was {amount} taken {date}?", "I transferred {amount} {date} and it hasn't arrived.", "{date} a payment of {amount} was declined.", "I was supposed to get {amount} {date}.", "The charge of {amount} was made {date}.",
        "Did {merchant} charge me {date}?", "{date} my payment at {merchant} failed.", "I ate at {merchant} {date}.", "The order from {merchant} was {date}.", "{merchant} took money from me {date}.",
        "I lost my card at {merchant}, it ends in {digits}.", "My card ends in {digits} and it was declined for {amount}.", "I was charged {amount} on the card that ends in {digits}.", "The card that ends with {digits} was used at {merchant}.",
        "Can you tell me why {merchant} took {amount} {date}?", "I paid {merchant} {amount} {date}.", "{date} there was a charge of {amount} from {merchant}.", "My payment of {amount} at {merchant} {date} is pending.", "{merchant} was paid {amount} {date}.",
        "I was charged {amount} twice at {merchant} {date}, my card ends in {digits}.", "I paid {amount} at {merchant} {date}, the card ends in {digits}.", "A payment of {amount} to {merchant} was made {date} with {card}.",

        // Until others were set aside, the models were judged by these.
        "{amount} has gone missing.", "They want {amount} from me.", "I never got the {amount}.", "I went shopping at {merchant}.", "What is this {merchant} payment?", "The thing happened {date}.", "I have been waiting since it was sent {date}.",
        "Somebody stole {card}.", "The problem is with {card}.", "A purchase of {amount} from {merchant} appears on my account.", "{merchant} has billed me {amount} again.", "I received {amount} {date} by mistake.", "I visited {merchant} {date}.",
        "{amount} came off {card}.", "{card} would not work in {merchant}.", "{date} someone took {card}.", "{merchant} debited {amount} {date}.", "I gave {merchant} {amount} {date} and want it back.",
        "My purchase at {merchant} for {amount} with {card} did not go through.", "{date} I handed {card} to the cashier at {merchant} and paid {amount}.", "I see that {merchant} took {amount} from {card} {date}.",
    ];

    /// <summary>Sentences that are set aside for judging the model, written by somebody who had not seen those that are learnt.</summary>
    public static IReadOnlyList<string> HeldOut { get; } =
    [
        "Why was {amount} taken from my account without asking me?", "{amount} is missing from my savings and nobody can explain it.", "I was charged {amount} twice for the same thing.", "Can you raise my overdraft to {amount}?",
        "The cash machine swallowed {amount} when I wanted to pay it in.", "Is a fee of {amount} normal for a transfer abroad?", "My salary came in {amount} short.", "You owe me {amount} back, please sort it out.",
        "How long does a transfer of {amount} to Spain usually take?", "there is a pending payment of {amount} which i dont recognise.", "{merchant} keeps charging me even though I cancelled the subscription.",
        "My card was declined at {merchant}, which was really embarrassing.", "Who is {merchant} and why are they on my statement?", "Please stop all direct debits to {merchant}.",
        "I never bought anything from {merchant} in my life.", "The refund from {merchant} still has not arrived.", "Contactless is not working when I pay in {merchant}.", "Did {merchant} send my money back already?",
        "Somebody used my details to open an account with {merchant}.", "The seller {merchant} ignores my emails, how do I open a dispute?", "I lost my purse {date} and all my cards were in it.",
        "{date} I tried to log in to the app and it locked me out.", "When I phoned you {date} the lady promised a call back.", "My new PIN should have come {date} but nothing is here.", "Was your online banking down {date}?",
        "I moved house {date}, how do I change my address with you?", "Forgot my wallet on a bus {date}, what should I do?", "We flew to Portugal {date} and no card payment goes through here.",
        "The cheque I deposited {date} has not cleared yet.", "Your branch was closed {date} without any notice on the door.", "Please block {card} as quickly as possible.", "{card} got stuck in the machine outside your branch.",
        "How can I get a new PIN for {card}?", "I can't find {card} anywhere in the flat.", "Is {card} already active or must I do something?", "The chip on {card} seems to be broken.",
        "My debit card was stolen, it ends in {digits}.", "The last four digits are {digits}, if that helps you.", "{digits} are the last digits of the card I want to cancel.",
        "Could you unfreeze the card with {digits} at the end?", "{merchant} took {amount} from me although the order was cancelled.", "I paid {amount} to {merchant} but they say nothing has arrived.",
        "Why does {merchant} show up with {amount} on my statement?", "{amount} went out to {merchant} and it was definitely not me.", "Can I claim back {amount} from {merchant} for a faulty kettle?",
        "The bill at {merchant} was {amount}, yet you booked it twice.", "I only agreed to a free trial, so why is {merchant} asking {amount}?", "{merchant} refunded me {amount} but I cannot see it in the app.",
        "Please set up a standing order of {amount} to {merchant}.", "Someone has spent {amount} at {merchant} using my details.", "It says {amount} is reserved by {merchant}, when will that drop off?",
        "I withdrew {amount} {date} but my balance shows it twice.", "{date} you deducted {amount} as a late fee, please reverse it.", "My employer paid {amount} {date} and it is still not showing.",
        "{amount} left my account {date} and I have no idea where it went.", "Did my rent of {amount} go out {date}?", "I sent {amount} to the wrong person {date}, can you recall it?",
        "A cheque for {amount} was deposited {date} at your counter.", "I noticed {date} that {amount} had disappeared from our joint account.", "We were double billed {date}, the sum is {amount}.",
        "I returned the shoes to {merchant} {date} and no refund came.", "{date} my payment at {merchant} was refused for no reason.", "I cancelled my membership with {merchant} {date}, they still take money.",
        "Was there really a purchase at {merchant} {date}?", "{merchant} told me {date} that the problem is on your side.", "I left my card behind at {merchant} {date}.",
        "Why did you flag my shopping at {merchant} {date} as fraud?", "The till at {merchant} crashed {date} while i was paying.", "{card} was charged {amount} and I want an explanation.",
        "Can you lower the spending limit on {card} to {amount}?", "There is a strange debit of {amount} on {card}.", "I tried to pay {amount} using {card} and got an error.",
        "I reported {card} stolen {date}, has it been cancelled?", "{card} stopped working {date} and I need it for groceries.", "{date} somebody grabbed {card} out of my bag.",
        "A replacement for {card} was ordered {date}, where is it?", "{merchant} will not accept {card} any more.", "Please remove {card} from my account at {merchant}.",
        "Since I used {card} at {merchant} I keep getting weird payments.", "Did {merchant} store the details of {card} without my permission?", "The card ends with {digits} and it was swallowed {date}.",
        "Someone is buying things from {merchant} on my card, last digits {digits}.", "I dispute {amount} on my credit card, the number finishes in {digits}.",
        "My handbag got snatched {date}, the bank card inside has {digits} as final digits.", "Your text message mentioned {amount} and a card ending {digits}, is it genuine?",
        "{merchant} charged me {amount} {date} and I never ordered anything.", "I spent {amount} at {merchant} {date} but the receipt shows less.", "{date} I saw that {merchant} had taken {amount} without my consent.",
        "{amount} was paid to {merchant} {date}, please tell me who approved this.", "Could you check whether {merchant} sent me {amount} back {date}?", "Please cancel the payment of {amount} to {merchant} that I made {date}.",
        "I bought a sofa from {merchant} {date} for {amount} and it came broken.", "Why has {merchant} billed me {amount} again when I cancelled {date}?", "My husband paid {amount} {date} in {merchant} and you took it twice.",
        "The refund of {amount} that {merchant} promised {date} is still missing.", "{date} there was a transaction of {amount} from {merchant}, I don't know this company.",
        "Bought a ticket with {merchant} {date}, paid {amount}, and the event got cancelled.", "{card} was used at {merchant} {date} and it was not me.", "I see {amount} from {merchant} on {card}, what is this for?",
        "{date} the cash machine kept {card} and still debited {amount}.", "{merchant} has debited {card} with {amount} and refuses to talk to me.", "You took {amount} off {card} {date} as a service fee, why?",
        "I tried {card} in {merchant} {date} and the terminal said no.", "How come {amount} was blocked on {card} after I booked a room with {merchant}?", "I think {card} was cloned {date} because {amount} is gone.",
        "My card, last digits {digits}, was declined at {merchant} {date}.", "I was robbed {date} and {amount} is gone, my card ends in {digits}.", "{merchant} charged {amount} to my old card, the number ended in {digits}.",
        "Last four digits {digits}, a payment of {amount} {date} is unknown to me.", "Can you look into {amount} at {merchant}, the card's final digits are {digits}?",
        "{merchant} took {amount} from {card} {date} and I want it back.", "I paid {amount} with {card} at {merchant} {date} and was charged twice.", "{date} somebody used {card} to spend {amount} at {merchant}.",
        "{card} shows {amount} to {merchant} {date}, but I was asleep at home.", "Why did you let {amount} go from {card} to {merchant} {date}?", "Please refund {amount} that {merchant} put on {card} {date}.",
        "{amount} was charged to {card} {date} by {merchant}, a company I never heard of.", "When I shopped at {merchant} {date}, {card} got refused but {amount} was still taken.",
        "I want to dispute {amount} at {merchant} {date}, the card number ends in {digits}.", "{date} I ordered from {merchant} for {amount}, the last four digits of my card are {digits}.",
    ];

    /// <summary>Sentences with numbers that are no facts.</summary>
    public static IReadOnlyList<string> Fillers { get; } =
    [
        "I have tried 3 times.", "This is the 2nd time.", "I am 18 years old.", "I called 4 times already.", "It has been 2 weeks.", "I waited for 45 minutes.", "My phone is an iPhone 12.", "Please help me asap.", "Thanks!", "Thank you.", "Can you help?",
        "What should I do?", "Hi there.", "Hello,", "Please advise.", "How long does it take?", "Is it safe?", "I have 2 cards.", "The app says error 404.", "I live in Spain.", "Why?", "Can you fix this?", "I need it for a trip.", "My friend has the same problem.",
        "It worked 5 times before.", "Could you look into it?", "I'm not happy.", "Is there a fee?", "I have Apple Pay.", "I don't understand.",
    ];
}
