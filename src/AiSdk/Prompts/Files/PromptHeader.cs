using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace AiSdk.Prompts;

/// <summary>What a prompt file's front matter says.</summary>
internal sealed record PromptHeader
{
    /// <summary>The keys that say something about the file, but nothing to the model.</summary>
    private static readonly string[] _informational = ["name", "variant", "version", "description", "metadata"];

    private static readonly string[] _known = [.. _informational, "model", "config", "input", "output"];

    private static readonly (string Key, string Property, PromptSettingKind Kind)[] _settings =
    [
        ("temperature", "Temperature", PromptSettingKind.Number),
        ("topP", "TopP", PromptSettingKind.Number),
        ("topK", "TopK", PromptSettingKind.Integer),
        ("maxOutputTokens", "MaxOutputTokens", PromptSettingKind.Integer),
        ("seed", "Seed", PromptSettingKind.Integer),
        ("frequencyPenalty", "FrequencyPenalty", PromptSettingKind.Number),
        ("presencePenalty", "PresencePenalty", PromptSettingKind.Number),
        ("stopSequences", "StopSequences", PromptSettingKind.Texts),
    ];

    /// <summary>Says nothing.</summary>
    public static PromptHeader Empty { get; } = new();

    /// <summary>The properties of ChatOptions that it sets, each once.</summary>
    public IReadOnlyList<PromptSetting> Settings { get; init; } = [];

    /// <summary>The input's schema, as JSON Schema, or null.</summary>
    public FrontMatterNode? InputSchema { get; init; }

    /// <summary>The values that stand for arguments that are null, by name.</summary>
    public IReadOnlyList<FrontMatterEntry> Defaults { get; init; } = [];

    /// <summary>The output's schema, as JSON Schema, or null.</summary>
    public FrontMatterNode? OutputSchema { get; init; }

    /// <summary>The output's format, json or text, or null.</summary>
    public FrontMatterNode? OutputFormat { get; init; }

    /// <summary>Reads the root of front matter.</summary>
    public static PromptHeader Read(FrontMatterNode? root, List<PromptFileError> errors)
    {
        if (root is null)
            return Empty;
        if (root.Kind != FrontMatterKind.Map)
        {
            errors.Add(new PromptFileError(PromptFileErrorKind.Syntax, "front matter is made of 'key: value' lines", root.Position, root.Length));
            return Empty;
        }
        List<PromptSetting> settings = [];
        PromptHeader header = new() { Settings = settings };
        foreach (FrontMatterEntry entry in root.Entries)
        {
            switch (entry.Key)
            {
                case "model":
                    if (Text(entry, errors) is { } model)
                        settings.Add(new PromptSetting("ModelId", model, entry));
                    break;
                case "config":
                    foreach (FrontMatterEntry setting in Map(entry, errors))
                        ReadSetting(setting, settings, errors);
                    break;
                case "input":
                    foreach (FrontMatterEntry part in Map(entry, errors))
                    {
                        if (part.Key == "schema")
                            header = header with { InputSchema = Picoschema.ToJsonSchema(part.Value, errors) };
                        else if (part.Key == "default")
                            header = header with { Defaults = Map(part, errors) };
                        else
                            Unknown(part, ["schema", "default"], errors, "input.");
                    }
                    break;
                case "output":
                    foreach (FrontMatterEntry part in Map(entry, errors))
                    {
                        if (part.Key == "schema")
                            header = header with { OutputSchema = Picoschema.ToJsonSchema(part.Value, errors) };
                        else if (part.Key == "format" && part.Value.Text is "json" or "text")
                            header = header with { OutputFormat = part.Value };
                        else if (part.Key == "format")
                            errors.Add(new PromptFileError(PromptFileErrorKind.InvalidValue, "'output.format' is json or text", part.Value.Position, part.Value.Length));
                        else
                            Unknown(part, ["schema", "format"], errors, "output.");
                    }
                    break;
                default:
                    // A dotted key belongs to whoever its first part names.
                    if (!_informational.Contains(entry.Key) && entry.Key.IndexOf('.') <= 0)
                        Unknown(entry, _known, errors, "");
                    break;
            }
        }
        return header;
    }

