using System.Text.Json;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace AiSdk.Cli;

/// <summary>Writes for people, with a terminal or without, and for programs.</summary>
internal static class Terminal
{
    // Where there is no terminal nothing says how wide a line may be.
    private const int WidthWithoutTerminal = 200;
    private static readonly JsonSerializerOptions _json = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A console over a writer: colours only on a real terminal.</summary>
    public static IAnsiConsole On(TextWriter output)
    {
        bool isTerminal = ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected;
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = isTerminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(output),
        });
        if (!isTerminal)
            console.Profile.Width = WidthWithoutTerminal;
        return console;
    }

    /// <summary>Writes JSON.</summary>
    public static void Write(TextWriter output, JsonNode json) => output.WriteLine(json.ToJsonString(_json));

    /// <summary>A number, or null where JSON has none.</summary>
    public static JsonNode? Number(double value) => double.IsFinite(value) ? JsonValue.Create(value) : null;
}
