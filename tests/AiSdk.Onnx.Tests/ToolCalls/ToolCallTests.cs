using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using AiSdk.Tests;
using Microsoft.Extensions.AI;
using Xunit;

namespace AiSdk.Onnx.Tests;

/// <summary>Calls of tools by real models, which know nothing of tools: what they are kept to is what makes them right.</summary>
public sealed class ToolCallTests
{
    private static readonly AIFunction s_weather = AIFunctionFactory.Create(
        ([Description("The place")] string place, Unit unit, [Range(1, 14)] int days = 1) => $"{place} {unit} {days}",
        "get_weather");

    private static readonly AIFunction s_time = AIFunctionFactory.Create((Zone zone) => zone.Offset, "get_time");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public enum Unit
    {
        Celsius,
        Fahrenheit,
    }

    [Theory]
    [InlineData(ToolCallFormat.Hermes)]
    [InlineData(ToolCallFormat.Llama)]
    [InlineData(ToolCallFormat.Mistral)]
    [InlineData(ToolCallFormat.Phi)]
    [InlineData(ToolCallFormat.Json)]
    public async Task A_required_call_fits_its_tool_in_each_format(ToolCallFormat format)
    {
        using var client = new OnnxChatClient(TestData.Path("models", "tiny-gpt2"), new OnnxModelOptions { ToolCallFormat = format });
        int called = 0;
        for (int seed = 0; seed < 6; seed++)
        {
            ChatOptions options = Options(ChatToolMode.RequireAny, seed);
            ChatResponse response = await client.GetResponseAsync(TestModels.User("Weather?"), options, Token);
            ChatResponse streamed = await client.GetStreamingResponseAsync(TestModels.User("Weather?"), options, Token).ToChatResponseAsync(Token);
            Assert.Equal(Shown(response), Shown(streamed));
            Assert.Equal(response.FinishReason, streamed.FinishReason);
            if (response.FinishReason == ChatFinishReason.Length)
                continue;
            Assert.Equal(ChatFinishReason.ToolCalls, response.FinishReason);
            Assert.All(response.Messages[0].Contents, static content => Assert.True(content is FunctionCallContent || content is TextContent { Text: "" }, content.ToString()));
            foreach (FunctionCallContent call in response.Messages[0].Contents.OfType<FunctionCallContent>())
            {
                called++;
                AIFunction tool = call.Name == "get_weather" ? s_weather : call.Name == "get_time" ? s_time : throw new InvalidOperationException(call.Name);
                // The function itself is the judge: it reads its arguments, or throws.
                Assert.NotNull(await tool.InvokeAsync(new AIFunctionArguments(call.Arguments), Token));
            }
        }
        Assert.True(called > 0, "each reply was cut");
    }

    [Fact]
    public async Task A_call_of_one_tool_can_be_required()
    {
        using var client = new OnnxChatClient(TestData.Path("models", "stories260K"), new OnnxModelOptions { ToolCallFormat = ToolCallFormat.Hermes });
        ChatResponse response = await client.GetResponseAsync(TestModels.User(TestModels.StoriesPrompt), Options(ChatToolMode.RequireSpecific("get_time"), 1), Token);
        FunctionCallContent call = Assert.Single(response.Messages[0].Contents.OfType<FunctionCallContent>());
        Assert.Equal("get_time", call.Name);
        Assert.InRange(Assert.IsType<JsonElement>(await s_time.InvokeAsync(new AIFunctionArguments(call.Arguments), Token)).GetInt32(), -12, 14);
        await Assert.ThrowsAsync<ArgumentException>(() => client.GetResponseAsync(TestModels.User("x"), Options(ChatToolMode.RequireSpecific("get_money"), 1), Token));
    }

    [Fact]
    public async Task A_reply_without_a_call_is_text_with_tools_too()
    {
        using var client = new OnnxChatClient(TestModels.Stories);
        ChatOptions options = Options(ChatToolMode.Auto, null);
        options.Temperature = 0;
        options.MaxOutputTokens = 118;
        ChatResponse response = await client.GetResponseAsync(TestModels.User(TestModels.StoriesPrompt), options, Token);
        Assert.StartsWith(TestModels.StoriesContinuation, response.Text, StringComparison.Ordinal);
        Assert.Equal(ChatFinishReason.Length, response.FinishReason);
        ChatResponse streamed = await client.GetStreamingResponseAsync(TestModels.User(TestModels.StoriesPrompt), options, Token).ToChatResponseAsync(Token);
        Assert.Equal(response.Text, streamed.Text);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_follows_the_beginning_of_a_call_is_kept_to_its_constraint_and_no_more(bool lookup)
    {
        using OnnxModel model = OnnxModel.Load(TestData.Path("models", "stories260K"), new OnnxModelOptions { PromptLookup = lookup });
        ToolCallPlan plan = new(model.ToolCalls.Marks, " girl named", Constraint.FromChoices([" Sue.", " Beatrice."]));
        await using TextGeneration generation = TextGeneration.Start(model, TestModels.StoriesPrompt, new GenerationSettings { MaxOutputTokens = 60 }, null, plan);
        string text = "";
        while (generation.FinishReason is null)
            text += await generation.NextAsync(Token);
        Assert.Matches("^ girl named (Sue|Beatrice)\\. [A-Z].{20}", text);
    }

    [Fact]
    public void Text_is_streamed_until_it_could_be_a_call()
    {
        ToolCallSyntax syntax = ToolCallSyntax.Of(ToolCallFormat.Hermes, [], TestModels.Stories.Tokenizer.Tokens);
        ToolReply reply = new(syntax, ["f"], "");
        Assert.Equal("Let me ", reply.Push("Let me "));
        Assert.Equal("see ", reply.Push("see <tool"));
        Assert.Equal("<tools", reply.Push("s"));
        Assert.Equal("", reply.Push("<tool_call>"));
        Assert.Equal("", reply.Push("{\"name\":\"f\",\"arguments\":{}}</tool_call> Done."));
        List<AIContent> rest = reply.Finish(isCut: false);
        Assert.Equal(["f", "Done."], rest.Select(static c => c is FunctionCallContent call ? call.Name : ((TextContent)c).Text));
    }

    private static ChatOptions Options(ChatToolMode mode, long? seed) => new() { Tools = [s_weather, s_time], ToolMode = mode, Temperature = 1.5f, Seed = seed, MaxOutputTokens = 300 };

    private static string Shown(ChatResponse response) => string.Join('|', response.Messages[0].Contents.Select(static content => content switch
    {
        FunctionCallContent call => $"{call.Name}({string.Join(',', call.Arguments!.Select(static a => $"{a.Key}={a.Value}"))})",
        TextContent text => text.Text,
        _ => "",
    }).Where(static text => text.Length > 0));

    /// <summary>A parameter with a definition of its own.</summary>
    public sealed record Zone([property: Range(-12, 14)] int Offset, Zone? Next = null);
}
