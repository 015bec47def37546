using AiSdk.Generators.Emitting;
using AiSdk.Generators.Helpers;
using AiSdk.Generators.Models;
using AiSdk.Generators.Parsing;

namespace AiSdk.Analyzers.Replies;

/// <summary>Types of which no value is finite: each holds another one, and must.</summary>
internal static class Recursion
{
    public static void Check(InterfaceContext context, FunctionFacts function, TypeUse output)
    {
        EquatableArray<TypeModel> types = context.Model.OutputTypes;
        bool[] finite = Finite(types);
        // A list can be empty and a member null, but nothing else could ever stand there.
        foreach (int type in TypeGraph.Reachable(types, [output]).Where(i => !finite[i]).OrderBy(i => i != output.Type).ThenBy(static i => i).Take(1))
            context.Report(DiagnosticDescriptors.LetTheRecursionEnd, new ProblemSite(function.Method, SitePart.Type), types[type].Name, string.Join(" → ", Circle(types, type, finite)));
    }

    // What is finite is found from the leaves upwards, until nothing more is found.
    private static bool[] Finite(EquatableArray<TypeModel> types)
    {
        bool[] finite = new bool[types.Count];
        bool grows = true;
        while (grows)
        {
            grows = false;
            for (int i = 0; i < types.Count; i++)
            {
                if (finite[i] || !Ends(types[i], finite))
                    continue;
                finite[i] = grows = true;
            }
        }
        return finite;
    }

    private static bool Ends(TypeModel type, bool[] finite) => type.Kind switch
    {
        OutputTypeKind.Object => type.Properties.All(property => !Needs(property) || finite[property.Type.Type]),
        OutputTypeKind.Union => type.Variants.Any(variant => finite[variant.Type]),
        // A list may be empty, unless an annotation says otherwise, and then the run time says so.
        _ => true,
    };

    private static bool Needs(PropertyModel property) => property.IsRequired && !property.Type.IsNullable;

    /// <summary>The way from a type through what it must hold back to a type that was there before.</summary>
    private static List<string> Circle(EquatableArray<TypeModel> types, int root, bool[] finite)
    {
        List<string> way = [types[root].Name];
        HashSet<int> seen = [root];
        for (int at = root; ;)
        {
            TypeModel type = types[at];
            if (type.Kind == OutputTypeKind.Union)
            {
                at = type.Variants[0].Type;
            }
            else
            {
                PropertyModel next = type.Properties.First(property => Needs(property) && !finite[property.Type.Type]);
                at = next.Type.Type;
                way[way.Count - 1] += "." + next.Name;
            }
            way.Add(types[at].Name);
            if (!seen.Add(at))
                return way;
        }
    }
}
