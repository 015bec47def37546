namespace AiSdk.Onnx;

/// <content>The filters of sequences and dictionaries.</content>
internal static partial class JinjaFilters
{
    private static object? Length(RenderState state, object? value, CallArguments arguments)
    {
        arguments.Bind(state, "length");
        if (value is string text)
            state.Charge(text.Length >> 4);
        return value is JinjaLoop loop ? loop.Length
            : (long)(PythonValue.Length(value) ?? throw state.Fail($"a '{PythonValue.TypeName(value)}' has no length"));
    }

    private static object? First(RenderState state, object? value, CallArguments arguments)
    {
        arguments.Bind(state, "first");
        IEnumerator<object?> members = PythonValue.Iterate(state, value);
        return members.MoveNext() ? members.Current : new Undefined("No first item, sequence was empty.");
    }

    private static object? Last(RenderState state, object? value, CallArguments arguments)
    {
        arguments.Bind(state, "last");
        List<object?> members = Reversible(state, value, "last");
        return members is [.., var last] ? last : new Undefined("No last item, sequence was empty.");
    }

    private static List<object?> List(RenderState state, object? value, CallArguments arguments)
    {
        arguments.Bind(state, "list");
        return PythonValue.ToList(state, value);
    }

    private static object? Reverse(RenderState state, object? value, CallArguments arguments)
    {
        arguments.Bind(state, "reverse");
        if (value is string text)
            return PythonAccess.Slice(state, text, null, null, -1L);
        List<object?> members = value is PythonIterator ? PythonValue.ToList(state, value) : Reversible(state, value, "reverse");
        members.Reverse();
        return new PythonIterator(state, members);
    }

    private static List<object?> Reversible(RenderState state, object? value, string filter) =>
        value is PythonIterator ? throw state.Fail($"'{filter}' needs a sequence; put '| list' before it") : PythonValue.ToList(state, value);

    private static PythonIterator Items(RenderState state, object? value, CallArguments arguments)
    {
        arguments.Bind(state, "items");
        return value is Undefined ? new PythonIterator(state, [])
            : PythonDictionaries.IsDictionary(value) ? new PythonIterator(state, PythonDictionaries.Pairs(state, value!))
            : throw state.Fail($"'items' needs a dictionary, not '{PythonValue.TypeName(value)}'");
    }

    private static string Join(RenderState state, object? value, CallArguments arguments)
    {
        BoundArguments bound = arguments.Bind(state, "join", "d", "attribute");
        string separator = PythonText.Str(state, bound.Value(0, ""));
        List<object?> members = PythonValue.ToList(state, value);
        Func<object?, object?>? path = bound.Value(1) is { } attribute ? PythonAccess.Path(state, attribute) : null;
        long length = 0;
        string[] parts = new string[members.Count];
        for (int i = 0; i < parts.Length; i++)
        {
            parts[i] = PythonText.Str(state, path is null ? members[i] : path(members[i]));
            length += parts[i].Length + separator.Length;
        }
        state.ChargeText(length);
        return string.Join(separator, parts);
    }

    private static PythonIterator Map(RenderState state, object? value, CallArguments arguments)
    {
        if (arguments.Positional.Length == 0 && arguments.Named.Length > 0)
        {
            BoundArguments bound = arguments.Bind(state, "map", "attribute", "default");
            Func<object?, object?> path = PythonAccess.Path(state, bound.Required(0, "attribute"), bound.Value(1));
            return new PythonIterator(state, Each(state, value, path));
        }
        if (arguments.Positional is not [string name, ..])
            throw state.Fail("'map' needs the name of a filter or 'attribute='");
        JinjaFilter filter = Find(name) ?? throw state.Fail(Unknown(name));
        CallArguments rest = arguments with { Positional = arguments.Positional[1..] };
        return new PythonIterator(state, Each(state, value, item => filter(state, item, rest)));
    }

    private static IEnumerable<object?> Each(RenderState state, object? value, Func<object?, object?> map)
    {
        if (!PythonValue.IsTrue(value))
            yield break;
        IEnumerator<object?> members = PythonValue.Iterate(state, value);
        while (members.MoveNext())
            yield return map(members.Current);
    }

