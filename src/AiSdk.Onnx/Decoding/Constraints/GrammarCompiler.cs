using System.Text;

namespace AiSdk.Onnx;

/// <summary>Makes the grammar of a schema's values.</summary>
internal sealed class GrammarCompiler
{
    private static readonly Lazy<ScalarAlternative> s_anyScalar = new(static () => new ScalarAlternative(Dfa.Union(Dfa.Of([.. ((string[])["null", "true", "false"]).Select(Encoding.ASCII.GetBytes)]), NumberLanguage.Any)));
    private static readonly Lazy<TextAlternative> s_anyText = new(static () => new TextAlternative(null, 0, null));

    /// <summary>The reason where nothing else is wrong.</summary>
    public const string NoValue = "is satisfied by no value, or by none that is not nested too deeply";

    // So many are told apart one by one; of more, those that were used are remembered.
    private const int MaxUniqueTexts = 256;

    // Each doubles the ways to read an item.
    private const int MaxCounted = 3;

    private readonly SchemaExpander _expander;
    private readonly MemberOrder _order;
    private readonly Dictionary<Conjunction, ValueNode> _nodes = new(ReferenceEqualityComparer.Instance);
    private readonly Queue<(Conjunction Conjunction, ValueNode Node)> _open = new();

    private GrammarCompiler(SchemaExpander expander, MemberOrder order)
    {
        _expander = expander;
        _order = order;
    }

    /// <summary>Compiles a document.</summary>
    /// <exception cref="ConstraintException">Something in it cannot be enforced, or nothing satisfies it.</exception>
    public static ValueNode Compile(SchemaDocument document, MemberOrder order)
    {
        var compiler = new GrammarCompiler(new SchemaExpander(document), order);
        ValueNode root = compiler.Node(compiler._expander.Root);
        while (compiler._open.TryDequeue(out (Conjunction Conjunction, ValueNode Node) next))
            compiler.Fill(next.Node, next.Conjunction);
        compiler.Measure();
        return root.MinimumDepth <= ConstraintAutomaton.MaxDepth ? root : throw new ConstraintException("schema", "#", NoValue);
    }

    private ValueNode Node(Conjunction conjunction)
    {
        if (!_nodes.TryGetValue(conjunction, out ValueNode? node))
        {
            node = new ValueNode();
            _nodes.Add(conjunction, node);
            _open.Enqueue((conjunction, node));
        }
        return node;
    }

    private void Fill(ValueNode node, Conjunction conjunction)
    {
        List<Shape> shapes = _expander.Shapes(conjunction);
        try
        {
            AddScalars(node, shapes);
            foreach (Shape shape in shapes)
            {
                switch (shape)
                {
                    case Shape.Array { Unique: not null, Maximum: not (0 or 1) } unique:
                        AddUnique(node, unique);
                        break;
                    case Shape.Array { Counted.Count: > 0 } counting:
                        AddCounting(node, counting);
                        break;
                    case Shape.Array array:
                        int prefix = array.Parts.Select(static part => part.Prefix.Count).DefaultIfEmpty().Max();
                        node.Alternatives.Add(new ArrayAlternative(
                            [.. Enumerable.Range(0, Math.Min(prefix, array.Maximum ?? prefix)).Select(i => Node(_expander.And(array.Parts.Select(part => part.At(i)))))],
                            Node(_expander.And(array.Parts.Select(static part => part.Rest))), array.Minimum, array.Maximum));
                        break;
                    case Shape.Object value:
                        AddObject(node, value);
                        break;
                }
            }
        }
        catch (UnenforceableException error)
        {
            throw new ConstraintException("schema", _expander.Pointer(conjunction), error.Message);
        }
    }

    private static void AddScalars(ValueNode node, List<Shape> shapes)
    {
        List<byte[]> words = [];
        List<Dfa> scalars = [];
        List<Dfa> languages = [];
        bool isAny = false;
        foreach (Shape shape in shapes)
        {
            switch (shape)
            {
                case Shape.Null:
                    words.Add("null"u8.ToArray());
                    break;
                case Shape.Boolean boolean:
                    if (boolean.True)
                        words.Add("true"u8.ToArray());
                    if (boolean.False)
                        words.Add("false"u8.ToArray());
                    break;
                case Shape.Number number:
                    isAny |= number.Set is null;
                    scalars.Add(Written(number));
                    break;
                case Shape.Text { Values: { } values }:
                    words.AddRange(values.Select(CanonicalJson.Quote));
                    break;
                case Shape.Text { Minimum: 0, Maximum: null, Language: null }:
                    node.Alternatives.Add(s_anyText.Value);
                    break;
                case Shape.Text { Minimum: 0, Maximum: null, Language: { } language }:
                    languages.Add(language);
                    break;
                case Shape.Text text:
                    node.Alternatives.Add(new TextAlternative(text.Language, text.Minimum, text.Maximum));
                    break;
            }
        }
        if (languages.Count > 0)
            node.Alternatives.Add(new TextAlternative(Dfa.Union([.. languages]), 0, null));
        if (isAny && scalars.Count == 1 && words.Count == 3 && words.TrueForAll(static word => word[0] != '"'))
        {
            node.Alternatives.Add(s_anyScalar.Value);
            return;
        }
        if (words.Count > 0)
            scalars.Add(Dfa.Of(words));
        Dfa all = Dfa.Union([.. scalars]);
        if (!all.IsEmpty)
            node.Alternatives.Add(new ScalarAlternative(all));
    }

