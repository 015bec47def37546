using System.ComponentModel;

namespace AiSdk;

/// <summary>
/// Where in the passages a statement is found. In the return type of a function with <see cref="RetrieveAttribute"/> it is validated: the passage must be among those that were shown, and the quote
/// must occur in it.
/// </summary>
/// <param name="PassageId">The passage's id.</param>
/// <param name="Quote">The words that say it, as they stand in the passage; differences of white space do not count.</param>
[Description("Where in the passages a statement is found.")]
public sealed record Citation(
    [property: Description("The id of the passage.")] string PassageId,
    [property: Description("The words of the passage that say it, copied exactly.")] string Quote);
