using System.Runtime.CompilerServices;
using AiSdk.Generators.Emitting;
using AiSdk.Generators.Helpers;
using AiSdk.Generators.Parsing;
using Microsoft.CodeAnalysis;

namespace AiSdk.Analyzers.Locking;

/// <summary>The functions of a lock file.</summary>
/// <param name="file">The file.</param>
/// <param name="entries">The functions by their id.</param>
/// <param name="evaluations">The last accepted evaluation of functions, by their id.</param>
/// <param name="problem">Why the file cannot be read, or null.</param>
internal sealed class LockedFunctions(AdditionalFile file, IReadOnlyDictionary<string, JsonMember> entries, IReadOnlyDictionary<string, JsonValue> evaluations, (string Message, int Position)? problem)
{
    private const string Again = "write it anew with 'dotnet build -t:AiSdkLock'";

    // The compiler makes a new object for each change of a file, so that one is read once and not at every key that is pressed elsewhere.
    private static readonly ConditionalWeakTable<AdditionalText, LockedFunctions> _known = new();

    /// <summary>The file.</summary>
    public AdditionalFile File { get; } = file;

    /// <summary>The functions by their id, each with its place in the file.</summary>
    public IReadOnlyDictionary<string, JsonMember> Entries { get; } = entries;

    /// <summary>The last accepted evaluation of functions, by their id.</summary>
    public IReadOnlyDictionary<string, JsonValue> Evaluations { get; } = evaluations;

    /// <summary>Why the file cannot be read, and where; null if it can.</summary>
    public (string Message, int Position)? Problem { get; } = problem;

    /// <summary>The lock file among the project's files, or null.</summary>
    public static LockedFunctions? Read(IEnumerable<AdditionalText> files) =>
        files.FirstOrDefault(static file => Path.GetFileName(file.Path) == LockFile.Name) is { } found ? _known.GetValue(found, static text => Read(new AdditionalFile(text))) : null;

    private static LockedFunctions Read(AdditionalFile file)
    {
        Dictionary<string, JsonMember> entries = new(StringComparer.Ordinal);
        if (Json.Parse(file.Text, out int wrong) is not { } root)
        {
            bool isMerge = file.Text.IndexOf(LockFile.ConflictMark, StringComparison.Ordinal) is >= 0 and int conflict && (wrong = conflict) >= 0;
            return Wrong(isMerge ? $"there is a merge conflict in it: take either side, then {Again}" : $"it is no valid JSON here: {Again}", Math.Min(wrong, Math.Max(0, file.Text.Length - 1)));
        }
        JsonValue? version = Value(root, "version");
        if (version?.Raw != LockFile.Version)
            return Wrong($"it is of another version of AiSdk: {Again}", version?.Start ?? 0);
        if (Twice(root) is { } twice)
            return Wrong($"'{twice.Name}' is there twice, as after a merge: {Again}", twice.Start);
        JsonValue? functions = Value(root, "functions");
        if (functions is { Kind: not JsonKind.Object })
            return Wrong($"'functions' is no object: {Again}", functions.Start);
        foreach (JsonMember member in functions?.Members ?? [])
        {
            if (member.Value.Kind != JsonKind.Object)
                return Wrong($"'{member.Name}' is no object: {Again}", member.Value.Start);
            entries.Add(member.Name, member);
        }
        JsonValue? accepted = Value(root, LockFile.EvaluationsName);
        if (accepted is not (null or { Kind: JsonKind.Object }) || accepted?.Members.FirstOrDefault(static member => member.Value.Kind != JsonKind.Object) is not null)
            return Wrong($"'{LockFile.EvaluationsName}' is not what 'aisdk eval accept' writes: take it out and accept the runs again", accepted!.Start);
        return new LockedFunctions(file, entries, (accepted?.Members ?? []).ToDictionary(static member => member.Name, static member => member.Value, StringComparer.Ordinal), null);

        LockedFunctions Wrong(string message, int position) => new(file, entries, new Dictionary<string, JsonValue>(), ($"{LockFile.Name} cannot be read: {message}", position));
    }

    /// <summary>The first property that an object has a second time.</summary>
    private static JsonMember? Twice(JsonValue value)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (JsonMember member in value.Members)
        {
            if (!names.Add(member.Name))
                return member;
            if (Twice(member.Value) is { } inner)
                return inner;
        }
        return value.Items.Select(Twice).FirstOrDefault(static twice => twice is not null);
    }

    /// <summary>A property's value.</summary>
    public static JsonValue? Value(JsonValue? value, string property) => value?.Members.FirstOrDefault(member => member.Name == property)?.Value;
}