    private static Dfa Written(Shape.Number number)
    {
        switch (number)
        {
            case { Set: null, Form: NumberForm.Any }:
                return NumberLanguage.Any;
            case { Set: null }:
                return NumberLanguage.IntegerForm;
            case { Form: NumberForm.Any }:
                return number.Set;
            case { Form: NumberForm.Integer }:
                return ReferenceEquals(number.Set, NumberLanguage.Integers) ? NumberLanguage.IntegerForm : Dfa.Intersect(number.Set, NumberLanguage.IntegerForm);
            default:
                return Dfa.Intersect(number.Set, NumberLanguage.CanonicalForm);
        }
    }

    private void AddCounting(ValueNode node, Shape.Array shape)
    {
        if (shape.Counted.Count > MaxCounted)
            throw new ConstraintException("contains", shape.Counted[0].Pointer, $"of more than {MaxCounted} schemas for one array is not supported");
        int prefix = Math.Min(shape.Parts.Select(static part => part.Prefix.Count).DefaultIfEmpty().Max(), shape.Maximum ?? int.MaxValue);
        var options = new ValueNode[prefix + 1][];
        for (int i = 0; i <= prefix; i++)
        {
            Conjunction item = _expander.And(shape.Parts.Select(part => part.At(i)));
            options[i] = new ValueNode[1 << shape.Counted.Count];
            for (int set = 0; set < options[i].Length; set++)
                options[i][set] = Node(_expander.And([item, .. shape.Counted.Select((counted, rule) => (set >> rule & 1) != 0 ? counted.Match : counted.Other)]));
        }
        try
        {
            node.Alternatives.Add(new CountingArrayAlternative(options, [.. shape.Counted.Select(static counted => (counted.Minimum, counted.Maximum))], shape.Minimum, shape.Maximum));
        }
        catch (UnenforceableException error)
        {
            throw new ConstraintException("contains", shape.Counted[0].Pointer, error.Message);
        }
    }

    /// <summary>
    /// Adds an array of unequal items, which is told apart by how they are written: scalars alone have one form each; of arrays and objects those that are few are listed.
    /// </summary>
    private void AddUnique(ValueNode node, Shape.Array shape)
    {
        if (shape.Parts.Any(static part => part.Prefix.Count > 0))
        {
            List<byte[]> arrays = new FiniteValues(_expander, MaxUniqueTexts).Of(shape)
                ?? throw new ConstraintException("uniqueItems", shape.Unique!, $"beside 'prefixItems' is supported where no more than {MaxUniqueTexts} arrays are possible alone");
            if (arrays.Count > 0)
                node.Alternatives.Add(new ScalarAlternative(Dfa.Of(arrays), arrays.Max(static text => FiniteValues.Depth(text))));
            return;
        }
        Conjunction item = _expander.And(shape.Parts.Select(static part => part.Rest));
        List<byte[]>? texts = Texts(item, out Dfa all);
        if (texts is null && HasParts(item))
            throw new ConstraintException("uniqueItems", shape.Unique!, $"of arrays or objects is supported where no more than {MaxUniqueTexts} are possible, as with an enumeration, alone");
        Dfa keys = texts is null ? all.Relabel(static _ => 0) : Dfa.Of(texts);
        if (texts?.Count < shape.Minimum)
            return;
        bool[] required = new bool[texts?.Count ?? 0];
        foreach (CountedItems counted in shape.Counted)
        {
            List<byte[]>? matches = texts is not null && counted is { Minimum: 1, Maximum: null } ? Texts(_expander.And([item, counted.Match]), out _) : null;
            if (matches is { Count: 0 })
                return;
            if (matches is not { Count: 1 })
                throw new ConstraintException("contains", counted.Pointer, "beside 'uniqueItems' is supported for one value out of an enumeration alone");
            required[texts!.FindIndex(text => text.AsSpan().SequenceEqual(matches[0]))] = true;
        }
        ValueNode[] values = texts is null ? [new ValueNode { MinimumDepth = 0 }] : [.. texts.Select(static text => new ValueNode { MinimumDepth = FiniteValues.Depth(text) })];
        var unique = new ObjectAlternative(keys, values, texts?.Count ?? 0, required, shape.Minimum, shape.Maximum, MemberOrder.Any) { IsArray = true };
        node.Alternatives.Add(unique);
    }

    private bool HasParts(Conjunction conjunction) => _expander.Shapes(conjunction).Exists(static shape => shape is Shape.Array or Shape.Object);

