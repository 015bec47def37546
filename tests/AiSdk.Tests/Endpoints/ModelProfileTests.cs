using Microsoft.Extensions.AI;
using Xunit;

namespace AiSdk.Tests;

/// <summary>Which profile an endpoint gets, and who may say another.</summary>
public sealed class ModelProfileTests
{
    [Theory]
    [InlineData("openai", "https://api.openai.com/v1", "gpt-4.1-mini", "OpenAI", ProviderProfile.OpenAIStrict, StructuredOutputMode.JsonSchema)]
    [InlineData("openai", "https://api.openai.com/v1", "gpt-4-turbo", "OpenAI", null, StructuredOutputMode.ToolCall)]
    [InlineData("openai", "https://api.openai.com/v1", "gpt-3.5-turbo-0125", "OpenAI", null, StructuredOutputMode.ToolCall)]
    [InlineData("openai", "https://contoso.openai.azure.com/openai/v1", "my-deployment", "Azure OpenAI", ProviderProfile.OpenAIStrict, StructuredOutputMode.JsonSchema)]
    [InlineData("openai", "https://openai.azure.com.attacker.example/v1", "gpt-4o", "an OpenAI-compatible server", null, StructuredOutputMode.JsonSchema)]
    [InlineData("openai", "https://notapi.openai.com.example/v1", "gpt-4o", "an OpenAI-compatible server", null, StructuredOutputMode.JsonSchema)]
    [InlineData("openai", "http://127.0.0.1:8000/v1", "qwen", "an OpenAI-compatible server", null, StructuredOutputMode.JsonSchema)]
    [InlineData("openai", "http://localhost:11434/v1", "llama3.2", "Ollama", null, StructuredOutputMode.JsonSchema)]
    [InlineData("openai", "https://api.deepseek.com", "deepseek-chat", "DeepSeek", null, StructuredOutputMode.ToolCall)]
    [InlineData("openai", "https://api.anthropic.com/v1", "claude-sonnet-4-5", "Anthropic", null, StructuredOutputMode.ToolCall)]
    [InlineData("openai", "https://generativelanguage.googleapis.com/v1beta/openai", "gemini-2.5-flash", "Gemini", ProviderProfile.Gemini, StructuredOutputMode.JsonSchema)]
    [InlineData("anthropic", "https://api.anthropic.com", "claude-opus-4-5", "Anthropic", ProviderProfile.Anthropic, StructuredOutputMode.JsonSchema)]
    [InlineData("anthropic", "https://api.anthropic.com", "claude-3-5-sonnet-latest", "Anthropic", ProviderProfile.Anthropic, StructuredOutputMode.ToolCall)]
    [InlineData("anthropic", "https://gateway.example", "claude-sonnet-4-20250514", "Anthropic", ProviderProfile.Anthropic, StructuredOutputMode.ToolCall)]
    [InlineData("gcp.gemini", null, "gemini-2.5-pro", "Gemini", ProviderProfile.Gemini, StructuredOutputMode.JsonSchema)]
    [InlineData("ollama", "http://models.example/", "llama3.2", "Ollama", null, StructuredOutputMode.JsonSchema)]
    [InlineData("onnx", null, "bank", "a local model", null, StructuredOutputMode.JsonSchema)]
    [InlineData("somebody", "https://somebody.example", "x", "an unknown endpoint", null, StructuredOutputMode.JsonSchema)]
    public void An_endpoint_is_known_by_its_address_client_and_model(string provider, string? address, string model, string name, ProviderProfile? schema, StructuredOutputMode mode)
    {
        ModelProfile profile = ModelProfile.Detect(new ChatClientMetadata(provider, address is null ? null : new Uri(address), model));
        Assert.Equal((name, schema, mode), (profile.Name, profile.Schema, profile.OutputMode));
    }

    [Theory]
    [InlineData("gemini-2.5-flash", false)]
    [InlineData("gemini-3-pro", true)]
    [InlineData("", false)]
    public void Gemini_takes_a_schema_beside_tools_from_its_third_generation_on(string model, bool takes) =>
        Assert.Equal(takes, ModelProfile.Detect(new ChatClientMetadata("gcp.gemini", null, model)).SchemaBesideTools);

    [Fact]
    public void A_client_that_says_nothing_is_unknown() => Assert.Same(ModelProfile.Unknown, ModelProfile.Detect(null));

    [Fact]
    public void The_model_of_the_call_counts_before_the_clients()
    {
        ChatClientMetadata metadata = new("openai", new Uri("https://api.openai.com/v1"), "gpt-4.1");
        ClientProfiles profiles = new(new Client { Metadata = metadata }, null);

        Assert.Equal(StructuredOutputMode.JsonSchema, profiles.For(new ChatOptions()).OutputMode);
        ModelProfile old = profiles.For(new ChatOptions { ModelId = "gpt-4-turbo" });
        Assert.Equal(StructuredOutputMode.ToolCall, old.OutputMode);
        Assert.Same(old, profiles.For(new ChatOptions { ModelId = "gpt-4-turbo" }));
    }

    [Fact]
    public void The_call_says_it_before_the_client_that_before_the_options_and_those_before_what_is_found_out()
    {
        ChatClientMetadata metadata = new("openai", new Uri("https://api.openai.com/v1"), "gpt-4.1");
        IChatClient bare = new Client { Metadata = metadata };
        IChatClient own = bare.AsBuilder().UseModelProfile(ModelProfile.Gemini).Build();
        ChatOptions call = new ChatOptions().WithModelProfile(ModelProfile.TextOnly);

        Assert.Same(ModelProfile.OpenAI, new ClientProfiles(bare, null).For(null));
        Assert.Same(ModelProfile.Ollama, new ClientProfiles(bare, ModelProfile.Ollama).For(null));
        Assert.Same(ModelProfile.Gemini, new ClientProfiles(own, ModelProfile.Ollama).For(null));
        Assert.Same(ModelProfile.Gemini, new ClientProfiles(own, null).For(new ChatOptions { ModelId = "gpt-4-turbo" }));
        Assert.Same(ModelProfile.TextOnly, new ClientProfiles(own, ModelProfile.Ollama).For(call));
    }

    [Theory]
    [InlineData("content_filter", true)]
    [InlineData("SAFETY", true)]
    [InlineData("Refusal", true)]
    [InlineData("stop", false)]
    [InlineData("length", false)]
    [InlineData("tool_calls", false)]
    [InlineData("pause_turn", false)]
    [InlineData(null, false)]
    public void Reasons_to_stop_that_mean_a_refusal_are_known_by_all_their_names(string? reason, bool isRefusal) =>
        Assert.Equal(isRefusal, ModelProfile.Unknown.IsRefusal(reason is null ? null : new ChatFinishReason(reason)));

    [Fact]
    public void Another_reason_can_be_said()
    {
        ModelProfile profile = ModelProfile.Unknown with { RefusalReasons = ["nope"] };
        Assert.True(profile.IsRefusal(new ChatFinishReason("NOPE")));
        Assert.False(profile.IsRefusal(ChatFinishReason.ContentFilter));
    }

    private sealed class Client : IChatClient
    {
        public required ChatClientMetadata Metadata { get; init; }

        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public object? GetService(Type serviceType, object? serviceKey = null) => serviceType == typeof(ChatClientMetadata) ? Metadata : null;

        public void Dispose()
        {
        }
    }
}
