using System.Text.Json;

namespace TrainInjectionGuard;

/// <summary>What the model is trained on: labelled prompts, harmless texts of other collections, and what was written for it.</summary>
internal static class Material
{
    /// <summary>Reads the collections in a folder; of those that are not labelled, all is harmless.</summary>
    /// <exception cref="IOException">There is no such folder or file.</exception>
    public static (List<LabelledText> Labelled, List<LabelledText> Background) Read(string folder)
    {
        List<LabelledText> labelled = [];
        foreach (string line in File.ReadLines(Path.Combine(folder, "guards", "prompts.jsonl")))
        {
            using JsonDocument json = JsonDocument.Parse(line);
            JsonElement root = json.RootElement;
            labelled.Add(new LabelledText(root.GetProperty("text").GetString()!, root.GetProperty("label").GetInt32() == 1, root.GetProperty("source").GetString()!));
        }
        List<LabelledText> background = [];
        foreach (string line in File.ReadLines(Path.Combine(folder, "banking77", "banking77_train.csv")).Skip(1).Where(static (_, i) => i % 4 == 0))
            background.Add(new LabelledText(line[..Math.Max(0, line.LastIndexOf(','))].Trim('"'), false, "banking77", 0.5f));
        foreach (string line in File.ReadLines(Path.Combine(folder, "retrieval", "cranfield", "corpus.jsonl")).Where(static (_, i) => i % 4 == 0))
            background.Add(new LabelledText(Field(line, "text"), false, "cranfield", 0.5f));
        foreach (string line in File.ReadLines(Path.Combine(folder, "tool-calling", "bfcl_v4_simple_python.jsonl")))
        {
            using JsonDocument json = JsonDocument.Parse(line);
            background.Add(new LabelledText(json.RootElement.GetProperty("question")[0][0].GetProperty("content").GetString()!, false, "function calls"));
        }
        foreach (string line in File.ReadLines(Path.Combine(folder, "guards", "pii.jsonl")).Where(static (_, i) => i % 3 == 0))
            background.Add(new LabelledText(Field(line, "text"), false, "personal data", 0.5f));
        WrittenMaterial written = new(7);
        background.AddRange(written.Attacks(2_500));
        background.AddRange(written.Harmless(2_500));
        return (labelled, background);
    }

    private static string Field(string line, string name)
    {
        using JsonDocument json = JsonDocument.Parse(line);
        return json.RootElement.GetProperty(name).GetString()!;
    }
}
