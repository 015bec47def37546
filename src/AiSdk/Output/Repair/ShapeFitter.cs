using System.Globalization;

namespace AiSdk;

/// <summary>Fits what a reply says to a shape and writes it as canonical JSON. Each step away from the reply costs; a union takes its cheapest variant.</summary>
internal sealed partial class ShapeFitter(LenientReader reply, JsonText json, bool partial)
{
    private const int Fail = -1;
    private const int LossCost = 50;
    private const int MaxRepairs = 256;
    private const int MaxImplied = 3;
    private const int MaxExcerpt = 80;

    private readonly List<(string? Name, int Index)> _path = [];
    private readonly Dictionary<(int Node, OutputShape Shape), (int Variant, int Cost, bool Tie)> _chosen = [];

    // A value may be tried as itself, as an envelope and as a part: without this, each level of a recursive type would do so again.
    private readonly HashSet<(int Node, OutputShape Shape, bool InTrial)> _failed = [];
    private long _steps;
    private long _copied;
    private int _trials;
    private bool _notYet;

    public List<Repair> Repairs { get; } = [];

    public List<OutputError> Errors { get; } = [];

    public int Losses { get; private set; }

    public int HiddenRepairs { get; private set; }

    /// <summary>How many of the shape's names and elements the reply had.</summary>
    public int Matched { get; private set; }

    /// <summary>Whether what did not fit may do so when more of the reply has come.</summary>
    public bool NotYet => _notYet;

    public void Reset()
    {
        _notYet = false;
        Repairs.Clear();
        Errors.Clear();
        Losses = HiddenRepairs = Matched = 0;
        json.Length = 0;
        _path.Clear();
        _chosen.Clear();
        _failed.Clear();
        _steps = _copied = 0;
    }

    /// <summary>Writes a node as the shape wants it; the cost, or -1 if it does not fit.</summary>
    public int Fit(int node, OutputShape shape, bool nullable, OutputLimits? limits, bool prose = false, int implied = 0)
    {
        if (++_steps > (20L * reply.TextLength) + 10_000 || _copied > (40L * reply.TextLength) + 1_000_000 || _path.Count + implied > 2 * CompilerServices.OutputReader.MaxDepth)
            return Error("too many ways to read this");
        ReplyNode n = reply[node];
        if ((n.Damage & Damage.TooDeep) != 0)
            return Error($"nested deeper than {CompilerServices.OutputReader.MaxDepth} levels");
        if ((n.Damage & Damage.Open) != 0 && Undecided(node, shape))
        {
            _notYet = true;
            return Fail;
        }
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
        bool structured = !prose && shape.Kind is OutputShapeKind.Object or OutputShapeKind.List or OutputShapeKind.Dictionary or OutputShapeKind.Union;
        if (structured && _failed.Contains((node, shape, _trials > 0)))
            return Undo(mark, keepErrors: true);
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
        {
            // What is implied may fit less than what is said, and what has not come may fit yet.
            if (structured && implied == 0 && !_notYet)
                _failed.Add((node, shape, _trials > 0));
            return Undo(mark, keepErrors: true);
        }
        _notYet = false;
        return WithinLimits(mark.Json, shape, limits ?? shape.Limits) ? cost + fitted : Undo(mark, keepErrors: true);

        int Null()
        {
            json.Append("null");
            return cost + 1;
        }
    }

    /// <summary>Whether so little of a value has come that it may still become another.</summary>
    private bool Undecided(int node, OutputShape shape)
    {
        ReplyNode n = reply[node];
        if (n.Kind is NodeKind.Missing or NodeKind.Bare)
            return true;
        bool inText = n.Kind == NodeKind.Text && reply.TextOf(node).TrimStart() is ['{' or '[', ..];
        return shape.Kind switch
        {
            OutputShapeKind.Any => false,
            OutputShapeKind.String => n.Kind != NodeKind.Text || shape.Format is { } format && DateText.Canonical(format, "", out _),
            OutputShapeKind.Object => n.Kind == NodeKind.Text ? !inText : n.Kind == NodeKind.Array && n.Count == 0,
            OutputShapeKind.Dictionary => n.Kind == NodeKind.Text ? !inText : n.Kind == NodeKind.Array,
            OutputShapeKind.List => n.Kind == NodeKind.Text && !inText,
            OutputShapeKind.Union when n.Kind == NodeKind.Text => !shape.Variants.Any(static v => v.Shape is { Kind: OutputShapeKind.String, Format: null })
                || shape.Variants.Any(static v => v.Shape is { Kind: OutputShapeKind.Enum or OutputShapeKind.Integer or OutputShapeKind.Number or OutputShapeKind.Boolean } or { Kind: OutputShapeKind.String, Format: not null }),
            OutputShapeKind.Union => shape.Discriminator is not null && n.Kind == NodeKind.Object && Discriminated(node, shape) < 0,
            _ => true,
        };
    }

    /// <summary>Reports that a value is taken out of what is around it.</summary>
    public void Unwrapped(int node, int value) => Add(RepairKind.Structure, node, reply.SourceOf(value));

    private int Structured(int cost, int node, Mark mark)
    {
        if (mark.Json < json.Length)
            Add(RepairKind.Structure, node, json.Written[mark.Json..]);
        return cost;
    }

    /// <summary>The root of the JSON that a text consists of, or -1.</summary>
    private int Nested(int node)
    {
        ReplyNode n = reply[node];
        // What is read again counts as work.
        _steps += n.Length;
        int start = n.Start;
        int end = n.Start + n.Length;
        while (start < end && char.IsWhiteSpace(reply.Slice(start, 1)[0]))
            start++;
        if (start >= end || reply.Slice(start, 1)[0] is not ('{' or '['))
            return -1;
        int root = reply.Read(start, end, (n.Damage & Damage.Open) != 0);
        return reply.Slice(reply.Position, end - reply.Position).IsWhiteSpace() ? root : -1;
    }

    /// <summary>Reports how a node was read; the cost.</summary>
    private int Known(int node, in ReplyNode n)
    {
        Damage damage = n.Damage & ~(Damage.Junk | Damage.TooDeep | Damage.Open);
        if (damage == Damage.None)
            return 0;
        if (!partial && (damage & (Damage.Unterminated | Damage.InnerQuotes)) == (Damage.Unterminated | Damage.InnerQuotes))
            return Loss(node, "where this text ends is not known: a quote is in it and none at its end");
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
        // What is still open must be known whatever else was mended.
        if (Repairs.Count >= MaxRepairs && !(partial && kind == RepairKind.Unterminated))
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
