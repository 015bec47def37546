using System.Buffers;
using System.Runtime.InteropServices;

namespace AiSdk;

/// <summary>Finds the candidates in a reply, fits each, and takes the best: an answer before a draft, a fence before what stands around it.</summary>
internal sealed class ReplyRepairer : IDisposable
{
    private const int MaxSequence = 100_000;
    private const int MaxRestarts = 8;
    private const int MarkerLength = 120;

    // What fits within so little of the best is as good an answer as it.
    private const int Alike = 4;

    private static readonly SearchValues<char> _notInNames = SearchValues.Create("{}[](),;=<>");
    private static readonly SearchValues<string> _thinkingEnds = SearchValues.Create(["</think>", "</thinking>", "</reasoning>", "[/THINK]", "<|end_of_thought|>"], StringComparison.OrdinalIgnoreCase);
    private static readonly string[] _thinkingStarts = ["<think>", "<thinking>", "<reasoning>", "[THINK]", "<|begin_of_thought|>", "<|channel|>", "<|start|>"];
    private const string _quotes = "\"'`“‘";
    private static readonly string[] _answers = ["final", "answer", "corrected", "correct", "actual", "actually", "revised"];
    private static readonly string[] _drafts = ["draft", "example", "e.g.", "for instance", "first attempt", "schema", "such as", "instead of", "wrong", "incorrect", "template"];

    private readonly string _reply;
    private readonly OutputShape _shape;
    private readonly bool _partial;
    private readonly string? _wrapper;
    private readonly LenientReader _reader;
    private readonly JsonText _json;
    private readonly ShapeFitter _fitter;
    private readonly List<int> _roots = [];

    private Candidate? _best;
    private bool _ambiguous;
    private OutputError[] _errors = [];

    /// <summary>A repairer of one reply.</summary>
    /// <param name="reply">The reply.</param>
    /// <param name="shape">What it must be.</param>
    /// <param name="partial">Whether more of the reply will come.</param>
    /// <param name="wrapper">The only property of the object that the value was asked for in, if it was: not a repair then.</param>
    public ReplyRepairer(string reply, OutputShape shape, bool partial, string? wrapper = null)
    {
        _partial = partial;
        _reply = reply;
        _shape = shape;
        _wrapper = wrapper;
        _reader = new LenientReader(reply);
        _json = new JsonText(reply.Length + 64);
        _fitter = new ShapeFitter(_reader, _json, partial);
    }

    public void Dispose()
    {
        _reader.Dispose();
        _json.Dispose();
    }

    public StructuredOutputResult Run(bool allowLoss)
    {
        (int start, int end) = Answer();
        if (_partial && (start == end || StillThinking(start)))
            return new StructuredOutputResult(null, [], []);
        if (_partial && end == _reply.Length && char.IsHighSurrogate(_reply[end - 1]))
            end--;
        bool plainText = _shape.Kind == OutputShapeKind.String && _shape.Format is null;
        if (plainText)
        {
            int whole = _reader.Prose(start, end);
            _reader[whole].Damage |= _partial ? Damage.Unterminated : Damage.None;
            Try(whole, start, 1, false, prose: true);
        }
        else if (_shape.Kind is (OutputShapeKind.String or OutputShapeKind.Integer or OutputShapeKind.Number or OutputShapeKind.Boolean or OutputShapeKind.Enum) && IsOneString(start, end))
        {
            // What a text says is the answer; brackets in it are part of it.
            Whole(start, end);
        }
        else if (!Quoted(start, end) && !Escaped(start, end))
        {
            Scan(start, end);
            if (_best is null || _shape.Kind == OutputShapeKind.Union && _best.Cost > Alike || _best.Losses > 0)
                Whole(start, end);
        }
        return Result(allowLoss, start, end);
    }

