using System.Reflection;
using System.Runtime.CompilerServices;
using Xunit;

namespace AiSdk.Generators.Tests;

/// <summary>Compares generated files with those in a folder beside the tests, by Verify's convention: <c>*.verified.cs</c> is expected, <c>*.received.cs</c> is what came instead.</summary>
/// <remarks>With the environment variable <c>AISDK_ACCEPT_SNAPSHOTS=1</c> what came is accepted; read the difference before committing it.</remarks>
internal static class Snapshot
{
    private const string Verified = ".verified.cs";
    private const string Received = ".received.cs";

    /// <summary>Compares the whole set of files: a stale one fails as a missing one does.</summary>
    public static void Matches(GeneratedCode code, [CallerFilePath] string testFile = "", [CallerMemberName] string testName = "")
    {
        string folder = Path.Combine(Path.GetDirectoryName(testFile)!, "Snapshots", testName);
        string version = typeof(AiFunctionsGenerator).Assembly.GetName().Version!.ToString(3);
        Dictionary<string, string> actual = code.Files.ToDictionary(
            static file => file.Key[..^".g.cs".Length], file => file.Value.Replace($"\"AiSdk.Generators\", \"{version}\"", "\"AiSdk.Generators\", \"{version}\"", StringComparison.Ordinal));

        Directory.CreateDirectory(folder);
        foreach (string old in Directory.GetFiles(folder, "*" + Received))
            File.Delete(old);
        if (Environment.GetEnvironmentVariable("AISDK_ACCEPT_SNAPSHOTS") == "1")
        {
            foreach (string old in Directory.GetFiles(folder, "*" + Verified))
                File.Delete(old);
            foreach ((string name, string text) in actual)
                File.WriteAllText(Path.Combine(folder, name + Verified), text);
        }

        Dictionary<string, string> expected = Directory.GetFiles(folder, "*" + Verified)
            .ToDictionary(static path => Path.GetFileName(path)[..^Verified.Length], static path => File.ReadAllText(path).ReplaceLineEndings("\n"));
        foreach ((string name, string text) in actual.Where(file => !expected.TryGetValue(file.Key, out string? text) || text != file.Value))
            File.WriteAllText(Path.Combine(folder, name + Received), text);
        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), actual.Keys.Order(StringComparer.Ordinal));
        Assert.All(actual, file => Assert.Equal(expected[file.Key], file.Value));
    }
}
