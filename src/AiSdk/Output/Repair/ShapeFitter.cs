using System.Globalization;

namespace AiSdk;

/// <summary>Fits what a reply says to a shape and writes it as canonical JSON. Each step away from the reply costs; a union takes its cheapest variant.</summary>
internal sealed class ShapeFitter(LenientReader reply, JsonText json)
{
    private const int Fail = -1;
    private const int LossCost = 50;
    private const int MaxRepairs = 256;
    private const int MaxImplied = 3;
    private const int MaxExcerpt = 80;

    private readonly List<(string? Name, int Index)> _path = [];
    private readonly Dictionary<(int Node, OutputShape Shape), (int Variant, int Cost, bool Tie)> _chosen = [];
    private long _steps;
    private int _trials;

    public List<Repair> Repairs { get; } = [];

    public List<OutputError> Errors { get; } = [];

    public int Losses { get; private set; }

    public int HiddenRepairs { get; private set; }

    /// <summary>How many of the shape's names and elements the reply had.</summary>
    public int Matched { get; private set; }

    public void Reset()
    {
        Repairs.Clear();
        Errors.Clear();
        Losses = HiddenRepairs = Matched = 0;
        json.Length = 0;
        _path.Clear();
        _chosen.Clear();
        _steps = 0;
    }

    /// <summary>Writes a node as the shape wants it; the cost, or -1 if it does not fit.</summary>
    public int Fit(int node, OutputShape shape, bool nullable, OutputLimits? limits, bool prose = false, int implied = 0)
    {
        if (++_steps > (20L * reply.TextLength) + 10_000 || _path.Count + implied > 2 * CompilerServices.OutputReader.MaxDepth)
            return Error("too many ways to read this");
        ReplyNode n = reply[node];
        if ((n.Damage & Damage.TooDeep) != 0)
            return Error($"nested deeper than {CompilerServices.OutputReader.MaxDepth} levels");
        Mark mark = Here();
        int cost = Known(node, in n);
        if (n.Kind == NodeKind.Bare && !prose && IsNull(reply.TextOf(node)))
        {
            if (nullable || shape.Kind is OutputShapeKind.Null or OutputShapeKind.Any)
            {
                json.Append("null");
                if (!reply.TextOf(node).SequenceEqual("null"))
                    Add(RepairKind.Value, node, "null");
                return cost;
            }
        }
        else if (shape.Kind == OutputShapeKind.Null)
        {
            return prose && IsNull(reply.TextOf(node).Trim()) ? Null() : Error("null expected");
        }
        else if (nullable && (prose || n.Kind == NodeKind.Text && shape.Kind != OutputShapeKind.String) && reply.TextOf(node).Trim() is "null" or "None")
        {
            return Null();
        }
        if (n.Kind == NodeKind.Missing)
            return Error("no value");
        int fitted = shape.Kind switch
        {
            OutputShapeKind.Object => Object(node, shape, prose, implied),
            OutputShapeKind.List => List(node, shape, prose, implied),
            OutputShapeKind.Dictionary => Dictionary(node, shape, prose, implied),
            OutputShapeKind.Union => Union(node, shape, prose, implied),
            OutputShapeKind.Any => Any(node, prose),
            _ => Scalar(node, shape, limits, prose, implied),
        };
        if (fitted == Fail)
            return Undo(mark, keepErrors: true);
        return WithinLimits(mark.Json, shape, limits ?? shape.Limits) ? cost + fitted : Undo(mark, keepErrors: true);

        int Null()
        {
            json.Append("null");
            return cost + 1;
        }
    }

    private int Object(int node, OutputShape shape, bool prose, int implied)
    {
        ReplyNode n = reply[node];
        Mark mark = Here();
        if (n.Kind == NodeKind.Object && Fields(node, shape, null, out int matched, out int cost))
        {
            if (matched > 0 || n.Count == 0 || cost < LossCost)
                return cost;
            Undo(mark, keepErrors: false);
        }
        else if (n.Kind == NodeKind.Object)
        {
            Undo(mark, keepErrors: true);
            bool anyName = false;
            for (int child = n.First; child >= 0; child = reply[child].Next)
                anyName |= shape.Names.Find(reply.KeyOf(child), -1, out _) >= 0;
            if (anyName)
                return Fail;
        }
        int errors = Errors.Count;
        if (implied >= MaxImplied)
            return Error($"an object ({shape.Name}) expected");
        if (n.Kind == NodeKind.Object && n.Count == 1 && reply[n.First].Kind is NodeKind.Object or NodeKind.Text or NodeKind.Array && (n.Damage & Damage.Junk) == 0)
        {
            int inner = Fit(n.First, shape, false, null, false, implied + 1);
            if (inner != Fail)
                return Structured(inner + 2, node, mark);
        }
        if (n.Kind == NodeKind.Array && n.Count == 1)
        {
            int inner = Fit(n.First, shape, false, null, false, implied + 1);
            if (inner != Fail)
                return Structured(inner + 3, node, mark);
        }
        if (n.Kind == NodeKind.Text && Nested(node) is >= 0 and int nested)
        {
            int inner = Fit(nested, shape, false, null, false, MaxImplied);
            if (inner != Fail)
                return Structured(inner + 2, node, mark);
        }
        if (shape.Properties.Count == 1 && !shape.IsOpen && (n.Kind != NodeKind.Bare || NumberText.IsJson(reply.TextOf(node).Trim(), out _) || reply.TextOf(node).Trim() is "true" or "false" or "True" or "False"))
        {
            OutputProperty only = shape.Properties[0];
            if (only.Shape.Kind != OutputShapeKind.String && !(n.Kind == NodeKind.Object && n.Count == 0))
            {
                json.Append('{');
                json.AppendString(only.Name);
                json.Append(':');
                _path.Add((only.Name, 0));
                int inner = Fit(node, only.Shape, false, only.Limits, prose, implied + 1);
                _path.RemoveAt(_path.Count - 1);
                json.Append('}');
                if (inner != Fail)
                {
                    Matched++;
                    return Structured(inner + 5, node, mark);
                }
                Undo(mark, keepErrors: true);
            }
        }
        return Errors.Count > errors || n.Kind == NodeKind.Object && Errors.Count > 0 ? Fail : Error($"an object ({shape.Name}) expected, found {Excerpt(reply.SourceOf(node))}");
    }