    private StructuredOutputResult Result(bool allowLoss, int start, int end)
    {
        if (_best is null)
        {
            return new StructuredOutputResult(null, [], _errors.Length > 0 || _partial
                ? _errors
                : [new OutputError("$", _reply.AsSpan().IsWhiteSpace() ? "the reply is empty" : "the reply has no value of the type")]);
        }
        List<Repair> repairs = [];
        if (_best.Start > start || _best.End < end && !_reply.AsSpan(_best.End, end - _best.End).IsWhiteSpace() || start > 0 || end < _reply.Length)
        {
            if (!_reply.AsSpan(0, _best.Start).IsWhiteSpace() || !_reply.AsSpan(_best.End).IsWhiteSpace())
                repairs.Add(new Repair(RepairKind.Extraction, "$", $"{_reply.Length} characters", $"characters {_best.Start} to {_best.End}"));
        }
        if (_ambiguous)
            repairs.Add(new Repair(RepairKind.Loss, "$", "", "the reply has several different values that fit equally well; the first is taken"));
        repairs.AddRange(_best.Repairs);
        if (_best.Hidden > 0)
            repairs.Add(new Repair(RepairKind.Syntax, "$", "", $"and {_best.Hidden} more"));
        if (!allowLoss)
        {
            OutputError[] losses = [.. repairs.Where(static r => r.Kind == RepairKind.Loss).Select(static r => new OutputError(r.Path, r.After))];
            if (losses.Length > 0)
                return new StructuredOutputResult(null, repairs, losses);
        }
        return new StructuredOutputResult(_best.Json, repairs, []);
    }

    /// <summary>The part of the reply behind the model's reasoning.</summary>
    private (int Start, int End) Answer()
    {
        int start = 0;
        int end = _reply.Length;
        int channel = _reply.LastIndexOf("<|channel|>final", StringComparison.Ordinal);
        if (channel >= 0)
        {
            int message = _reply.IndexOf("<|message|>", channel, StringComparison.Ordinal);
            if (message < 0 && _partial)
                return (end, end);
            start = message >= 0 ? message + "<|message|>".Length : channel + "<|channel|>final".Length;
            foreach (string stop in (ReadOnlySpan<string>)["<|return|>", "<|end|>"])
            {
                int at = _reply.IndexOf(stop, start, StringComparison.Ordinal);
                if (at >= 0)
                    end = Math.Min(end, at);
            }
            return (start, end);
        }
        // A reply that ends in its reasoning has no answer.
        if (!_partial && _reply.AsSpan().TrimStart().StartsWith("<|channel|>analysis", StringComparison.Ordinal))
            return (end, end);
        char first = _reply.AsSpan().TrimStart() is [char c, ..] ? c : '\0';
        if (first is '{' or '[' or '"' or '`')
            return (start, end);
        while (_reply.AsSpan(start).IndexOfAny(_thinkingEnds) is >= 0 and int at)
            start += at + _reply.AsSpan(start + at).IndexOfAny('>', ']') + 1;
        return (start, end);
    }

    /// <summary>Whether the reply so far is reasoning that has no end yet.</summary>
    private bool StillThinking(int start)
    {
        ReadOnlySpan<char> reply = _reply.AsSpan().TrimStart();
        foreach (string mark in _thinkingStarts)
        {
            if (start == 0 && (reply.StartsWith(mark, StringComparison.OrdinalIgnoreCase) || mark.AsSpan().StartsWith(reply, StringComparison.OrdinalIgnoreCase)))
                return true;
        }
        return false;
    }

    /// <summary>Whether the whole reply is one string that holds the value: its quotes are escaped, so that nothing in it can be read on its own.</summary>
    private bool Quoted(int start, int end)
    {
        ReadOnlySpan<char> reply = _reply.AsSpan(start, end - start).Trim();
        if (reply.Length < 3 || reply[0] != '"' || reply[1..].TrimStart() is not ['{' or '[', ..])
            return false;
        int at = _reply.IndexOf('"', start);
        int text = _reader.Read(at, at + reply.Length, _partial && end == _reply.Length);
        return _reader.Position >= at + reply.Length && Try(text, at, 1, false, prose: false);
    }

