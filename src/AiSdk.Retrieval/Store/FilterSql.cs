using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace AiSdk.Retrieval;

/// <summary>A filter as a condition on the rows of documents. Values are parameters, never text of the statement.</summary>
internal static class FilterSql
{
    /// <summary>The condition, and the parameters <c>$f0</c>, <c>$f1</c> … that it names.</summary>
    public static (string Condition, (string Name, object Value)[] Parameters) Write(PassageFilter filter, string prefix)
    {
        StringBuilder sql = new();
        List<(string, object)> parameters = [];
        Append(filter, prefix, sql, parameters);
        return (sql.ToString(), [.. parameters]);
    }

    private static void Append(PassageFilter filter, string prefix, StringBuilder sql, List<(string, object)> parameters)
    {
        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        switch (filter)
        {
            case PassageFilterAnd both:
                Binary(both.Left, " AND ", both.Right);
                break;
            case PassageFilterOr one:
                Binary(one.Left, " OR ", one.Right);
                break;
            case PassageFilterNot not:
                sql.Append("NOT (");
                Append(not.Filter, prefix, sql, parameters);
                sql.Append(')');
                break;
            case PassageFilterIn { Key: null } source:
                sql.Append("d.key IN (");
                sql.Append(Values(source.Values));
                sql.Append(')');
                break;
            case PassageFilterIn value:
                sql.Append("d.id IN (SELECT document FROM ").Append(prefix).Append("metadata WHERE key = ").Append(Parameter(value.Key!)).Append(" AND value IN (");
                sql.Append(Values(value.Values));
                sql.Append("))");
                break;
            default:
                throw new NotSupportedException($"The filter {filter} is of a kind that this index does not know.");
        }

        void Binary(PassageFilter left, string operation, PassageFilter right)
        {
            sql.Append('(');
            Append(left, prefix, sql, parameters);
            sql.Append(operation);
            Append(right, prefix, sql, parameters);
            sql.Append(')');
        }

        // One parameter, however many the values are: a statement may have some thousands only.
        string Values(IReadOnlyList<string> values) => $"SELECT value FROM json_each({Parameter(Json(values))})";

        string Parameter(string value)
        {
            string name = "$f" + parameters.Count.ToString(CultureInfo.InvariantCulture);
            parameters.Add((name, value));
            return name;
        }
    }

    private static string Json(IReadOnlyList<string> values)
    {
        ArrayBufferWriter<byte> json = new();
        using (Utf8JsonWriter writer = new(json))
        {
            writer.WriteStartArray();
            foreach (string value in values)
                writer.WriteStringValue(value);
            writer.WriteEndArray();
        }
        return Encoding.UTF8.GetString(json.WrittenSpan);
    }
}
