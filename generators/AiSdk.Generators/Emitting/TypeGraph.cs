using AiSdk.Generators.Helpers;
using AiSdk.Generators.Models;

namespace AiSdk.Generators.Emitting;

/// <summary>What a return type is made of: which types it reaches, and which of them must have a name because they occur more than once.</summary>
internal sealed class TypeGraph
{
    private readonly EquatableArray<TypeModel> _types;
    private readonly Dictionary<int, int> _uses = [];

    public TypeGraph(EquatableArray<TypeModel> types, TypeUse root)
    {
        _types = types;
        Root = root;
        Visit(root.Type);
    }

    /// <summary>The return type.</summary>
    public TypeUse Root { get; }

    /// <summary>The types that are named and referred to, in order of their first use.</summary>
    public IEnumerable<int> Named => _uses.Keys.Where(IsNamed);

    /// <summary>The types that a type consists of.</summary>
    public static IEnumerable<int> Parts(TypeModel type) => type.Kind switch
    {
        OutputTypeKind.Object => type.Properties.Select(static p => p.Type.Type),
        OutputTypeKind.List or OutputTypeKind.Dictionary => [type.Element.Type],
        OutputTypeKind.Union => type.Variants.Select(static v => v.Type),
        _ => [],
    };

    /// <summary>The types that some uses need, directly or through others.</summary>
    public static ISet<int> Reachable(EquatableArray<TypeModel> types, IEnumerable<TypeUse> uses)
    {
        HashSet<int> reached = [];
        Stack<int> open = new(uses.Select(static use => use.Type));
        while (open.Count > 0)
        {
            int type = open.Pop();
            if (!reached.Add(type))
                continue;
            foreach (int part in Parts(types[type]))
                open.Push(part);
        }
        return reached;
    }

    /// <summary>Whether a type is named rather than spelled out.</summary>
    public bool IsNamed(int type) => _uses[type] > 1 && CanBeNamed(type);

    private bool CanBeNamed(int type) => _types[type] is { VariantDiscriminator: null, Kind: OutputTypeKind.Object or OutputTypeKind.Union or OutputTypeKind.Enum };

    private void Visit(int type)
    {
        _uses.TryGetValue(type, out int uses);
        _uses[type] = uses + 1;
        // A list is written out wherever it stands, and what it holds with it. Every cycle leads through a type that can be named.
        if (uses > 0 && CanBeNamed(type))
            return;
        foreach (int part in Parts(_types[type]))
            Visit(part);
    }
}
