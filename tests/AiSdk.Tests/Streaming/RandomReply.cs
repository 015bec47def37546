using System.Globalization;
using System.Text;

namespace AiSdk.Tests;

/// <summary>A random shape, a value of it, and a reply that says it in a random style.</summary>
internal sealed class RandomReply
{
    private static readonly string[] _words = ["alpha", "two words", "it's", "a, b", "x: y", "1,000", "true", "", "naïve ☕", "😀 ok", "say \"hi\" now", "c:\\dir", "line\nbreak", "tab\t", "{x}", "[1]", "end, ", "a // b", "null", "```", "\u0001"];
    private static readonly string[] _names = ["name", "unit_price", "isOpen", "größe", "Count", "tags", "inner", "note"];
    private readonly Random _random;
    private readonly bool _damaged;
    private readonly bool _single;
    private readonly bool _unquoted;
    private readonly bool _shouting;
    private readonly bool _comments;
    private readonly bool _trailing;
    private readonly bool _python;
    private readonly bool _quotedNumbers;
    private readonly bool _rawBreaks;
    private readonly StringBuilder _reply = new();

    public RandomReply(int seed, bool damaged)
    {
        _random = new Random(seed);
        _damaged = damaged;
        _single = Damage();
        _unquoted = Damage();
        _shouting = Damage();
        _comments = Damage();
        _trailing = Damage();
        _python = Damage();
        _quotedNumbers = Damage();
        _rawBreaks = Damage();
        Shape = RandomShape(3, root: true);
        string before = !damaged ? "" : _random.Next(6) switch
        {
            0 => "```json\n",
            1 => "Sure, here it is:\n",
            2 => "Here you are:\n\n```\n",
            3 => "<think>is it {\"name\": 1}? or [2]?</think>\n",
            4 => "<|channel|>analysis<|message|>hm {} <|end|><|start|>assistant<|channel|>final<|message|>",
            _ => "",
        };
        _reply.Append(before);
        bool envelope = damaged && Shape.Kind == OutputShapeKind.Object && _random.Next(8) == 0;
        if (envelope)
            _reply.Append("{\"result\": ");
        Write(Shape, 0);
        if (envelope)
            _reply.Append('}');
        _reply.Append(before.Contains("```", StringComparison.Ordinal) ? "\n```\nAnything else?" : damaged && _random.Next(4) == 0 ? "\nLet me know!" : "");
        Reply = _reply.ToString();
    }

    public OutputShape Shape { get; }

    public string Reply { get; }

    private bool Damage() => _damaged && _random.Next(4) == 0;

    private OutputShape RandomShape(int depth, bool root = false)
    {
        switch (root ? _random.Next(7, 10) : _random.Next(depth > 0 ? 11 : 7))
        {
            case 0 or 1:
                return new OutputShape { Kind = OutputShapeKind.String, Name = "string" };
            case 2:
                return new OutputShape { Kind = OutputShapeKind.Integer, Name = "int" };
            case 3:
                return new OutputShape { Kind = OutputShapeKind.Number, Name = "double" };
            case 4:
                return new OutputShape { Kind = OutputShapeKind.Boolean, Name = "bool" };
            case 5:
                return new OutputShape { Kind = OutputShapeKind.Enum, Name = "Kind", Values = [new OutputValue("small"), new OutputValue("very large")] };
            case 6:
                return new OutputShape { Kind = OutputShapeKind.String, Name = "DateOnly", Format = "date" };
            case 7:
                OutputShape items = RandomShape(depth - 1);
                return new OutputShape { Kind = OutputShapeKind.List, Name = "list", ItemsFactory = () => items };
            case 8:
                if (root)
                    goto default;
                OutputShape values = RandomShape(depth - 1);
                return new OutputShape { Kind = OutputShapeKind.Dictionary, Name = "dictionary", ItemsFactory = () => values };
            case 9 when !root:
                OutputShape[] variants = [Object(depth - 1), Object(depth - 1)];
                return new OutputShape
                {
                    Kind = OutputShapeKind.Union,
                    Name = "union",
                    Discriminator = "$type",
                    Variants = [new OutputVariant("\"first\"", () => variants[0]), new OutputVariant("\"second\"", () => variants[1])],
                };
            default:
                return Object(depth - 1);
        }
    }

    private OutputShape Object(int depth)
    {
        List<OutputProperty> properties = [];
        foreach (string name in _names.Where(_ => _random.Next(3) == 0).DefaultIfEmpty("name"))
        {
            OutputShape shape = RandomShape(depth);
            properties.Add(new OutputProperty(name, () => shape) { Required = _random.Next(4) > 0, Nullable = _random.Next(3) == 0 });
        }
        return new OutputShape { Kind = OutputShapeKind.Object, Name = "record", Properties = properties };
    }

