namespace AiSdk.Onnx;

/// <summary>Python's stable sort.</summary>
internal static class PythonSorting
{
    /// <summary>Sorts by a key; in reverse, equal items keep their order too.</summary>
    public static List<T> Sort<T>(RenderState state, List<T> items, Func<T, object?> key, bool isReversed = false)
    {
        (T Item, object? Key)[] source = [.. items.Select(item => (item, key(item)))];
        var target = new (T Item, object? Key)[source.Length];
        // A merge sort of our own: Array.Sort is not stable and wraps what a comparison throws.
        for (int width = 1; width < source.Length; width = Math.Min(width * 2, source.Length))
        {
            for (int start = 0; start < source.Length; start += 2 * width)
            {
                int middle = Math.Min(start + width, source.Length), end = Math.Min(start + (2 * width), source.Length);
                int left = start, right = middle;
                for (int i = start; i < end; i++)
                {
                    bool takesRight = left >= middle
                        || (right < end && (isReversed ? PythonValue.Compare(state, source[left].Key, source[right].Key) < 0 : PythonValue.Compare(state, source[right].Key, source[left].Key) < 0));
                    target[i] = takesRight ? source[right++] : source[left++];
                }
            }
            (source, target) = (target, source);
            if (width == source.Length)
                break;
        }
        return [.. source.Select(entry => entry.Item)];
    }
}
