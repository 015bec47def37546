using System.Text.Json;
using AiSdk.CompilerServices;
using Xunit;

namespace AiSdk.Tests;

/// <summary>Texts, and the values that JSON writes as texts.</summary>
public sealed class TextReadingTests
{
    [Theory]
    [InlineData("\"\"", "")]
    [InlineData("\"a\\u0062\\n\\\"\\\\\"", "ab\n\"\\")]
    [InlineData("\"\\ud83d\\ude00\"", "😀")]
    [InlineData("\"İ😀\"", "İ😀")]
    public void A_string_is_unescaped(string reply, string expected) => Assert.Equal(expected, TestFunction.Read(OutputReader.ReadString, reply));

    [Theory]
    [InlineData("1")]
    [InlineData("null")]
    [InlineData("true")]
    [InlineData("[]")]
    public void What_is_no_string_is_refused(string reply) => AssertRefused(OutputReader.ReadString, reply, "expected a string");

    [Theory]
    [InlineData("\"\\ud83d\"")]
    [InlineData("\"\\ude00\\ud83d\"")]
    [InlineData("\"\\ud83dx\"")]
    public void An_escape_that_is_half_a_character_is_refused(string reply)
    {
        AssertRefused(OutputReader.ReadString, reply, "half of a surrogate pair");
        AssertRefused(ReadName, reply, "half of a surrogate pair");
        AssertRefused(OutputReader.ReadChar, reply, "");
        AssertRefused(OutputReader.ReadInt32, reply, "");
        AssertRefused(OutputReader.ReadDateOnly, reply, "");
        AssertRefused(OutputReader.ReadGuid, reply, "");
    }

    [Fact]
    public void Half_a_character_in_the_reply_itself_is_refused_and_not_replaced()
    {
        AiOutputException wrong = AssertRefused(OutputReader.ReadString, "\"ä😀\ud83d\"", "half of a surrogate pair");

        Assert.Equal((4, "$"), (wrong.Position, wrong.Path));
        Assert.Equal("\"ä😀\ud83d\"", wrong.RawReply);
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("false", false)]
    public void True_and_false_are_read(string reply, bool expected) => Assert.Equal(expected, TestFunction.Read(OutputReader.ReadBoolean, reply));

    [Theory]
    [InlineData("\"true\"")]
    [InlineData("1")]
    [InlineData("null")]
    public void What_is_neither_true_nor_false_is_refused(string reply) => AssertRefused(OutputReader.ReadBoolean, reply, "expected true or false");

    [Fact]
    public void A_char_is_one_code_unit()
    {
        Assert.Equal('x', TestFunction.Read(OutputReader.ReadChar, "\"x\""));
        Assert.Equal('\n', TestFunction.Read(OutputReader.ReadChar, "\"\\n\""));
        AssertRefused(OutputReader.ReadChar, "\"\"", "a string of one character");
        AssertRefused(OutputReader.ReadChar, "\"xy\"", "a string of one character");
        AssertRefused(OutputReader.ReadChar, "\"😀\"", "a string of one character");
    }

    [Fact]
    public void A_date_is_ISO_8601_and_must_exist()
    {
        Assert.Equal(new DateOnly(2024, 2, 29), TestFunction.Read(OutputReader.ReadDateOnly, "\"2024-02-29\""));
        foreach (string reply in (string[])["\"2026-02-29\"", "\"2026-2-1\"", "\"01/02/2026\"", "\"2026-03-31T00:00:00\"", "\" 2026-03-31\"", "20260331", "\"\""])
            AssertRefused(OutputReader.ReadDateOnly, reply, "a date like");
    }

    [Theory]
    [InlineData("14:05", 14, 5, 0, 0)]
    [InlineData("14:05:09", 14, 5, 9, 0)]
    [InlineData("14:05:09.5", 14, 5, 9, 500)]
    [InlineData("00:00:00.0010000", 0, 0, 0, 1)]
    public void A_time_of_day_has_up_to_seven_decimals(string time, int hour, int minute, int second, int millisecond) =>
        Assert.Equal(new TimeOnly(hour, minute, second, millisecond), TestFunction.Read(OutputReader.ReadTimeOnly, $"\"{time}\""));

    [Theory]
    [InlineData("24:00")]
    [InlineData("2:05 PM")]
    [InlineData("14:60")]
    [InlineData("14:05:09.12345678")]
    [InlineData("14:05:09Z")]
    public void What_is_no_time_of_day_is_refused(string time) => AssertRefused(OutputReader.ReadTimeOnly, $"\"{time}\"", "a time of day like");

    [Fact]
    public void A_date_and_time_is_ISO_8601()
    {
        Assert.Equal(new DateTime(2026, 3, 31, 14, 5, 9, DateTimeKind.Utc), TestFunction.Read(OutputReader.ReadDateTime, "\"2026-03-31T14:05:09Z\""));
        DateTime unspecified = TestFunction.Read(OutputReader.ReadDateTime, "\"2026-03-31T14:05:09\"");
        Assert.Equal((new DateTime(2026, 3, 31, 14, 5, 9), DateTimeKind.Unspecified), (unspecified, unspecified.Kind));
        AssertRefused(OutputReader.ReadDateTime, "\"31.03.2026 14:05\"", "a date and time like");
    }

