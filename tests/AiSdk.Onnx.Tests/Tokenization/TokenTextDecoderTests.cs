using System.Text;
using CsCheck;
using Xunit;

namespace AiSdk.Onnx.Tests;

public sealed class TokenTextDecoderTests
{
    [Fact]
    public void Any_cut_of_any_bytes_gives_the_same_text() =>
        Gen.Select(Gen.Byte.Array[0, 40], Gen.Int[0, 40].Array[0, 8]).Sample(static (bytes, cuts) =>
            Assert.Equal(Encoding.UTF8.GetString(bytes), Decode(bytes, cuts)));

    [Fact]
    public void Any_cut_of_any_text_gives_the_text() =>
        Gen.Select(OneOf("a", "é", "€", "👩", "\u200D", "中", " ", "\n").Array[0, 20], Gen.Int[0, 60].Array[0, 12]).Sample(static (characters, cuts) =>
        {
            string text = string.Concat(characters);
            Assert.Equal(text, Decode(Encoding.UTF8.GetBytes(text), cuts));
        });

    [Fact]
    public void What_is_shown_is_whole_characters() =>
        OneOf("a", "é", "€", "👩").Array[1, 10].Sample(static characters =>
        {
            TokenTextDecoder decoder = Create();
            foreach (byte value in Encoding.UTF8.GetBytes(string.Concat(characters)))
            {
                string shown = decoder.PushBytes([value]);
                Assert.DoesNotContain('\uFFFD', shown);
                Assert.False(shown.Length == 1 && char.IsSurrogate(shown[0]));
            }
            Assert.Equal("", decoder.Finish());
        });

    [Fact]
    public void Bytes_that_never_become_a_character_are_replaced()
    {
        TokenTextDecoder decoder = Create();
        Assert.Equal("a", decoder.PushBytes("a"u8));
        Assert.Equal("", decoder.PushBytes([0xF0, 0x9F, 0x91]));
        Assert.Equal("\uFFFD", decoder.Finish());
        Assert.Equal("", decoder.Finish());
    }

    [Fact]
    public void Byte_tokens_of_a_real_model_join_to_characters()
    {
        TokenTextDecoder decoder = TestModels.Stories.Tokenizer.CreateDecoder(TestModels.StoriesPromptIds);
        Assert.Equal(["", "", "", "👩", "", "\uFFFD g", ""], (string[])[.. new[] { 0xF0, 0x9F, 0x91, 0xA9, 0xC3 }.Select(b => decoder.Push(3 + b)), decoder.Push(298), decoder.Finish()]);
    }

    private static Gen<string> OneOf(params string[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    // Bytes are pushed as they are, so any table serves.
    private static TokenTextDecoder Create() => new(TokenTable.Read(null, new Dictionary<string, int>(), []), []);

    private static string Decode(byte[] bytes, int[] cuts)
    {
        TokenTextDecoder decoder = Create();
        StringBuilder text = new();
        int start = 0;
        foreach (int cut in cuts.Where(cut => cut < bytes.Length).Order().Append(bytes.Length))
        {
            text.Append(decoder.PushBytes(bytes.AsSpan(start, cut - start)));
            start = cut;
        }
        return text.Append(decoder.Finish()).ToString();
    }
}
