using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using AiSdk;

namespace BankDesk.Answers;

/// <summary>An answer out of the handbook.</summary>
/// <param name="Text">The answer; null where the handbook does not say.</param>
/// <param name="Citations">Where it says so.</param>
internal sealed record HandbookAnswer(
    [property: Description("The answer in one to four sentences; null if the passages do not say.")] string? Text,
    [property: Description("Where the passages say it.")] IReadOnlyList<Citation> Citations) : IValidatableObject
{
    /// <summary>An answer without evidence is none.</summary>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!string.IsNullOrWhiteSpace(Text) && Citations.Count == 0)
            yield return new ValidationResult("An answer needs at least one citation; if no passage says it, text is null.", [nameof(Citations)]);
    }
}
