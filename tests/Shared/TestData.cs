using Xunit;

namespace AiSdk.Tests;

/// <summary>Finds the real test material (models, labelled data), which is not part of the repository.</summary>
/// <remarks>
/// The folder is named by the environment variable <c>AISDK_TESTDATA</c>, else it is <c>shared</c> beside the repository.
/// Where it is absent the test is skipped with a reason; under <c>AISDK_TESTDATA_REQUIRED=1</c> (set by .ci/run) absence fails.
/// </remarks>
internal static class TestData
{
    /// <summary>The absolute path of a file or folder of the test material; skips the running test if the material is absent.</summary>
    public static string Path(params ReadOnlySpan<string> parts)
    {
        string root = Root() ?? Missing("no test material: set AISDK_TESTDATA to the folder that holds models/ and data/");
        string path = System.IO.Path.Combine([root, .. parts]);
        return File.Exists(path) || Directory.Exists(path) ? path : Missing($"the test material has no '{string.Join('/', parts!)}' (looked in {root})");
    }

    private static string? Root()
    {
        if (Environment.GetEnvironmentVariable("AISDK_TESTDATA") is { Length: > 0 } named)
            return named;
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "AiSdk.sln")) && folder.Parent is { } parent)
            {
                string beside = System.IO.Path.Combine(parent.FullName, "shared");
                return Directory.Exists(System.IO.Path.Combine(beside, "models")) ? beside : null;
            }
        }
        return null;
    }

    /// <summary>Skips the running test for want of something; where it is required, fails it.</summary>
    public static string Missing(string reason)
    {
        if (Environment.GetEnvironmentVariable("AISDK_TESTDATA_REQUIRED") == "1")
            throw new InvalidOperationException(reason);
        Assert.Skip(reason);
        return "";
    }
}