    /// <summary>Whether the reply is one text in quotes and nothing else.</summary>
    private bool IsOneString(int start, int end)
    {
        ReadOnlySpan<char> reply = _reply.AsSpan(start, end - start).Trim();
        if (reply.Length < 2 || reply[0] != '"')
            return false;
        int at = 1;
        while (at < reply.Length && reply[at] != '"')
            at += reply[at] == '\\' ? 2 : 1;
        return at == reply.Length - 1;
    }

    /// <summary>Whether each of the reply's quotes is escaped, as in a string, though none is around it.</summary>
    private bool Escaped(int start, int end)
    {
        int at = _reply.AsSpan(start, end - start).IndexOfAny('{', '[');
        if (at < 0)
            return false;
        at += start;
        bool more = _partial && end == _reply.Length;
        if (!more)
            end = Math.Max(_reply.AsSpan(at, end - at).LastIndexOfAny('}', ']') + 1 + at, at + 1);
        ReadOnlySpan<char> json = _reply.AsSpan(at, end - at);
        bool any = false;
        for (int i = 0; i < json.Length; i++)
        {
            int quote = json[i..].IndexOfAny(any ? _quotes[..1] : _quotes);
            if (quote < 0)
                break;
            i += quote;
            bool escaped = i > 0 && json[i - 1] == '\\';
            // Another quote that begins a text is the reply's own; one in a word is an apostrophe.
            if (json[i] == '"' ? !escaped : json[..i].TrimEnd() is [.., '{' or '[' or ',' or ':'])
                return false;
            any |= escaped && json[i] == '"';
        }
        if (!any)
            return false;
        int root = _reader.ReadEscaped(at, end, more);
        return Try(root, at, 1, false, prose: false) && _best!.Losses == 0;
    }

    /// <summary>The arguments, if a root is a call of a tool, which says no more than they do.</summary>
    private int Arguments(int node)
    {
        ReplyNode n = _reader[node];
        if (n.Kind != NodeKind.Object || n.Count != 2 || _shape.Kind is not (OutputShapeKind.Object or OutputShapeKind.List))
            return -1;
        int arguments = _reader[n.First].Next;
        if (_reader.KeyOf(n.First) is not "name" || _reader[n.First].Kind != NodeKind.Text || _reader.KeyOf(arguments) is not ("arguments" or "parameters"))
            return -1;
        OutputShape shape = _shape.Kind == OutputShapeKind.List ? _shape.Items! : _shape;
        return shape.Kind != OutputShapeKind.Object || shape.Names.Find(_reader.KeyOf(arguments), -1, out _) < 0 && !shape.IsOpen ? arguments : -1;
    }

