using System.Linq.Expressions;
using System.Reflection;

namespace AiSdk.Retrieval;

/// <summary>Makes of a condition on records a filter: comparisons of <c>Source</c> and <c>Metadata["key"]</c> with values, and, or, not.</summary>
internal static class FilterTranslator
{
    /// <summary>The filter of a condition.</summary>
    /// <exception cref="NotSupportedException">The condition says something else.</exception>
    public static PassageFilter Translate(Expression<Func<PassageRecord, bool>> condition) => Translate(condition.Body);

    private static PassageFilter Translate(Expression expression)
    {
        switch (expression)
        {
            case BinaryExpression { NodeType: ExpressionType.AndAlso } both:
                return Translate(both.Left) & Translate(both.Right);
            case BinaryExpression { NodeType: ExpressionType.OrElse } one:
                return Translate(one.Left) | Translate(one.Right);
            case UnaryExpression { NodeType: ExpressionType.Not } not:
                return !Translate(not.Operand);
            case BinaryExpression { NodeType: ExpressionType.Equal or ExpressionType.NotEqual } comparison:
                PassageFilter equal = IsProperty(comparison.Left, out string? key) ? In(key, [Text(comparison.Right)])
                    : IsProperty(comparison.Right, out key) ? In(key, [Text(comparison.Left)])
                    : throw Unsupported(expression);
                return comparison.NodeType == ExpressionType.Equal ? equal : !equal;
            case MethodCallExpression { Method.Name: "Contains" } contains when contains.Arguments.Count == (contains.Object is null ? 2 : 1):
                Expression item = contains.Object is null ? contains.Arguments[1] : contains.Arguments[0];
                return IsProperty(item, out key) && Value(contains.Object ?? contains.Arguments[0]) is IEnumerable<string> values
                    && (values is not HashSet<string> { Comparer: var comparer } || comparer.Equals(EqualityComparer<string>.Default) || comparer.Equals(StringComparer.Ordinal)) ? In(key, [.. values]) : throw Unsupported(expression);
            default:
                throw Unsupported(expression);
        }
    }

    private static PassageFilter In(string? key, string[] values) => key is null ? PassageFilter.Source(values) : PassageFilter.In(key, values);

    private static bool IsProperty(Expression expression, out string? key)
    {
        key = null;
        if (expression is MemberExpression { Expression: ParameterExpression, Member.Name: nameof(PassageRecord.Source) })
            return true;
        if (expression is not MethodCallExpression { Method.Name: "get_Item", Object: MemberExpression { Expression: ParameterExpression, Member.Name: nameof(PassageRecord.Metadata) } } item)
            return false;
        key = Text(item.Arguments[0]);
        return true;
    }

    private static string Text(Expression expression) => Value(expression) as string ?? throw Unsupported(expression);

    /// <summary>A value that hangs on no record: a constant, a captured variable.</summary>
    private static object? Value(Expression expression) => expression switch
    {
        ConstantExpression constant => constant.Value,
        MemberExpression { Member: FieldInfo field } member => field.GetValue(member.Expression is null ? null : Value(member.Expression)),
        MemberExpression { Member: PropertyInfo property } member when member.Expression is not ParameterExpression => property.GetValue(member.Expression is null ? null : Value(member.Expression)),
        UnaryExpression { NodeType: ExpressionType.Convert } convert => Value(convert.Operand),
        NewArrayExpression { NodeType: ExpressionType.NewArrayInit } array => array.Expressions.Select(static element => Value(element) as string ?? throw Unsupported(element)).ToArray(),
        // C# 14 takes arrays for spans.
        MethodCallExpression { Method.Name: "op_Implicit", Arguments: [{ } argument] } => Value(argument),
        _ => throw Unsupported(expression),
    };

    private static NotSupportedException Unsupported(Expression expression) => new(
        $"The condition '{expression}' cannot be asked of the index. It knows comparisons (==, !=, Contains) of Source and Metadata[\"key\"] with texts, and &&, || and !.");
}