    private int Structured(int cost, int node, Mark mark)
    {
        if (mark.Json < json.Length)
            Add(RepairKind.Structure, node, json.Written[mark.Json..]);
        return cost;
    }

    /// <summary>The root of JSON that stands inside a text, or -1.</summary>
    private int Nested(int node)
    {
        ReplyNode n = reply[node];
        int start = n.Start;
        int end = n.Start + n.Length;
        while (start < end && char.IsWhiteSpace(reply.Slice(start, 1)[0]))
            start++;
        return start < end && reply.Slice(start, 1)[0] is '{' or '[' ? reply.Read(start, end) : -1;
    }

    private bool Fields(int node, OutputShape shape, string? discriminator, out int matched, out int cost)
    {
        IReadOnlyList<OutputProperty> properties = shape.Properties;
        ShapeNames names = shape.Names;
        int[]? rented = properties.Count > 64 ? new int[properties.Count] : null;
        Span<int> children = rented ?? stackalloc int[properties.Count];
        children.Fill(-1);
        matched = 0;
        cost = 0;
        ReplyNode n = reply[node];
        if ((n.Damage & Damage.Junk) != 0)
            cost += Loss(node, "text between the properties is not read");
        int hint = 0;
        List<int>? extra = null;
        for (int child = n.First; child >= 0; child = reply[child].Next)
        {
            int index = names.Find(reply.KeyOf(child), hint, out bool exact);
            if (index >= 0)
            {
                hint = index + 1;
                if (reply[child].Kind == NodeKind.Missing && (reply[child].Damage & Damage.TooDeep) == 0)
                    continue;
                if (children[index] >= 0)
                {
                    if (!reply.SourceOf(children[index]).SequenceEqual(reply.SourceOf(child)))
                        cost += Loss(child, $"the property '{properties[index].Name}' is there twice; the last one is taken");
                }
                else
                {
                    matched++;
                }
                if (!exact)
                {
                    cost++;
                    Add(RepairKind.Name, reply.KeyOf(child), properties[index].Name);
                }
                children[index] = child;
            }
            else if (discriminator is not null && ShapeNames.Normalize(reply.KeyOf(child)) == ShapeNames.Normalize(discriminator))
            {
                continue;
            }
            else if (shape.IsOpen)
            {
                (extra ??= []).Add(child);
                cost++;
            }
            else if (HasContent(child))
            {
                cost += Loss(child, $"the property '{Excerpt(reply.KeyOf(child))}' is not in {shape.Name}");
            }
        }
        Matched += matched;
        json.Append('{');
        bool first = true;
        if (discriminator is not null)
        {
            // The caller has written what tells the variant before.
            json.Length--;
            first = false;
        }
        for (int i = 0; i < properties.Count; i++)
        {
            OutputProperty property = properties[i];
            int before = json.Length;
            if (!first)
                json.Append(',');
            json.AppendString(property.Name);
            json.Append(':');
            _path.Add((property.Name, 0));
            bool written = Field(children[i], property, ref cost, node);
            _path.RemoveAt(_path.Count - 1);
            if (cost < 0)
                return false;
            if (written)
                first = false;
            else
                json.Length = before;
        }
        foreach (int child in extra ?? [])
        {
            if (!first)
                json.Append(',');
            first = false;
            json.AppendString(reply.KeyOf(child));
            json.Append(':');
            Any(child, false);
        }
        json.Append('}');
        return true;
    }

