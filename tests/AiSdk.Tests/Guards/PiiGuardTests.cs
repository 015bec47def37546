using CsCheck;
using Xunit;

namespace AiSdk.Tests.Guards;

public sealed class PiiGuardTests
{
    [Theory]
    [InlineData("write to <anna.smith+news@mail.example.co.uk>.", PiiKinds.Email, "anna.smith+news@mail.example.co.uk")]
    [InlineData("o'neil@example.com's box", PiiKinds.Email, "o'neil@example.com")]
    [InlineData("jörg@uni-köln.de", PiiKinds.Email, "jörg@uni-köln.de")]
    [InlineData("mail a@b.example.com-office", PiiKinds.Email, "a@b.example.com")]
    [InlineData("card 4111 1111 1111 1111, thanks", PiiKinds.Card, "4111 1111 1111 1111")]
    [InlineData("4556158474337090", PiiKinds.Card, "4556158474337090")]
    [InlineData("amex 3782-822463-10005", PiiKinds.Card, "3782-822463-10005")]
    [InlineData("pay with 5555555555554444 12/27", PiiKinds.Card, "5555555555554444")]
    [InlineData("IBAN DE89 3704 0044 0532 0130 00.", PiiKinds.Iban, "DE89 3704 0044 0532 0130 00")]
    [InlineData("my iban is gb48awjv07221741105646", PiiKinds.Iban, "gb48awjv07221741105646")]
    [InlineData("ssn: 629-15-2988", PiiKinds.SocialSecurityNumber, "629-15-2988")]
    [InlineData("my social security number 629152988", PiiKinds.SocialSecurityNumber, "629152988")]
    [InlineData("from 192.168.10.254:8080", PiiKinds.IpAddress, "192.168.10.254")]
    [InlineData("address 3b20:9a3a:1b2f:7ce:9ef1:4787:85fc:261e blocked", PiiKinds.IpAddress, "3b20:9a3a:1b2f:7ce:9ef1:4787:85fc:261e")]
    [InlineData("host fe80::1ff:fe23:4567:890a", PiiKinds.IpAddress, "fe80::1ff:fe23:4567:890a")]
    [InlineData("+49 30 901820 is ours", PiiKinds.Phone, "+49 30 901820")]
    [InlineData("(505) 498-8487x6837", PiiKinds.Phone, "(505) 498-8487x6837")]
    [InlineData("751-954-9268-Fax", PiiKinds.Phone, "751-954-9268")]
    [InlineData("call 9747 6578", PiiKinds.Phone, "9747 6578")]
    [InlineData("0650 995 04 94", PiiKinds.Phone, "0650 995 04 94")]
    [InlineData("driver's license number is U62928788557186", PiiKinds.Document, "U62928788557186")]
    [InlineData("passport no. C01X00T47", PiiKinds.Document, "C01X00T47")]
    [InlineData("card \uFF14\uFF11\uFF11\uFF11\u3000\uFF11\uFF11\uFF11\uFF11 1111 1111!", PiiKinds.Card, "\uFF14\uFF11\uFF11\uFF11\u3000\uFF11\uFF11\uFF11\uFF11 1111 1111")]
    [InlineData("card 4111\u200B 1111 11\u200D11 1111\u200B, thanks", PiiKinds.Card, "4111\u200B 1111 11\u200D11 1111")]
    [InlineData("\u0664\u0661\u0661\u0661 1111 1111 1111", PiiKinds.Card, "\u0664\u0661\u0661\u0661 1111 1111 1111")]
    [InlineData("\U0001D7DC111 1111 1111 111\U0001D7D9.", PiiKinds.Card, "\U0001D7DC111 1111 1111 111\U0001D7D9")]
    [InlineData("\uFF4A\uFF4F\uFF48\uFF4E\uFF20example.\u2060com", PiiKinds.Email, "\uFF4A\uFF4F\uFF48\uFF4E\uFF20example.\u2060com")]
    [InlineData("IBAN DE89\u00A03704 0044 0532\u00AD 0130 00.", PiiKinds.Iban, "DE89\u00A03704 0044 0532\u00AD 0130 00")]
    [InlineData("ssn: 629\u201015\u20102988", PiiKinds.SocialSecurityNumber, "629\u201015\u20102988")]
    [InlineData("078\u201105\u20111120", PiiKinds.SocialSecurityNumber, "078\u201105\u20111120")]
    [InlineData("it is 078\u201305\u20131120.", PiiKinds.SocialSecurityNumber, "078\u201305\u20131120")]
    [InlineData("4111\u20111111\u20111111\u20111111", PiiKinds.Card, "4111\u20111111\u20111111\u20111111")]
    [InlineData("card 4111\u20131111\u20131111\u20131111, thanks", PiiKinds.Card, "4111\u20131111\u20131111\u20131111")]
    [InlineData("4111\u20121111\u20121111\u20121111", PiiKinds.Card, "4111\u20121111\u20121111\u20121111")]
    [InlineData("4111\u20141111\u20141111\u20141111", PiiKinds.Card, "4111\u20141111\u20141111\u20141111")]
    [InlineData("my card\u20144111 1111 1111 1111\u2014please charge it", PiiKinds.Card, "4111 1111 1111 1111")]
    [InlineData("call 555-123-4567\u2014it is my phone", PiiKinds.Phone, "555-123-4567")]
    [InlineData("write\u2014a@b.com\u2014now", PiiKinds.Email, "a@b.com")]
    [InlineData("555\u2011123\u20114567", PiiKinds.Phone, "555\u2011123\u20114567")]
    [InlineData("4111 11\u000111 1111 1111", PiiKinds.Card, "4111 11\u000111 1111 1111")]
    [InlineData("4111 11\uFFFE11 11\u316411 1111", PiiKinds.Card, "4111 11\uFFFE11 11\u316411 1111")]
    [InlineData("an\u007Fna@example.com", PiiKinds.Email, "an\u007Fna@example.com")]
    [InlineData("17,4111111111111111,Ann", PiiKinds.Card, "4111111111111111")]
    [InlineData("4111111111111111,123", PiiKinds.Card, "4111111111111111")]
    [InlineData("4111111111111111:1227", PiiKinds.Card, "4111111111111111")]
    [InlineData("4111-1111-1111-1111/12/27", PiiKinds.Card, "4111-1111-1111-1111")]
    [InlineData("12/4111 1111 1111 1111;5", PiiKinds.Card, "4111 1111 1111 1111")]
    [InlineData("078-05-1120,42", PiiKinds.SocialSecurityNumber, "078-05-1120")]
    [InlineData("{\"id\":7,\"ssn\":\"078-05-1120\"}", PiiKinds.SocialSecurityNumber, "078-05-1120")]
    [InlineData("My mail is 'ann@example.com'", PiiKinds.Email, "ann@example.com")]
    [InlineData("{'email': 'ann@example.com'}", PiiKinds.Email, "ann@example.com")]
    [InlineData("-ann@example.com, +ann", PiiKinds.Email, "ann@example.com")]
    [InlineData("...''ann.o'hara@example.com", PiiKinds.Email, "ann.o'hara@example.com")]
    public void It_finds(string text, PiiKinds kind, string value)
    {
        PiiMatch match = Assert.Single(new PiiGuard().Find(text));

        Assert.Equal((kind, value), (match.Kind, match.Value));
        Assert.Equal(value, text.Substring(match.Start, match.Length));
    }