    private static void ReadSetting(FrontMatterEntry entry, List<PromptSetting> settings, List<PromptFileError> errors)
    {
        (string key, string property, PromptSettingKind kind) = _settings.FirstOrDefault(known => known.Key == entry.Key);
        if (key is null)
        {
            Unknown(entry, _settings.Select(static known => known.Key), errors, "config.");
            return;
        }
        FrontMatterNode value = entry.Value;
        bool fits = kind switch
        {
            PromptSettingKind.Number => value.Kind == FrontMatterKind.Plain && double.TryParse(value.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
                && !double.IsNaN(number) && !double.IsInfinity(number) && (property is "FrequencyPenalty" or "PresencePenalty" || number >= 0) && (property != "TopP" || number <= 1),
            PromptSettingKind.Integer => value.Kind == FrontMatterKind.Plain && long.TryParse(value.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long integer)
                && (property == "Seed" || integer is >= 1 and <= int.MaxValue),
            _ => value.Kind == FrontMatterKind.List ? value.Items.All(static item => item.IsScalar && !item.IsNull) : value.IsScalar && !value.IsNull,
        };
        if (fits)
        {
            settings.Add(new PromptSetting(property, value, entry));
            return;
        }
        string wanted = kind switch
        {
            PromptSettingKind.Number => property switch { "Temperature" => "a number of 0 or more", "TopP" => "a number from 0 to 1", _ => "a number" },
            PromptSettingKind.Integer => property == "Seed" ? "a whole number" : "a whole number of 1 or more",
            _ => "a list of texts",
        };
        errors.Add(new PromptFileError(PromptFileErrorKind.InvalidValue, $"'config.{key}' is {wanted}", value.Position, value.Length));
    }

    private static FrontMatterNode? Text(FrontMatterEntry entry, List<PromptFileError> errors)
    {
        if (entry.Value.IsScalar && entry.Value.Text.Trim().Length > 0)
            return entry.Value;
        errors.Add(new PromptFileError(PromptFileErrorKind.InvalidValue, $"'{entry.Key}' is a text", entry.Position, entry.Length));
        return null;
    }

    private static IReadOnlyList<FrontMatterEntry> Map(FrontMatterEntry entry, List<PromptFileError> errors)
    {
        if (entry.Value.Kind != FrontMatterKind.Map && !entry.Value.IsNull)
            errors.Add(new PromptFileError(PromptFileErrorKind.InvalidValue, $"'{entry.Key}' holds keys of its own, on lines below it that are indented", entry.Position, entry.Length));
        return entry.Value.Entries;
    }

    private static void Unknown(FrontMatterEntry entry, IEnumerable<string> known, List<PromptFileError> errors, string prefix)
    {
        string reason = prefix.Length == 0 && entry.Key is "tools" or "toolDefs" or "maxTurns"
            ? "tools are declared in C#, not in a prompt file"
            : $"known are {string.Join(", ", known)}{(prefix.Length == 0 ? ", and keys of your own with a dot in them ('team.owner')" : "")}";
        errors.Add(new PromptFileError(PromptFileErrorKind.UnknownKey, $"'{prefix}{entry.Key}' has no effect: {reason}", entry.Position, entry.Length));
    }
}

/// <summary>A property of ChatOptions that front matter sets.</summary>
/// <param name="Property">The property.</param>
/// <param name="Value">Its value, of the sort that the property wants.</param>
/// <param name="Entry">Where it is written.</param>
internal sealed record PromptSetting(string Property, FrontMatterNode Value, FrontMatterEntry Entry)
{
    /// <summary>The value's texts: of a list all, else the one.</summary>
    public IEnumerable<string> Texts => Value.Kind == FrontMatterKind.List ? Value.Items.Select(static item => item.Text) : [Value.Text];
}

/// <summary>The sorts of settings.</summary>
internal enum PromptSettingKind
{
    Number,
    Integer,
    Texts,
}
