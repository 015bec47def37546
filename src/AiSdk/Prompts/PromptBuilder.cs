using System.ComponentModel;
using System.Text;
using Microsoft.Extensions.AI;

namespace AiSdk.CompilerServices;

/// <summary>Builds the messages of prompts that are more than text: media, history, changes of role. Called by generated code only.</summary>
/// <remarks>A message that would hold nothing but white space is left out, as in Dotprompt.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class PromptBuilder
{
    private const string PurposeProperty = "purpose";

    private readonly List<ChatMessage> _messages = [];
    private readonly List<AIContent> _contents = [];
    private readonly StringBuilder _text = new();
    private ChatRole _role = ChatRole.User;
    private string? _section;

    /// <summary>Ends the message and begins another.</summary>
    public void Role(ChatRole role)
    {
        EndMessage();
        _role = role;
    }

    /// <summary>Adds text to the message.</summary>
    public void Text(string text) => _text.Append(text);

    /// <summary>Ends the text and begins another, which belongs to a section of the message: its content says so in <c>AdditionalProperties["purpose"]</c>.</summary>
    public void Section(string name)
    {
        EndText();
        _section = name;
    }

    /// <summary>Adds an image, sound or document to the message; nothing if null.</summary>
    public void Media(AIContent? content)
    {
        if (content is null)
            return;
        EndText();
        _contents.Add(content);
    }

    /// <summary>Adds images, sounds or documents to the message, in their order; nothing for those that are null.</summary>
    public void Media(IEnumerable<AIContent?>? contents)
    {
        foreach (AIContent? content in contents ?? [])
            Media(content);
    }

    /// <summary>Adds one or several, as an argument holds them.</summary>
    internal void MediaOf(object? argument)
    {
        if (argument is IEnumerable<AIContent> contents)
            Media(contents);
        else
            Media((AIContent?)argument);
    }

    /// <summary>Ends the message and adds messages from before; what follows is a message of the role that was in force.</summary>
    /// <param name="messages">The messages.</param>
    /// <param name="isTrusted">Whether the application vouches for them, so that system messages may be among them.</param>
    /// <exception cref="ArgumentException">A message from outside is neither the user's nor the model's nor a tool's.</exception>
    public void History(IEnumerable<ChatMessage>? messages, bool isTrusted = false)
    {
        EndMessage();
        int index = 0;
        foreach (ChatMessage message in messages ?? [])
        {
            if (!isTrusted && message.Role != ChatRole.User && message.Role != ChatRole.Assistant && message.Role != ChatRole.Tool)
            {
                throw new ArgumentException(
                    $"Message {index} of the history has the role '{message.Role}', with which data from outside could give orders: leave it out, or mark the parameter [Trusted].",
                    nameof(messages));
            }
            _messages.Add(message);
            index++;
        }
    }

    /// <summary>The messages.</summary>
    public ChatMessage[] ToMessages()
    {
        EndMessage();
        return [.. _messages];
    }

    private void EndMessage()
    {
        if (_contents.Count == 0 && IsBlank())
        {
            _text.Clear();
            _section = null;
            return;
        }
        EndText();
        _messages.Add(new ChatMessage(_role, [.. _contents]));
        _contents.Clear();
        _section = null;
    }

    private void EndText()
    {
        if (_text.Length > 0)
        {
            TextContent content = new(_text.ToString());
            if (_section is not null)
                content.AdditionalProperties = new AdditionalPropertiesDictionary { [PurposeProperty] = _section };
            _contents.Add(content);
        }
        _text.Clear();
    }

    private bool IsBlank()
    {
        foreach (ReadOnlyMemory<char> chunk in _text.GetChunks())
        {
            if (!chunk.Span.IsWhiteSpace())
                return false;
        }
        return true;
    }
}
