namespace AiSdk;

/// <summary>A condition on what the application said of documents: <c>PassageFilter.Equal("language", "en") &amp; !PassageFilter.Equal("draft", "yes")</c>.</summary>
/// <remarks>Immutable. Values are compared ordinally; a document without the key equals no value.</remarks>
public abstract record PassageFilter
{
    private protected PassageFilter()
    {
    }

    /// <summary>Documents whose metadata has the value.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    public static PassageFilter Equal(string key, string value) => In(key, [value]);

    /// <summary>Documents whose metadata has one of the values.</summary>
    /// <param name="key">The key.</param>
    /// <param name="values">The values; none lets nothing through.</param>
    public static PassageFilter In(string key, params IEnumerable<string> values)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        return new PassageFilterIn(key, [.. values]);
    }

    /// <summary>The document with a key, or those.</summary>
    /// <param name="sources">The documents' keys.</param>
    public static PassageFilter Source(params IEnumerable<string> sources) => new PassageFilterIn(null, [.. sources]);

    /// <summary>Both conditions.</summary>
    public static PassageFilter operator &(PassageFilter left, PassageFilter right) => new PassageFilterAnd(left, right);

    /// <summary>One of the conditions.</summary>
    public static PassageFilter operator |(PassageFilter left, PassageFilter right) => new PassageFilterOr(left, right);

    /// <summary>Not the condition.</summary>
    public static PassageFilter operator !(PassageFilter filter) => new PassageFilterNot(filter);

    /// <inheritdoc cref="op_BitwiseAnd"/>
    public PassageFilter BitwiseAnd(PassageFilter right) => this & right;

    /// <inheritdoc cref="op_BitwiseOr"/>
    public PassageFilter BitwiseOr(PassageFilter right) => this | right;

    /// <inheritdoc cref="op_LogicalNot"/>
    public PassageFilter LogicalNot() => !this;
}
