namespace Quickstart;

/// <summary>The intents' names in JSON, as data and evaluations have them.</summary>
public static class BankIntentNames
{
    /// <summary>All names, in the order of the enum.</summary>
    public static IReadOnlyList<string> All { get; } = [.. BankDesk.RouteAsyncInfo.Output!.Shape.Values.Select(static value => value.Name)];

    /// <summary>An intent's name.</summary>
    public static string Name(BankIntent intent) => All[(int)intent];
}
