namespace AiSdk.Tests;

/// <summary>The folder that this was built in.</summary>
internal static class Repository
{
    /// <summary>The folder with AiSdk.sln.</summary>
    public static string Root
    {
        get
        {
            DirectoryInfo? folder = new(AppContext.BaseDirectory);
            while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "AiSdk.sln")))
                folder = folder.Parent;
            return folder?.FullName ?? throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} has AiSdk.sln.");
        }
    }
}
