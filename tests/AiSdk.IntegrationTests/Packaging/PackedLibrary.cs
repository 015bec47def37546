using Xunit;

namespace AiSdk.IntegrationTests;

/// <summary>The package of src/AiSdk, packed once for all tests that look at it, in a folder outside the repository.</summary>
public sealed class PackedLibrary : IAsyncLifetime
{
    /// <summary>A version that no feed and no cache has.</summary>
    internal const string Version = "0.1.0-packed";

    /// <summary>A folder that is removed in the end.</summary>
    internal string Folder { get; } = Directory.CreateTempSubdirectory("aisdk-packed-").FullName;

    /// <summary>The folder that serves as feed.</summary>
    internal string Feed => Path.Combine(Folder, "feed");

    /// <summary>The package's file.</summary>
    internal string Package => Path.Combine(Feed, $"AiSdk.{Version}.nupkg");

    public async ValueTask InitializeAsync() => await DotNet.RunAsync(
        DotNet.RepositoryRoot, "pack", "src/AiSdk", "-o", Feed, "-p:PackageVersion=" + Version, "--disable-build-servers", "-nodeReuse:false", "-nologo");

    public ValueTask DisposeAsync()
    {
        Directory.Delete(Folder, recursive: true);
        return ValueTask.CompletedTask;
    }
}

/// <summary>The packaging tests run the SDK, which wants the machine for itself.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class PackagingTestGroup : ICollectionFixture<PackedLibrary>
{
    internal const string Name = "packaging";
}
