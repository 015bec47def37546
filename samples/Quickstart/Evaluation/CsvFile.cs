using System.Text;

namespace Quickstart;

/// <summary>Reads comma-separated values (RFC 4180): quoted fields may hold commas, doubled quotes and line breaks.</summary>
public static class CsvFile
{
    /// <summary>The rows of a file, the header included.</summary>
    /// <param name="path">The file, UTF-8.</param>
    /// <returns>For each row that is not empty its fields and the line, from 1, on which it begins.</returns>
    /// <exception cref="InvalidDataException">A quoted field does not end, or something stands behind its end.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static List<(int Line, List<string> Fields)> Read(string path) => Parse(File.ReadAllText(path), path);

    /// <inheritdoc cref="Read"/>
    /// <param name="text">The file's text.</param>
    /// <param name="path">The file's name, for messages.</param>
    public static List<(int Line, List<string> Fields)> Parse(string text, string path)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<(int, List<string>)> rows = [];
        List<string> fields = [];
        StringBuilder field = new();
        int line = 1;
        int rowLine = 1;
        for (int i = 0; i <= text.Length; i++)
        {
            char c = i < text.Length ? text[i] : '\n';
            if (c == '"' && field.Length == 0)
            {
                int quotedLine = line;
                i = ReadQuoted(text, i + 1, field, ref line);
                if (i < 0)
                    throw new InvalidDataException($"{path}, line {quotedLine}: the quoted field that begins here does not end.");
                c = i < text.Length ? text[i] : '\n';
                if (c is not (',' or '\r' or '\n'))
                    throw new InvalidDataException($"{path}, line {line}: '{c}' stands behind the end of a quoted field. A quote within a field is written twice.");
            }
            switch (c)
            {
                case ',':
                    fields.Add(field.ToString());
                    field.Clear();
                    break;
                case '\r' when i + 1 < text.Length && text[i + 1] == '\n':
                    break;
                case '\r' or '\n':
                    fields.Add(field.ToString());
                    field.Clear();
                    if (fields is not [""])
                        rows.Add((rowLine, fields));
                    fields = [];
                    rowLine = ++line;
                    break;
                default:
                    field.Append(c);
                    break;
            }
        }
        return rows;
    }

    /// <summary>Reads up to the quote that ends a field.</summary>
    /// <returns>The position behind it; -1 if there is none.</returns>
    private static int ReadQuoted(string text, int at, StringBuilder field, ref int line)
    {
        for (; at < text.Length; at++)
        {
            if (text[at] == '"')
            {
                if (at + 1 == text.Length || text[at + 1] != '"')
                    return at + 1;
                at++;
            }
            else if (text[at] == '\n')
            {
                line++;
            }
            field.Append(text[at]);
        }
        return -1;
    }
}
