using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace AiSdk.Generators.Tests;

/// <summary>A template that is read at run time gives what the same template gives when it is compiled.</summary>
public sealed class OverrideConformanceTests
{
    /// <summary>Templates that a file cannot have: without text there is no file, and members that JSON does not show are not known at run time.</summary>
    private static bool IsKnownAtRunTime(string template) => template.Trim().Length > 0 && !template.Contains("Order.NOTE", StringComparison.Ordinal);

    [Fact]
    public async Task Every_template_gives_the_same_text()
    {
        (string Template, string Parameters, string Arguments, string Expected)[] cases =
            [.. PromptTests.Templates().Select(static row => row.Data).Where(static c => IsKnownAtRunTime(c.Item1) && c.Item4.Trim().Length > 0)];
        LiveCall call = await Live.CallAsync(
            $"{PromptTests.Types}\n[AiFunctions] public interface IDesk\n{{\n{string.Concat(cases.Select(static (c, i) => $"[UserPrompt(\"compiled\")] Task<string> F{i}Async({c.Parameters});\n"))}}}",
            $$"""
            string folder = Directory.CreateTempSubdirectory("aisdk-conformance-").FullName;
            string[] templates = [{{string.Join(",\n", cases.Select(static c => SymbolDisplay.FormatLiteral(c.Template, quote: true)))}}];
            for (int i = 0; i < templates.Length; i++)
                File.WriteAllText(Path.Combine(folder, $"IDesk.F{i}Async.prompt"), templates[i]);
            try
            {
                Desk desk = new(client, new AiFunctionsOptions { PromptDirectory = folder });
                {{string.Join("\n", cases.Select(static (c, i) => $"await desk.F{i}Async({c.Arguments});"))}}
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
            return null;
            """,
            "ok");
        Assert.Null(call.Error);
        Assert.Equal(
            cases.Select(static c => $"{c.Template} => {c.Expected.Replace("\r\n", "\n", StringComparison.Ordinal)}"),
            cases.Zip(call.Client.Calls, static (c, messages) => $"{c.Template} => {messages.Single().Text}"));
        Assert.True(cases.Length > 40, $"{cases.Length} templates");
    }
}
