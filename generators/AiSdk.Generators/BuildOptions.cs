using Microsoft.CodeAnalysis.Diagnostics;

namespace AiSdk.Generators;

/// <summary>MSBuild properties that the compiler components read.</summary>
internal static class BuildOptions
{
    /// <summary>Whether the target is running that writes the lock file.</summary>
    public static bool IsLocking(AnalyzerConfigOptions options) =>
        options.TryGetValue("build_property.AiSdkEmitLock", out string? value) && string.Equals(value, "true", StringComparison.OrdinalIgnoreCase);
}
