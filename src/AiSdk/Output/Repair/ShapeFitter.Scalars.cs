using System.Globalization;

namespace AiSdk;

// Texts, numbers, booleans and enums.
internal sealed partial class ShapeFitter
{
    private void String(int node, ReadOnlySpan<char> text)
    {
        _copied += text.Length;
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
            if (implied < MaxImplied && n.Count == 1 && (n.Kind == NodeKind.Array || reply[n.First].Kind is NodeKind.Text || !isText && reply[n.First].Kind is NodeKind.Bare)
                && (n.Damage & Damage.Junk) == 0 && n.First >= 0 && reply[n.First].Kind is not NodeKind.Object)
            {
                int inner = Fit(n.First, shape, false, limits, false, MaxImplied);
                if (inner == Fail)
                    return Fail;
                if (n.Kind == NodeKind.Object && !IsEnvelope(reply.KeyOf(n.First)))
                    inner += Loss(n.First, $"the value of '{Excerpt(reply.KeyOf(n.First))}', which is the value only if that name says nothing");
                return Structured(inner + 3, node, mark);
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
            OutputShapeKind.Integer or OutputShapeKind.Number => Number(node, shape, limits ?? shape.Limits, text, prose),
            OutputShapeKind.Boolean => Boolean(node, text, prose),
            OutputShapeKind.Enum => EnumValue(node, shape, text, prose),
            _ => Error($"{Expected(shape)} expected"),
        };
    }

    /// <summary>Whether a name says no more than that its value is the value: at the root any name does that but an error's, elsewhere the property's own or an empty word.</summary>
    private bool IsEnvelope(ReadOnlySpan<char> key)
    {
        string name = ShapeNames.Normalize(key);
        if (name is "error" or "errors" or "exception" or "errorcode" or "errormessage")
            return false;
        return _path.Count == 0 || name is "value" or "values" or "result" or "answer" or "data" or "output" or "response" or "content" or "text" or "name" or "amount" or "label"
            || _path[^1].Name is { } own && ShapeNames.Normalize(own) == name;
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
        if (bare && !prose && text is "..." or "…")
            return Error("text expected, found nothing but '...', which says that it is left out");
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

    private int Number(int node, OutputShape shape, OutputLimits? limits, ReadOnlySpan<char> text, bool prose)
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
        if (!plain && !whole && text.IndexOfAny("€$£¥") >= 0 && number.Length > 4 && number[^4] == '.' && !number.Contains('e', StringComparison.OrdinalIgnoreCase))
            cost += Loss(node, $"{number}, whose point may part thousands");
        if (!plain && text.IndexOfAny('/', '⁄') is > 0 and int slash && (whole || text[(slash + 1)..].Trim() is "5" or "10" or "20" or "100"))
            cost += Loss(node, $"{number}, which may be a part of a whole or points of so many");
        if (whole && (prose || !plain || reply[node].Kind == NodeKind.Text) && number.EndsWith(".000", StringComparison.Ordinal))
            cost += Loss(node, $"{number}, whose point may part thousands");
        if (!plain && !whole && (text.Contains('%') || text.Contains("percent", StringComparison.OrdinalIgnoreCase)))
            cost += Percent(node, limits, ref number);
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

    // 50% is 50 or 0.5: limits or the name say which, else it is a guess.
    private int Percent(int node, OutputLimits? limits, ref string number)
    {
        if (decimal.TryParse(limits?.Maximum, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal most))
        {
            if (most <= 1 && decimal.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal percent))
                number = (percent / 100).ToString(CultureInfo.InvariantCulture);
            return 0;
        }
        string name = _path.Count > 0 && _path[^1].Name is { } last ? ShapeNames.Normalize(last) : "";
        return name.Contains("percent", StringComparison.Ordinal) || name.Contains("pct", StringComparison.Ordinal) ? 0 : Loss(node, $"a percentage, which may be {number} or a fraction; {number} is taken");
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
        switch (text.TrimStart() is ['-' or '−', ..] ? "" : ShapeNames.Normalize(text.Length > 4096 ? text[..4096] : text))
        {
            case "true" or "yes" or "y" or "on" or "1":
                value = true;
                break;
            case "false" or "no" or "n" or "off" or "0":
                value = false;
                break;
            default:
                cost = 8;
                value = Answer(text);
                break;
        }
        if (value is not { } found)
            return Error($"true or false expected, found {Excerpt(text)}");
        json.Append(found ? "true" : "false");
        Add(RepairKind.Value, node, found ? "true" : "false");
        return prose ? Math.Max(cost, 4) : cost;
    }