    private bool Field(int child, OutputProperty property, ref int cost, int parent)
    {
        int errors = Errors.Count;
        if (child >= 0)
        {
            int fitted = Fit(child, property.Shape, property.Nullable, property.Limits);
            if (fitted != Fail)
            {
                cost += fitted;
                return true;
            }
            if (IsNull(reply.TextOf(child)) && reply[child].Kind == NodeKind.Bare && !property.Required)
            {
                Errors.RemoveRange(errors, Errors.Count - errors);
                cost++;
                return false;
            }
            if (!property.Nullable && property.Required)
            {
                cost = -1;
                return false;
            }
            string why = Errors.Count > errors ? Errors[^1].Message : "it does not fit";
            Errors.RemoveRange(errors, Errors.Count - errors);
            cost += Loss(child, $"left out: {why}");
            if (property.Nullable)
                json.Append("null");
            return property.Nullable;
        }
        // Any value may be null, but one that is required must be there.
        if (property.Nullable && !(property.Required && property.Shape.Kind == OutputShapeKind.Any))
        {
            cost++;
            json.Append("null");
            Add(RepairKind.Missing, "", "null");
            return true;
        }
        if (!property.Required)
        {
            cost++;
            return false;
        }
        if (property.Shape.Kind == OutputShapeKind.List && reply[parent].Count > 0)
        {
            cost += Loss(parent, "the required list is missing; an empty one is taken");
            json.Append("[]");
            return true;
        }
        Error("the required property is missing");
        cost = -1;
        return false;
    }

    private bool HasContent(int node)
    {
        ReplyNode n = reply[node];
        return n.Kind switch
        {
            NodeKind.Object or NodeKind.Array => n.Count > 0,
            NodeKind.Text => !reply.TextOf(node).IsWhiteSpace(),
            NodeKind.Bare => !IsNull(reply.TextOf(node)),
            _ => false,
        };
    }

    private int List(int node, OutputShape shape, bool prose, int implied)
    {
        ReplyNode n = reply[node];
        OutputShape items = shape.Items!;
        Mark mark = Here();
        if (n.Kind == NodeKind.Array)
        {
            int cost = (n.Damage & Damage.Junk) != 0 ? Loss(node, "text between the elements is not read") : 0;
            json.Append('[');
            int index = 0;
            int kept = 0;
            int wanted = 0;
            for (int child = n.First; child >= 0; child = reply[child].Next, index++)
            {
                if (reply[child].Kind == NodeKind.Missing && (reply[child].Damage & Damage.TooDeep) == 0)
                    continue;
                if (reply[child].Kind == NodeKind.Bare && reply.TextOf(child) is "..." or "…")
                {
                    cost += Loss(node, "elements are left out: '...'");
                    continue;
                }
                wanted++;
                int before = json.Length;
                int errors = Errors.Count;
                if (kept > 0)
                    json.Append(',');
                _path.Add((null, index));
                int fitted = Fit(child, items, shape.ItemsNullable, null);
                if (fitted == Fail)
                {
                    string why = Errors.Count > errors ? $"{Errors[^1].Path}: {Errors[^1].Message}" : "it does not fit";
                    if (kept > 0 || reply[child].Next >= 0)
                        Errors.RemoveRange(errors, Errors.Count - errors);
                    json.Length = before;
                    cost += Loss(child, $"the element is dropped: {why}");
                }
                else
                {
                    cost += fitted;
                    kept++;
                }
                _path.RemoveAt(_path.Count - 1);
            }
            json.Append(']');
            if (kept > 0 || wanted == 0)
            {
                Matched += kept;
                if (kept > shape.Limits?.MaxLength || kept < shape.Limits?.MinLength)
                    return Error($"{kept} elements, where {shape.Limits.MinLength ?? 0} to {shape.Limits.MaxLength?.ToString(CultureInfo.InvariantCulture) ?? "any number"} are allowed");
                return cost;
            }
            if (Errors.Count == 0)
                Error("no element fits");
            return Undo(mark, keepErrors: true);
        }
        if (implied >= MaxImplied)
            return Error("a list expected");
        if (prose)
            return Bullets(node, shape);
        if (n.Kind == NodeKind.Object && n.Count == 1 && reply[n.First].Kind == NodeKind.Array)
        {
            int inner = Fit(n.First, shape, false, null, false, implied + 1);
            if (inner != Fail)
                return Structured(inner + 2, node, mark);
        }
        if (n.Kind == NodeKind.Text && Nested(node) is >= 0 and int nested)
        {
            int inner = Fit(nested, shape, false, null, false, MaxImplied);
            if (inner != Fail)
                return Structured(inner + 2, node, mark);
        }
        json.Append('[');
        _path.Add((null, 0));
        int single = Fit(node, items, false, null, false, implied + 1);
        _path.RemoveAt(_path.Count - 1);
        json.Append(']');
        if (single == Fail)
            return Undo(mark, keepErrors: true);
        Matched++;
        return Structured(single + 3, node, mark);
    }

