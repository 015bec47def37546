using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace AiSdk.Cli;

/// <summary><c>aisdk model info</c>.</summary>
internal static class ModelCommand
{
    public static Command Create(TextWriter output)
    {
        Argument<string> folder = new("DIR") { Description = "The model's folder, in ONNX Runtime GenAI's layout." };
        Option<bool> json = new("--json") { Description = "Writes JSON." };
        Command info = new("info", "Says what a local model is, and what of it fits in this machine's memory.") { folder, json };
        info.SetAction(arguments =>
        {
            ModelInfo model = ModelInfo.Read(arguments.GetValue(folder)!);
            if (arguments.GetValue(json))
            {
                Terminal.Write(output, model.ToJson());
                return 0;
            }
            Grid grid = new Grid().AddColumn(new GridColumn { NoWrap = true }).AddColumn();
            foreach ((string name, JsonNode? value) in model.ToJson())
            {
                if (value is not null)
                    grid.AddRow(Markup.Escape(name), Markup.Escape(Text(name, value)));
            }
            Terminal.On(output).Write(grid);
            return 0;
        });
        return new Command("model", "Local models.") { info };
    }

    private static string Text(string name, JsonNode value) =>
        value is JsonArray array ? string.Join(", ", array.Select(static item => item?.ToString()))
        : name.EndsWith("Bytes", StringComparison.Ordinal) || name.Contains("BytesPer", StringComparison.Ordinal) ? Size(value.GetValue<long>())
        : value.ToString();

    private static string Size(long bytes) => bytes switch
    {
        < 1 << 10 => string.Create(CultureInfo.InvariantCulture, $"{bytes} bytes"),
        < 1 << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.#} KB"),
        < 1 << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0.#} MB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1073741824.0:0.##} GB"),
    };
}
