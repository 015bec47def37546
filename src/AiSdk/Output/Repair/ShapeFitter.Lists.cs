using System.Globalization;

namespace AiSdk;

// Lists, with and without brackets.
internal sealed partial class ShapeFitter
{
    // Lines of prose that may stand before a list's bullets.
    private const int MaxLead = 2;

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
                if (index > 0 && IsThousands(child, index == 1))
                    cost += Loss(child, "a comma that may stand for thousands");
                Item(child, shape, (null, index), ref wanted, ref kept, ref cost);
            }
            json.Append(']');
            if (kept > 0 || wanted == 0)
            {
                Matched += kept;
                if (kept > shape.Limits?.MaxLength || kept < shape.Limits?.MinLength && (n.Damage & Damage.Open) == 0)
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
        if (n.Kind == NodeKind.Object && Enveloped(node, items) is >= 0 and int list)
        {
            int inner = Fit(list, shape, false, null, false, implied + 1);
            if (inner != Fail)
            {
                for (int child = n.First; child >= 0; child = reply[child].Next)
                {
                    if (child != list && HasContent(child))
                        inner += Loss(child, $"the property '{Excerpt(reply.KeyOf(child))}' beside the list is not read");
                }
                return Structured(inner + 2, node, mark);
            }
        }
        if (n.Kind == NodeKind.Object && items.Kind == OutputShapeKind.String)
            return Error("a list expected, found an object");
        if (n.Kind == NodeKind.Text && Nested(node) is >= 0 and int nested)
        {
            int inner = Fit(nested, shape, false, null, false, implied + 1);
            if (inner != Fail)
                return Structured(inner + 2, node, mark);
        }
        if (n.Kind == NodeKind.Text && items.Kind == OutputShapeKind.String && (reply.TextOf(node).IsWhiteSpace() || reply.TextOf(node).Trim().TrimEnd('.') is var said && (IsNull(said) || said.Equals("none", StringComparison.OrdinalIgnoreCase) || said is "-" or "n/a" or "nothing")))
            return Error($"a list expected, found {Excerpt(reply.SourceOf(node))}, which may be no element or one");
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

    /// <summary>Whether an element may be the rest of the number before it: three digits directly behind a comma, of which no number begins so, or in a list with spaces behind its other commas.</summary>
    private bool IsThousands(int child, bool isSecond)
    {
        ReplyNode n = reply[child];
        if (n.Kind != NodeKind.Bare || reply.TextOf(child) is not [var first, var second, var third, .. var rest] || !char.IsAsciiDigit(first) || !char.IsAsciiDigit(second) || !char.IsAsciiDigit(third) || rest is [>= '0' and <= '9', ..])
            return false;
        bool isDirect = reply.Slice(n.Start - 1, 1) is ",";
        if (first == '0')
            return isDirect || rest.IsEmpty;
        return isDirect && (rest is ['.', ..] && isSecond || n.Next >= 0 && reply[n.Next].Start > 1 && reply.Slice(reply[n.Next].Start - 1, 1) is " ");
    }

    /// <summary>The list in an object that is no element but what a list was put in, or -1.</summary>
    private int Enveloped(int node, OutputShape items)
    {
        bool elementsAreKnown = items.Kind is not (OutputShapeKind.Any or OutputShapeKind.Union or OutputShapeKind.Dictionary);
        int list = -1;
        for (int child = reply[node].First; child >= 0; child = reply[child].Next)
        {
            bool isList = reply[child].Kind == NodeKind.Array;
            if (isList && list >= 0 || !isList && !elementsAreKnown)
                return -1;
            // One of the elements has a list too: a property's name tells it from an envelope.
            if (items.Kind == OutputShapeKind.Object && items.Names.Find(reply.KeyOf(child), -1, out _) is >= 0 and int index
                && !(isList && items.Properties[index].Shape.Kind is OutputShapeKind.String or OutputShapeKind.Integer or OutputShapeKind.Number or OutputShapeKind.Boolean or OutputShapeKind.Enum))
                return -1;
            if (isList)
                list = child;
        }
        return list;
    }

    /// <summary>Writes a list's element or a dictionary's entry. One that does not fit is dropped, which is a loss; one that has not come yet is no loss.</summary>
    private void Item(int child, OutputShape shape, (string? Name, int Index) step, ref int wanted, ref int kept, ref int cost)
    {
        int before = json.Length;
        int errors = Errors.Count;
        wanted++;
        if (kept > 0)
            json.Append(',');
        if (step.Name is { } name)
        {
            json.AppendString(name);
            json.Append(':');
        }
        _path.Add(step);
        _notYet = false;
        int fitted = Fit(child, shape.Items!, shape.ItemsNullable, null);
        if (fitted != Fail)
        {
            cost += fitted;
            kept++;
        }
        else
        {
            json.Length = before;
            string why = Errors.Count > errors ? $"{Errors[^1].Path}: {Errors[^1].Message}" : "it does not fit";
            if (_notYet || kept > 0 || reply[child].Next >= 0)
                Errors.RemoveRange(errors, Errors.Count - errors);
            if (_notYet)
                wanted--;
            else
                cost += Loss(child, $"the {(step.Name is null ? "element" : "entry")} is dropped: {why}");
            _notYet = false;
        }
        _path.RemoveAt(_path.Count - 1);
    }

    /// <summary>A list without brackets: bullets or numbers before lines, or commas between words.</summary>
    private int Bullets(int node, OutputShape shape)
    {
        ReplyNode n = reply[node];
        List<(int Start, int Length)> parts = [];
        int lines = 0;
        int before = 0;
        bool blank = false;
        bool ended = false;
        bool isList = true;
        for (int i = n.Start; i < n.Start + n.Length;)
        {
            ReadOnlySpan<char> rest = reply.Slice(i, n.Start + n.Length - i);
            int end = rest.IndexOf('\n');
            ReadOnlySpan<char> line = end < 0 ? rest : rest[..end];
            int lead = line.Length - line.TrimStart().Length;
            ReadOnlySpan<char> text = line.Trim();
            int bullet = Bullet(text);
            if (bullet > 0)
            {
                isList &= !ended;
                parts.Add((i + lead + bullet, text.Length - bullet));
            }
            else if (!text.IsEmpty && parts.Count == 0)
            {
                before++;
            }
            else if (!text.IsEmpty && lead > 0 && !blank && !ended)
            {
                // An indented line goes on with the bullet's text.
                parts[^1] = (parts[^1].Start, i + lead + text.Length - parts[^1].Start);
            }
            else if (!text.IsEmpty)
            {
                // What follows a list stands apart from it.
                isList &= blank || ended;
                ended = true;
            }
            lines += text.IsEmpty ? 0 : 1;
            blank = text.IsEmpty;
            i += line.Length + 1;
        }
        isList &= parts.Count > 0 && before <= MaxLead;
        ReadOnlySpan<char> whole = reply.TextOf(node).Trim();
        if (whole.IsEmpty)
            return Error("the reply is empty");
        if (IsNull(whole))
            return Error("null where a list is expected");
        OutputShapeKind kind = shape.Items!.Kind;
        if (!isList)
        {
            if (parts.Count == 0 && lines > 1 && kind is OutputShapeKind.Integer or OutputShapeKind.Number or OutputShapeKind.Enum)
            {
                // Lines that are values each, and not prose that names some.
                Mark mark = Here();
                int each = Elements(node, shape, Lines(n.Start, n.Start + n.Length), prose: false);
                if (each != Fail)
                    return each;
                Undo(mark, keepErrors: false);
            }
            parts.Clear();
            if (kind is OutputShapeKind.Integer or OutputShapeKind.Number or OutputShapeKind.Enum && lines == 1 && whole.Contains(','))
            {
                if (kind != OutputShapeKind.Enum && HasBareCommas(whole))
                    return Error($"commas that may part numbers or thousands: {Excerpt(whole)}");
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
        return Elements(node, shape, parts, kind != OutputShapeKind.String);
    }

    /// <summary>How many characters of a line are a bullet or a number and the space behind it.</summary>
    private static int Bullet(ReadOnlySpan<char> line)
    {
        if (line.Length > 1 && line[0] is '-' or '*' or '•' or '–' && line[1] == ' ')
            return 2;
        int digits = 0;
        while (digits < line.Length && digits < 4 && char.IsAsciiDigit(line[digits]))
            digits++;
        return digits > 0 && digits + 1 < line.Length && line[digits] is '.' or ')' && line[digits + 1] == ' ' ? digits + 2 : 0;
    }

    /// <summary>Whether several commas have a digit directly behind them.</summary>
    private static bool HasBareCommas(ReadOnlySpan<char> text)
    {
        int count = 0;
        for (int i = 0; i + 1 < text.Length; i++)
            count += text[i] == ',' && char.IsAsciiDigit(text[i + 1]) ? 1 : 0;
        return count > 1;
    }

    private List<(int Start, int Length)> Lines(int start, int end)
    {
        List<(int Start, int Length)> lines = [];
        for (int i = start; i < end;)
        {
            ReadOnlySpan<char> rest = reply.Slice(i, end - i);
            int stop = rest.IndexOf('\n');
            int length = stop < 0 ? rest.Length : stop;
            if (!rest[..length].IsWhiteSpace())
                lines.Add((i, length));
            i += length + 1;
        }
        return lines;
    }

    private int Elements(int node, OutputShape shape, List<(int Start, int Length)> parts, bool prose)
    {
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
            int fitted = Fit(element, shape.Items!, shape.ItemsNullable, null, prose, MaxImplied);
            _path.RemoveAt(_path.Count - 1);
            if (fitted == Fail)
                return Undo(mark, keepErrors: true);
            cost += fitted;
        }
        json.Append(']');
        Matched += parts.Count;
        return Structured(cost, node, mark);
    }
}
