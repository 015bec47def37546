using System.Text;

namespace AiSdk.Onnx;

/// <summary>A piece of text on its way to the model.</summary>
/// <param name="Text">The piece; not empty.</param>
/// <param name="IsFirst">Whether it begins where the text does that was given.</param>
internal readonly record struct TextPiece(string Text, bool IsFirst);

/// <summary>What becomes of the places that a pre-tokenizer cuts at.</summary>
internal enum SplitBehavior
{
    /// <summary>They are left out.</summary>
    Removed,

    /// <summary>Each is a piece.</summary>
    Isolated,

    /// <summary>They end the piece before them.</summary>
    MergedWithPrevious,

    /// <summary>They begin the piece behind them.</summary>
    MergedWithNext,

    /// <summary>A run of them is a piece.</summary>
    Contiguous,
}

/// <summary>The pre_tokenizer of a tokenizer.json: cuts text into the pieces that are tokenized each for itself.</summary>
internal sealed class TextSplitter
{
    private readonly List<Step> _steps = [];

    private delegate void Step(TextPiece piece, List<TextPiece> results);

    /// <summary>Whether pieces are turned into the printable stand-ins of their UTF-8 bytes before they are looked up.</summary>
    public bool IsByteLevel { get; private set; }

    /// <summary>Reads the field; a tokenizer without one cuts nothing.</summary>
    public static TextSplitter Read(JsonFile? json)
    {
        var splitter = new TextSplitter();
        if (json is not null)
            splitter.Add(json.Value);
        return splitter;
    }

    /// <summary>Cuts text.</summary>
    /// <param name="text">The normalized text between two added tokens.</param>
    /// <param name="isFirst">Whether nothing precedes it.</param>
    public List<TextPiece> Split(string text, bool isFirst)
    {
        List<TextPiece> pieces = text.Length == 0 ? [] : [new TextPiece(text, isFirst)];
        foreach (Step step in _steps)
        {
            List<TextPiece> results = new(pieces.Count);
            foreach (TextPiece piece in pieces)
                step(piece, results);
            pieces = results;
        }
        return pieces;
    }

    private void Add(JsonFile json)
    {
        string type = json.String("type");
        if (IsByteLevel && type != "Sequence")
        {
            // What follows sees the stand-ins.
            IsByteLevel = false;
            AddMap(ByteLevelAlphabet.Encode);
        }
        switch (type)
        {
            case "Sequence":
                foreach (JsonFile part in json.Objects("pretokenizers"))
                    Add(part);
                break;
            case "ByteLevel":
                if (json.OptionalBool("add_prefix_space") ?? true)
                    AddMap(static text => text.StartsWith(' ') ? text : " " + text);
                if (json.OptionalBool("use_regex") ?? true)
                    AddSplit(TextPattern.Gpt2Words, isInverted: false, SplitBehavior.Isolated);
                IsByteLevel = true;
                break;
            case "Split":
                AddSplit(TextPattern.Read(json.Object("pattern")), json.OptionalBool("invert") ?? false, ReadBehavior(json, null));
                break;
            case "Digits":
                AddSplit(UnicodeCharacters.IsNumeric, json.OptionalBool("individual_digits") ?? false ? SplitBehavior.Isolated : SplitBehavior.Contiguous);
                break;
            case "Punctuation":
                AddSplit(UnicodeCharacters.IsPunctuation, ReadBehavior(json, SplitBehavior.Isolated));
                break;
            case "BertPreTokenizer":
                AddSplit(Rune.IsWhiteSpace, SplitBehavior.Removed);
                AddSplit(UnicodeCharacters.IsPunctuation, SplitBehavior.Isolated);
                break;
            case "WhitespaceSplit":
                AddSplit(Rune.IsWhiteSpace, SplitBehavior.Removed);
                break;
            case "Whitespace":
                AddWhitespace();
                break;
            case "CharDelimiterSplit":
                Rune delimiter = ReadCharacter(json, "delimiter");
                AddSplit(rune => rune == delimiter, SplitBehavior.Removed);
                break;
            case "Metaspace":
                AddMetaspace(json);
                break;
            case "FixedLength":
                AddFixedLength(json);
                break;
            case "UnicodeScripts":
                AddScripts();
                break;
            default:
                throw json.Error("type", $"is '{type}', a pre-tokenizer that is not supported; Sequence, ByteLevel, Split, Digits, Punctuation, BertPreTokenizer, WhitespaceSplit, Whitespace, CharDelimiterSplit, Metaspace, FixedLength and UnicodeScripts are.");
        }
    }