    private void Scan(int start, int end)
    {
        int fence = -1;
        int fenceEnd = -1;
        int restarts = MaxRestarts;
        List<(int Root, int At, bool Fenced)> found = [];
        bool list = _shape.Kind == OutputShapeKind.List;
        for (int i = start; i < end;)
        {
            if (fence >= 0 && i >= fenceEnd)
                fence = -1;
            int next = _reply.AsSpan(i, end - i).IndexOfAny('{', '[', '`');
            if (next < 0)
                break;
            i += next;
            if (_reply[i] == '`')
            {
                if (fence < 0 && i + 2 < end && _reply[i + 1] == '`' && _reply[i + 2] == '`')
                {
                    int line = _reply.AsSpan(i, end - i).IndexOf('\n');
                    if (line < 0)
                        line = 2;
                    fence = i + line + 1;
                    int inline = _reply.AsSpan(i + 3, line - 2).IndexOfAny('{', '[');
                    if (inline >= 0)
                        fence = i + 3 + inline;
                    fenceEnd = FenceEnd(fence, end);
                    ReadOnlySpan<char> content = _reply.AsSpan(fence, fenceEnd - fence).Trim();
                    if (!content.IsEmpty && content[0] is not ('{' or '[') && fenceEnd < end)
                    {
                        int at = fence + _reply.AsSpan(fence, fenceEnd - fence).IndexOf(content[0]);
                        Try(_reader.Prose(at, at + content.Length), at, Class(start, i), true, prose: !(content is "null" or "true" or "false" || content[0] == '"'));
                    }
                    i = fence;
                    continue;
                }
                if (fence >= 0 && i >= fenceEnd)
                    fence = -1;
                i++;
                while (i < end && _reply[i] == '`')
                    i++;
                continue;
            }
            // Braces that a template has doubled.
            while (i + 1 < end && _reply[i] == '{' && _reply[i + 1] == '{')
                i++;
            bool fenced = fence >= 0 && i < fenceEnd;
            if (!list)
                _reader.NodeCount = 0;
            int root = _reader.Read(i, fenced ? fenceEnd : end, _partial && (fenced ? fenceEnd : end) == _reply.Length);
            int after = Math.Max(_reader.Position, i + 1);
            ReplyNode node = _reader[root];
            if (node.Kind == NodeKind.Object && node.Count == 0 && (node.Damage & (Damage.Junk | Damage.Unterminated)) != 0)
            {
                // Braces in prose: what was skipped may hold the value.
                if (_reply.AsSpan(i + 1, Math.Min(after, end) - i - 1).IndexOfAny('{', '[') >= 0 && restarts-- > 0)
                    after = i + 1;
            }
            else if (list && found.Count < MaxSequence)
            {
                found.Add((root, i, fenced));
            }
            else
            {
                bool fits = Try(root, i, Class(start, i), fenced, prose: false);
                if (!fits && restarts > 0 && node.Kind == NodeKind.Array && (node.Damage & Damage.Unterminated) != 0)
                {
                    restarts--;
                    after = i + 1;
                }
            }
            i = after;
        }
        if (!list)
            return;
        bool arrays = false;
        foreach ((int root, int at, bool fenced) in found)
        {
            if (_reader[root].Kind == NodeKind.Array && (fenced || !IsProse(root, start, end)))
                arrays |= Try(root, at, Class(start, at), fenced, prose: false);
        }
        if (arrays && _best!.Losses == 0)
            return;
        // Objects one after another are a list, but drafts of it are not; nor is what stands before the answer.
        int answer = 0;
        for (int i = 0; i < found.Count; i++)
        {
            if (Class(start, found[i].At) == 0)
            {
                answer = i;
                break;
            }
        }
        foreach ((int root, int at, bool _) in CollectionsMarshal.AsSpan(found)[answer..])
        {
            if (_reader[root].Kind == NodeKind.Object && Class(start, at) < 2)
                _roots.Add(root);
        }
        if (_roots.Count == 1)
            Try(_roots[0], _reader[_roots[0]].SourceStart, Class(start, _reader[_roots[0]].SourceStart), false, prose: false);
        else if (_roots.Count > 1)
            Try(_reader.Sequence(CollectionsMarshal.AsSpan(_roots)), _reader[_roots[0]].SourceStart, 1, false, prose: false);
    }

    /// <summary>Whether a list of one text is rather words in brackets within a sentence, such as a link: it is not in quotes, and other text is around it.</summary>
    private bool IsProse(int root, int start, int end)
    {
        if (_shape.Items!.Kind != OutputShapeKind.String || _reader[root].Count != 1 || _reader[_reader[root].First].Kind != NodeKind.Bare)
            return false;
        return !_reply.AsSpan(start, _reader[root].SourceStart - start).IsWhiteSpace() || !_reply.AsSpan(_reader[root].SourceEnd, end - _reader[root].SourceEnd).IsWhiteSpace();
    }