    [Theory]
    [InlineData("guid 12345678-1234-1234-1234-123456789012")]
    [InlineData("{0f8fad5b-d9cb-469f-a165-70867728950e}")]
    [InlineData("0123456789abcdef0123456789abcdef")]
    [InlineData("version 10.0.19045.3570 and v1.2.3.4")]
    [InlineData(".NET 0.473.866.40448 or 1.403.769.5981")]
    [InlineData("costs $1,234,567.89 or 1 234 567 890 €")]
    [InlineData("EUR 555 123 4567")]
    [InlineData("on 2026-05-03 at 10:20:30, or 03.05.2026")]
    [InlineData("order 1234567890, invoice 20240001234")]
    [InlineData("ISBN 978-3-1614-8410-0")]
    [InlineData("4111 1111 1111 1112")]
    [InlineData("DE88 3704 0044 0532 0130 00")]
    [InlineData("000-12-3456, 666-12-3456, 912-34-5678, 123-00-4567, 123-45-0000")]
    [InlineData("pi is 3.14159265358979, at 48.208174, 16.373819")]
    [InlineData("std::vector<int> a::b 12:30:45 aa:bb:cc:dd:ee:ff")]
    [InlineData("npm i @scope/pkg@1.2.3 user@localhost")]
    [InlineData("MIT license 1234567890")]
    [InlineData("pages 123\u2013145, 1990\u20132005, 10\u201112 and 2026\u201305\u201303; from 5550000 \u2014 5559999")]
    [InlineData("social security cost 123456789,50 or 1,234567890 in 078\u20141120")]
    [InlineData("17,5551234567,Ann and 10,4155550123/7")]
    [InlineData("1,192.168.0.300,2 and 4111.1111111111111111")]
    [InlineData("\u200B\u200B and \uFF14\uFF11, x\u00B2, \uD835")]
    public void It_takes_for_no_personal_data(string text) => Assert.Empty(new PiiGuard().Find(text));

