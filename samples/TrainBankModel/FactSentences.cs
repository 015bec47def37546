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
    ];

    /// <summary>Sentences that are set aside for judging the model.</summary>
    public static IReadOnlyList<string> HeldOut { get; } =
    [
        "{amount} has gone missing.", "They want {amount} from me.", "I never got the {amount}.", "I went shopping at {merchant}.", "What is this {merchant} payment?", "The thing happened {date}.", "I have been waiting since it was sent {date}.",
        "Somebody stole {card}.", "The problem is with {card}.", "A purchase of {amount} from {merchant} appears on my account.", "{merchant} has billed me {amount} again.", "I received {amount} {date} by mistake.", "I visited {merchant} {date}.",
        "{amount} came off {card}.", "{card} would not work in {merchant}.", "{date} someone took {card}.", "{merchant} debited {amount} {date}.", "I gave {merchant} {amount} {date} and want it back.",
        "My purchase at {merchant} for {amount} with {card} did not go through.", "{date} I handed {card} to the cashier at {merchant} and paid {amount}.", "I see that {merchant} took {amount} from {card} {date}.",
    ];

    /// <summary>Sentences with numbers that are no facts.</summary>
    public static IReadOnlyList<string> Fillers { get; } =
    [
        "I have tried 3 times.", "This is the 2nd time.", "I am 18 years old.", "I called 4 times already.", "It has been 2 weeks.", "I waited for 45 minutes.", "My phone is an iPhone 12.", "Please help me asap.", "Thanks!", "Thank you.", "Can you help?",
        "What should I do?", "Hi there.", "Hello,", "Please advise.", "How long does it take?", "Is it safe?", "I have 2 cards.", "The app says error 404.", "I live in Spain.", "Why?", "Can you fix this?", "I need it for a trip.", "My friend has the same problem.",
        "It worked 5 times before.", "Could you look into it?", "I'm not happy.", "Is there a fee?", "I have Apple Pay.", "I don't understand.",
    ];
}
