namespace AiSdk;

/// <summary>The function's messages stand in a file: a Dotprompt file, with front matter and a template.</summary>
/// <param name="path">
/// The file among the project's AdditionalFiles (the package adds all <c>*.prompt</c>): its path from the project's folder, or the end of it.
/// </param>
/// <remarks>
/// <code>
/// ---
/// model: gpt-4.1-mini
/// config:
///   temperature: 0
/// input:
///   schema:
///     message: string
///     bank: string
/// ---
/// {{role "system"}}
/// You route customer messages for {{bank}}.
/// {{role "user"}}
/// {{message}}
/// </code>
/// The file is compiled in and checked like a prompt in an attribute; see <see cref="UserPromptAttribute"/> for the language. <c>{{> name}}</c> puts the
/// partial <c>_name.prompt</c> in its place. What <see cref="ModelOptionsAttribute"/> says wins over <c>model</c> and <c>config</c>.
/// </remarks>
[AttributeUsage(AttributeTargets.Method, Inherited = false)]
public sealed class PromptAttribute(string path) : Attribute
{
    /// <summary>The file's path as written.</summary>
    public string Path { get; } = path;
}