    private static SplitBehavior ReadBehavior(JsonFile json, SplitBehavior? usual)
    {
        if (usual is { } value && !json.Has("behavior"))
            return value;
        string name = json.String("behavior");
        return name switch
        {
            "Removed" => SplitBehavior.Removed,
            "Isolated" => SplitBehavior.Isolated,
            "MergedWithPrevious" => SplitBehavior.MergedWithPrevious,
            "MergedWithNext" => SplitBehavior.MergedWithNext,
            "Contiguous" => SplitBehavior.Contiguous,
            _ => throw json.Error("behavior", $"is '{name}', which is not supported; Removed, Isolated, MergedWithPrevious, MergedWithNext and Contiguous are."),
        };
    }

    private static Rune ReadCharacter(JsonFile json, string name)
    {
        string text = json.String(name);
        return Rune.TryGetRuneAt(text.Length > 0 ? text : "\uD800", 0, out Rune rune) && rune.Utf16SequenceLength == text.Length ? rune : throw json.Error(name, $"is '{text}', but must be one character.");
    }

    private void AddMap(Func<string, string> map) => _steps.Add((piece, results) => results.Add(piece with { Text = map(piece.Text) }));

    private void AddSplit(TextPattern pattern, bool isInverted, SplitBehavior behavior) => _steps.Add((piece, results) =>
    {
        List<(int Start, int End)> matches = pattern.Matches(piece.Text);
        if (behavior is SplitBehavior.Isolated)
        {
            AddIsolated(piece, matches, results);
            return;
        }
        List<Cut> cuts = new((matches.Count * 2) + 1);
        int position = 0;
        foreach ((int start, int end) in matches)
        {
            if (start > position)
                cuts.Add(new Cut(position, start, isInverted));
            cuts.Add(new Cut(start, end, !isInverted));
            position = end;
        }
        if (position < piece.Text.Length)
            cuts.Add(new Cut(position, piece.Text.Length, isInverted));
        AddPieces(piece, cuts, behavior, results);
    });

    private void AddSplit(Func<Rune, bool> isCut, SplitBehavior behavior) => _steps.Add((piece, results) => AddPieces(piece, Cuts(piece.Text, isCut), behavior, results));

