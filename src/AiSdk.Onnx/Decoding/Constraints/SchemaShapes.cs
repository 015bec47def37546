namespace AiSdk.Onnx;

/// <summary>What several schemas allow together; each counts as it is, or negated.</summary>
/// <param name="Schemas">Twice the number of each schema, plus one where it is negated; sorted. None: everything is allowed.</param>
internal sealed record Conjunction(int[] Schemas)
{
    /// <summary>What it comes to: a value satisfies it when it fits one of the shapes.</summary>
    public List<Shape>? Shapes { get; set; }

    /// <summary>Whether the shapes are being worked out.</summary>
    public bool IsOpen { get; set; }

    /// <summary>Whether nothing satisfies it, where that has been asked.</summary>
    public bool? IsEmpty { get; set; }

    /// <summary>Whether that is seen at once, where it has been asked.</summary>
    public bool? IsClearlyEmpty { get; set; }
}

/// <summary>A set of values of one JSON type.</summary>
internal abstract record Shape
{
    /// <summary>The value null.</summary>
    public sealed record Null : Shape;

    /// <summary>True, or false, or both.</summary>
    public sealed record Boolean(bool True, bool False) : Shape;

    /// <summary>Numbers of a set, all when that is null, written in a form.</summary>
    public sealed record Number(Dfa? Set, NumberForm Form) : Shape;

    /// <summary>Strings: a language in canonical form, or a list, or all; and lengths in code points.</summary>
    public sealed record Text(Dfa? Language, IReadOnlyList<string>? Values, int Minimum, int? Maximum) : Shape;

    /// <summary>Arrays; with the schema that asks for unequal items, if one does.</summary>
    public sealed record Array(IReadOnlyList<ArrayPart> Parts, int Minimum, int? Maximum, string? Unique) : Shape
    {
        /// <summary>What some of the items must be.</summary>
        public IReadOnlyList<CountedItems> Counted { get; init; } = [];
    }

    /// <summary>Objects; names must be of a language, if there is one.</summary>
    public sealed record Object(IReadOnlyList<ObjectPart> Parts, IReadOnlyList<string> Required, int Minimum, int? Maximum, Dfa? Names) : Shape
    {
        /// <summary>What must hold of members besides, each rule for one or another of them.</summary>
        public IReadOnlyList<MemberRule> Rules { get; init; } = [];

        /// <summary>The names that are said something of, in order.</summary>
        public IEnumerable<string> NamedMembers => Parts.SelectMany(static part => part.Properties.Select(static property => property.Name)).Union(Required, StringComparer.Ordinal)
            .Union(Rules.SelectMany(static rule => rule.Any).Select(static condition => condition.Name).OfType<string>(), StringComparer.Ordinal);
    }
}

/// <summary>How numbers of a set are written.</summary>
internal enum NumberForm
{
    /// <summary>In every form of JSON, when all numbers are allowed; else as decimals.</summary>
    Any,

    /// <summary>Without a fraction.</summary>
    Integer,

    /// <summary>In the one canonical form.</summary>
    Canonical,
}

/// <summary>What one schema says of an array's items.</summary>
internal sealed record ArrayPart(IReadOnlyList<Conjunction> Prefix, Conjunction Rest)
{
    /// <summary>What it says of the item at an index.</summary>
    public Conjunction At(int index) => index < Prefix.Count ? Prefix[index] : Rest;
}

/// <summary>What one schema says of an object's members.</summary>
internal sealed record ObjectPart(IReadOnlyList<(string Name, Conjunction Value)> Properties, IReadOnlyList<(Dfa Names, Conjunction Value)> Patterns, Conjunction? Additional)
{
    /// <summary>What it says of the member with a name.</summary>
    public IEnumerable<Conjunction> At(string name)
    {
        bool isKnown = false;
        foreach ((string known, Conjunction value) in Properties)
        {
            if (known == name)
            {
                isKnown = true;
                yield return value;
            }
        }
        byte[]? text = null;
        foreach ((Dfa names, Conjunction value) in Patterns)
        {
            if (names.Match(text ??= CanonicalJson.Escape(name)) >= 0)
            {
                isKnown = true;
                yield return value;
            }
        }
        if (!isKnown && Additional is not null)
            yield return Additional;
    }
}

/// <summary>How many of an array's items are to be something.</summary>
/// <param name="Match">What they are.</param>
/// <param name="Other">What the others are: anything, unless there is a maximum.</param>
/// <param name="Minimum">The least count.</param>
/// <param name="Maximum">The greatest.</param>
/// <param name="Pointer">The schema that says so.</param>
internal sealed record CountedItems(Conjunction Match, Conjunction Other, int Minimum, int? Maximum, string Pointer);
