using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Xunit;

namespace AiSdk.Retrieval.Tests.Store;

/// <summary>Whenever a process is killed that writes, the file opens, each document is whole, and the next ingest goes on; and processes that write and search do not disturb each other.</summary>
public sealed partial class CrashTests : IDisposable
{
    private const int Kills = 50;

    private readonly IndexFolder _folder = new();

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Killed_at_fifty_random_points_the_index_opens_and_each_document_is_whole()
    {
        Random random = new(8);
        string file = _folder.File();
        int version = 0;
        int[] seen = new int[IngestChild.Documents];
        for (int kill = 0; kill < Kills; kill++, version += 1000)
        {
            using Process process = Start(file, version, rounds: 1000);
            while (!File.Exists(file + ".started") && !process.HasExited)
                await Task.Delay(5, CancellationToken);
            await Task.Delay(random.Next(0, 120), CancellationToken);
            // SIGKILL, as kill -9 sends it.
            process.Kill();
            await process.WaitForExitAsync(CancellationToken);
            File.Delete(file + ".started");

            using RetrievalIndex index = RetrievalIndex.Open(file, IngestChild.Options);
            CheckWhole(index, seen);
        }
        using RetrievalIndex last = RetrievalIndex.Open(file, IngestChild.Options);
        await last.IngestAsync(IngestChild.All(version), cancellationToken: CancellationToken);

        Assert.Equal(IngestChild.Documents, last.GetDocuments().Count);
        CheckWhole(last, seen);
        Assert.All(seen, found => Assert.Equal(version, found));
        Assert.Equal(last.GetInfo().Chunks, last.GetInfo().Vectors);
        IReadOnlyList<Passage> all = await new Retriever(last, new RetrieverOptions { Mode = SearchMode.Lexical }).RetrieveAsync(new RetrievalQuery("common") { Top = 10_000 }, CancellationToken);
        Assert.Equal(last.GetInfo().Chunks, all.Count);
    }

    [Fact]
    public async Task Two_processes_ingest_while_others_search()
    {
        string file = _folder.File();
        using (RetrievalIndex first = RetrievalIndex.Open(file, IngestChild.Options))
            await first.IngestAsync(IngestChild.All(0), cancellationToken: CancellationToken);
        using Process one = Start(file, 1, rounds: 6);
        using Process two = Start(file, 1000, rounds: 6);
        using RetrievalIndex index = RetrievalIndex.Open(file, IngestChild.Options);
        Retriever retriever = new(index);
        int searches = 0;
        while (!one.HasExited || !two.HasExited)
        {
            IReadOnlyList<Passage> found = await retriever.RetrieveAsync(new RetrievalQuery("common part 0") { Top = 1000 }, CancellationToken);
            // One state: of each document all passages, all of one version.
            foreach (IGrouping<string, Passage> document in found.GroupBy(static passage => passage.Source))
                CheckWhole(document.Key, [.. document]);
            Assert.Equal(IngestChild.Documents, found.Select(static passage => passage.Source).Distinct().Count());
            searches++;
        }
        await Task.WhenAll(one.WaitForExitAsync(CancellationToken), two.WaitForExitAsync(CancellationToken));

        Assert.Equal((0, 0), (one.ExitCode, two.ExitCode));
        Assert.True(searches > 0);
        CheckWhole(index, new int[IngestChild.Documents]);
    }

    private static void CheckWhole(RetrievalIndex index, int[] seen)
    {
        for (int document = 0; document < IngestChild.Documents; document++)
        {
            IReadOnlyList<Passage> passages = index.GetPassages($"d{document}");
            if (passages.Count == 0)
            {
                Assert.Equal(0, seen[document]);
                continue;
            }
            int version = CheckWhole($"d{document}", passages);
            Assert.True(version >= seen[document] || seen[document] == 0, "an older version came back");
            seen[document] = version;
        }
    }

    private static int CheckWhole(string key, IReadOnlyList<Passage> passages)
    {
        Match[] parts = [.. passages.Select(static passage => Marks().Match(passage.Text))];
        int version = int.Parse(parts[0].Groups[1].Value, CultureInfo.InvariantCulture);
        Document expected = IngestChild.Version(int.Parse(key.AsSpan(1), CultureInfo.InvariantCulture), version);
        Assert.Equal(
            new Chunker(new ChunkOptions()).Cut(DocumentReader.Read(expected)).Select(static chunk => chunk.Text).Order(StringComparer.Ordinal),
            passages.Select(static passage => passage.Text).Order(StringComparer.Ordinal));
        return version;
    }

    private static Process Start(string file, int version, int rounds)
    {
        ProcessStartInfo start = new(Environment.ProcessPath!) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            start.ArgumentList.Add(Assembly.GetExecutingAssembly().Location);
        foreach (string argument in (string[])["-method", $"{typeof(IngestChild).FullName}.{nameof(IngestChild.Ingests_until_it_is_killed)}", "-noColor"])
            start.ArgumentList.Add(argument);
        start.Environment[IngestChild.Variable] = string.Create(CultureInfo.InvariantCulture, $"{file}|{version}|{rounds}");
        Process process = Process.Start(start)!;
        // Nobody reads what it prints; full pipes would stop it.
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    [GeneratedRegex(@"version (\d+) document")]
    private static partial Regex Marks();
}