    private static PythonIterator Select(RenderState state, object? value, CallArguments arguments, string filter, bool byAttribute, bool keeps)
    {
        object?[] positional = arguments.Positional;
        Func<object?, object?> path = static item => item;
        if (byAttribute)
        {
            path = PythonAccess.Path(state, positional.Length > 0 ? positional[0] : throw state.Fail($"'{filter}' needs the name of an attribute"));
            positional = positional[1..];
        }
        Func<object?, bool> test = PythonValue.IsTrue;
        if (positional.Length > 0)
        {
            string name = positional[0] as string ?? throw state.Fail($"'{filter}' needs the name of a test, not '{PythonValue.TypeName(positional[0])}'");
            JinjaTest found = JinjaTests.Find(name) ?? throw state.Fail(JinjaTests.Unknown(name));
            CallArguments rest = arguments with { Positional = positional[1..] };
            test = item => found(state, item, rest);
        }
        return new PythonIterator(state, Filtered());

        IEnumerable<object?> Filtered()
        {
            if (!PythonValue.IsTrue(value))
                yield break;
            IEnumerator<object?> members = PythonValue.Iterate(state, value);
            while (members.MoveNext())
            {
                object? item = members.Current;
                if (test(path(item)) == keeps)
                    yield return item;
            }
        }
    }

    private static PythonIterator Unique(RenderState state, object? value, CallArguments arguments)
    {
        BoundArguments bound = arguments.Bind(state, "unique", "case_sensitive", "attribute");
        Func<object?, object?> key = Key(state, bound.Value(1), bound.Truth(0, false));
        return new PythonIterator(state, Distinct());

        IEnumerable<object?> Distinct()
        {
            PythonDictionary seen = new();
            IEnumerator<object?> members = PythonValue.Iterate(state, value);
            while (members.MoveNext())
            {
                object? item = members.Current, itemKey = key(item);
                if (seen.TryGetValue(state, itemKey, out _))
                    continue;
                seen.Set(state, itemKey, null);
                yield return item;
            }
        }
    }

    private static List<object?> Sort(RenderState state, object? value, CallArguments arguments)
    {
        BoundArguments bound = arguments.Bind(state, "sort", "reverse", "case_sensitive", "attribute");
        bool isCaseSensitive = bound.Truth(1, false);
        Func<object?, object?> key = bound.Value(2) is string several && several.Contains(',', StringComparison.Ordinal)
            ? Keys(state, several, isCaseSensitive)
            : Key(state, bound.Value(2), isCaseSensitive);
        return PythonSorting.Sort(state, PythonValue.ToList(state, value), key, bound.Truth(0, false));
    }

    private static List<object?> DictSort(RenderState state, object? value, CallArguments arguments)
    {
        BoundArguments bound = arguments.Bind(state, "dictsort", "case_sensitive", "by", "reverse");
        if (!PythonDictionaries.IsDictionary(value))
            throw state.Fail(value is Undefined undefined ? undefined.Message : $"'dictsort' needs a dictionary, not '{PythonValue.TypeName(value)}'");
        int position = bound.Text(1, "by", "key") switch { "key" => 0, "value" => 1, _ => throw state.Fail("'by' of 'dictsort' must be 'key' or 'value'") };
        bool isCaseSensitive = bound.Truth(0, false);
        return PythonSorting.Sort(state, PythonDictionaries.Pairs(state, value!), pair => Folded(((PythonTuple)pair!)[position], isCaseSensitive), bound.Truth(2, false));
    }

    private static object? Extreme(RenderState state, object? value, CallArguments arguments, string name)
    {
        BoundArguments bound = arguments.Bind(state, name, "case_sensitive", "attribute");
        Func<object?, object?> key = Key(state, bound.Value(1), bound.Truth(0, false));
        IEnumerator<object?> members = PythonValue.Iterate(state, value);
        if (!members.MoveNext())
            return new Undefined("No aggregated item, sequence was empty.");
        object? best = members.Current, bestKey = key(best);
        while (members.MoveNext())
        {
            object? itemKey = key(members.Current);
            if (name == "min" ? PythonValue.Compare(state, itemKey, bestKey) < 0 : PythonValue.Compare(state, itemKey, bestKey) > 0)
                (best, bestKey) = (members.Current, itemKey);
        }
        return best;
    }