    /// <summary>A list without brackets: bullets or numbers before lines, or commas between words.</summary>
    private int Bullets(int node, OutputShape shape)
    {
        ReplyNode n = reply[node];
        List<(int Start, int Length)> parts = [];
        int lines = 0;
        for (int i = n.Start; i < n.Start + n.Length;)
        {
            ReadOnlySpan<char> rest = reply.Slice(i, n.Start + n.Length - i);
            int end = rest.IndexOf('\n');
            ReadOnlySpan<char> line = end < 0 ? rest : rest[..end];
            int lead = line.Length - line.TrimStart().Length;
            ReadOnlySpan<char> text = line.Trim();
            if (!text.IsEmpty)
                lines++;
            int digits = 0;
            while (digits < text.Length && digits < 4 && char.IsAsciiDigit(text[digits]))
                digits++;
            int bullet = text.Length > 1 && text[0] is '-' or '*' or '•' or '–' && text[1] == ' ' ? 2
                : digits > 0 && digits + 1 < text.Length && text[digits] is '.' or ')' && text[digits + 1] == ' ' ? digits + 2
                : 0;
            if (bullet > 0)
                parts.Add((i + lead + bullet, text.Length - bullet));
            i += line.Length + 1;
        }
        ReadOnlySpan<char> whole = reply.TextOf(node).Trim();
        if (whole.IsEmpty)
            return Error("the reply is empty");
        if (IsNull(whole))
            return Error("null where a list is expected");
        OutputShapeKind kind = shape.Items!.Kind;
        if (parts.Count == 0 || lines > parts.Count + 1)
        {
            parts.Clear();
            if (kind is OutputShapeKind.Integer or OutputShapeKind.Number or OutputShapeKind.Enum && lines == 1 && whole.Contains(','))
            {
                int from = n.Start;
                int to = n.Start + n.Length;
                for (int i = from; i <= to; i++)
                {
                    if (i < to && (reply.Slice(i, 1)[0] != ',' || i + 1 < to && char.IsAsciiDigit(reply.Slice(i + 1, 1)[0])))
                        continue;
                    parts.Add((from, i - from));
                    from = i + 1;
                }
            }
            else
            {
                if (kind == OutputShapeKind.String)
                    return Error("a list expected, found text");
                parts.Add((n.Start, n.Length));
            }
        }
        Mark mark = Here();
        json.Append('[');
        int cost = 4;
        for (int i = 0; i < parts.Count; i++)
        {
            if (i > 0)
                json.Append(',');
            while (parts[i].Length > 0 && char.IsWhiteSpace(reply.Slice(parts[i].Start, 1)[0]))
                parts[i] = (parts[i].Start + 1, parts[i].Length - 1);
            int element = reply.Prose(parts[i].Start, parts[i].Start + reply.Slice(parts[i].Start, parts[i].Length).TrimEnd().Length);
            _path.Add((null, i));
            int fitted = Fit(element, shape.Items!, shape.ItemsNullable, null, kind != OutputShapeKind.String, MaxImplied);
            _path.RemoveAt(_path.Count - 1);
            if (fitted == Fail)
                return Undo(mark, keepErrors: true);
            cost += fitted;
        }
        json.Append(']');
        Matched += parts.Count;
        return Structured(cost, node, mark);
    }

    private int Dictionary(int node, OutputShape shape, bool prose, int implied)
    {
        ReplyNode n = reply[node];
        Mark mark = Here();
        if (n.Kind != NodeKind.Object)
        {
            if (n.Kind == NodeKind.Text && implied < MaxImplied && Nested(node) is >= 0 and int nested)
            {
                int inner = Fit(nested, shape, false, null, false, MaxImplied);
                return inner == Fail ? Fail : Structured(inner + 2, node, mark);
            }
            return Error($"an object expected, found {Excerpt(reply.SourceOf(node))}");
        }
        if (prose)
            return Error("an object expected");
        int cost = (n.Damage & Damage.Junk) != 0 ? Loss(node, "text between the properties is not read") : 0;
        json.Append('{');
        int kept = 0;
        int wanted = 0;
        HashSet<string>? seen = null;
        for (int child = n.First; child >= 0; child = reply[child].Next)
        {
            if (reply[child].Kind == NodeKind.Missing && (reply[child].Damage & Damage.TooDeep) == 0)
                continue;
            wanted++;
            string key = reply.KeyOf(child).ToString();
            if (shape.Values.Count > 0)
            {
                int index = shape.Names.Find(key, -1, out bool exact);
                if (index < 0)
                {
                    cost += Loss(child, $"the key '{Excerpt(key)}' is not one of the allowed");
                    continue;
                }
                if (!exact)
                    Add(RepairKind.Name, key, shape.Values[index].Name);
                key = shape.Values[index].Name;
            }
            if (!(seen ??= new HashSet<string>(StringComparer.Ordinal)).Add(key))
                cost += Loss(child, $"the key '{Excerpt(key)}' is there twice");
            int before = json.Length;
            if (kept > 0)
                json.Append(',');
            json.AppendString(key);
            json.Append(':');
            int errors = Errors.Count;
            _path.Add((key, 0));
            int fitted = Fit(child, shape.Items!, shape.ItemsNullable, null);
            if (fitted == Fail)
            {
                string why = Errors.Count > errors ? Errors[^1].Message : "it does not fit";
                if (kept > 0 || reply[child].Next >= 0)
                    Errors.RemoveRange(errors, Errors.Count - errors);
                json.Length = before;
                cost += Loss(child, $"the entry is dropped: {why}");
            }
            else
            {
                cost += fitted;
                kept++;
            }
            _path.RemoveAt(_path.Count - 1);
        }
        json.Append('}');
        if (kept == 0 && (wanted > 0 || (n.Damage & Damage.Junk) != 0))
        {
            if (Errors.Count == 0)
                Error("no entry fits");
            return Undo(mark, keepErrors: true);
        }
        Matched += kept;
        return cost;
    }

