using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AiSdk.CompilerServices;
using AiSdk.Prompts;
using Microsoft.Extensions.AI;

namespace AiSdk;

/// <summary>A prompt file that is in force for a function. Immutable.</summary>
internal sealed class LoadedPrompt
{
    private readonly PromptFunction _function;
    private readonly LinkedPrompt _linked;
    private readonly IReadOnlyList<PromptSetting> _settings;
    private readonly int _history;
    private readonly int[] _media;

    public LoadedPrompt(PromptFunction function, PromptFile file, LinkedPrompt linked, string content)
    {
        _function = function;
        _linked = linked;
        _settings = file.Header.Settings;
        _history = Array.FindIndex(function.Parameters, p => p.Type.Kind == PromptTypeKind.History && !linked.Used.Contains(p.Name));
        _media = [.. Enumerable.Range(0, function.Parameters.Length).Where(i => function.Parameters[i] is { Type.Kind: PromptTypeKind.Media } p && !linked.Used.Contains(p.Name))];
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{function.Info.PromptHash}\n{content}"));
        Info = function.Info.With(Convert.ToHexStringLower(hash, 0, 8), [new PromptTemplate(ChatRole.User, file.Template)], linked.UsesOutputFormat);
    }

    /// <summary>The function with this prompt.</summary>
    public AiFunctionInfo Info { get; }

    public bool HasSettings => _settings.Count > 0;

    /// <summary>The messages: the file's, with the examples before the first of the user, and with what no template mentions where the compiler would have put it.</summary>
    public ChatMessage[] Render(object?[] arguments, string? outputFormat)
    {
        List<ChatMessage> messages = [.. Messages(arguments, outputFormat)];
        if (_function.Examples.Length > 0)
        {
            int first = messages.FindIndex(static message => message.Role == ChatRole.User);
            messages.InsertRange(first < 0 ? messages.Count : first, Examples());
        }
        if (_media.Length > 0)
        {
            int last = messages.FindLastIndex(static message => message.Role == ChatRole.User);
            if (last < 0)
                messages.Add(new ChatMessage(ChatRole.User, (IList<AIContent>)[]));
            foreach (int parameter in _media)
            {
                PromptBuilder media = new();
                media.MediaOf(arguments[parameter]);
                foreach (AIContent content in media.ToMessages().SelectMany(static message => message.Contents))
                    messages[last < 0 ? ^1 : last].Contents.Add(content);
            }
        }
        if (_history >= 0)
        {
            PromptBuilder history = new();
            history.History((IEnumerable<ChatMessage>?)arguments[_history], _function.Parameters[_history].IsTrusted);
            messages.InsertRange(messages is [.., { } lastMessage] && lastMessage.Role == ChatRole.User ? messages.Count - 1 : messages.Count, history.ToMessages());
        }
        return [.. messages];
    }

    /// <summary>Sets what the file says of the model; what the caller has set stays.</summary>
    public void Configure(ChatOptions options, ChatOptions? given)
    {
        foreach (PromptSetting setting in _settings)
        {
            string text = setting.Value.Text;
            switch (setting.Property)
            {
                case "ModelId":
                    options.ModelId = given?.ModelId ?? text;
                    break;
                case "Temperature":
                    options.Temperature = given?.Temperature ?? Single(text);
                    break;
                case "TopP":
                    options.TopP = given?.TopP ?? Single(text);
                    break;
                case "TopK":
                    options.TopK = given?.TopK ?? Integer(text);
                    break;
                case "MaxOutputTokens":
                    options.MaxOutputTokens = given?.MaxOutputTokens ?? Integer(text);
                    break;
                case "Seed":
                    options.Seed = given?.Seed ?? long.Parse(text, CultureInfo.InvariantCulture);
                    break;
                case "FrequencyPenalty":
                    options.FrequencyPenalty = given?.FrequencyPenalty ?? Single(text);
                    break;
                case "PresencePenalty":
                    options.PresencePenalty = given?.PresencePenalty ?? Single(text);
                    break;
                case "StopSequences":
                    options.StopSequences = given?.StopSequences ?? [.. setting.Texts];
                    break;
            }
        }
    }

    private ChatMessage[] Messages(object?[] arguments, string? outputFormat)
    {
        PromptBuilder prompt = new();
        prompt.Role(ChatRole.User);
        _linked.Step(prompt, new RenderCall(arguments, outputFormat, _linked.Scopes));
        return prompt.ToMessages();
    }

    private IEnumerable<ChatMessage> Examples()
    {
        foreach (PromptExampleCall example in _function.Examples)
        {
            // The last message describes the type for all of them.
            foreach (ChatMessage message in Messages(example.Arguments, null))
            {
                if (message.Role == ChatRole.User)
                    yield return message;
            }
            yield return new ChatMessage(ChatRole.Assistant, example.Reply);
        }
    }

    private static float Single(string text) => float.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);

    private static int Integer(string text) => int.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
}
