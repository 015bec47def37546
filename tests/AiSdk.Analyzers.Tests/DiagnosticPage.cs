using System.Text.RegularExpressions;
using AiSdk.Declarations;

namespace AiSdk.Analyzers.Tests;

/// <summary>A page of analyzers/docs: what a diagnostic means, with code that has it and code that has not. The tests hold the pages to what they say.</summary>
/// <param name="Id">The diagnostic's id.</param>
/// <param name="Text">The page.</param>
/// <param name="Bad">Code that has it.</param>
/// <param name="Found">What is reported there: the underlined text and the message.</param>
/// <param name="Good">Code that has it not.</param>
internal sealed partial record DiagnosticPage(string Id, string Text, string Bad, IReadOnlyList<(string Underlined, string Message)> Found, string Good)
{
    /// <summary>MSBuild properties that a sample's comment sets, as analyzers see them.</summary>
    public static IReadOnlyDictionary<string, string> Properties(string sample) =>
        Regex.Matches(sample, @"<(AiSdk\w+)>(.*?)</\1>").ToDictionary(static m => "build_property." + (m.Groups[1].Value == "AiSdkProviderProfiles" ? "AiSdkProviderProfileList" : m.Groups[1].Value), static m => m.Groups[2].Value, StringComparer.Ordinal);

    /// <summary>The files beside the source of a sample: fences that name them.</summary>
    public IReadOnlyList<TextFile> Files(string heading) =>
        [.. Regex.Matches(Section(Text, heading), @"^```\w+ ([\w./-]+)\n(.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline).Select(static m => new TextFile("/project/" + m.Groups[1].Value, m.Groups[2].Value))];

    /// <summary>Where the pages lie beside the tests.</summary>
    private static string Folder => Path.Combine(AppContext.BaseDirectory, "docs");

    /// <summary>The ids that have a page.</summary>
    public static IEnumerable<string> Ids => Directory.EnumerateFiles(Folder, "AISDK*.md").Select(Path.GetFileNameWithoutExtension).OfType<string>().Order(StringComparer.Ordinal);

    /// <summary>Reads a page.</summary>
    public static DiagnosticPage Read(string id)
    {
        string text = File.ReadAllText(Path.Combine(Folder, id + ".md"));
        string bad = Section(text, "Bad");
        return new DiagnosticPage(
            id, text, Code(bad), [.. Reported().Matches(bad).Select(static m => (m.Groups[1].Value.Trim('`').Trim(), m.Groups[2].Value))], Code(Section(text, "Good")));
    }

    /// <summary>The text under a heading.</summary>
    public static string Section(string text, string heading) =>
        Regex.Match(text, $@"^## {heading}\n(.*?)(?=^## |\z)", RegexOptions.Singleline | RegexOptions.Multiline).Groups[1].Value;

    private static string Code(string section) => Regex.Match(section, "```csharp\n(.*?)```", RegexOptions.Singleline).Groups[1].Value;

    // "- `name`: message"; text with a backtick in it stands between two of them.
    [GeneratedRegex(@"^- (`[^`\n]+`|``.+?``|the project|the file): (.+)$", RegexOptions.Multiline)]
    private static partial Regex Reported();
}