    private static List<Cut> Cuts(string text, Func<Rune, bool> isCut)
    {
        List<Cut> cuts = [];
        int position = 0;
        int at = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            int end = at + rune.Utf16SequenceLength;
            if (isCut(rune))
            {
                if (at > position)
                    cuts.Add(new Cut(position, at, false));
                cuts.Add(new Cut(at, end, true));
                position = end;
            }
            at = end;
        }
        if (at > position)
            cuts.Add(new Cut(position, at, false));
        return cuts;
    }

    // Runs of word characters and runs of others; white space is left out.
    private void AddWhitespace() => _steps.Add(static (piece, results) =>
    {
        string text = piece.Text;
        int start = 0;
        int at = 0;
        bool? isWord = null;
        foreach (Rune rune in text.EnumerateRunes())
        {
            bool? kind = UnicodeCharacters.IsWord(rune) ? true : Rune.IsWhiteSpace(rune) ? null : false;
            if (kind != isWord)
            {
                if (isWord is not null)
                    AddPiece(piece, start, at, results);
                start = at;
                isWord = kind;
            }
            at += rune.Utf16SequenceLength;
        }
        if (isWord is not null)
            AddPiece(piece, start, at, results);
    });

    private void AddMetaspace(JsonFile json)
    {
        Rune replacement = ReadCharacter(json, "replacement");
        string space = replacement.ToString();
        string scheme = ReadScheme(json);
        bool isSplit = json.OptionalBool("split") ?? true;
        _steps.Add((piece, results) =>
        {
            string text = piece.Text.Replace(" ", space, StringComparison.Ordinal);
            if ((scheme == "always" || (scheme == "first" && piece.IsFirst)) && !text.StartsWith(space, StringComparison.Ordinal))
                text = space + text;
            piece = piece with { Text = text };
            if (isSplit)
                AddPieces(piece, Cuts(text, rune => rune == replacement), SplitBehavior.MergedWithNext, results);
            else
                results.Add(piece);
        });
    }

    /// <summary>Where Metaspace puts a space at the beginning: always, first or never.</summary>
    public static string ReadScheme(JsonFile json)
    {
        bool? adds = json.OptionalBool("add_prefix_space");
        string scheme = json.OptionalString("prepend_scheme") ?? (adds == false ? "never" : "always");
        if (scheme is not ("always" or "first" or "never"))
            throw json.Error("prepend_scheme", $"is '{scheme}', which is not supported; always, first and never are.");
        if (adds == false && scheme != "never")
            throw json.Error("prepend_scheme", $"is '{scheme}', but add_prefix_space is false.");
        return scheme;
    }

    private void AddFixedLength(JsonFile json)
    {
        int length = json.OptionalInt("length") ?? 5;
        if (length < 1)
            throw json.Error("length", "must be at least 1.");
        _steps.Add((piece, results) =>
        {
            int start = 0;
            int at = 0;
            int count = 0;
            foreach (Rune rune in piece.Text.EnumerateRunes())
            {
                at += rune.Utf16SequenceLength;
                if (++count % length == 0)
                {
                    AddPiece(piece, start, at, results);
                    start = at;
                }
            }
            AddPiece(piece, start, at, results);
        });
    }

    // Runs of one script; as in the reference, Japanese is one, a space belongs to the run before it, and what no script has before the first is left out.
    private void AddScripts()
    {
        int han = UnicodeProperties.Script("han"), hiragana = UnicodeProperties.Script("hiragana"), katakana = UnicodeProperties.Script("katakana");
        _steps.Add((piece, results) =>
        {
            int start = -1;
            int last = 0;
            int at = 0;
            foreach (Rune rune in piece.Text.EnumerateRunes())
            {
                int script = rune.Value == ' ' ? 0 : rune.Value == 0x30FC ? han : UnicodeProperties.Script(rune);
                if (script == hiragana || script == katakana)
                    script = han;
                if (script != 0 && script != last)
                {
                    if (start >= 0)
                        AddPiece(piece, start, at, results);
                    start = at;
                    last = script;
                }
                at += rune.Utf16SequenceLength;
            }
            if (start >= 0)
                AddPiece(piece, start, at, results);
        });
    }

    private static void AddIsolated(TextPiece piece, List<(int Start, int End)> matches, List<TextPiece> results)
    {
        int position = 0;
        foreach ((int start, int end) in matches)
        {
            AddPiece(piece, position, start, results);
            AddPiece(piece, start, end, results);
            position = end;
        }
        AddPiece(piece, position, piece.Text.Length, results);
    }

    private static void AddPieces(TextPiece piece, List<Cut> cuts, SplitBehavior behavior, List<TextPiece> results)
    {
        int first = results.Count;
        bool wasMatch = false;
        // A stretch grows until the next one cannot join it.
        (int Start, int End)? stretch = null;
        bool isBackwards = behavior == SplitBehavior.MergedWithNext;
        for (int i = 0; i < cuts.Count; i++)
        {
            Cut cut = cuts[isBackwards ? cuts.Count - 1 - i : i];
            if (behavior == SplitBehavior.Removed && cut.IsMatch)
                continue;
            bool joins = behavior switch
            {
                SplitBehavior.MergedWithPrevious or SplitBehavior.MergedWithNext => cut.IsMatch && !wasMatch,
                SplitBehavior.Contiguous => cut.IsMatch == wasMatch,
                _ => false,
            };
            wasMatch = cut.IsMatch;
            if (joins && stretch is { } grown)
            {
                stretch = isBackwards ? (cut.Start, grown.End) : (grown.Start, cut.End);
                continue;
            }
            if (stretch is { } done)
                AddPiece(piece, done.Start, done.End, results);
            stretch = (cut.Start, cut.End);
        }
        if (stretch is { } last)
            AddPiece(piece, last.Start, last.End, results);
        if (isBackwards)
            results.Reverse(first, results.Count - first);
    }

    private static void AddPiece(TextPiece piece, int start, int end, List<TextPiece> results)
    {
        if (end - start == piece.Text.Length)
            results.Add(piece);
        else if (end > start)
            results.Add(new TextPiece(piece.Text[start..end], piece.IsFirst && start == 0));
    }

    private readonly record struct Cut(int Start, int End, bool IsMatch);
}
