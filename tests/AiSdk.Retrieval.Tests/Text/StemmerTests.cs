using Xunit;

namespace AiSdk.Retrieval.Tests.Text;

public sealed class StemmerTests
{
    // From the vocabulary that M. F. Porter published with his stemmer.
    [Theory]
    [InlineData("caresses", "caress")]
    [InlineData("ponies", "poni")]
    [InlineData("cats", "cat")]
    [InlineData("agreed", "agre")]
    [InlineData("feed", "feed")]
    [InlineData("plastered", "plaster")]
    [InlineData("motoring", "motor")]
    [InlineData("conflated", "conflat")]
    [InlineData("hopping", "hop")]
    [InlineData("falling", "fall")]
    [InlineData("filing", "file")]
    [InlineData("happy", "happi")]
    [InlineData("relational", "relat")]
    [InlineData("vietnamization", "vietnam")]
    [InlineData("operator", "oper")]
    [InlineData("triplicate", "triplic")]
    [InlineData("hopefulness", "hope")]
    [InlineData("adjustment", "adjust")]
    [InlineData("adoption", "adopt")]
    [InlineData("probate", "probat")]
    [InlineData("controll", "control")]
    [InlineData("generalizations", "gener")]
    [InlineData("oscillators", "oscil")]
    [InlineData("sky", "sky")]
    [InlineData("as", "as")]
    public void English_words_have_the_stems_of_Porter(string word, string stem) => Assert.Equal(stem, PorterStemmer.Stem(word));

    [Theory]
    [InlineData(TextLanguage.English, "The engine's wings aren't what they're called", "engin wing theyr call")]
    [InlineData(TextLanguage.English, "US visas for us all, Us too, IT is", "us visa")]
    [InlineData(TextLanguage.German, "Die Gebühren für die Häuser", "gebuhr haus")]
    [InlineData(TextLanguage.French, "Les chevaux et les frais bancaires", "cheval frais bancair")]
    [InlineData(TextLanguage.French, "L'homme d’accord qu'elle aujourd'hui l'été jusqu’à L'", "homme accord aujourdhui")]
    [InlineData(TextLanguage.English, "l'homme d'accord", "lhomm daccord")]
    [InlineData(TextLanguage.Spanish, "Las tarjetas perdidas", "tarjet perdid")]
    [InlineData(TextLanguage.None, "The Café's CAFÉ", "the cafe cafe")]
    [InlineData(TextLanguage.None, "東京都 12", "東 東京 京都 12")]
    [InlineData(TextLanguage.None, "a\ud800b\0c", "a b c")]
    [InlineData(TextLanguage.None, "ac\u00adcount re\u200dplace\u200cment \ufeffcard fee\u200brate é\u00adté", "account replacement card fee rate ete")]
    public void Texts_become_folded_stemmed_terms_without_stop_words(TextLanguage language, string text, string terms)
    {
        List<string> found = [];
        new TextAnalyzer(language, removeStopWords: true, stem: true).Analyze(text, found);
        Assert.Equal(terms, string.Join(' ', found));
    }
}
