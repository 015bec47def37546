using Microsoft.CodeAnalysis;

namespace AiSdk.Generators.Parsing;

/// <summary>What a parameter is for.</summary>
internal enum ParameterKind
{
    /// <summary>A value that prompts show.</summary>
    Data,

    /// <summary>An image, sound or document.</summary>
    Media,

    /// <summary>Messages from before.</summary>
    History,

    /// <summary>The caller's ChatOptions.</summary>
    Options,

    /// <summary>Tools from elsewhere.</summary>
    Tools,

    /// <summary>The CancellationToken.</summary>
    CancellationToken,
}

/// <summary>A parameter and what it is for.</summary>
/// <param name="Symbol">The parameter.</param>
/// <param name="Kind">What it is for.</param>
/// <param name="IsTrusted">Whether it may stand in a system prompt.</param>
internal sealed record ParameterInfo(IParameterSymbol Symbol, ParameterKind Kind, bool IsTrusted)
{
    /// <summary>Whether it was found that it has no form in which a model could be shown it.</summary>
    public bool IsUnsupported { get; init; }

    private const string Ai = "Microsoft.Extensions.AI";

    /// <summary>Classifies a parameter.</summary>
    public static ParameterInfo Of(IParameterSymbol parameter)
    {
        ITypeSymbol type = parameter.Type;
        ParameterKind kind = type switch
        {
            _ when type.Is("System.Threading", "CancellationToken") => ParameterKind.CancellationToken,
            _ when type.Is(Ai, "ChatOptions") => ParameterKind.Options,
            _ when IsTools(type) => ParameterKind.Tools,
            _ when IsMedia(type) => ParameterKind.Media,
            _ when IsHistory(type) => ParameterKind.History,
            _ => ParameterKind.Data,
        };
        return new ParameterInfo(parameter, kind, parameter.Has("AiSdk", "TrustedAttribute") || type.Underlying(out _).Has("AiSdk", "TrustedAttribute"));
    }

    /// <summary>Whether the type is content that is not text, or a sequence of such.</summary>
    public static bool IsMedia(ITypeSymbol type) => IsOneMedium(type) || !type.Is("System.Collections.Immutable", "ImmutableArray", 1) && type.ElementType() is { } element && IsOneMedium(element);

    private static bool IsOneMedium(ITypeSymbol type) => type.Is(Ai, "DataContent") || type.Is(Ai, "UriContent");

    /// <summary>Whether the type is a sequence of tools.</summary>
    public static bool IsTools(ITypeSymbol type) => type.ElementType() is { } element && element.BasesAndSelf().Any(static t => t.Is(Ai, "AITool"));

    /// <summary>Whether the type is a list of messages.</summary>
    public static bool IsHistory(ITypeSymbol type) => type.ElementType().Is(Ai, "ChatMessage");
}
