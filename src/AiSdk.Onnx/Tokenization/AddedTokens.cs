using System.Buffers;
using System.Text;

namespace AiSdk.Onnx;

/// <summary>A token that is recognised as a whole, before anything else is done to the text around it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Content">Its text.</param>
/// <param name="IsSpecial">Whether it is left out of decoded text.</param>
/// <param name="IsNormalized">Whether it is looked for in normalized text.</param>
/// <param name="StripLeft">Whether white space before it belongs to it.</param>
/// <param name="StripRight">Whether white space after it belongs to it.</param>
/// <param name="IsSingleWord">Whether it counts only between characters that are no letters or digits.</param>
internal sealed record AddedToken(int Id, string Content, bool IsSpecial, bool IsNormalized, bool StripLeft, bool StripRight, bool IsSingleWord);

/// <summary>Finds added tokens in text: the leftmost, and of those the longest.</summary>
internal sealed class AddedTokens
{
    private readonly List<AddedToken> _tokens;
    private readonly PieceTrie _trie;
    private readonly SearchValues<string>? _contents;

    public AddedTokens(IEnumerable<AddedToken> tokens)
    {
        _tokens = [.. tokens.Where(static t => t.Content.Length > 0)];
        _trie = new PieceTrie(_tokens.Select(static (token, index) => (token.Content, index)));
        _contents = _tokens.Count == 0 ? null : SearchValues.Create([.. _tokens.Select(static t => t.Content)], StringComparison.Ordinal);
    }

    /// <summary>Calls back for each stretch of ordinary text and each token, in order; stretches are not empty.</summary>
    public void Split(string text, Action<string, int> onText, Action<AddedToken> onToken)
    {
        int start = 0;
        int from = 0;
        while (_contents is not null && from < text.Length)
        {
            int found = text.AsSpan(from).IndexOfAny(_contents);
            if (found < 0 || !_trie.TryGetLongest(text.AsSpan(from + found), PieceTrie.Root, out int index, out int length))
                break;
            int at = from + found;
            AddedToken token = _tokens[index];
            if (IsBroken(text, at, token))
            {
                from = at + 1;
                continue;
            }
            from = at + length;
            if (token.IsSingleWord && !IsSingleWord(text, at, length))
                continue;
            int end = from;
            while (token.StripLeft && at > start && char.IsWhiteSpace(text[at - 1]))
                at--;
            while (token.StripRight && end < text.Length && char.IsWhiteSpace(text[end]))
                end++;
            if (at > start)
                onText(start == 0 && at == text.Length ? text : text[start..at], start);
            onToken(token);
            start = end;
        }
        if (start < text.Length)
            onText(start == 0 ? text : text[start..], start);
    }

    /// <summary>Whether a text holds a special token.</summary>
    public bool HasSpecial(string text)
    {
        bool found = false;
        Split(text, static (_, _) => { }, token => found |= token.IsSpecial);
        return found;
    }

    // A break does not fit into a token of one character; there it stands behind it.
    private static bool IsBroken(string text, int at, AddedToken token) =>
        token.IsSpecial && token.Content.Length <= 2 && at + token.Content.Length < text.Length && text[at + token.Content.Length] == SpecialTokenGuard.Break
        && (token.Content.Length == 1 || char.IsSurrogatePair(token.Content, 0));

    private static bool IsSingleWord(string text, int at, int length) =>
        (at == 0 || Rune.DecodeLastFromUtf16(text.AsSpan(0, at), out Rune before, out _) != OperationStatus.Done || !UnicodeCharacters.IsWord(before))
        && (at + length == text.Length || Rune.DecodeFromUtf16(text.AsSpan(at + length), out Rune after, out _) != OperationStatus.Done || !UnicodeCharacters.IsWord(after));
}
