using System.Globalization;

namespace AiSdk;

// Lists, with and without brackets.
internal sealed partial class ShapeFitter
{
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
                if (reply[child].Kind == NodeKind.Bare && reply.TextOf(child) is ['0', _, _] digits && char.IsAsciiDigit(digits[1]) && index > 0 && reply.Slice(reply[child].Start - 1, 1) is ",")
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
        // One of the elements has a list too: a property's name tells it from an envelope.
        bool isElement = n.Kind == NodeKind.Object && items.Kind == OutputShapeKind.Object && n.First >= 0 && items.Names.Find(reply.KeyOf(n.First), -1, out _) >= 0;
        if (n.Kind == NodeKind.Object && !isElement && n.Count == 1 && reply[n.First].Kind == NodeKind.Array)
        {
            int inner = Fit(n.First, shape, false, null, false, implied + 1);
            if (inner != Fail)
                return Structured(inner + 2, node, mark);
        }
        if (n.Kind == NodeKind.Text && Nested(node) is >= 0 and int nested)
        {
            int inner = Fit(nested, shape, false, null, false, implied + 1);
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
            if (parts.Count == 0 && lines > 1 && kind is OutputShapeKind.Integer or OutputShapeKind.Number or OutputShapeKind.Enum)
            {
                // Lines that are values each, and not prose that names some.
                Mark before = Here();
                int each = Elements(node, shape, Lines(n.Start, n.Start + n.Length), prose: false);
                if (each != Fail)
                    return each;
                Undo(before, keepErrors: false);
            }
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
        return Elements(node, shape, parts, kind != OutputShapeKind.String);
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