    private int Union(int node, OutputShape shape, bool prose, int implied)
    {
        if (prose && reply.TextOf(node).TrimStart() is ['{' or '[', ..] && shape.Variants.All(static v => v.Shape.Kind != OutputShapeKind.String))
            return Error($"no variant of {shape.Name} fits {Excerpt(reply.SourceOf(node))}");
        if (shape.Variants.Count > 0 && shape.Variants.All(static v => v.Shape.Kind == OutputShapeKind.Enum) && shape.Discriminator is null)
            return Literals(node, shape, prose, implied);
        int named = shape.Discriminator is null ? -1 : Discriminated(node, shape);
        if (named >= 0)
            return Variant(node, shape, named, prose, implied);
        if (!_chosen.TryGetValue((node, shape), out (int Variant, int Cost, bool Tie) choice))
        {
            choice = (-1, int.MaxValue, false);
            Mark mark = Here();
            string? best = null;
            _trials++;
            for (int i = 0; i < shape.Variants.Count; i++)
            {
                int matched = Matched;
                int cost = Variant(node, shape, i, prose, implied);
                if (cost >= 0 && cost <= choice.Cost)
                {
                    // Variants that say the same are no choice.
                    string text = json.Written[mark.Json..].ToString();
                    bool tie = cost == choice.Cost && (choice.Tie || text != best);
                    if (cost < choice.Cost)
                    {
                        best = text;
                        choice = (i, cost, false);
                    }
                    else
                    {
                        choice.Tie = tie;
                    }
                }
                Undo(mark, keepErrors: false);
                Matched = matched;
                if (choice.Cost == 0)
                    break;
            }
            _trials--;
            if (!prose)
                _chosen[(node, shape)] = choice;
        }
        if (choice.Variant < 0)
            return Error($"no variant of {shape.Name} fits {Excerpt(reply.SourceOf(node))}");
        int loss = choice.Tie ? Loss(node, "several variants fit equally well; the first is taken") : 0;
        int fitted = Variant(node, shape, choice.Variant, prose, implied);
        return fitted == Fail ? Fail : fitted + loss;
    }

    /// <summary>Literals each in a variant of its own are one enum.</summary>
    private int Literals(int node, OutputShape shape, bool prose, int implied)
    {
        OutputShape all = shape.Merged;
        return Scalar(node, all, null, prose, implied);
    }

    private int Discriminated(int node, OutputShape shape)
    {
        if (reply[node].Kind != NodeKind.Object)
            return -1;
        string wanted = ShapeNames.Normalize(shape.Discriminator);
        for (int child = reply[node].First; child >= 0; child = reply[child].Next)
        {
            if (!reply.KeyOf(child).SequenceEqual(shape.Discriminator) && ShapeNames.Normalize(reply.KeyOf(child)) != wanted)
                continue;
            string value = ShapeNames.Normalize(reply.TextOf(child));
            for (int i = 0; i < shape.Variants.Count; i++)
            {
                if (ShapeNames.Normalize(shape.Variants[i].Discriminator) == value)
                    return i;
            }
        }
        return -1;
    }

    private int Variant(int node, OutputShape shape, int index, bool prose, int implied)
    {
        OutputVariant variant = shape.Variants[index];
        if (shape.Discriminator is not { } discriminator)
            return Fit(node, variant.Shape, false, null, prose, implied);
        if (reply[node].Kind != NodeKind.Object)
            return Error($"an object ({shape.Name}) expected");
        Mark mark = Here();
        json.Append('{');
        json.AppendString(discriminator);
        json.Append(':');
        json.Append(variant.Discriminator);
        if (!Fields(node, variant.Shape, discriminator, out _, out int cost))
            return Undo(mark, keepErrors: true);
        return cost;
    }

