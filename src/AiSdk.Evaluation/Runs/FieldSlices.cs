using System.Globalization;
using System.Text.Json;

namespace AiSdk.Evaluation;

/// <summary>A run's slices by the values of one field of its cases.</summary>
/// <remarks>
/// Fields are those of inputs and expected outputs: they are the same in every run on the same cases. By what came, each run would have other cases in a slice, and a comparison of them would say nothing.
/// </remarks>
internal sealed class FieldSlices
{
    /// <summary>Of fewer cases, a slice says nothing.</summary>
    public const int SmallestSlice = 5;

    // More are no classes but texts, and each slice more takes from the others what they could show.
    private const int MostValues = 100;
    private const int LongestValue = 100;
    private const int MostExamples = 20;

    private const string Input = "input";
    private const string Expected = "expected";
    private const string None = "(none)";
    private const string Empty = "(empty)";
    private const string Others = "(others)";

    private readonly string _root;
    private readonly string _path;
    private readonly Dictionary<string, List<int>> _byValue = new(StringComparer.Ordinal);
    private readonly List<int> _long = [];
    private readonly SortedSet<string> _known = new(StringComparer.Ordinal);
    private int _cases;
    private bool _isFound;
    private bool _isObject;

    /// <exception cref="ArgumentException">It is no field of an input or an expected output.</exception>
    public FieldSlices(string field)
    {
        Require(field);
        Field = field;
        _root = field.StartsWith(Input, StringComparison.Ordinal) ? Input : Expected;
        _path = field.Length == _root.Length ? "" : field[(_root.Length + 1)..];
    }

    /// <summary>The field: <c>expected.intent</c>.</summary>
    public string Field { get; }

    /// <exception cref="ArgumentException">It is no field of an input or an expected output.</exception>
    public static void Require(string field)
    {
        ArgumentNullException.ThrowIfNull(field);
        if (field is not (Input or Expected) && !IsBelow(Input) && !IsBelow(Expected))
            throw new ArgumentException($"'{field}' is no field to slice by: it is one of the input or of what is expected, by its names in JSON, such as expected, expected.intent or input.channel. Outputs are none, since they differ from run to run.");

        bool IsBelow(string root) => field.Length > root.Length + 1 && field[root.Length] == '.' && field.StartsWith(root, StringComparison.Ordinal);
    }

    /// <summary>Takes a case.</summary>
    public void Add(int place, JsonElement input, JsonElement expected)
    {
        JsonElement root = _root == Input ? input : expected;
        if (_cases++ < MostExamples)
            _known.UnionWith(Leaves(root, _root));
        HashSet<string> values = new(StringComparer.Ordinal);
        bool isLong = false;
        foreach (JsonElement value in Values(root, _path))
        {
            _isObject |= value.ValueKind == JsonValueKind.Object;
            if (value.ValueKind is JsonValueKind.Object or JsonValueKind.Null)
                continue;
            _isFound = true;
            string text = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
            if (text.Length > LongestValue)
                isLong = true;
            else
                values.Add(text.Length == 0 ? Empty : text.ReplaceLineEndings(" "));
        }
        if (isLong)
            _long.Add(place);
        else if (values.Count == 0)
            values.Add(None);
        foreach (string value in values)
        {
            if (!_byValue.TryGetValue(value, out List<int>? places))
                _byValue.Add(value, places = []);
            places.Add(place);
        }
    }

    /// <summary>Adds the slices to a run's: a slice of its own for each value that enough cases have, one for all others together.</summary>
    /// <returns>Why there are none, though they were asked for by a field that cannot give any, or else what is to be known about them.</returns>
    public (string? Problem, string? Note) AddTo(SortedDictionary<string, List<int>> slices)
    {
        if (_cases == 0)
            return (null, null);
        if (_isObject)
            return ($"The cases cannot be sliced by {Field}, which is an object: take a field of it{Instead([.. _known.Where(known => known.StartsWith($"{Field}.", StringComparison.Ordinal))])}.", null);
        if (!_isFound)
            return ($"The cases cannot be sliced by {Field}, which none of them has a value of{Instead([.. _known.Where(known => known != Field)])}.", null);
        KeyValuePair<string, List<int>>[] sorted = [.. _byValue.OrderByDescending(static value => value.Value.Count).ThenBy(static value => value.Key, StringComparer.Ordinal)];
        int own = Math.Min(MostValues, sorted.TakeWhile(static value => value.Value.Count >= SmallestSlice).Count());
        if (own == 0)
            return (null, $"{Field}: no slices, since no value of it stands in {SmallestSlice} cases. Slice by a field that has few values.");
        foreach ((string value, List<int> places) in sorted.AsSpan(0, own))
            Put(value, places);
        SortedSet<int> rest = [.. _long, .. sorted.Skip(own).SelectMany(static value => value.Value)];
        if (rest.Count == 0)
            return (null, null);
        // One value that is rare needs no other name.
        bool isOne = own + 1 == sorted.Length && _long.Count == 0;
        Put(isOne ? sorted[own].Key : Others, [.. rest]);
        return (null, isOne ? null : string.Create(CultureInfo.InvariantCulture, $"{Field}: {own} of its values {(own == 1 ? "is a slice" : "are slices")}; those in fewer than {SmallestSlice} cases, those beyond the {MostValues} most frequent and those longer than {LongestValue} characters are together in {Field} = {Others}, {rest.Count} {(rest.Count == 1 ? "case" : "cases")}."));

        void Put(string value, List<int> places)
        {
            string name = $"{Field} = {value}";
            // A tag may be called the same.
            slices[name] = slices.TryGetValue(name, out List<int>? tagged) ? [.. tagged.Union(places)] : places;
        }

        static string Instead(string[] fields) => fields.Length == 0 ? "" : $"; there {(fields.Length == 1 ? "is" : "are")} {string.Join(", ", fields)}";
    }

    /// <summary>What stands at a path, of lists what stands in each element. Names may hold dots.</summary>
    private static IEnumerable<JsonElement> Values(JsonElement element, string path) => element.ValueKind switch
    {
        JsonValueKind.Array => element.EnumerateArray().SelectMany(item => Values(item, path)),
        _ when path.Length == 0 => [element],
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property =>
            path == property.Name ? Values(property.Value, "")
            : path.Length > property.Name.Length && path[property.Name.Length] == '.' && path.StartsWith(property.Name, StringComparison.Ordinal) ? Values(property.Value, path[(property.Name.Length + 1)..])
            : []),
        _ => [],
    };

    private static IEnumerable<string> Leaves(JsonElement element, string path) => element.ValueKind switch
    {
        JsonValueKind.Array => element.EnumerateArray().SelectMany(item => Leaves(item, path)),
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property => Leaves(property.Value, $"{path}.{property.Name}")),
        _ => [path],
    };
}
