using System.Collections.Immutable;
using AiSdk.Declarations;
using CsCheck;
using Microsoft.CodeAnalysis;
using Xunit;

namespace AiSdk.Analyzers.Tests;

/// <summary>Declarations that nobody thought of: of right ones nothing is said, and no analyzer fails on wrong ones.</summary>
public sealed class RandomDeclarationTests
{
    [Fact]
    public async Task Nothing_is_said_of_a_valid_declaration()
    {
        await RandomDeclaration.Valid.SampleAsync(
            static async source =>
            {
                // That a text between quotes may hold quotes is true of some of them.
                IEnumerable<Diagnostic> diagnostics = (await AnalyzerRun.OnAsync(source)).Where(static d => d.Id != DiagnosticIds.KeepUntrustedTextInsideItsDelimiter);
                Assert.Empty(diagnostics);
            },
            iter: 200, threads: 1, print: static source => source[RandomDeclaration.Types.Length..]);
    }

    [Fact]
    public async Task Nothing_is_said_of_valid_files_and_their_lock_file() =>
        await RandomDeclaration.ValidInFiles.SampleAsync(
            static async declaration =>
            {
                (string Name, string Text)[] files = [.. declaration.Files.Select(static file => (Path.GetFileName(file.Path), file.GetText(TestContext.Current.CancellationToken).ToString()))];
                string json = await ProjectWithFiles.LockAsync(declaration.Source, files);
                Assert.Empty(await ProjectWithFiles.DiagnosticsAsync(ProjectWithFiles.Project(declaration.Source, [.. files, ("aisdk.lock.json", json)])));
            },
            iter: 40, threads: 1, print: static declaration => string.Join("\n", declaration.Files.Select(static file => $"{file.Path}:\n{file.GetText(TestContext.Current.CancellationToken)}").Append(declaration.Source[RandomDeclaration.Types.Length..])));

    [Fact]
    public async Task No_analyzer_fails_on_broken_files() =>
        await Gen.Select(RandomDeclaration.ValidInFiles, Gen.Double[0, 1].Array[1, 4], Gen.String).SampleAsync(
            static async (declaration, places, noise) =>
            {
                string json = await ProjectWithFiles.LockAsync(declaration.Source, [.. declaration.Files.Select(static file => (Path.GetFileName(file.Path), file.GetText(TestContext.Current.CancellationToken).ToString()))]);
                TextFile[] files = [.. declaration.Files, new TextFile("/project/aisdk.lock.json", json)];
                foreach (double place in places)
                {
                    int index = (int)(place * files.Length) % files.Length;
                    string text = files[index].GetText(TestContext.Current.CancellationToken).ToString();
                    int at = (int)(place * 7919 % 1 * text.Length);
                    files[index] = new TextFile(files[index].Path, text[..at] + noise + text[Math.Min(text.Length, at + 3)..]);
                }
                await AnalyzerRun.OnAsync(ConsumerCompilation.Create(declaration.Source, cancellationToken: TestContext.Current.CancellationToken), null, files);
            },
            iter: 60, threads: 1);

    [Fact]
    public async Task No_analyzer_fails_on_a_broken_declaration() =>
        await RandomDeclaration.Broken.SampleAsync(static async source => await AnalyzerRun.OnAsync(source), iter: 500, threads: 1, print: static source => source);

    private static readonly string[] _pieces =
        ["{{", "}}", "{", "}", "#if ", "#each ", "/if", "/each", "else", "a", "b", ".", "Length", "this", "@index", "~", "!--", "--", "\\\\", "\\n", "\\\"", "json ", "role ", "media ", "history", ":N2", " as |x|", "..", "/", " ", "text, or 'A', 'B'", "Answer in XML", "\\u0041", "<t>", "</t>"];

    private static readonly Gen<string> _prompt = Gen.Int[0, _pieces.Length - 1].Select(static i => _pieces[i]).Array[0, 12].Select(string.Concat);

    // Twenty functions at a time: most of the time goes into compiling what stands around them.
    [Fact]
    public async Task No_analyzer_fails_on_a_broken_prompt() =>
        await Gen.Select(_prompt, _prompt, Gen.Bool).Array[20].SampleAsync(
            static async prompts =>
            {
                IEnumerable<string> functions = prompts.Select(static (p, i) =>
                    $"[SystemPrompt(\"{p.Item1}\")] [UserPrompt(\"{p.Item2}\")] Task<{(p.Item3 ? "Fact" : "string")}> Ask{i}Async(string a, IReadOnlyList<string> b);");
                ImmutableArray<Diagnostic> diagnostics = await AnalyzerRun.OnAsync(
                    $"[AiFunctions] public interface IDesk {{ {string.Join("\n", functions)} }}\npublic enum Kind {{ A, B, C }} public record Fact(Kind Kind, string Name);");
                // Whatever is said is said at a place in the file.
                Assert.All(diagnostics, static d => Assert.True(d.Location.IsInSource && d.Location.SourceSpan.Length > 0, d.ToString()));
            },
            iter: 75, threads: 1);
}
