namespace Quickstart;

/// <summary>A customer's message and the intent that it has.</summary>
/// <param name="Text">The message.</param>
/// <param name="Category">The intent's name in the data.</param>
public sealed record LabelledMessage(string Text, string Category)
{
    /// <summary>The line of the file that it begins in, from 1; 0 if it is from none.</summary>
    public int Line { get; init; }

    /// <summary>Reads a file with the columns text and category, in any order, among others.</summary>
    /// <exception cref="InvalidDataException">A column is missing, or a row has no text or no category.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyList<LabelledMessage> Read(string path)
    {
        List<(int Line, List<string> Fields)> rows = CsvFile.Read(path);
        if (rows.Count == 0)
            throw new InvalidDataException($"{path} is empty: a header with the columns text and category is needed.");
        List<string> header = [.. rows[0].Fields.Select(static name => name.Trim('\uFEFF', ' '))];
        int text = Column("text");
        int category = Column("category");
        List<LabelledMessage> messages = [];
        foreach ((int line, List<string> fields) in rows.Skip(1))
        {
            if (fields.Count <= Math.Max(text, category) || string.IsNullOrWhiteSpace(fields[text]) || string.IsNullOrWhiteSpace(fields[category]))
                throw new InvalidDataException($"{path}, line {line}: the row has no {(fields.Count <= text || string.IsNullOrWhiteSpace(fields[text]) ? "text" : "category")}.");
            messages.Add(new LabelledMessage(fields[text].Trim(), fields[category].Trim()) { Line = line });
        }
        return messages.Count > 0 ? messages : throw new InvalidDataException($"{path} has a header but no row.");

        int Column(string name)
        {
            int at = header.FindIndex(column => column.Equals(name, StringComparison.OrdinalIgnoreCase));
            return at >= 0 ? at : throw new InvalidDataException($"{path} has no column '{name}': its header is {string.Join(", ", header)}.");
        }
    }
}
