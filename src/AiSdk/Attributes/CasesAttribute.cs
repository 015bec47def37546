namespace AiSdk;

/// <summary>Cases from a file, one a line, on which the function is evaluated; they are not sent to the model, as examples are.</summary>
/// <param name="path">
/// The file among the project's AdditionalFiles (the package adds all <c>*.jsonl</c>): its path from the project's folder, or the end of it. Its name ends in <c>.cases.jsonl</c>.
/// </param>
/// <remarks>
/// <code>
/// {"id": "declined", "input": {"message": "My card was declined in a shop"}, "expected": "declined_card_payment", "tags": ["card"]}
/// {"id": "arrival", "input": {"message": "When will my card arrive?"}, "expected": "card_arrival"}
/// </code>
/// Each line is checked against parameters and return type when the project is built. Where AiSdk.Evaluation is referenced, a class is generated that gives the cases with their types: those of
/// <c>ISupportDesk.RouteAsync</c> are <c>SupportDeskCases.Route</c>.
/// </remarks>
[AttributeUsage(AttributeTargets.Method, Inherited = false)]
public sealed class CasesAttribute(string path) : Attribute
{
    /// <summary>The file's path as written.</summary>
    public string Path { get; } = path;
}
