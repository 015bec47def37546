using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace AiSdk.CompilerServices;

// Output guards look at the text of a reply. What repair makes of it may say what was not to be seen there: in JSON within a text each escape is escaped once more.
public sealed partial class GuardRun
{
    // Texts of one order are found one behind the other; where they are not, looking at all again costs less than to find each.
    private const int MaxSearches = 100;

    private const string PlainlyEscaped = "\"/bfnrt";

    private StringBuilder? _unrestored;

    /// <summary>Whether a value may have texts that output guards have not seen in the reply.</summary>
    /// <param name="reply">The reply, which they passed.</param>
    /// <param name="json">What it was read as.</param>
    internal bool HasUnseen(string reply, string json) =>
        // Without its first character, in which a reply differs whose reasoning was taken from it.
        _guards.Outputs.Count > 0 && _function.Output is not null && !ReferenceEquals(reply, json) && !reply.AsSpan().Contains(json.AsSpan(1), StringComparison.Ordinal) && (MayHide(reply) || HasOtherTexts(reply, json));

    /// <summary>Lets output guards look at what repair has made of the reply that they passed last.</summary>
    /// <param name="json">What it was read as.</param>
    /// <param name="read">Reads a reply in the same way; null where it does not fit.</param>
    /// <param name="messages">What the model was asked.</param>
    /// <param name="callId">The call.</param>
    /// <returns>What they leave of it.</returns>
    /// <exception cref="AiGuardException">A guard blocks it.</exception>
    internal async ValueTask<string> CheckRepairedAsync(string json, Func<string, string?> read, IList<ChatMessage> messages, string callId)
    {
        // What was hidden from the model is no finding of theirs: they look at what the model wrote, in which it is hidden.
        string written = _unrestored is { } unrestored && read(unrestored.ToString()) is { } hidden && string.Equals(Restore(hidden, HiddenSource.Given), json, StringComparison.Ordinal) ? hidden : json;
        string left = await OpenReply(messages, callId, isShown: true).AppendAsync(written, isLast: true).ConfigureAwait(false);
        if (!string.Equals(left, json, StringComparison.Ordinal))
            Passed = _valueStub is null ? left : null;
        return left;
    }

    /// <summary>What was read, without texts beside the value that guards have not seen.</summary>
    internal Reading<T> Seen<T>(string reply, Reading<T> reading) => MayHide(reply) ? reading with { Reasoning = null, Repairs = WithoutTexts(reading.Repairs) } : reading;

    /// <summary>Whether a reply has escapes of which repair could make what guards do not see: those of escapes, and those that JSON does not have.</summary>
    private static bool MayHide(string reply)
    {
        int at = reply.IndexOf('\\', StringComparison.Ordinal);
        while (at >= 0)
        {
            if (at + 1 >= reply.Length || !PlainlyEscaped.Contains(reply[at + 1], StringComparison.Ordinal))
                return true;
            at = at + 2 < reply.Length ? reply.IndexOf('\\', at + 2) : -1;
        }
        return false;
    }

    private static bool HasOtherTexts(string reply, string json)
    {
        Utf8JsonReader reader = new(Encoding.UTF8.GetBytes(json), new JsonReaderOptions { MaxDepth = OutputReader.MaxDepth });
        int from = 0;
        int searches = 0;
        while (reader.Read())
        {
            if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName))
                continue;
            string text = Encoding.UTF8.GetString(reader.ValueSpan);
            int at = reply.IndexOf(text, from, StringComparison.Ordinal);
            if (at < 0 && (++searches > MaxSearches || (at = reply.IndexOf(text, StringComparison.Ordinal)) < 0))
                return true;
            from = at + text.Length;
        }
        return false;
    }

    /// <summary>Keeps what passes.</summary>
    private sealed class KeepingWindow(StringBuilder kept) : ReplyWindow
    {
        public override GuardVerdict Append(string piece, bool isLast)
        {
            kept.Append(piece);
            return GuardVerdict.Allow;
        }
    }
}