    /// <summary>Whether the reply is an object without braces: lines of a known name, a colon and a simple value, and nothing else.</summary>
    private bool Lines(int start, int end)
    {
        if (_shape.Kind != OutputShapeKind.Object)
            return false;
        _reader.NodeCount = 0;
        _roots.Clear();
        for (int i = start; i < end;)
        {
            int stop = _reply.AsSpan(i, end - i).IndexOf('\n');
            int next = stop < 0 ? end : i + stop;
            ReadOnlySpan<char> line = _reply.AsSpan(i, next - i).Trim();
            int from = i;
            i = next + 1;
            if (line.IsEmpty || line.StartsWith("```"))
                continue;
            int colon = _reply.AsSpan(from, next - from).IndexOf(':') + from;
            if (colon <= from)
                return false;
            ReadOnlySpan<char> name = _reply.AsSpan(from, colon - from).Trim(" \t-*•\"'`");
            // With a bracket or comma in it, it is JSON that does not fit, and its pieces are no answer.
            int index = name.IsEmpty || name.Length > MarkerLength || name.ContainsAny(_notInNames) ? -1 : _shape.Names.Find(name, _roots.Count, out _);
            int value = colon + 1;
            while (value < next && (char.IsWhiteSpace(_reply[value]) || _reply[value] == '*'))
                value++;
            if (index < 0 || value == next)
                return false;
            int last = next;
            while (char.IsWhiteSpace(_reply[last - 1]))
                last--;
            if (_reply[value..last].TrimEnd(',') is "null" or "None" && !_shape.Properties[index].Nullable)
                return false;
            bool begins = QuoteRules.IsQuote(_reply[value]) || _reply[value] is '{' or '[';
            // Where commas could part a list's elements or be in one, nothing is sure.
            if (!begins && _shape.Properties[index].Shape.Kind is OutputShapeKind.List or OutputShapeKind.Any or OutputShapeKind.Union or OutputShapeKind.Object)
                return false;
            // A line that says more than one thing is none of these.
            if (!begins && _reply.AsSpan(value, last - value).IndexOfAny(',', ';') is >= 0 and int comma && NamesProperty(_reply.AsSpan(value + comma + 1, last - value - comma - 1)))
                return false;
            int node = begins ? _reader.Read(value, last) : _reader.Prose(value, last);
            if (begins && _reader.Position < last)
                return false;
            _reader[node].KeyStart = from + _reply.AsSpan(from, colon - from).IndexOf(name);
            _reader[node].KeyLength = name.Length;
            _roots.Add(node);
        }
        return _roots.Count > 0 && Try(_reader.Properties(CollectionsMarshal.AsSpan(_roots)), start, 1, false, prose: false);
    }

    /// <summary>Whether behind a comma or semicolon of the text a property's name and colon stand.</summary>
    private bool NamesProperty(ReadOnlySpan<char> text)
    {
        foreach (Range part in text.SplitAny(',', ';'))
        {
            if (text[part].IndexOfAny(':', '=') is > 0 and int colon && _shape.Names.Find(text[part][..colon].Trim(" \t*\"'`"), -1, out _) >= 0)
                return true;
        }
        return false;
    }

    private int FenceEnd(int from, int end)
    {
        // The fence ends where three backticks stand alone on a line, else at the last three. Line by line, so that a line of many is looked at once.
        for (int line = from; line < end;)
        {
            ReadOnlySpan<char> rest = _reply.AsSpan(line, end - line);
            int stop = rest.IndexOf('\n');
            ReadOnlySpan<char> text = (stop < 0 ? rest : rest[..stop]).TrimEnd();
            int fence = text.Length;
            while (fence > 0 && text[fence - 1] == '`')
                fence--;
            // On the first line the value may stand before it.
            if (text.Length - fence >= 3 && (line == from || text[..fence].IsWhiteSpace()))
                return line + (line == from && fence == 0 ? text.Length - 3 : fence);
            line += stop < 0 ? rest.Length : stop + 1;
        }
        return end;
    }

    /// <summary>What the line before a candidate calls it: 0 an answer, 1 nothing, 2 a draft.</summary>
    private int Class(int start, int at)
    {
        int from = Math.Max(start, at - MarkerLength);
        ReadOnlySpan<char> before = _reply.AsSpan(from, at - from).TrimEnd(" \n\r\t`");
        if (before.EndsWith("json", StringComparison.OrdinalIgnoreCase))
            before = before[..^4].TrimEnd(" \n\r\t`");
        int stop = before.LastIndexOfAny('\n', '}', ']');
        ReadOnlySpan<char> line = before[(stop + 1)..];
        int draft = line.EndsWith(" not", StringComparison.OrdinalIgnoreCase) ? line.Length : Last(line, _drafts);
        int answer = Last(line, _answers);
        return draft < 0 && answer < 0 ? 1 : draft > answer ? 2 : 0;
    }

