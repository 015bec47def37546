using System.Diagnostics;
using System.Numerics;
using AiSdk.CompilerServices;
using CsCheck;
using Xunit;

namespace AiSdk.Tests;

/// <summary>No reply, however strange or long, does anything but give a value or an <see cref="AiOutputException"/>, in linear time.</summary>
public sealed class HostileReplyTests
{
    private const int Megabytes10 = 10_000_000;

    /// <summary>Pieces that JSON is made of, so that strange replies get past the first character.</summary>
    private static readonly string[] _pieces =
    [
        "{", "}", "[", "]", ",", ":", "\"", "\"name\"", "\"parts\"", "\"price\"", "\"value\"", "\"$type\"", "\"text\"", "null", "true", "1", "-1.5e3", "1e999", "0e-99999999999", " ", "\n", "\\", "\\u", "\\ud83d",
        "\ud83d", "\ude00", "😀", "ä", "\"2026-03-31\"", "\"24:00:00\"", "\0", "\u2028", "\ufeff", "{\"name\":\"x\",\"parts\":[", "]}",
    ];

    private static readonly Gen<string> _jsonLike = Gen.Int[0, _pieces.Length - 1].Array[0, 40].Select(static picks => string.Concat(picks.Select(static pick => _pieces[pick])));

    [Fact]
    public void Any_text_is_a_value_or_an_AiOutputException() => Gen.OneOf(Gen.String, _jsonLike).Sample(
        static reply =>
        {
            Try(TestFunction.Item, reply);
            Try(TestFunction.Returning<IReadOnlyList<Item>>(Item.ReadList), reply);
            Try(TestFunction.Returning(Item.ReadDictionary, isWrapped: false), reply);
            Try(TestFunction.Returning(Item.ReadUnion), reply);
            Try(TestFunction.Returning<string>(OutputReader.ReadString), reply);
            Try(TestFunction.Returning<int>(OutputReader.ReadInt32), reply);
            Try(TestFunction.Returning<decimal>(OutputReader.ReadDecimal), reply);
            Try(TestFunction.Returning<BigInteger>(OutputReader.ReadInteger<BigInteger>), reply);
            Try(TestFunction.Returning<DateTimeOffset>(OutputReader.ReadDateTimeOffset), reply);
            Try(TestFunction.Returning<TimeSpan>(OutputReader.ReadTimeSpan), reply);
            Try(TestFunction.Returning<Uri>(OutputReader.ReadUri), reply);
            Try(TestFunction.Returning<char>(OutputReader.ReadChar), reply);
        },
        iter: 20_000);

    [Theory]
    [InlineData("[")]
    [InlineData("\"")]
    [InlineData("{\"a\":")]
    public void Ten_megabytes_of_one_token_take_less_than_two_seconds(string unit) => AssertFast(string.Concat(Enumerable.Repeat(unit, Megabytes10 / unit.Length)));

    [Theory]
    [InlineData("")]
    [InlineData("\"")]
    [InlineData("{\"name\":")]
    [InlineData("{\"name\":\"")]
    [InlineData("{\"parts\":[")]
    [InlineData("{\"parts\":[{\"name\":\"x\",\"parts\":[]},")]
    [InlineData("{\"value\":")]
    [InlineData("{\"value\":{\"$type\":")]
    public void A_megabyte_of_anything_takes_less_than_two_seconds(string prefix)
    {
        foreach (string unit in (string[])["[", "\"", "{\"a\":", "{\"name\":", "1", "0.", "\\", "\\u0061", "\\ud83d", "\ud83d", "😀", "\n", " ", "[],", "{},", "1,", "\"\",", "{\"name\":\"x\",\"parts\":[]},", "]", "e", "-"])
            AssertFast(prefix + string.Concat(Enumerable.Repeat(unit, 1_000_000 / unit.Length)));
    }

    [Fact]
    public void A_number_of_ten_megabytes_takes_less_than_two_seconds_for_every_number_type()
    {
        string whole = new('7', Megabytes10);
        string fraction = "0." + whole;
        foreach (string reply in (string[])[whole, "-" + whole, fraction, "1e" + whole, "1e-" + whole, "0." + new string('0', Megabytes10), "1" + new string('0', Megabytes10)])
        {
            AssertFast(OutputReader.ReadInt32, reply);
            AssertFast(OutputReader.ReadInteger<byte>, reply);
            AssertFast(OutputReader.ReadInteger<UInt128>, reply);
            AssertFast(OutputReader.ReadInteger<BigInteger>, reply);
            AssertFast(OutputReader.ReadDecimal, reply);
            AssertFast(OutputReader.ReadDouble, reply);
            AssertFast(OutputReader.ReadHalf, reply);
        }
    }

    [Fact]
    public void Ten_megabytes_that_fit_are_read()
    {
        string text = new('x', Megabytes10);
        Assert.Equal(Megabytes10, TestFunction.Item.Read($$"""{"name":"{{text}}","parts":[]}""").Name.Length);

        string parts = string.Join(',', Enumerable.Repeat("""{"name":"x","parts":[]}""", 400_000));
        Assert.Equal(400_000, TestFunction.Item.Read($$"""{"name":"x","parts":[{{parts}}]}""").Parts.Count);
    }

    private static void AssertFast(string reply)
    {
        AssertFast(Item.Read, reply);
        AssertFast(Item.ReadUnion, reply);
        AssertFast(OutputReader.ReadString, reply);
    }

    private static void AssertFast<T>(OutputReader<T> read, string reply)
    {
        long started = Stopwatch.GetTimestamp();
        Try(TestFunction.Returning(read), reply);
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        Assert.True(seconds < 2, $"{typeof(T).Name} from {reply[..3]}…: {seconds:F1} s");
    }

    private static void Try<T>(AiFunctionInfo<T> function, string reply)
    {
        try
        {
            function.Read(reply);
        }
        catch (AiOutputException e)
        {
            if (e.Position < 0 || e.Position > reply.Length || !e.Path.StartsWith('$') || e.RawReply != reply)
                throw new InvalidOperationException($"{e.Path} {e.Position}", e);
        }
    }
}
