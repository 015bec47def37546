using System.Buffers;

namespace AiSdk;

/// <summary>
/// Reads what was meant to be JSON. Each character is looked at a bounded number of times: where a quote or comma may or may not end a value, what follows
/// decides, and only so many characters of it as <see cref="QuoteRules"/> look at.
/// </summary>
internal sealed class LenientReader : IDisposable
{
    private const int MaxDepth = CompilerServices.OutputReader.MaxDepth;

    private char[] _text;
    private ReplyNode[] _nodes;
    private int _position;
    private int _end;
    private int _depth;
    private int _openArrays;
    private int _openObjects;
    private Damage _pending;
    private Damage _atEnd;

    public LenientReader(string reply)
    {
        _text = ArrayPool<char>.Shared.Rent(reply.Length + 256);
        reply.CopyTo(_text);
        TextLength = reply.Length;
        _nodes = ArrayPool<ReplyNode>.Shared.Rent(256);
    }

    public int TextLength { get; private set; }

    public int NodeCount { get; set; }

    public int Position => _position;

    public ref ReplyNode this[int node] => ref _nodes[node];

    public ReadOnlySpan<char> Slice(int start, int length) => _text.AsSpan(start, length);

    public ReadOnlySpan<char> TextOf(int node) => _text.AsSpan(_nodes[node].Start, _nodes[node].Length);

    public ReadOnlySpan<char> KeyOf(int node) => _text.AsSpan(_nodes[node].KeyStart, _nodes[node].KeyLength);

    public ReadOnlySpan<char> SourceOf(int node) => _text.AsSpan(_nodes[node].SourceStart, _nodes[node].SourceEnd - _nodes[node].SourceStart);

    public void Dispose()
    {
        ArrayPool<char>.Shared.Return(_text);
        ArrayPool<ReplyNode>.Shared.Return(_nodes);
    }

    /// <summary>Reads the value that begins at a place.</summary>
    /// <param name="start">Where.</param>
    /// <param name="end">Where the text ends.</param>
    /// <param name="more">Whether that is only as far as it has come.</param>
    public int Read(int start, int end, bool more = false)
    {
        _atEnd = more ? Damage.Open : Damage.None;
        _position = start;
        _end = end;
        _depth = _openArrays = _openObjects = 0;
        _pending = Damage.None;
        return Value('\0');
    }

    /// <summary>Reads JSON whose quotes are escaped although no string is around it.</summary>
    public int ReadEscaped(int start, int end, bool more)
    {
        int length = end - start;
        Damage damage = more ? Damage.Open : Damage.None;
        Decode(ref start, ref length, ref damage);
        _pending = Damage.None;
        int node = Read(start, start + length, more);
        _nodes[node].Damage |= Damage.Escape;
        return node;
    }

    /// <summary>A node of text that is no JSON at all.</summary>
    public int Prose(int start, int end)
    {
        int node = Add(NodeKind.Bare, start);
        _nodes[node].Length = end - start;
        _nodes[node].SourceEnd = end;
        return node;
    }

    /// <summary>A node for properties that stand without braces; their names are in the nodes.</summary>
    public int Properties(ReadOnlySpan<int> values)
    {
        int node = Add(NodeKind.Object, _nodes[values[0]].KeyStart);
        _nodes[node].SourceEnd = _nodes[values[^1]].SourceEnd;
        _nodes[node].Count = values.Length;
        _nodes[node].Damage = Damage.Separator;
        int last = -1;
        foreach (int value in values)
            Link(node, value, ref last);
        return node;
    }

    /// <summary>A node for several values that stand one after another.</summary>
    public int Sequence(ReadOnlySpan<int> roots)
    {
        int node = Add(NodeKind.Array, _nodes[roots[0]].SourceStart);
        _nodes[node].SourceEnd = _nodes[roots[^1]].SourceEnd;
        _nodes[node].Count = roots.Length;
        _nodes[node].Damage = Damage.Separator;
        int last = -1;
        foreach (int root in roots)
        {
            int copy = Add(NodeKind.Bare, 0);
            _nodes[copy] = _nodes[root];
            _nodes[copy].Next = -1;
            Link(node, copy, ref last);
        }
        return node;
    }

    private int Add(NodeKind kind, int start)
    {
        if (NodeCount == _nodes.Length)
        {
            ReplyNode[] larger = ArrayPool<ReplyNode>.Shared.Rent(_nodes.Length * 2);
            _nodes.AsSpan(0, NodeCount).CopyTo(larger);
            ArrayPool<ReplyNode>.Shared.Return(_nodes);
            _nodes = larger;
        }
        _nodes[NodeCount] = new ReplyNode { Kind = kind, Start = start, SourceStart = start, SourceEnd = start, First = -1, Next = -1, Damage = _pending };
        _pending = Damage.None;
        return NodeCount++;
    }

