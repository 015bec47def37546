using AiSdk.Generators.Helpers;

namespace AiSdk.Generators.Models;

/// <summary>The types of which an interface's functions give parts.</summary>
/// <param name="HintName">The interface's file, by which the interfaces are ordered.</param>
/// <param name="IsPublic">Whether other assemblies can call the functions.</param>
/// <param name="Types">All types of the interface's replies.</param>
/// <param name="Roots">Those of which functions give parts.</param>
internal sealed record PartialsModel(string HintName, bool IsPublic, EquatableArray<TypeModel> Types, EquatableArray<int> Roots)
{
    /// <summary>The types of an interface, or null if none of its functions gives parts.</summary>
    public static PartialsModel? Of(InterfaceModel model)
    {
        List<int> roots = [.. model.Functions.Where(static function => function is { Failure: null, Returns: ReturnKind.PartialStream }).Select(static function => function.Output!.Value.Type).Distinct()];
        return roots.Count == 0 || model.Failure is not null ? null : new PartialsModel(model.HintName, model.Accessibility == "public", model.OutputTypes, roots.ToEquatableArray());
    }
}
