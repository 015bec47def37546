using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Microsoft.Extensions.AI;

namespace AiSdk.IntegrationTests;

/// <summary>Functions that every endpoint is asked: one declaration, whatever the dialect.</summary>
[AiFunctions]
internal interface IClaimDesk
{
    [SystemPrompt("You read insurance claims.")]
    [UserPrompt("{{text}}")]
    Task<AiResult<Claim>> ReadAsync(string text, CancellationToken cancellationToken = default);

    [ModelOptions(MaxOutputTokens = 64)]
    [UserPrompt("{{text}}")]
    Task<AiResult<Claim>> ReadBrieflyAsync(string text, ChatOptions? options, CancellationToken cancellationToken = default);

    [SystemPrompt("You read insurance claims.")]
    [UserPrompt("{{text}}")]
    IAsyncEnumerable<Partial<Claim>> WatchAsync(string text, CancellationToken cancellationToken = default);

    [UserPrompt("{{text}}")]
    IAsyncEnumerable<ClaimItem> ItemsAsync(string text, CancellationToken cancellationToken = default);

    [Tools<RateTools>]
    [UserPrompt("{{text}}")]
    Task<AiResult<Claim>> ReadWithRatesAsync(string text, CancellationToken cancellationToken = default);

    [UserPrompt("{{text}}")]
    Task<AiResult<Folder>> SortAsync(string text, CancellationToken cancellationToken = default);

    [UserPrompt("{{text}}")]
    Task<string> AnswerAsync(string text, CancellationToken cancellationToken = default);

    [UserPrompt("{{text}}")]
    IAsyncEnumerable<string> StreamAsync(string text, CancellationToken cancellationToken = default);

    [UserPrompt("What is broken?")]
    Task<string> LookAsync(DataContent photo, CancellationToken cancellationToken = default);

    [UserPrompt("Compare {{media before}} with {{media after}}. {{#each more}}{{@index}}: {{media this}}{{/each}}")]
    Task<string> CompareAsync(IReadOnlyList<DataContent> before, IEnumerable<UriContent> after, DataContent[] more, CancellationToken cancellationToken = default);
}

/// <summary>What happened.</summary>
internal enum ClaimKind
{
    [JsonStringEnumMemberName("glass_damage")]
    GlassDamage,

    [JsonStringEnumMemberName("water_damage")]
    WaterDamage,

    Theft,
}

/// <summary>A claim as a customer tells it.</summary>
internal sealed record Claim(
    [property: StringLength(40, MinimumLength = 2)] string Title,
    ClaimKind Kind,
    [property: Range(0, 100_000, MinimumIsExclusive = true)] decimal Amount,
    DateOnly Happened,
    [property: RegularExpression("[A-Z]{2}-[0-9]{4}")] string Policy,
    [property: MinLength(1), MaxLength(5)] IReadOnlyList<ClaimItem> Items,
    Party Reporter,
    [property: EmailAddress] string? Contact,
    byte? Share);

/// <summary>What was damaged.</summary>
internal sealed record ClaimItem(string Article, [property: Range(0, 50000)] double Value);

/// <summary>Who reports.</summary>
internal abstract record Party
{
    internal sealed record Person(string Name, int? Age) : Party;

    internal sealed record Company(string Name, string Register) : Party;
}

/// <summary>A type that some dialects refuse: it holds itself, and names of any sort.</summary>
internal sealed record Folder(string Name, Dictionary<string, int> Counts, IReadOnlyList<Folder> Folders);

/// <summary>Tools of the functions.</summary>
internal sealed class RateTools
{
    /// <summary>What one unit of a currency is worth in euros.</summary>
    /// <param name="currency">The currency's code.</param>
    [AiTool]
    public static double Rate(string currency) => currency == "USD" ? 0.5 : 1;
}