    private void Link(int parent, int child, ref int last)
    {
        if (last < 0)
            _nodes[parent].First = child;
        else
            _nodes[last].Next = child;
        last = child;
    }

    private int Value(char container)
    {
        SkipSpace();
        if (_position >= _end)
        {
            _pending |= _atEnd;
            return Add(NodeKind.Missing, _position);
        }
        char c = _text[_position];
        int start = _position;
        if (c is '{' or '[')
        {
            if (_depth == MaxDepth)
            {
                // Nothing after this place is read: the depth is a limit of the reply, not of this value.
                _pending |= Damage.TooDeep;
                _position = _end;
                return Add(NodeKind.Missing, start);
            }
            _depth++;
            int node = c == '{' ? Object() : Array();
            _depth--;
            _nodes[node].SourceEnd = _position;
            return node;
        }
        if (QuoteRules.IsQuote(c))
        {
            int node = Add(NodeKind.Text, start);
            Quoted(container, out int textStart, out int length, out Damage damage);
            ref ReplyNode text = ref _nodes[node];
            text.Start = textStart;
            text.Length = length;
            text.SourceEnd = _position;
            text.Damage |= damage;
            return node;
        }
        return Bare(container);
    }

    private int Object()
    {
        int node = Add(NodeKind.Object, _position++);
        _openObjects++;
        int last = -1;
        bool separated = true;
        while (true)
        {
            SkipSeparators(node, ref separated);
            if (_position >= _end)
            {
                _nodes[node].Damage |= Damage.Unterminated | _atEnd;
                break;
            }
            char c = _text[_position];
            if (c == '}')
            {
                if (separated && last >= 0)
                    _nodes[node].Damage |= Damage.Separator;
                EndWith(node);
                break;
            }
            if (c == ']')
            {
                if (_openArrays > 0)
                {
                    _nodes[node].Damage |= Damage.Unterminated;
                    break;
                }
                _position++;
                _nodes[node].Damage |= Damage.Junk;
                continue;
            }
            if (!separated)
                _nodes[node].Damage |= Damage.Separator;
            separated = false;
            if (!Key(out int keyStart, out int keyLength, out Damage keyDamage))
            {
                SkipJunk(node);
                continue;
            }
            int child = Value('{');
            ref ReplyNode value = ref _nodes[child];
            value.KeyStart = keyStart;
            value.KeyLength = keyLength;
            value.Damage |= keyDamage;
            _nodes[node].Count++;
            Link(node, child, ref last);
        }
        _openObjects--;
        return node;
    }

    private void EndWith(int node)
    {
        // A comment before the bracket belongs to no value.
        _nodes[node].Damage |= _pending;
        _pending = Damage.None;
        _position++;
    }

    private void SkipSeparators(int node, ref bool separated)
    {
        SkipSpace();
        while (_position < _end && _text[_position] is ',' or ';')
        {
            if (separated || _text[_position] == ';')
                _nodes[node].Damage |= Damage.Separator;
            separated = true;
            _position++;
            SkipSpace();
        }
    }

    private bool Key(out int start, out int length, out Damage damage)
    {
        damage = Damage.None;
        start = _position;
        if (QuoteRules.IsQuote(_text[_position]))
        {
            Quoted(':', out start, out length, out damage);
            damage &= ~Damage.LineBreak;
            if (damage != Damage.None)
                damage |= Damage.Key;
            if ((damage & Damage.Unterminated) != 0)
                return false;
            SkipSpace();
            if (_position >= _end)
                return false;
            if (Separator())
                return true;
            damage |= Damage.Separator;
            return QuoteRules.IsQuote(_text[_position]) || _text[_position] is '{' or '[';
        }
        int limit = Math.Min(_end, _position + 256);
        int i = _position;
        for (; i < limit; i++)
        {
            char c = _text[i];
            if (c is ':' or '=')
                break;
            if (c is ',' or '{' or '}' or '[' or ']' or '\n' or '"')
            {
                length = 0;
                return false;
            }
        }
        length = 0;
        if (i >= limit)
            return false;
        length = i - start;
        while (length > 0 && char.IsWhiteSpace(_text[start + length - 1]))
            length--;
        _position = i;
        damage = Damage.Key;
        return length > 0 && Separator();
    }

    private bool Separator()
    {
        char c = _text[_position];
        if (c == ':')
        {
            _position++;
            return true;
        }
        if (c == '=')
        {
            _pending |= Damage.Separator;
            _position++;
            if (_position < _end && _text[_position] == '>')
                _position++;
            return true;
        }
        return false;
    }

