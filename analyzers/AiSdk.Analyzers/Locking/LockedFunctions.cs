using AiSdk.Generators.Emitting;
using AiSdk.Generators.Helpers;
using AiSdk.Generators.Parsing;
using Microsoft.CodeAnalysis;

namespace AiSdk.Analyzers.Locking;

/// <summary>The functions of a lock file.</summary>
/// <param name="file">The file.</param>
/// <param name="entries">The functions by their id.</param>
/// <param name="problem">Why the file cannot be read, or null.</param>
internal sealed class LockedFunctions(AdditionalFile file, IReadOnlyDictionary<string, JsonMember> entries, (string Message, int Position)? problem)
{
    private const string Again = "write it anew with 'dotnet build -t:AiSdkLock'";

    /// <summary>The file.</summary>
    public AdditionalFile File { get; } = file;

    /// <summary>The functions by their id, each with its place in the file.</summary>
    public IReadOnlyDictionary<string, JsonMember> Entries { get; } = entries;

    /// <summary>Why the file cannot be read, and where; null if it can.</summary>
    public (string Message, int Position)? Problem { get; } = problem;

    /// <summary>The lock file among the project's files, or null.</summary>
    public static LockedFunctions? Read(IEnumerable<AdditionalText> files)
    {
        if (files.FirstOrDefault(static file => Path.GetFileName(file.Path) == LockFile.Name) is not { } found)
            return null;
        AdditionalFile file = new(found);
        Dictionary<string, JsonMember> entries = new(StringComparer.Ordinal);
        if (Json.Parse(file.Text, out int wrong) is not { } root)
        {
            bool isMerge = file.Text.IndexOf("<<<<<<<", StringComparison.Ordinal) is >= 0 and int conflict && (wrong = conflict) >= 0;
            return Wrong(isMerge ? $"there is a merge conflict in it: take either side, then {Again}" : $"it is no valid JSON here: {Again}", Math.Min(wrong, Math.Max(0, file.Text.Length - 1)));
        }
        JsonValue? version = Value(root, "version");
        if (version?.Raw != LockFile.Version)
            return Wrong($"it is of another version of AiSdk: {Again}", version?.Start ?? 0);
        foreach (JsonMember member in Value(root, "functions")?.Members ?? [])
        {
            if (entries.ContainsKey(member.Name))
                return Wrong($"'{member.Name}' is there twice, as after a merge: {Again}", member.Start);
            entries.Add(member.Name, member);
        }
        return new LockedFunctions(file, entries, null);

        LockedFunctions Wrong(string message, int position) => new(file, entries, ($"{LockFile.Name} cannot be read: {message}", position));
    }

    /// <summary>A property's value.</summary>
    public static JsonValue? Value(JsonValue? value, string property) => value?.Members.FirstOrDefault(member => member.Name == property)?.Value;
}