    private int Any(int node, bool prose)
    {
        ReplyNode n = reply[node];
        bool first = true;
        switch (n.Kind)
        {
            case NodeKind.Object:
                json.Append('{');
                for (int child = n.First; child >= 0; child = reply[child].Next)
                {
                    if (reply[child].Kind == NodeKind.Missing)
                        continue;
                    if (!first)
                        json.Append(',');
                    first = false;
                    json.AppendString(reply.KeyOf(child));
                    json.Append(':');
                    Known(child, reply[child]);
                    Any(child, false);
                }
                json.Append('}');
                break;
            case NodeKind.Array:
                json.Append('[');
                for (int child = n.First; child >= 0; child = reply[child].Next)
                {
                    if (reply[child].Kind == NodeKind.Missing)
                        continue;
                    if (!first)
                        json.Append(',');
                    first = false;
                    Known(child, reply[child]);
                    Any(child, false);
                }
                json.Append(']');
                break;
            case NodeKind.Text:
                String(node, reply.TextOf(node));
                break;
            default:
                ReadOnlySpan<char> text = reply.TextOf(node);
                if (text is "true" or "True")
                    json.Append("true");
                else if (text is "false" or "False")
                    json.Append("false");
                else if (IsNull(text))
                    json.Append("null");
                else if (NumberText.IsJson(text, out _))
                    json.Append(text);
                else
                    String(node, text);
                return prose ? 8 : 0;
        }
        return (n.Damage & Damage.Junk) != 0 ? Loss(node, "text between the values is not read") : 0;
    }

    private void String(int node, ReadOnlySpan<char> text)
    {
        if (!json.AppendString(text))
            Loss(node, "half of a surrogate pair, which is no character");
    }

    private int Scalar(int node, OutputShape shape, OutputLimits? limits, bool prose, int implied)
    {
        ReplyNode n = reply[node];
        Mark mark = Here();
        if (n.Kind is NodeKind.Object or NodeKind.Array)
        {
            bool isText = shape.Kind == OutputShapeKind.String;
            if (implied < MaxImplied && n.Count == 1 && (n.Kind == NodeKind.Array || !isText && reply[n.First].Kind is NodeKind.Text or NodeKind.Bare)
                && (n.Damage & Damage.Junk) == 0 && n.First >= 0 && reply[n.First].Kind is not NodeKind.Object)
            {
                int inner = Fit(n.First, shape, false, limits, false, MaxImplied);
                return inner == Fail ? Fail : Structured(inner + 3, node, mark);
            }
            if (isText && shape.Format is null)
            {
                String(node, reply.SourceOf(node));
                Add(RepairKind.Structure, node, "(as text)");
                return 20;
            }
            if (n.Kind == NodeKind.Array && shape.Kind == OutputShapeKind.Enum && implied < MaxImplied && n.First >= 0)
            {
                int loss = Loss(node, "one value is wanted and the reply has several; the first is taken");
                int inner = Fit(n.First, shape, false, limits, false, MaxImplied);
                return inner == Fail ? Fail : inner + loss;
            }
            return Error($"{Expected(shape)} expected, found {(n.Kind == NodeKind.Object ? "an object" : "a list")}");
        }
        ReadOnlySpan<char> text = reply.TextOf(node);
        return shape.Kind switch
        {
            OutputShapeKind.String => Text(node, shape, text, prose),
            OutputShapeKind.Integer or OutputShapeKind.Number => Number(node, shape, text, prose),
            OutputShapeKind.Boolean => Boolean(node, text, prose),
            OutputShapeKind.Enum => EnumValue(node, shape, text, prose),
            _ => Error($"{Expected(shape)} expected"),
        };
    }

    private static string Expected(OutputShape shape) => shape.Kind switch
    {
        OutputShapeKind.Integer => "a whole number",
        OutputShapeKind.Number => "a number",
        OutputShapeKind.Boolean => "true or false",
        OutputShapeKind.Enum => $"one of {Excerpt(string.Join(", ", shape.Names.Written))}",
        _ => "text",
    };

    private int Text(int node, OutputShape shape, ReadOnlySpan<char> text, bool prose)
    {
        bool bare = reply[node].Kind == NodeKind.Bare;
        if (bare && !prose && IsNull(text))
            return Error("text expected, found null");
        if (bare && !prose && text is ['\\', '"', ..])
            return Error("text expected, found escaped quotes outside a string");
        if (shape.Format is { } format && DateText.Canonical(format, text.Trim(), out string? canonical))
        {
            if (canonical is null)
                return Error($"a text of the format '{format}' expected, found {Excerpt(text)}");
            json.AppendString(canonical);
            if (!text.SequenceEqual(canonical))
                Add(RepairKind.Value, node, canonical);
            return text.SequenceEqual(canonical) ? 0 : 2;
        }
        String(node, text);
        if (!bare)
            return 0;
        if (prose)
            return 6;
        Add(RepairKind.Value, node, "(as text)");
        return NumberText.IsJson(text, out _) || text is "true" or "false" ? 4 : 1;
    }