    private static object? Sum(RenderState state, object? value, CallArguments arguments)
    {
        BoundArguments bound = arguments.Bind(state, "sum", "attribute", "start");
        Func<object?, object?> path = bound.Value(0) is { } attribute ? PythonAccess.Path(state, attribute) : static item => item;
        object? sum = bound.Value(1, 0L);
        if (sum is string)
            throw state.Fail("'sum' cannot add strings; use 'join'");
        IEnumerator<object?> members = PythonValue.Iterate(state, value);
        while (members.MoveNext())
            sum = PythonOperators.Add(state, sum, path(members.Current));
        return sum;
    }

    private static List<object?> GroupBy(RenderState state, object? value, CallArguments arguments)
    {
        BoundArguments bound = arguments.Bind(state, "groupby", "attribute", "default", "case_sensitive");
        Func<object?, object?> path = PythonAccess.Path(state, bound.Required(0, "attribute"), bound.Value(1));
        bool isCaseSensitive = bound.Truth(2, false);
        List<object?> groups = [];
        object? current = null;
        List<object?>? group = null;
        foreach (object? item in PythonSorting.Sort(state, PythonValue.ToList(state, value), item => Folded(path(item), isCaseSensitive)))
        {
            object? key = Folded(path(item), isCaseSensitive);
            if (group is null || !PythonValue.AreEqual(state, current, key))
            {
                group = [];
                current = key;
                groups.Add(new PythonTuple(path(item), group));
            }
            state.ChargeItems(1);
            group.Add(item);
        }
        return groups;
    }

    private static PythonIterator Batch(RenderState state, object? value, CallArguments arguments)
    {
        BoundArguments bound = arguments.Bind(state, "batch", "linecount", "fill_with");
        long size = bound.Integer(0, "linecount");
        if (size <= 0)
            throw state.Fail("'batch' needs a positive number");
        List<object?> batches = [];
        List<object?>? batch = null;
        foreach (object? item in PythonValue.ToList(state, value))
        {
            if (batch is null || batch.Count == size)
                batches.Add(batch = []);
            batch.Add(item);
        }
        if (batch is not null && bound.Value(1) is { } filler)
        {
            state.ChargeItems(size - batch.Count);
            while (batch.Count < size)
                batch.Add(filler);
        }
        return new PythonIterator(state, batches);
    }

    private static PythonIterator Slice(RenderState state, object? value, CallArguments arguments)
    {
        BoundArguments bound = arguments.Bind(state, "slice", "slices", "fill_with");
        long count = bound.Integer(0, "slices");
        if (count <= 0)
            throw state.Fail("'slice' needs a positive number");
        state.ChargeItems(count);
        List<object?> members = PythonValue.ToList(state, value);
        List<object?> slices = [];
        int size = (int)(members.Count / count), larger = (int)(members.Count % count), start = 0;
        for (int i = 0; i < count; i++)
        {
            int length = i < larger ? size + 1 : size;
            List<object?> slice = members.GetRange(start, length);
            if (i >= larger && bound.Value(1) is { } filler)
                slice.Add(filler);
            slices.Add(slice);
            start += length;
        }
        return new PythonIterator(state, slices);
    }

    private static Func<object?, object?> Key(RenderState state, object? attribute, bool isCaseSensitive)
    {
        if (attribute is null)
            return item => Folded(item, isCaseSensitive);
        Func<object?, object?> path = PythonAccess.Path(state, attribute);
        return item => Folded(path(item), isCaseSensitive);
    }

    private static Func<object?, object?> Keys(RenderState state, string attributes, bool isCaseSensitive)
    {
        Func<object?, object?>[] paths = [.. attributes.Split(',').Select(attribute => PythonAccess.Path(state, attribute))];
        return item => paths.Select(path => Folded(path(item), isCaseSensitive)).ToArray();
    }

    private static object? Folded(object? value, bool isCaseSensitive) => value is string text && !isCaseSensitive ? PythonStrings.Lower(text) : value;
}
