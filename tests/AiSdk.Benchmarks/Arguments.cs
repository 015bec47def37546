namespace AiSdk.Benchmarks;

/// <summary>A benchmark's command line.</summary>
internal static class Arguments
{
    /// <summary>What stands behind a name; <see langword="null"/> if it is not there.</summary>
    public static string? Value(string[] args, string name) => Array.IndexOf(args, name) is >= 0 and int index && index + 1 < args.Length ? args[index + 1] : null;
}