    private static int Last(ReadOnlySpan<char> line, string[] words)
    {
        int last = -1;
        foreach (string word in words)
        {
            int at = line.LastIndexOf(word, StringComparison.OrdinalIgnoreCase);
            // "Incorrect" is not correct.
            if (at >= 0 && (at == 0 || !char.IsLetterOrDigit(line[at - 1])))
                last = Math.Max(last, at);
        }
        return last;
    }

    /// <summary>The text as a whole, for what needs no JSON: a number, a word, bullets.</summary>
    private void Whole(int start, int end)
    {
        while (start < end && char.IsWhiteSpace(_reply[start]))
            start++;
        while (end > start && char.IsWhiteSpace(_reply[end - 1]))
            end--;
        if (start == end)
            return;
        if (_reply[start] is '"' or '“' or '\'')
        {
            int text = _reader.Read(start, end, _partial);
            if (_reader.Position >= end && Try(text, start, 1, false, prose: false))
                return;
        }
        if (!_partial && Lines(start, end))
            return;
        // JSON that does not fit is an answer that is wrong, not prose in which a word could be the answer.
        if (!_partial && _reply[start] is not ('{' or '[') || !_partial && _shape.Kind is OutputShapeKind.Union)
            Try(_reader.Prose(start, end), start, 1, false, prose: true);
    }

    private bool Try(int node, int at, int rank, bool fenced, bool prose)
    {
        _fitter.Reset();
        if (Arguments(node) is >= 0 and int arguments)
        {
            _fitter.Unwrapped(node, arguments);
            node = arguments;
        }
        int cost = _fitter.Fit(Unwrapped(node), _shape, false, null, prose);
        if (cost < 0)
        {
            if (!_fitter.NotYet && (_errors.Length == 0 || !prose))
                _errors = [.. _fitter.Errors];
            return false;
        }
        Candidate candidate = new(
            _json.Written.ToString(), [.. _fitter.Repairs], _fitter.HiddenRepairs, cost, _fitter.Losses, _fitter.Matched == 0 && _shape.Kind is OutputShapeKind.Object, rank, fenced, at,
            Math.Min(_reader[node].SourceEnd, _reply.Length));
        if (_best is null)
        {
            _best = candidate;
            return true;
        }
        int compared = candidate.CompareTo(_best);
        if (compared == 0 && Math.Abs(candidate.Cost - _best.Cost) <= Alike)
        {
            _ambiguous |= candidate.Json != _best.Json;
        }
        else if (compared < 0 || compared == 0 && candidate.Cost < _best.Cost)
        {
            _best = candidate;
            _ambiguous = false;
        }
        return true;
    }

    private int Unwrapped(int node) =>
        _wrapper is not null && _reader[node] is { Kind: NodeKind.Object, Count: 1 } root && (root.Damage & Damage.Junk) == 0 && _reader.KeyOf(root.First).SequenceEqual(_wrapper)
            ? root.First
            : node;

    private sealed record Candidate(
        string Json, Repair[] Repairs, int Hidden, int Cost, int Losses, bool IsEmpty, int Rank, bool Fenced, int Start, int End)
    {
        /// <summary>Less than zero if this is the better answer by more than its cost.</summary>
        public int CompareTo(Candidate other)
        {
            int order = (Losses > 0).CompareTo(other.Losses > 0);
            order = order != 0 ? order : IsEmpty.CompareTo(other.IsEmpty);
            order = order != 0 ? order : Rank.CompareTo(other.Rank);
            order = order != 0 ? order : other.Fenced.CompareTo(Fenced);
            return order != 0 ? order : Losses.CompareTo(other.Losses);
        }
    }
}