    private int Number(int node, OutputShape shape, ReadOnlySpan<char> text, bool prose)
    {
        bool whole = shape.Kind == OutputShapeKind.Integer;
        int cost = reply[node].Kind == NodeKind.Text ? 2 : 0;
        bool plain = NumberText.IsJson(text, out bool isWhole);
        if (plain && (isWhole || !whole))
        {
            json.Append(text);
            if (cost > 0)
                Add(RepairKind.Value, node, text);
            return cost;
        }
        string? number = plain ? text.ToString() : NumberText.Find(text, out prose, out string problem) ?? (Error($"{Expected(shape)} expected, found {problem}: {Excerpt(text)}") == 0 ? null : null);
        if (number is null)
        {
            if (plain)
                Error($"{Expected(shape)} expected");
            return Fail;
        }
        cost += prose ? 8 : 2;
        if (whole && !(NumberText.IsJson(number, out isWhole) && isWhole))
        {
            string? rounded = NumberText.ToWhole(number, out bool exact);
            if (rounded is null)
                return Error("a number too large");
            if (!exact)
                cost += Loss(node, $"{number} is rounded to {rounded}");
            number = rounded;
        }
        json.Append(number);
        Add(RepairKind.Value, node, number);
        return cost;
    }

    private int Boolean(int node, ReadOnlySpan<char> text, bool prose)
    {
        if (reply[node].Kind == NodeKind.Bare && text is "true" or "false")
        {
            json.Append(text);
            return 0;
        }
        bool? value = null;
        int cost = 2;
        switch (ShapeNames.Normalize(text.Length > 4096 ? text[..4096] : text))
        {
            case "true" or "yes" or "y" or "on" or "1":
                value = true;
                break;
            case "false" or "no" or "n" or "off" or "0":
                value = false;
                break;
            default:
                cost = 8;
                string words = ShapeNames.Words(text);
                bool yes = words.Contains(" true ", StringComparison.Ordinal) || words.StartsWith(" yes ", StringComparison.Ordinal);
                bool no = words.Contains(" false ", StringComparison.Ordinal) || words.StartsWith(" no ", StringComparison.Ordinal);
                bool negated = words.Contains(" not true ", StringComparison.Ordinal) || words.Contains(" not false ", StringComparison.Ordinal)
                    || words.Contains("nt true ", StringComparison.Ordinal) || words.Contains("nt false ", StringComparison.Ordinal);
                if (yes != no && !negated)
                    value = yes;
                break;
        }
        if (value is not { } found)
            return Error($"true or false expected, found {Excerpt(text)}");
        json.Append(found ? "true" : "false");
        Add(RepairKind.Value, node, found ? "true" : "false");
        return prose ? Math.Max(cost, 4) : cost;
    }

    private int EnumValue(int node, OutputShape shape, ReadOnlySpan<char> text, bool prose)
    {
        ShapeNames names = shape.Names;
        int index = names.Find(text.Trim(), -1, out bool exact);
        int cost = 0;
        if (index >= 0)
        {
            // 1 and "1", true and "true" are different values until they are compared as text.
            if (shape.Values[index].Json is not null != (reply[node].Kind == NodeKind.Bare))
                cost = 1;
            else if (!exact)
                cost = 1;
        }
        else
        {
            // A wrong number or literal is no prose in which a value could be found.
            index = NumberText.IsJson(text.Trim(), out _) ? -1 : InProse(names, text, out exact);
            cost = 8;
            if (index >= 0 && !exact)
                cost += Loss(node, $"several values are named; {names.Written[index]} most often");
        }
        if (index < 0)
            return Error($"{Expected(shape)} expected, found {Excerpt(text)}");
        OutputValue value = shape.Values[index];
        if (value.Json is { } literal)
            json.Append(literal);
        else
            json.AppendString(value.Name);
        if (cost > 0 || prose)
            Add(RepairKind.Value, node, value.Name);
        return cost;
    }

    /// <summary>The value that a text names as whole words; where several are named, the one named most often, which is not sure.</summary>
    private static int InProse(ShapeNames names, ReadOnlySpan<char> text, out bool sure)
    {
        sure = true;
        if (text.IsWhiteSpace())
            return -1;
        string words = ShapeNames.Words(text);
        int length = names.Written.Length;
        List<(string Words, int Index)> wanted = [];
        for (int i = 0; i < length; i++)
        {
            string value = ShapeNames.Words(names.Written[i]);
            wanted.Add((value, i));
            // BillingTeam is written as two words in prose.
            if (ShapeNames.Words(ShapeNames.Split(names.Written[i])) is { } split && split != value)
                wanted.Add((split, i));
        }
        int[] counts = new int[length];
        bool negated = false;
        // Longest first: what a longer value covers does not name a shorter one.
        bool[] covered = new bool[words.Length];
        foreach ((string value, int i) in wanted.OrderByDescending(static w => w.Words.Length))
        {
            if (value.Length <= 3 && (value.Length < 3 || char.IsAsciiLetter(value[1])))
            {
                CountLetters(names.Written[i], text, ref counts[i]);
                continue;
            }
            for (int at = words.IndexOf(value, StringComparison.Ordinal); at >= 0; at = words.IndexOf(value, at + value.Length - 1, StringComparison.Ordinal))
            {
                if (covered[at + 1])
                    continue;
                Array.Fill(covered, true, at + 1, value.Length - 2);
                counts[i]++;
                negated |= Negates(words.AsSpan(0, at));
            }
        }
        int best = -1;
        bool tie = false;
        for (int i = 0; i < length; i++)
        {
            if (counts[i] == 0)
                continue;
            if (best >= 0)
                sure = false;
            if (best < 0 || counts[i] > counts[best])
            {
                best = i;
                tie = false;
            }
            else if (counts[i] == counts[best])
            {
                tie = true;
            }
        }
        return tie || negated ? -1 : best;
    }

