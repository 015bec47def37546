namespace AiSdk;

/// <summary>Solved cases from a file, one a line; see <see cref="ExampleAttribute"/>.</summary>
/// <param name="path">
/// The file among the project's AdditionalFiles (the package adds all <c>*.jsonl</c>): its path from the project's folder, or the end of it.
/// </param>
/// <remarks>
/// <code>
/// {"input": {"message": "My card was declined in a shop"}, "output": "declined_card_payment"}
/// {"input": {"message": "When will my card arrive?"}, "output": "card_arrival"}
/// </code>
/// Each line is checked against parameters and return type when the project is built.
/// </remarks>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true, Inherited = false)]
public sealed class ExamplesAttribute(string path) : Attribute
{
    /// <summary>The file's path as written.</summary>
    public string Path { get; } = path;
}
