namespace AiSdk;

// Unions.
internal sealed partial class ShapeFitter
{
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
            bool open = (reply[node].Damage & Damage.Open) != 0;
            _trials++;
            for (int i = 0; i < shape.Variants.Count; i++)
            {
                int matched = Matched;
                int cost = Variant(node, shape, i, prose, implied);
                if (cost >= 0 && cost <= choice.Cost)
                {
                    // Variants that say the same are no choice, unless more may come.
                    string text = json.Written[mark.Json..].ToString();
                    _copied += text.Length;
                    bool tie = cost == choice.Cost && (choice.Tie || open || text != best);
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
                if (choice.Cost == 0 && !open)
                    break;
            }
            _trials--;
            if (!prose)
                _chosen[(node, shape)] = choice;
        }
        if (choice.Variant < 0)
            return Error($"no variant of {shape.Name} fits {Excerpt(reply.SourceOf(node))}");
        if (choice.Tie && (reply[node].Damage & Damage.Open) != 0)
        {
            _notYet = true;
            return Fail;
        }
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
            for (int i = 0; i < shape.Variants.Count; i++)
            {
                if (Names(child, shape.Variants[i].Discriminator))
                    return i;
            }
            // The first property of that name tells the variant, or nothing does.
            return -1;
        }
        return -1;
    }

    private bool Names(int node, string discriminator) =>
        reply[node].Kind is NodeKind.Text or NodeKind.Bare && (reply[node].Damage & Damage.Open) == 0
        && ShapeNames.Normalize(reply.TextOf(node)) == ShapeNames.Normalize(discriminator);

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
        if (!Fields(node, variant.Shape, discriminator, variant.Discriminator, out _, out int cost))
            return Undo(mark, keepErrors: true);
        return cost;
    }
}