    [Fact]
    public void Each_of_a_row_of_cards_is_found() =>
        Assert.Equal(["4111111111111111", "5500005555555559", "378282246310005"], new PiiGuard().Find("[4111111111111111,5500005555555559,378282246310005]").Select(static match => match.Value));

    [Fact]
    public void The_same_value_has_the_same_placeholder_and_comes_back()
    {
        PiiVault vault = new();
        PiiGuard guard = new();

        Assert.Equal("[EMAIL_1] and [EMAIL_2], again [EMAIL_1]", guard.Mask("a@b.com and c@d.org, again a@b.com", vault));
        Assert.Equal("Sent to c@d.org. [EMAIL_3] is unknown.", vault.Restore("Sent to [EMAIL_2]. [EMAIL_3] is unknown."));
    }

    [Fact]
    public void What_is_written_otherwise_comes_back_as_it_was()
    {
        const string Text = "\u200BA\u200B \uFF14111 1111 11\u200B11 1111\u200B \uFF3BEMAIL_1\uFF3D [EMAIL_1] \uD83D";
        PiiVault vault = new();
        string masked = new PiiGuard().Mask(Text, vault);
        Assert.Equal("\u200BA\u200B [CARD_1]\u200B \uFF3BEMAIL_1\uFF3D [TEXT_1] \uD83D", masked);
        Assert.Equal(Text, vault.Restore(masked));
    }

    [Fact]
    public void Text_that_looks_like_a_placeholder_comes_back_as_it_was()
    {
        PiiVault vault = new();
        string masked = new PiiGuard().Mask("[EMAIL_1] is not a@b.com", vault);

        Assert.Equal("[TEXT_1] is not [EMAIL_1]", masked);
        Assert.Equal("[EMAIL_1] is not a@b.com", vault.Restore(masked));
    }

    [Fact]
    public void Masking_and_restoring_is_lossless() => GuardTexts.Texts.Sample(
        static text =>
        {
            PiiVault vault = new();
            string masked = new PiiGuard().Mask(text, vault);
            Assert.Equal(text, vault.Restore(masked));
        },
        iter: 5_000);

    [Fact]
    public void Only_the_kinds_that_are_asked_for_are_found() =>
        Assert.Equal([PiiKinds.Card], new PiiGuard(PiiKinds.Card).Find("a@b.com 4111111111111111 +49 30 901820").Select(static match => match.Kind));
}
