using System.ComponentModel;

namespace AiSdk.CompilerServices;

/// <summary>What generated comparisons are made of.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class OutputComparer
{
    /// <summary>Whether two simple values are equal; texts by their characters, points in time by the instant.</summary>
    public static bool Values<T>(T left, T right) => EqualityComparer<T>.Default.Equals(left, right);

    /// <summary>Whether two objects are both null or alike.</summary>
    public static bool Objects<T>(T? left, T? right, Func<T, T, bool> same)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(same);
        return left is null || right is null ? left is null && right is null : same(left, right);
    }

    /// <summary>Whether two structures are both null or alike.</summary>
    public static bool Structures<T>(T? left, T? right, Func<T, T, bool> same)
        where T : struct
    {
        ArgumentNullException.ThrowIfNull(same);
        return left is { } one && right is { } other ? same(one, other) : left is null && right is null;
    }

    /// <summary>Whether two lists have the same elements in the same order.</summary>
    public static bool Lists<T>(IEnumerable<T>? left, IEnumerable<T>? right, Func<T, T, bool> same)
    {
        ArgumentNullException.ThrowIfNull(same);
        if (left is null || right is null)
            return left is null && right is null;
        using IEnumerator<T> others = right.GetEnumerator();
        foreach (T item in left)
        {
            if (!others.MoveNext() || !same(item, others.Current))
                return false;
        }
        return !others.MoveNext();
    }

    /// <summary>Whether two dictionaries have the same values under the same names, in whatever order.</summary>
    public static bool Dictionaries<T>(IEnumerable<KeyValuePair<string, T>>? left, IEnumerable<KeyValuePair<string, T>>? right, Func<T, T, bool> same)
    {
        ArgumentNullException.ThrowIfNull(same);
        if (left is null || right is null)
            return left is null && right is null;
        Dictionary<string, T> others = new(right, StringComparer.Ordinal);
        int count = 0;
        foreach ((string name, T value) in left)
        {
            if (!others.TryGetValue(name, out T? other) || !same(value, other))
                return false;
            count++;
        }
        return count == others.Count;
    }
}
