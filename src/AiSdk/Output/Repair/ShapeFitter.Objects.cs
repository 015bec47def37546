namespace AiSdk;

// Objects, dictionaries and values of any kind.
internal sealed partial class ShapeFitter
{
    private const string Missing = "the required property is missing";

    private int Object(int node, OutputShape shape, bool prose, int implied)
    {
        ReplyNode n = reply[node];
        Mark mark = Here();
        if (n.Kind == NodeKind.Object && Fields(node, shape, null, "", out int matched, out int cost))
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
            int inner = Fit(nested, shape, false, null, false, implied + 1);
            if (inner != Fail)
                return Structured(inner + 2, node, mark);
        }
        if (shape.Properties.Count == 1 && !shape.IsOpen && (n.Kind != NodeKind.Bare || NumberText.IsJson(reply.TextOf(node).Trim(), out _) || reply.TextOf(node).Trim() is "true" or "false" or "True" or "False"))
        {
            OutputProperty only = shape.Properties[0];
            // A list of what has the property is a list of such objects, not the property's.
            bool isOwn = n.Kind == NodeKind.Array && n.First >= 0 && reply[n.First].Kind == NodeKind.Object && reply[n.First].First is >= 0 and int first && shape.Names.Find(reply.KeyOf(first), -1, out _) >= 0;
            // An object's property of another name is another property, not the only one without its name.
            bool isOther = n.Kind == NodeKind.Object && only.Shape.Kind is not (OutputShapeKind.Object or OutputShapeKind.Dictionary or OutputShapeKind.List or OutputShapeKind.Union or OutputShapeKind.Any);
            if (only.Shape.Kind != OutputShapeKind.String && !isOwn && !isOther && !(n.Kind == NodeKind.Object && n.Count == 0))
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

    private bool Fields(int node, OutputShape shape, string? discriminator, string chosen, out int matched, out int cost)
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
                if (HasContent(child) && !Names(child, chosen))
                    cost += Loss(child, $"the reply says another '{discriminator}' than {chosen}");
            }
            else if (shape.IsOpen && reply[child].Kind == NodeKind.Missing)
            {
                cost += Loss(child, $"the property '{Excerpt(reply.KeyOf(child))}' has no value");
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
        bool failed = false;
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
            {
                // Who asks again wants to know all that is wrong, not the first of it.
                if (_trials > 0)
                    return false;
                failed = true;
                cost = 0;
            }
            if (written)
                first = false;
            else
                json.Length = before;
        }
        if (failed)
        {
            for (int i = 0; i < properties.Count; i++)
            {
                if (children[i] < 0 && properties[i] is { Required: true, Nullable: false, Shape.Kind: OutputShapeKind.List })
                    Errors.Add(new OutputError(JsonPath.Format([.. _path, (properties[i].Name, 0)]), Missing));
            }
            cost = -1;
            return false;
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
            _notYet = false;
            int fitted = Fit(child, property.Shape, property.Nullable, property.Limits);
            if (fitted != Fail)
            {
                cost += fitted;
                return true;
            }
            if (_notYet)
            {
                _notYet = false;
                Errors.RemoveRange(errors, Errors.Count - errors);
                return NotThere(property);
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
        if (partial)
        {
            // A closed object gets nothing more: variants that it lacks less of fit better.
            cost += (reply[parent].Damage & Damage.Open) != 0 ? 0 : property.Required ? 20 : 1;
            return NotThere(property);
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
        Error(Missing);
        cost = -1;
        return false;
    }

    /// <summary>What a property is while its value has not come.</summary>
    private bool NotThere(OutputProperty property)
    {
        string? empty = property.Nullable ? "null" : property.Shape.Kind switch
        {
            OutputShapeKind.List => "[]",
            OutputShapeKind.Dictionary => "{}",
            _ => null,
        };
        json.Append(empty);
        return empty is not null;
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

    private int Dictionary(int node, OutputShape shape, bool prose, int implied)
    {
        ReplyNode n = reply[node];
        Mark mark = Here();
        if (n.Kind != NodeKind.Object)
        {
            if (n.Kind == NodeKind.Text && implied < MaxImplied && Nested(node) is >= 0 and int nested)
            {
                int inner = Fit(nested, shape, false, null, false, implied + 1);
                return inner == Fail ? Fail : Structured(inner + 2, node, mark);
            }
            return Error($"an object expected, found {Excerpt(reply.SourceOf(node))}");
        }
        if (prose)
            return Error("an object expected");
        // Entries that are no objects are not each in one of their own; all of them may be.
        if (n.Count == 1 && reply[n.First].Kind == NodeKind.Object && implied < MaxImplied
            && shape.Items!.Kind is OutputShapeKind.String or OutputShapeKind.Integer or OutputShapeKind.Number or OutputShapeKind.Boolean or OutputShapeKind.Enum)
        {
            int inner = Fit(n.First, shape, false, null, false, implied + 1);
            if (inner != Fail)
                return Structured(inner + 2, node, mark);
        }
        int cost = (n.Damage & Damage.Junk) != 0 ? Loss(node, "text between the properties is not read") : 0;
        json.Append('{');
        int kept = 0;
        int wanted = 0;
        HashSet<string>? seen = null;
        for (int child = n.First; child >= 0; child = reply[child].Next)
        {
            if (reply[child].Kind == NodeKind.Missing && (reply[child].Damage & Damage.TooDeep) == 0)
                continue;
            string key = reply.KeyOf(child).ToString();
            if (shape.Values.Count > 0)
            {
                int index = shape.Names.Find(key, -1, out bool exact);
                if (index < 0)
                {
                    wanted++;
                    cost += Loss(child, $"the key '{Excerpt(key)}' is not one of the allowed");
                    continue;
                }
                if (!exact)
                    Add(RepairKind.Name, key, shape.Values[index].Name);
                key = shape.Values[index].Name;
            }
            if (!(seen ??= new HashSet<string>(StringComparer.Ordinal)).Add(key))
                cost += Loss(child, $"the key '{Excerpt(key)}' is there twice");
            Item(child, shape, (key, 0), ref wanted, ref kept, ref cost);
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
                    if (reply[child].Kind == NodeKind.Missing || reply[child].Kind == NodeKind.Bare && (reply[child].Damage & Damage.Open) != 0)
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
                    if (reply[child].Kind == NodeKind.Missing || reply[child].Kind == NodeKind.Bare && (reply[child].Damage & Damage.Open) != 0)
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
}
