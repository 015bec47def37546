namespace AiSdk;

/// <summary>Reads what models really reply: JSON in fences and prose, with broken syntax and values written differently.</summary>
/// <remarks>Thread-safe. Time is linear in the reply's length; nesting is read to a depth of 64.</remarks>
public static class StructuredOutput
{
    /// <summary>Finds the value in a reply that fits a shape best.</summary>
    /// <param name="reply">The reply, as the model wrote it. No reply makes this throw.</param>
    /// <param name="shape">What it must be.</param>
    /// <param name="options">Whether losses are allowed.</param>
    public static StructuredOutputResult Parse(string reply, OutputShape shape, StructuredOutputOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(reply);
        ArgumentNullException.ThrowIfNull(shape);
        using ReplyRepairer repairer = new(reply, shape, partial: false);
        StructuredOutputResult result = repairer.Run(options?.AllowLoss ?? false);
        if (!result.Success || !shape.HasLimits)
            return result;
        IReadOnlyList<OutputError> errors = ShapeValidator.Validate(result.Json, shape);
        return errors.Count == 0 ? result : new StructuredOutputResult(null, result.Repairs, errors);
    }

    /// <summary>Finds the value in a reply as far as it has come.</summary>
    /// <param name="replySoFar">The reply's beginning, as the model wrote it.</param>
    /// <param name="shape">What the whole reply must be.</param>
    /// <param name="options">Whether losses are allowed.</param>
    /// <returns>
    /// Canonical JSON in which what has not come is null if it may be so, an empty list or dictionary, or absent; missing is no error. Texts are there as far as they came, all
    /// other simple values only once they are closed. A repair of kind <see cref="RepairKind.Unterminated"/> names each value that is still open. While nothing of
    /// the value has come, there is neither JSON nor an error.
    /// </returns>
    public static StructuredOutputResult ParsePartial(string replySoFar, OutputShape shape, StructuredOutputOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(replySoFar);
        ArgumentNullException.ThrowIfNull(shape);
        using ReplyRepairer repairer = new(replySoFar, shape, partial: true);
        return repairer.Run(options?.AllowLoss ?? false);
    }

    /// <summary>Checks JSON against a shape: types, names, and all limits. <see cref="Parse"/> does so itself.</summary>
    /// <param name="json">The value; no text makes this throw.</param>
    /// <param name="shape">What it must be.</param>
    /// <returns>All that is wrong, each with path, rule and value, in the order of the value; empty if nothing is. Past a thousand, one entry stands for all others.</returns>
    public static IReadOnlyList<OutputError> Validate(string json, OutputShape shape)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(shape);
        return ShapeValidator.Validate(json, shape);
    }
}