    [Fact]
    public void Decimals_that_a_date_and_time_cannot_hold_are_refused_unless_they_are_zeros()
    {
        Assert.Equal(1_234_567, TestFunction.Read(OutputReader.ReadDateTime, "\"2026-03-31T14:05:09.1234567000Z\"").Ticks % TimeSpan.TicksPerSecond);
        Assert.Equal(1_234_567, TestFunction.Read(OutputReader.ReadDateTimeOffset, "\"2026-03-31T14:05:09.123456700+02:00\"").Ticks % TimeSpan.TicksPerSecond);
        AssertRefused(OutputReader.ReadDateTime, "\"2026-03-31T14:05:09.12345678\"", "a date and time like");
        AssertRefused(OutputReader.ReadDateTimeOffset, "\"2026-03-31T14:05:09.123456789Z\"", "a date and time with its offset");
    }

    [Theory]
    [InlineData("2026-03-31T14:05:09+02:00", 120)]
    [InlineData("2026-03-31T14:05:09.5-05:30", -330)]
    [InlineData("2026-03-31T14:05:09Z", 0)]
    [InlineData("2026-03-31T14:05Z", 0)]
    [InlineData("2026-03-31T14:05+02:00", 120)]
    public void A_moment_keeps_its_offset(string text, int minutes)
    {
        DateTimeOffset moment = TestFunction.Read(OutputReader.ReadDateTimeOffset, $"\"{text}\"");

        Assert.Equal(TimeSpan.FromMinutes(minutes), moment.Offset);
        Assert.Equal(new DateTime(2026, 3, 31, 14, 5, 0), new DateTime(moment.Year, moment.Month, moment.Day, moment.Hour, moment.Minute, 0));
    }

    [Theory]
    [InlineData("2026-03-31T14:05:09")]
    [InlineData("2026-03-31T14:05")]
    [InlineData("2026-03-31")]
    [InlineData("")]
    public void A_moment_without_offset_is_refused_since_it_would_depend_on_the_machine(string text) =>
        AssertRefused(OutputReader.ReadDateTimeOffset, $"\"{text}\"", "a date and time with its offset");

    [Theory]
    [InlineData("02:03:04", 0, 2, 3, 4)]
    [InlineData("1.02:03:04", 1, 2, 3, 4)]
    [InlineData("23:59:59", 0, 23, 59, 59)]
    [InlineData("100.00:00:00", 100, 0, 0, 0)]
    public void A_duration_has_days_before_a_point(string text, int days, int hours, int minutes, int seconds) =>
        Assert.Equal(new TimeSpan(days, hours, minutes, seconds), TestFunction.Read(OutputReader.ReadTimeSpan, $"\"{text}\""));

    [Fact]
    public void A_duration_may_be_negative_and_have_decimals()
    {
        Assert.Equal(-new TimeSpan(0, 0, 0, 1, 500), TestFunction.Read(OutputReader.ReadTimeSpan, "\"-00:00:01.5000000\""));
        Assert.Equal(new TimeSpan(1, 0, 0, 1, 500), TestFunction.Read(OutputReader.ReadTimeSpan, "\"1.00:00:01.5\""));
    }

    [Theory]
    [InlineData("24:00:00")]
    [InlineData("90:00:00")]
    [InlineData("5")]
    [InlineData("1:60:00")]
    [InlineData("1.5 hours")]
    [InlineData("PT1H")]
    [InlineData("")]
    public void What_could_mean_another_duration_is_refused(string text) => AssertRefused(OutputReader.ReadTimeSpan, $"\"{text}\"", "a duration like");

    [Fact]
    public void A_GUID_is_read()
    {
        Assert.Equal(new Guid("6b29fc40-ca47-1067-b31d-00dd010662da"), TestFunction.Read(OutputReader.ReadGuid, "\"6B29FC40-ca47-1067-b31d-00dd010662da\""));
        AssertRefused(OutputReader.ReadGuid, "\"{6b29fc40-ca47-1067-b31d-00dd010662da}\"", "a GUID like");
    }

    [Fact]
    public void A_URI_is_read()
    {
        Assert.Equal(new Uri("https://example.org/a?b=c"), TestFunction.Read(OutputReader.ReadUri, "\"https://example.org/a?b=c\""));
        Assert.Equal(("a/b", false), Relative("a/b"));
        Assert.Equal(("/a/b?c#d", false), Relative("/a/b?c#d"));
        AssertRefused(OutputReader.ReadUri, "\"http://[\"", "a URI");
        AssertRefused(OutputReader.ReadUri, "1", "a URI");
    }

    [Fact]
    public void A_long_text_in_a_message_is_cut_between_characters()
    {
        AiOutputException wrong = AssertRefused(OutputReader.ReadInt32, $"\"{new string('x', 59)}😀 and more\"", "…");

        Assert.Contains($"\"{new string('x', 59)}…\"", wrong.Message, StringComparison.Ordinal);
    }

    private static (string Text, bool IsAbsolute) Relative(string text)
    {
        Uri uri = TestFunction.Read(OutputReader.ReadUri, $"\"{text}\"");
        return (uri.OriginalString, uri.IsAbsoluteUri);
    }

    private static string ReadName(ref Utf8JsonReader reader) => System.Text.Encoding.UTF8.GetString(OutputReader.ReadName(ref reader));

    private static AiOutputException AssertRefused<T>(OutputReader<T> read, string reply, string message)
    {
        AiOutputException wrong = Assert.Throws<AiOutputException>(() => TestFunction.Read(read, reply));
        Assert.Contains(message, wrong.Message, StringComparison.Ordinal);
        return wrong;
    }
}
