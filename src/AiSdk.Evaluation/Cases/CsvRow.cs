using System.Runtime.CompilerServices;
using System.Text;

namespace AiSdk.Evaluation;

/// <summary>A row of comma-separated values, by the names in the header.</summary>
public sealed class CsvRow
{
    private readonly Dictionary<string, int> _columns;
    private readonly List<string> _fields;

    private CsvRow(Dictionary<string, int> columns, List<string> fields, int line, int number)
    {
        _columns = columns;
        _fields = fields;
        Line = line;
        Number = number;
    }

    /// <summary>The line on which the row begins, from 1.</summary>
    public int Line { get; }

    /// <summary>The row's number behind the header, from 1.</summary>
    public int Number { get; }

    /// <summary>A field.</summary>
    /// <param name="column">The column's name; case does not matter.</param>
    /// <exception cref="FormatException">There is no such column, or the row ends before it.</exception>
    public string this[string column] =>
        !_columns.TryGetValue(column, out int at) ? throw new FormatException($"there is no column '{column}'; the header has {string.Join(", ", _columns.Keys)}")
        : at < _fields.Count ? _fields[at]
        : throw new FormatException($"the row has no {column}");

    internal static async IAsyncEnumerable<CsvRow> ReadAsync(string path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using StreamReader reader = new(path, Encoding.UTF8);
        Dictionary<string, int>? columns = null;
        int line = 0;
        int number = 0;
        while (true)
        {
            int first = line + 1;
            List<string> fields = [];
            string? text = await NextAsync().ConfigureAwait(false);
            if (text is null)
                break;
            StringBuilder field = new();
            bool quoted = false;
            for (int i = 0; ; i++)
            {
                if (i == text.Length)
                {
                    if (!quoted)
                        break;
                    text = await NextAsync().ConfigureAwait(false) ?? throw new InvalidDataException($"{path}, line {first}: a quoted field that begins in this row does not end.");
                    field.Append('\n');
                    i = -1;
                    continue;
                }
                char c = text[i];
                if (quoted && c == '"' && i + 1 < text.Length && text[i + 1] == '"')
                {
                    field.Append('"');
                    i++;
                }
                else if (c == '"' && (quoted || field.Length == 0))
                {
                    quoted = !quoted;
                    if (!quoted && i + 1 < text.Length && text[i + 1] != ',')
                        throw new InvalidDataException($"{path}, line {line}: '{text[i + 1]}' stands behind the end of a quoted field. A quote within a field is written twice.");
                }
                else if (c == ',' && !quoted)
                {
                    fields.Add(field.ToString());
                    field.Clear();
                }
                else
                {
                    field.Append(c);
                }
            }
            fields.Add(field.ToString());
            if (fields is [""])
                continue;
            if (columns is null)
            {
                columns = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
                foreach (string name in fields)
                {
                    if (!columns.TryAdd(name.Trim(), columns.Count))
                        throw new InvalidDataException($"{path}, line {first}: two columns are called '{name.Trim()}', and a row's value would be that of either.");
                }
                continue;
            }
            yield return new CsvRow(columns, fields, first, ++number);
        }
        if (number == 0)
            throw new InvalidDataException($"{path} has no row: a header and a row are the least.");

        async Task<string?> NextAsync()
        {
            line++;
            return await reader.ReadLineAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