    private void Write(OutputShape shape, int indent)
    {
        switch (shape.Kind)
        {
            case OutputShapeKind.String when shape.Format is not null:
                Text($"2026-0{_random.Next(1, 10)}-1{_random.Next(10)}");
                break;
            case OutputShapeKind.String:
                Text(string.Concat(Enumerable.Range(0, _random.Next(3)).Select(_ => _words[_random.Next(_words.Length)])));
                break;
            case OutputShapeKind.Integer:
                Number(_random.Next(-1000, 100_000).ToString(CultureInfo.InvariantCulture));
                break;
            case OutputShapeKind.Number:
                Number((_random.Next(-100_000, 100_000) / 100m).ToString(CultureInfo.InvariantCulture));
                break;
            case OutputShapeKind.Boolean:
                bool value = _random.Next(2) == 0;
                _reply.Append(_python ? value ? "True" : "False" : value ? "true" : "false");
                break;
            case OutputShapeKind.Enum:
                string name = shape.Values[_random.Next(2)].Name;
                Text(_shouting ? name.ToUpperInvariant() : name);
                break;
            case OutputShapeKind.List:
                Container('[', ']', _random.Next(4), indent, (_, _) => Write(shape.Items!, indent + 1));
                break;
            case OutputShapeKind.Dictionary:
                Container('{', '}', _random.Next(4), indent, (i, _) =>
                {
                    Text($"key {i}");
                    _reply.Append(": ");
                    Write(shape.Items!, indent + 1);
                });
                break;
            case OutputShapeKind.Union:
                int variant = _random.Next(2);
                Properties(shape.Variants[variant].Shape, indent, shape.Discriminator, variant == 0 ? "first" : "second");
                break;
            default:
                Properties(shape, indent, null, "");
                break;
        }
    }

    private void Properties(OutputShape shape, int indent, string? discriminator, string variant)
    {
        List<OutputProperty?> written = [.. shape.Properties.Where(p => p.Required || _random.Next(2) == 0).OrderBy(p => _damaged ? _random.Next(4) : 0)];
        if (discriminator is not null)
            written.Insert(_random.Next(2) == 0 ? 0 : _random.Next(written.Count + 1), null);
        Container('{', '}', written.Count, indent, (i, _) =>
        {
            if (written[i] is not { } property)
            {
                Text(discriminator!);
                _reply.Append(": ");
                Text(variant);
                return;
            }
            string name = _shouting ? property.Name.ToUpperInvariant() : property.Name;
            if (_unquoted)
                _reply.Append(name);
            else
                Text(name);
            _reply.Append(": ");
            if (property.Nullable && _random.Next(3) == 0)
                _reply.Append(_python ? "None" : "null");
            else
                Write(property.Shape, indent + 1);
        });
    }

    private void Container(char open, char close, int count, int indent, Action<int, bool> item)
    {
        bool lines = _random.Next(2) == 0;
        _reply.Append(open);
        for (int i = 0; i < count; i++)
        {
            if (i > 0)
                _reply.Append(lines ? "," : ", ");
            if (lines)
                _reply.Append('\n').Append(' ', 2 * (indent + 1));
            if (_comments && _random.Next(3) == 0)
                _reply.Append(_random.Next(3) switch { 0 => "// it's \"x\", {y}\n", 1 => "/* done: } */ ", _ => "# so\n" });
            item(i, lines);
        }
        if (_trailing && count > 0)
            _reply.Append(',');
        if (lines)
            _reply.Append('\n').Append(' ', 2 * indent);
        _reply.Append(close);
    }

    private void Number(string digits)
    {
        if (_quotedNumbers && _random.Next(2) == 0)
            Text(digits);
        else
            _reply.Append(digits);
    }

    private void Text(string text)
    {
        char quote = _single ? '\'' : '"';
        _reply.Append(quote);
        foreach (char c in text)
        {
            if (c == quote || c == '\\')
                _reply.Append('\\').Append(c);
            else if (c == '\n' && _rawBreaks)
                _reply.Append(c);
            else if (c == '\n')
                _reply.Append("\\n");
            else if (c is < ' ' || c > 127 && _random.Next(3) == 0 && !char.IsSurrogate(c))
                _reply.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else
                _reply.Append(c);
        }
        _reply.Append(quote);
    }
}