    private void SkipJunk(int node)
    {
        int start = _position;
        while (_position < _end && _text[_position] is not (',' or '}' or '\n' or '"' or '{'))
            _position++;
        if (_position < _end && _text[_position] is '"' or '{' && _position == start)
            _position++;
        if (_position >= _end)
            return;
        _nodes[node].Damage |= Damage.Junk;
    }

    private int Array()
    {
        int node = Add(NodeKind.Array, _position++);
        _openArrays++;
        int last = -1;
        bool separated = true;
        while (true)
        {
            SkipSeparators(node, ref separated);
            if (_position >= _end)
            {
                _nodes[node].Damage |= Damage.Unterminated | _atEnd;
                break;
            }
            char c = _text[_position];
            if (c == ']')
            {
                if (separated && last >= 0)
                    _nodes[node].Damage |= Damage.Separator;
                EndWith(node);
                break;
            }
            if (c is '}' or ':')
            {
                if (c == '}' && _openObjects > 0)
                {
                    _nodes[node].Damage |= Damage.Unterminated;
                    break;
                }
                _position++;
                _nodes[node].Damage |= Damage.Junk;
                continue;
            }
            if (!separated)
                _nodes[node].Damage |= Damage.Separator;
            separated = false;
            int before = _position;
            int child = Value('[');
            if (_position == before)
                _position++;
            _nodes[node].Count++;
            Link(node, child, ref last);
        }
        _openArrays--;
        return node;
    }

    private int Bare(char container)
    {
        int node = Add(NodeKind.Bare, _position);
        int start = _position;
        int i = Rules().BareEnd(start, container, int.MaxValue);
        _position = i;
        int length = i - start;
        while (length > 0 && QuoteRules.IsSpace(_text[start + length - 1]))
            length--;
        ref ReplyNode bare = ref _nodes[node];
        bare.Length = length;
        bare.SourceEnd = start + length;
        if (i >= _end)
            bare.Damage |= _atEnd;
        if (length == 0)
            bare.Kind = NodeKind.Missing;
        return node;
    }

    private QuoteRules Rules() => new(_text.AsSpan(0, _end), _atEnd == Damage.None ? TextEnd.Whole : TextEnd.Open, _depth, _openObjects, _openArrays);

    private void SkipSpace()
    {
        while (_position < _end)
        {
            char c = _text[_position];
            if (c is ' ' or '\n' or '\r' or '\t')
            {
                _position++;
            }
            else if (c == '/' && _position + 1 < _end && _text[_position + 1] == '/'
                || c == '#' && _position + 1 < _end && char.IsWhiteSpace(_text[_position + 1]))
            {
                int line = _text.AsSpan(_position, _end - _position).IndexOf('\n');
                _position = line < 0 ? _end : _position + line;
                _pending |= Damage.Comment;
            }
            else if (c == '/' && _position + 1 < _end && _text[_position + 1] == '*')
            {
                int close = _text.AsSpan(_position + 2, _end - _position - 2).IndexOf("*/");
                _position = close < 0 ? _end : _position + close + 4;
                _pending |= Damage.Comment;
            }
            else if (c > 127 && QuoteRules.IsSpace(c))
            {
                _position++;
            }
            else
            {
                return;
            }
        }
    }

    /// <summary>Reads text in quotes; <paramref name="container"/> is <c>:</c> for a name, else where the value stands.</summary>
    private void Quoted(char container, out int start, out int length, out Damage damage)
    {
        char quote = _text[_position];
        damage = quote == '"' ? Damage.None : Damage.Quotes;
        if (_position + 2 < _end && _text[_position + 1] == quote && _text[_position + 2] == quote && quote is '"' or '\'' or '`')
        {
            damage |= Damage.Quotes;
            Triple(quote, container, out start, out length, ref damage);
            return;
        }
        QuoteRules rules = Rules();
        SearchValues<char> stops = QuoteRules.Stops(quote);
        start = ++_position;
        bool escaped = false;
        int scan = start;
        int lineBreak = -1;
        while (true)
        {
            int stop = _text.AsSpan(scan, _end - scan).IndexOfAny(stops);
            if (stop < 0)
            {
                damage |= Damage.Unterminated | _atEnd;
                length = _end - start;
                _position = _end;
                break;
            }
            scan += stop;
            char c = _text[scan];
            if (c == '\\')
            {
                escaped = true;
                scan = Math.Min(scan + 2, _end);
                continue;
            }
            if (c == '\n')
            {
                damage |= Damage.LineBreak;
                lineBreak = scan++;
                continue;
            }
            if (rules.Closes(scan, container))
            {
                length = scan - start;
                _position = scan + 1;
                break;
            }
            // A quote that begins the next property: this text's own has been forgotten.
            if (container == '{' && rules.BeginsProperty(scan, start, out int end))
            {
                damage |= Damage.Unterminated;
                length = end - start;
                _position = scan;
                break;
            }
            damage |= Damage.InnerQuotes;
            scan++;
        }
        if (escaped)
            Decode(ref start, ref length, ref damage);
        if ((damage & Damage.Open) != 0 && length > 0 && char.IsHighSurrogate(_text[start + length - 1]))
            length--;
    }

