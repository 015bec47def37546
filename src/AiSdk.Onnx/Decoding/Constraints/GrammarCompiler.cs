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

    // A rule is a bit.
    private const int MaxRules = 60;
    private const int MaxWitnesses = 6;
    private const int MaxOptions = 64;

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
        if (shape.Rules.Count == 0)
        {
            Dfa plain = Keys(shape, texts, values, [], []);
            node.Alternatives.Add(new ObjectAlternative(plain, [.. values], names.Count, [.. required], shape.Minimum, shape.Maximum, _order));
            return;
        }
        string place = shape.Parts.Count > 0 ? "together with conditions on other members" : "together with conditions on members";
        if (shape.Rules.Count > MaxRules)
            throw new UnenforceableException($"comes to more than {MaxRules} rules for one object");
        if (shape.Maximum is not null || shape.Minimum > shape.Required.Count)
            throw new UnenforceableException($"asks for a count of members {place}, which is not supported");
        Dfa[] witnesses = [.. shape.Rules.SelectMany(static rule => rule.Any).Select(static condition => condition.Names).OfType<Dfa>().Distinct<Dfa>(ReferenceEqualityComparer.Instance)];
        if (witnesses.Length > MaxWitnesses)
            throw new UnenforceableException($"asks for more than {MaxWitnesses} kinds of members with names of a pattern");
        List<(Conjunction Value, int Witnesses)> classes = [];
        Dfa keys = Keys(shape, texts, values, witnesses, classes);
        List<(ValueNode, ulong)[]> options = [];
        for (int name = 0; name < names.Count; name++)
        {
            Conjunction value = shape.Names is not null && shape.Names.Match(texts[name]) < 0 ? _expander.Nothing : _expander.And(shape.Parts.SelectMany(part => part.At(names[name])));
            options.Add(Options(value, shape, condition => condition.Name == names[name] || condition.Names?.Match(texts[name]) >= 0));
        }
        for (int i = 0; i < classes.Count; i++)
        {
            int set = classes[i].Witnesses;
            (ValueNode, ulong)[] ways = Options(classes[i].Value, shape, condition => condition.Names is { } language && (set >> Array.IndexOf(witnesses, language) & 1) != 0);
            int label = names.Count + i;
            // Whatever names there are already, another one must be left.
            if (ways.Length > 0 && keys.Relabel(one => one == label ? 0 : -1).Trim().Texts(MaxUniqueTexts) is not null)
                throw new UnenforceableException("asks for a member of which there are few names, which is not supported");
            options.Add(ways);
        }
        ulong[] absent = new ulong[names.Count];
        for (int rule = 0; rule < shape.Rules.Count; rule++)
        {
            foreach (MemberCondition condition in shape.Rules[rule].Any)
            {
                if (condition is { Name: not null, OrAbsent: true })
                    absent[names.IndexOf(condition.Name)] |= 1UL << rule;
            }
        }
        node.Alternatives.Add(new ObjectAlternative(keys, [.. values], names.Count, [.. required], shape.Minimum, shape.Maximum, _order)
        {
            Rules = new MemberRules([.. options], absent, (1UL << shape.Rules.Count) - 1),
        });
    }

    /// <summary>What a member may be, told apart by the rules that it then keeps; none where no rule asks.</summary>
    private (ValueNode Node, ulong Kept)[] Options(Conjunction value, Shape.Object shape, Func<MemberCondition, bool> isMeant)
    {
        List<(Conjunction Value, ulong Kept)> options = [(value, 0)];
        Dictionary<Conjunction, ulong> claims = new(ReferenceEqualityComparer.Instance);
        for (int rule = 0; rule < shape.Rules.Count; rule++)
        {
            foreach (MemberCondition condition in shape.Rules[rule].Any.Where(isMeant))
                claims[condition.Value] = claims.GetValueOrDefault(condition.Value) | 1UL << rule;
        }
        if (claims.Count == 0)
            return [];
        foreach ((Conjunction claim, ulong kept) in claims)
        {
            List<(Conjunction, ulong)> told = [];
            foreach ((Conjunction before, ulong also) in options)
            {
                if (claim.Schemas.Length == 0)
                {
                    told.Add((before, also | kept));
                    continue;
                }
                Conjunction with = _expander.And([before, claim]);
                if (!_expander.IsEmpty(with))
                    told.Add((with, also | kept));
                // What cannot be told apart may count as either.
                Conjunction without = _expander.Without(before, claim) ?? before;
                if (!ReferenceEquals(with, before) && !_expander.IsEmpty(without))
                    told.Add((without, also));
            }
            options = told;
            if (options.Count > MaxOptions)
                throw new UnenforceableException($"has a member that is told apart in more than {MaxOptions} ways");
        }
        return [.. options.Select(option => (Node(option.Value), option.Kept))];
    }

    private Dfa Keys(Shape.Object shape, List<byte[]> names, List<ValueNode> values, Dfa[] witnesses, List<(Conjunction Value, int Witnesses)> kinds)
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
        Dfa[] automata = [known, shape.Names ?? RegexCompiler.AnyInJson, .. patterns.Select(static pattern => pattern.Names), .. witnesses];
        Dictionary<Conjunction, int[]> classes = new(ReferenceEqualityComparer.Instance);
        return Dfa.Product(automata, Label, states => states[0] != Dfa.Dead || states[1] != Dfa.Dead, minimize: patterns.Count > 0 || shape.Names is not null || witnesses.Length > 0);

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
            if (!classes.TryGetValue(value, out int[]? labels))
            {
                // Not yet known, or no value at all.
                labels = new int[1 << witnesses.Length];
                Array.Fill(labels, _expander.IsEmpty(value) ? -1 : -2);
                classes.Add(value, labels);
            }
            int set = 0;
            for (int i = 0; i < witnesses.Length; i++)
            {
                int state = states[2 + patterns.Count + i];
                set |= state != Dfa.Dead && witnesses[i].Accepts(state) ? 1 << i : 0;
            }
            if (labels[set] == -2)
            {
                labels[set] = values.Count;
                kinds.Add((value, set));
                values.Add(Node(value));
            }
            return labels[set];
        }
    }

    /// <summary>Works out which values can be completed, and how deeply they nest at least, by going on until nothing changes.</summary>
    private void Measure()
    {
        bool isNew = true;
        while (isNew)
        {
            isNew = false;
            CompileBudget.Spend(10 * _nodes.Count);
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
