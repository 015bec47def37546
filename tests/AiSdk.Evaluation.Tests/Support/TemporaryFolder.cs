namespace AiSdk.Evaluation.Tests.Support;

/// <summary>A folder that vanishes with its test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("aisdk-evaluation");

    public string Path(params ReadOnlySpan<string> parts) => System.IO.Path.Combine([_folder.FullName, .. parts]);

    public void Dispose() => _folder.Delete(recursive: true);
}