    private static bool Negates(ReadOnlySpan<char> before)
    {
        foreach (string article in (ReadOnlySpan<string>)[" a", " an", " the", " be"])
        {
            if (before.EndsWith(article))
                before = before[..^article.Length];
        }
        return before.EndsWith(" not") || before.EndsWith("nt") && before[(before.LastIndexOf(' ') + 1)..] is "isnt" or "arent" or "wasnt" or "dont" or "cant" or "doesnt" or "shouldnt" or "wouldnt"
            || before.EndsWith(" never") || before.EndsWith(" neither") || before.EndsWith(" nor") || before.EndsWith(" cannot") || before.EndsWith(" rather than") || before.EndsWith(" instead of");
    }

    // "A" is also an article: only the letter alone, as it is written.
    private static void CountLetters(string value, ReadOnlySpan<char> text, ref int count)
    {
        for (int i = 0; i < text.Length;)
        {
            int at = text[i..].IndexOf(value, StringComparison.Ordinal);
            if (at < 0)
                return;
            i += at;
            int end = i + value.Length;
            bool marked = (i == 0 || text[i - 1] is '*' or '"' or '(' or '`' or '\'' || text[..i].TrimEnd().EndsWith(":")) && (end >= text.Length || !char.IsLetterOrDigit(text[end]));
            if (marked && (value is not ("A" or "I" or "a") || end >= text.Length || text[end] != ' '))
                count++;
            i = end;
        }
    }

    private bool WithinLimits(int start, OutputShape shape, OutputLimits? limits)
    {
        if (limits is null)
            return true;
        ReadOnlySpan<char> value = json.Written[start..];
        switch (shape.Kind)
        {
            case OutputShapeKind.Integer or OutputShapeKind.Number when double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number):
                if (limits.Minimum is { } least && double.TryParse(least, NumberStyles.Float, CultureInfo.InvariantCulture, out double minimum)
                    && (number < minimum || limits.MinimumIsExclusive && number == minimum))
                    return Error($"{value} is less than the minimum {least}") != Fail;
                if (limits.Maximum is { } most && double.TryParse(most, NumberStyles.Float, CultureInfo.InvariantCulture, out double maximum)
                    && (number > maximum || limits.MaximumIsExclusive && number == maximum))
                    return Error($"{value} is more than the maximum {most}") != Fail;
                break;
        }
        return true;
    }

    /// <summary>Reports how a node was read; the cost.</summary>
    private int Known(int node, in ReplyNode n)
    {
        Damage damage = n.Damage & ~(Damage.Junk | Damage.TooDeep);
        if (damage == Damage.None)
            return 0;
        Add((damage & Damage.Unterminated) != 0 ? RepairKind.Unterminated : RepairKind.Syntax, node, "(read as meant)");
        return 0;
    }

    private static bool IsNull(ReadOnlySpan<char> text) => text is "null" or "None" or "undefined" or "nil" or "NULL" or "Null" or "nan" or "NaN" or "N/A";

    private static string Excerpt(ReadOnlySpan<char> text) => text.Length <= MaxExcerpt ? text.ToString() : string.Concat(text[..MaxExcerpt], "…");

    private void Add(RepairKind kind, int node, ReadOnlySpan<char> after)
    {
        if (_trials == 0)
            Add(kind, reply.SourceOf(node), after);
    }

    private void Add(RepairKind kind, ReadOnlySpan<char> before, ReadOnlySpan<char> after)
    {
        if (_trials > 0)
            return;
        if (Repairs.Count >= MaxRepairs)
            HiddenRepairs++;
        else
            Repairs.Add(new Repair(kind, Path(), Excerpt(before), Excerpt(after)));
    }

    private int Loss(int node, string what)
    {
        Losses++;
        if (_trials == 0)
            Repairs.Add(new Repair(RepairKind.Loss, Path(), Excerpt(reply.SourceOf(node)), what));
        return LossCost;
    }

    private int Error(string message)
    {
        if (_trials == 0 && Errors.Count < MaxRepairs)
            Errors.Add(new OutputError(Path(), message));
        return Fail;
    }

    private string Path() => JsonPath.Format(_path);

    private Mark Here() => new(json.Length, Repairs.Count, Errors.Count, Losses);

    private int Undo(Mark mark, bool keepErrors)
    {
        json.Length = mark.Json;
        if (Repairs.Count > mark.Repairs)
            Repairs.RemoveRange(mark.Repairs, Repairs.Count - mark.Repairs);
        if (!keepErrors && Errors.Count > mark.Errors)
            Errors.RemoveRange(mark.Errors, Errors.Count - mark.Errors);
        Losses = mark.Losses;
        return Fail;
    }

    private readonly record struct Mark(int Json, int Repairs, int Errors, int Losses);
}
