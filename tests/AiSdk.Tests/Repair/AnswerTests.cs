using Xunit;

namespace AiSdk.Tests;

/// <summary>Sentences where true or false was asked for: an answer, or an error; never the other answer.</summary>
public sealed class AnswerTests
{
    private static readonly OutputShape _boolean = new() { Kind = OutputShapeKind.Boolean, Name = "bool" };

    [Theory]
    [InlineData("yes", "true")]
    [InlineData("No.", "false")]
    [InlineData("**True**", "true")]
    [InlineData("`false`", "false")]
    [InlineData("Yes, it is urgent.", "true")]
    [InlineData("No, it is not urgent.", "false")]
    [InlineData("The answer is true.", "true")]
    [InlineData("The answer is: false", "false")]
    [InlineData("on", "true")]
    [InlineData("not true", null)]
    [InlineData("It isn't true.", null)]
    [InlineData("false positive", null)]
    [InlineData("true, because no errors", null)]
    [InlineData("yes and no", null)]
    [InlineData("no problem, yes", null)]
    [InlineData("true or false", null)]
    [InlineData("true/false", null)]
    [InlineData("It is true that it is false", null)]
    [InlineData("maybe", null)]
    [InlineData("-1", null)]
    [InlineData("hardly true", null)]
    [InlineData("It cannot be true", null)]
    [InlineData("Answer: yes", "true")]
    [InlineData("The answer is no.", "false")]
    public void A_sentence_answers_or_is_an_error(string reply, string? expected) =>
        Assert.Equal(expected, StructuredOutput.Parse(reply, _boolean).Json);
}