    private void Triple(char quote, char container, out int start, out int length, ref Damage damage)
    {
        start = _position += 3;
        ReadOnlySpan<char> fence = [quote, quote, quote];
        QuoteRules rules = Rules();
        int scan = start;
        while (true)
        {
            int stop = _text.AsSpan(scan, _end - scan).IndexOf(fence);
            if (stop < 0)
            {
                damage |= Damage.Unterminated | _atEnd;
                length = _end - start;
                _position = _end;
                break;
            }
            scan += stop;
            // The last of four quotes is the delimiter's.
            while (scan + 3 < _end && _text[scan + 3] == quote)
                scan++;
            if (rules.Closes(scan + 2, container) || _text.AsSpan(rules.SkipFrom(scan + 3)) is ['"', ..] && rules.FollowsKey(scan + 3))
            {
                length = scan - start;
                _position = scan + 3;
                break;
            }
            damage |= Damage.InnerQuotes;
            scan += 3;
        }
        int line = _text.AsSpan(start, length).IndexOf('\n');
        if (line >= 0 && (quote == '`' || _text.AsSpan(start, line).IsWhiteSpace()))
            Dedent(start + line + 1, length - line - 1, out start, out length);
    }

    private void Dedent(int from, int count, out int start, out int length)
    {
        while (count > 0 && char.IsWhiteSpace(_text[from + count - 1]))
            count--;
        int indent = int.MaxValue;
        for (int i = from; i < from + count;)
        {
            int line = _text.AsSpan(i, from + count - i).IndexOf('\n');
            int end = line < 0 ? from + count : i + line;
            int first = i;
            while (first < end && _text[first] is ' ' or '\t' or '\r')
                first++;
            if (first < end)
                indent = Math.Min(indent, first - i);
            i = end + 1;
        }
        Reserve(count);
        start = TextLength;
        for (int i = from; i < from + count;)
        {
            int line = _text.AsSpan(i, from + count - i).IndexOf('\n');
            int end = line < 0 ? from + count : i + line;
            ReadOnlySpan<char> content = _text.AsSpan(i, end - i);
            content = content.IsWhiteSpace() ? default : content[indent..];
            content.CopyTo(_text.AsSpan(TextLength));
            TextLength += content.Length;
            if (line >= 0)
                _text[TextLength++] = '\n';
            i = end + 1;
        }
        length = TextLength - start;
    }

    private void Reserve(int count)
    {
        if (TextLength + count <= _text.Length)
            return;
        char[] larger = ArrayPool<char>.Shared.Rent(Math.Max(_text.Length * 2, TextLength + count));
        _text.AsSpan(0, TextLength).CopyTo(larger);
        ArrayPool<char>.Shared.Return(_text);
        _text = larger;
    }

    private void Decode(ref int start, ref int length, ref Damage damage)
    {
        Reserve(length);
        int end = start + length;
        int begin = TextLength;
        for (int i = start; i < end; i++)
        {
            int plain = _text.AsSpan(i, end - i).IndexOf('\\');
            int run = plain < 0 ? end - i : plain;
            _text.AsSpan(i, run).CopyTo(_text.AsSpan(TextLength));
            TextLength += run;
            i += run;
            if (i >= end)
                break;
            if (i + 1 >= end)
            {
                // An escape that the reply's end has cut.
                damage |= Damage.Unterminated;
                break;
            }
            char c = _text[++i];
            switch (c)
            {
                case '"' or '\\' or '/':
                    break;
                case 'n':
                    c = '\n';
                    break;
                case 't':
                    c = '\t';
                    break;
                case 'r':
                    c = '\r';
                    break;
                case 'b':
                    c = '\b';
                    break;
                case 'f':
                    c = '\f';
                    break;
                case '\'' or '`' or '\n' or '$' or '“' or '”' or '‘' or '’' or '«' or '»':
                    damage |= Damage.Escape;
                    break;
                case 'u' when i + 4 < end && ushort.TryParse(_text.AsSpan(i + 1, 4), System.Globalization.NumberStyles.AllowHexSpecifier, null, out ushort code):
                    c = (char)code;
                    i += 4;
                    break;
                case 'u' when i + 4 >= end && (damage & Damage.Open) != 0:
                    i = end;
                    continue;
                default:
                    damage |= Damage.Escape;
                    _text[TextLength++] = '\\';
                    break;
            }
            _text[TextLength++] = c;
        }
        start = begin;
        length = TextLength - begin;
    }
}
