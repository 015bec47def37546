namespace AiSdk.Training;

/// <summary>Folders in which a model is written before it is put in its place.</summary>
internal static class UnfinishedFolder
{
    /// <summary>Makes a new folder beside another one, on the same disk, with a name that nobody else's has.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    public static string Create(string target)
    {
        string folder = $"{target}.{Guid.NewGuid():N}.tmp";
        Directory.CreateDirectory(folder);
        return folder;
    }
}
