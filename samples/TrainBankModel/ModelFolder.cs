namespace TrainBankModel;

/// <summary>The folder that a model is put into.</summary>
internal static class ModelFolder
{
    private const string Coming = ".new";

    // What the recipe's models have been made of. The card, by which such a folder is known, is put in place first.
    private static readonly string[] s_names =
    [
        ModelCard.FileName, "model.onnx", "model.onnx.data", "genai_config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "chat_template.jinja", "calibration.json",
    ];

    /// <summary>Refuses what a model cannot be put into, before hours of work go into one.</summary>
    /// <exception cref="IOException">It is a file, or a folder that holds something else than a model of this recipe.</exception>
    public static void RequireReplaceable(string folder)
    {
        if (File.Exists(folder))
            throw new IOException($"{folder} is a file: --output wants a folder.");
        if (Directory.Exists(folder) && !HasCard(folder) && Directory.EnumerateFileSystemEntries(folder).Any(static entry => !IsComing(entry)))
            throw new IOException($"{folder} is not empty and holds no model of this recipe ({ModelCard.FileName} that begins with '{ModelCard.Heading}'): --output wants such a folder, whose model is replaced, or a new one.");
    }

    /// <summary>Puts a model in the place of another one. Files that are no model's stay.</summary>
    /// <remarks>All of it is written beside the old files first: who ends the process while they are copied finds the old model whole. Only renames follow.</remarks>
    /// <param name="made">The folder of the new one.</param>
    /// <param name="folder">Where it goes.</param>
    public static void Replace(string made, string folder)
    {
        Directory.CreateDirectory(folder);
        string[] names = [.. Directory.EnumerateFiles(made).Select(static file => Path.GetFileName(file)).OrderBy(static name => name != ModelCard.FileName)];
        foreach (string name in names)
            File.Copy(Path.Combine(made, name), Path.Combine(folder, name + Coming), overwrite: true);
        foreach (string name in names)
            File.Move(Path.Combine(folder, name + Coming), Path.Combine(folder, name), overwrite: true);
        foreach (string old in s_names.Except(names))
            File.Delete(Path.Combine(folder, old));
    }

    private static bool HasCard(string folder)
    {
        string card = Path.Combine(folder, ModelCard.FileName);
        return File.Exists(card) && File.ReadLines(card).FirstOrDefault() == ModelCard.Heading;
    }

    // Of a process that was ended while it copied.
    private static bool IsComing(string entry) => s_names.Any(name => Path.GetFileName(entry) == name + Coming);
}