    /// <summary>
    /// What a sentence answers: yes or no at its beginning or as its last word behind a colon or "is", true or false at the end of a clause ("false positive" answers nothing). Any other word of
    /// the other sort, or a negation, makes it uncertain.
    /// </summary>
    private static bool? Answer(ReadOnlySpan<char> text)
    {
        text = text.Trim(" \t\r\n\"'`*_.!");
        bool? answer = null;
        bool first = true;
        bool leads = false;
        for (int i = 0; i < text.Length;)
        {
            int start = i;
            while (i < text.Length && (char.IsLetterOrDigit(text[i]) || text[i] is '\'' or '’'))
                i++;
            if (i == start)
            {
                leads |= text[i++] == ':';
                continue;
            }
            ReadOnlySpan<char> word = text[start..i];
            bool yes = word.Equals("yes", StringComparison.OrdinalIgnoreCase);
            bool no = word.Equals("no", StringComparison.OrdinalIgnoreCase);
            if (yes || no || word.Equals("true", StringComparison.OrdinalIgnoreCase) || word.Equals("false", StringComparison.OrdinalIgnoreCase))
            {
                bool value = yes || word[0] is 't' or 'T';
                bool counts = (first || !(yes || no) || leads && i == text.Length) && (i == text.Length || text[i] is not (' ' or '-' or '/'));
                if (!counts || answer == !value)
                    return null;
                answer = value;
            }
            else if (word.Equals("not", StringComparison.OrdinalIgnoreCase) || word.Equals("cannot", StringComparison.OrdinalIgnoreCase) || word.Equals("hardly", StringComparison.OrdinalIgnoreCase) || word.Equals("never", StringComparison.OrdinalIgnoreCase) || word.EndsWith("n't", StringComparison.OrdinalIgnoreCase) || word.EndsWith("n’t", StringComparison.OrdinalIgnoreCase))
            {
                // "No, it is not urgent" says no twice; "yes, not urgent" and "not true" say nothing.
                if (answer is not false)
                    return null;
            }
            first = false;
            leads = word.Equals("is", StringComparison.OrdinalIgnoreCase);
        }
        return answer;
    }

    private int EnumValue(int node, OutputShape shape, ReadOnlySpan<char> text, bool prose)
    {
        ShapeNames names = shape.Names;
        int index = names.Find(text.Trim(), -1, out bool exact);
        // Without their signs and points, -1 would be 1 and 1.0 would be 10.
        if (!exact && SameNumber(shape, text, ref index))
            exact = index >= 0;
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
            index = NumberText.IsJson(text.Trim(), out _) ? -1 : EnumText.Find(names, text, out exact);
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

    /// <summary>Whether a text is a number among numbers, so that only the same number is the same value: 1.0 is 1.</summary>
    private static bool SameNumber(OutputShape shape, ReadOnlySpan<char> text, ref int index)
    {
        ReadOnlySpan<char> number = text.Trim();
        bool plain = NumberText.IsJson(number, out _);
        if (!plain && !shape.Values.Any(static v => v.Json is not null && NumberText.IsJson(v.Json, out _)))
            return false;
        if (!plain)
        {
            if (NumberText.Find(number, out bool inProse, out _) is not { } found || inProse)
                return false;
            number = found;
        }
        index = -1;
        for (int i = 0; i < shape.Values.Count; i++)
        {
            if (decimal.TryParse(shape.Values[i].Json, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal value)
                && decimal.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal same) && value == same)
                index = i;
        }
        return true;
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
}
