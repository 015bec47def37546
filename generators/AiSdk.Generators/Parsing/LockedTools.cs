using AiSdk.Generators.Emitting;
using AiSdk.Generators.Helpers;
using AiSdk.Generators.Models;
using Microsoft.CodeAnalysis;

namespace AiSdk.Generators.Parsing;

/// <summary>The tools that a function offers, as the lock file has them. They are looked up for it only: what is generated hangs on the tools' class, not on what is in it.</summary>
internal static class LockedTools
{
    /// <summary>The tools by their name, in ordinal order.</summary>
    /// <param name="method">The function.</param>
    /// <param name="compilation">Its compilation.</param>
    /// <param name="cancellationToken">Stops parsing.</param>
    public static IReadOnlyList<LockedTool> Of(IMethodSymbol method, Compilation compilation, CancellationToken cancellationToken)
    {
        SortedDictionary<string, LockedTool> tools = new(StringComparer.Ordinal);
        foreach (AttributeData attribute in FunctionParser.ToolAttributes(method))
        {
            ITypeSymbol? type = attribute.AttributeClass!.Arity == 1 ? attribute.AttributeClass.TypeArguments[0] : attribute.ConstructorArguments.FirstOrDefault().Value as ITypeSymbol;
            if (type is not INamedTypeSymbol named || named is IErrorTypeSymbol)
                continue;
            // Of another assembly descriptions come from attributes only, which are the same on every machine; its doc comments are not known everywhere.
            ToolsModel model = ToolsParser.Parse(named, compilation, cancellationToken).Model;
            foreach (ToolModel tool in model.Tools)
                tools[tool.Name] = new LockedTool(tool.Name, tool.Effect, tool.Description.Length > 0 ? tool.Description : null, JsonSchema.Tree(model.InputTypes, new TypeUse(tool.Arguments, false), isAsRead: true));
        }
        return [.. tools.Values];
    }
}

/// <summary>A tool in the lock file.</summary>
/// <param name="Name">What the model calls it by.</param>
/// <param name="Effect">The member of ToolEffect.</param>
/// <param name="Description">What the model is told of it, where this is known.</param>
/// <param name="Arguments">The schema of its arguments.</param>
internal sealed record LockedTool(string Name, string Effect, string? Description, JsonTree Arguments)
{
    /// <summary>The tool as it stands in the file.</summary>
    public JsonTree Tree => JsonTree.Object().With("name", Name).With("effect", Effect).With("description", Description).With("arguments", Arguments);
}