    /// <summary>How values are written, each in one form, when they are few; else null.</summary>
    /// <param name="conjunction">The values.</param>
    /// <param name="scalars">The language of those that are scalars.</param>
    private List<byte[]>? Texts(Conjunction conjunction, out Dfa scalars)
    {
        scalars = Dfa.Union([.. _expander.Shapes(conjunction).Where(static shape => shape is not (Shape.Array or Shape.Object)).Select(FiniteValues.Scalars)]);
        return HasParts(conjunction) ? new FiniteValues(_expander, MaxUniqueTexts).Of(conjunction) : scalars.Texts(MaxUniqueTexts);
    }

    private void AddObject(ValueNode node, Shape.Object shape)
    {
        List<string> names = [.. shape.NamedMembers];
        List<ValueNode> values = [];
        List<bool> required = [];
        List<byte[]> texts = [];
        foreach (string name in names)
        {
            byte[] text = CanonicalJson.Escape(name);
            bool isRequired = shape.Required.Contains(name, StringComparer.Ordinal);
            Conjunction value = shape.Names is not null && shape.Names.Match(text) < 0 ? _expander.Nothing : _expander.And(shape.Parts.SelectMany(part => part.At(name)));
            texts.Add(text);
            required.Add(isRequired);
            values.Add(Node(value));
        }
        Dfa keys = Keys(shape, texts, values);
        node.Alternatives.Add(new ObjectAlternative(keys, [.. values], names.Count, [.. required], shape.Minimum, shape.Maximum, _order));
    }

    private Dfa Keys(Shape.Object shape, List<byte[]> names, List<ValueNode> values)
    {
        Dfa known = Dfa.Of(names);
        List<(Dfa Names, int Part, Conjunction Value)> patterns = [];
        for (int part = 0; part < shape.Parts.Count; part++)
        {
            foreach ((Dfa language, Conjunction value) in shape.Parts[part].Patterns)
                patterns.Add((language, part, value));
        }
        Conjunction other = _expander.And(shape.Parts.Select(static part => part.Additional).OfType<Conjunction>());
        // Seen early, so that closed objects need no automaton for names in general.
        if (shape.Names is { IsEmpty: true } || (patterns.Count == 0 && _expander.IsEmpty(other)))
            return known;
        Dfa[] automata = [known, shape.Names ?? RegexCompiler.AnyInJson, .. patterns.Select(static pattern => pattern.Names)];
        Dictionary<Conjunction, int> classes = new(ReferenceEqualityComparer.Instance);
        return Dfa.Product(automata, Label, states => states[0] != Dfa.Dead || states[1] != Dfa.Dead, minimize: patterns.Count > 0 || shape.Names is not null);

        int Label(int[] states)
        {
            if (states[0] != Dfa.Dead && known.Accepts(states[0]))
                return known.Labels[states[0]];
            if (states[1] == Dfa.Dead || !automata[1].Accepts(states[1]))
                return -1;
            List<Conjunction> parts = [];
            for (int part = 0; part < shape.Parts.Count; part++)
            {
                bool matches = false;
                for (int i = 0; i < patterns.Count; i++)
                {
                    if (patterns[i].Part == part && states[i + 2] != Dfa.Dead && patterns[i].Names.Accepts(states[i + 2]))
                    {
                        matches = true;
                        parts.Add(patterns[i].Value);
                    }
                }
                if (!matches && shape.Parts[part].Additional is { } additional)
                    parts.Add(additional);
            }
            Conjunction value = _expander.And(parts);
            if (!classes.TryGetValue(value, out int label))
            {
                label = _expander.IsEmpty(value) ? -1 : values.Count;
                classes.Add(value, label);
                if (label >= 0)
                    values.Add(Node(value));
            }
            return label;
        }
    }

    /// <summary>Works out which values can be completed, and how deeply they nest at least, by going on until nothing changes.</summary>
    private void Measure()
    {
        bool isNew = true;
        while (isNew)
        {
            isNew = false;
            foreach (ValueNode node in _nodes.Values)
            {
                foreach (Alternative alternative in node.Alternatives)
                {
                    isNew |= alternative switch
                    {
                        ArrayAlternative array => array.Measure(),
                        CountingArrayAlternative counting => counting.Measure(),
                        ObjectAlternative value => value.Measure(),
                        _ => false,
                    };
                    if (alternative.MinimumDepth < node.MinimumDepth)
                    {
                        node.MinimumDepth = alternative.MinimumDepth;
                        isNew = true;
                    }
                }
            }
        }
        bool isComplete = true;
        foreach (ValueNode node in _nodes.Values)
        {
            node.Alternatives.RemoveAll(static alternative => alternative.MinimumDepth >= ValueNode.Impossible);
            foreach (Alternative alternative in node.Alternatives)
            {
                if (alternative is ArrayAlternative array)
                    array.Close();
                else if (alternative is ObjectAlternative value)
                    isComplete &= value.Close();
            }
        }
        if (!isComplete)
            throw new ConstraintException("minProperties", "#", "asks for more members than there are names");
    }
}
