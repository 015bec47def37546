using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using AiSdk.Onnx;

namespace AiSdk.Benchmarks;

/// <summary>Schemas as constraints: which are enforced, whether rightly, and what masks cost.</summary>
/// <remarks>
/// A case is enforced when its schema compiles and every instance is accepted or refused as it should be, token by token and byte by byte.
/// Instances are written in canonical form; members may come in any order, as instances have them in any. A mask is cold when it is asked for at a place for the first time.
/// </remarks>
internal static class MasksBenchmark
{
    public static int Run(string[] args)
    {
        string cases = Arguments.Value(args, "--cases") ?? Path.Combine(AppContext.BaseDirectory, "Cases", "schemas.jsonl");
        string? vocabulary = Arguments.Value(args, "--vocabulary") ?? RandomModel.Tokenizer([]);
        if (vocabulary is null || args.Contains("--help"))
        {
            Console.Error.WriteLine("""
                Usage: masks [--cases FILE] [--vocabulary FILE] [--list]
                  --cases FILE        JSON lines {"id","schema","tests":[{"valid","data"}]}, or a folder of JSON Schema's test suite; without it, schemas as applications have them
                  --vocabulary FILE   a tokenizer.json, or tokenizer.json.gz; without it, GPT-2's of the test material (AISDK_TESTDATA, else ../shared)
                  --list              names the refused and the wrong cases, and the places of the slowest masks
                """);
            return 2;
        }
        bool isListed = args.Contains("--list");
        ModelTokenizer tokenizer = ReadTokenizer(vocabulary);
        long started = Stopwatch.GetTimestamp();
        var trie = TokenTrie.Create(tokenizer);
        Console.WriteLine($"vocabulary of {trie.Count} tokens, prepared in {Stopwatch.GetElapsedTime(started).TotalMilliseconds:0} ms");

        List<MaskCase> all = [.. MaskCase.Read(cases)];
        // Compiled code, not the compiler, is what is measured.
        long warming = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(warming) < TimeSpan.FromSeconds(5))
        {
            foreach (MaskCase one in all.Take(500))
                Check(one, tokenizer, trie, new Times());
        }
        // Only what every model prepares once is known when measuring begins.
        trie = TokenTrie.Create(tokenizer);
        started = Stopwatch.GetTimestamp();
        trie.Prepare();
        Console.WriteLine($"formats and numbers prepared in {Stopwatch.GetElapsedTime(started).TotalMilliseconds:0} ms");
        GC.Collect();
        Times times = new();
        SortedDictionary<string, int> refused = new(StringComparer.Ordinal);
        int passed = 0, wronglyAccepted = 0, wronglyRefused = 0, mismatched = 0;
        foreach (MaskCase one in all)
        {
            Outcome outcome = Check(one, tokenizer, trie, times);
            if (outcome.Refusal is { } refusal)
            {
                refused[refusal.Keyword] = refused.GetValueOrDefault(refusal.Keyword) + 1;
                if (isListed)
                    Console.WriteLine($"refused  {one.Id}: {refusal.Message}");
                continue;
            }
            passed += outcome.Wrong.Count == 0 ? 1 : 0;
            wronglyAccepted += outcome.Wrong.Any(static wrong => wrong.StartsWith("accepted", StringComparison.Ordinal)) ? 1 : 0;
            wronglyRefused += outcome.Wrong.Any(static wrong => wrong.StartsWith("refused", StringComparison.Ordinal)) ? 1 : 0;
            mismatched += outcome.Wrong.Any(static wrong => wrong.StartsWith("mask", StringComparison.Ordinal)) ? 1 : 0;
            foreach (string wrong in isListed ? outcome.Wrong : [])
                Console.WriteLine($"wrong    {one.Id}: {wrong}");
        }
        Report.Table(
            ["cases", $"{all.Count}"],
            [
                ["enforced, every instance right", $"{passed}"],
                ["refused", $"{refused.Values.Sum()}"],
                ["an invalid instance accepted", $"{wronglyAccepted}"],
                ["a valid instance refused", $"{wronglyRefused}"],
                ["masks and bytes disagree", $"{mismatched}"],
            ]);
        Report.Table(["refused because of", "cases"], refused.OrderByDescending(static pair => pair.Value).Select(static pair => new[] { pair.Key, $"{pair.Value}" }));
        Report.Table(
            ["", "count", "p50", "p99", "max"],
            [
                Times.Row("compile, ms", times.Compile, 1e-3),
                Times.Row("mask cold, µs", times.Cold, 1),
                Times.Row("mask cached, µs", times.Cached, 1),
                Times.Row("accept a token, µs", times.Accept, 1),
            ]);
        if (isListed)
            Report.Table(["slowest masks, µs", "case", "behind"], times.Slowest.OrderByDescending(static slow => slow.Microseconds).Take(12).Select(static slow => new[] { $"{slow.Microseconds:0}", slow.Id, slow.Behind }));
        Report.Ratio("masks.enforced", (double)passed / all.Count, "≥ 0.8");
        Report.Ratio("masks.wrong", wronglyAccepted + wronglyRefused + mismatched, "0");
        Report.Ratio("masks.cold_p50_us", Times.Percentile(times.Cold, 0.5), "≤ 5");
        Report.Ratio("masks.cold_p99_us", Times.Percentile(times.Cold, 0.99), "≤ 100");
        Report.Ratio("masks.cached_p50_us", Times.Percentile(times.Cached, 0.5), "≤ 0.1");
        Report.Ratio("masks.compile_p50_ms", Times.Percentile(times.Compile, 0.5) / 1e3, "≤ 5");
        foreach (int bits in RandomModel.Tokenizer([]) is null ? [] : RandomModel.Widths)
            RandomModel.Use(bits, RandomModel.Tokenizer([])!, made => Share(made, RandomModel.Suffix(bits)));
        return 0;
    }

    /// <summary>The time that a reply's masks take, over the time that the reply takes: a record of a schema that has not been seen before.</summary>
    private static int Share(string folder, string suffix)
    {
        using OnnxModel model = OnnxModel.Load(folder, new OnnxModelOptions { Engine = OnnxEngine.OnnxRuntime, PrefixCacheBytes = 0, JumpForward = false, PromptLookup = false });
        model.Vocabulary.Prepare();
        List<double> shares = [];
        for (int run = 0; run < 6; run++)
        {
            JsonElement schema = JsonElement.Parse(StructuredBenchmark.Ticket);
            long started = Stopwatch.GetTimestamp();
            string reply = Task.Run(() => ReplyAsync(model, Constraint.FromJsonSchema(schema), $"Letter {run}: ")).GetAwaiter().GetResult();
            TimeSpan whole = Stopwatch.GetElapsedTime(started);
            List<int> tokens = model.Tokenizer.EncodePrompt(model.Tokenizer.Guard.Protect(reply));
            ReplyConstraint constraint = new(Constraint.FromJsonSchema(schema).Start(model.Vocabulary), model.Config.EndTokens, model.VocabularySize);
            started = Stopwatch.GetTimestamp();
            foreach (int token in tokens)
            {
                _ = constraint.Forced;
                _ = constraint.Mask();
                constraint.Accept(token);
            }
            // The first reply compiles the code.
            if (run > 0)
                shares.Add(Stopwatch.GetElapsedTime(started) / whole);
        }
        Report.Ratio($"masks.share_of_decode{suffix}", Measure.Median(shares), "<= 0.03");
        return 0;

        static async Task<string> ReplyAsync(OnnxModel model, Constraint constraint, string prompt)
        {
            await using TextGeneration generation = TextGeneration.Start(model, prompt, new GenerationSettings { MaxOutputTokens = 300 }, constraint);
            StringBuilder text = new();
            while (generation.FinishReason is null)
                text.Append(await generation.NextAsync(CancellationToken.None).ConfigureAwait(false));
            return text.ToString();
        }
    }

    private static ModelTokenizer ReadTokenizer(string path)
    {
        if (!path.EndsWith(".gz", StringComparison.Ordinal))
            return ModelTokenizer.Read(path);
        string copy = Path.GetTempFileName();
        try
        {
            using (var packed = new GZipStream(File.OpenRead(path), CompressionMode.Decompress))
            using (FileStream plain = File.Create(copy))
                packed.CopyTo(plain);
            return ModelTokenizer.Read(copy);
        }
        finally
        {
            File.Delete(copy);
        }
    }

    private static Outcome Check(MaskCase one, ModelTokenizer tokenizer, TokenTrie trie, Times times)
    {
        Constraint constraint;
        try
        {
            long started = Stopwatch.GetTimestamp();
            constraint = Constraint.FromJsonSchema(one.Schema, new JsonConstraintOptions { Order = MemberOrder.Any });
            times.Compile.Add(Stopwatch.GetElapsedTime(started).TotalMicroseconds);
        }
        catch (ConstraintException error)
        {
            return new Outcome(error, []);
        }
        List<string> wrong = [];
        foreach ((bool isValid, JsonElement data) in one.Tests)
        {
            byte[] text;
            try
            {
                text = CanonicalJson.Write(data);
            }
            catch (UnenforceableException)
            {
                // No text in UTF-8 is this value's canonical form.
                continue;
            }
            ConstraintState start = constraint.Start(trie);
            bool isAccepted = start.TryAccept(text, out ConstraintState end) && end.IsComplete;
            if (isAccepted != isValid)
                wrong.Add($"{(isAccepted ? "accepted" : "refused")} {Encoding.UTF8.GetString(text.AsSpan(0, Math.Min(200, text.Length)))}");
            if (IsAllowed(constraint.Start(trie), tokenizer.Encode(Encoding.UTF8.GetString(text), addSurroundings: false), times, one.Id, text) != isAccepted)
                wrong.Add($"mask {Encoding.UTF8.GetString(text.AsSpan(0, Math.Min(200, text.Length)))}");
        }
        return new Outcome(null, wrong);
    }

    private static bool IsAllowed(ConstraintState state, List<int> tokens, Times times, string id, byte[] text)
    {
        int length = 0;
        foreach (int token in tokens)
        {
            bool isCold = !state.HasMask;
            long started = Stopwatch.GetTimestamp();
            bool isAllowed = (state.Mask[token >> 6] >> token & 1) != 0;
            double taken = Stopwatch.GetElapsedTime(started).TotalMicroseconds;
            (isCold ? times.Cold : times.Cached).Add(taken);
            if (isCold && taken > 100)
                times.Slowest.Add((taken, id, Encoding.UTF8.GetString(text.AsSpan(Math.Max(0, length - 60)..Math.Min(length, text.Length)))));
            if (!isAllowed)
                return false;
            started = Stopwatch.GetTimestamp();
            state = state.Accept(token);
            length += state.Vocabulary[token].Length;
            times.Accept.Add(Stopwatch.GetElapsedTime(started).TotalMicroseconds);
        }
        return state.IsComplete;
    }

    private sealed record Outcome(ConstraintException? Refusal, List<string> Wrong);

    private sealed class Times
    {
        public List<double> Compile { get; } = [];

        public List<double> Cold { get; } = [];

        public List<double> Cached { get; } = [];

        public List<double> Accept { get; } = [];

        public List<(double Microseconds, string Id, string Behind)> Slowest { get; } = [];

        public static double Percentile(List<double> values, double share) => values.Count == 0 ? double.NaN : values.Order().ElementAt(Math.Min(values.Count - 1, (int)(values.Count * share)));

        public static string[] Row(string name, List<double> values, double factor) =>
            [name, $"{values.Count}", $"{Percentile(values, 0.5) * factor:0.00}", $"{Percentile(values, 0.99) * factor:0.00}", $"{(values.Count == 0 ? double.NaN : values.Max()) * factor:0.00}"];
    }
}

/// <summary>A schema with instances.</summary>
internal sealed record MaskCase(string Id, JsonElement Schema, IReadOnlyList<(bool IsValid, JsonElement Data)> Tests)
{
    /// <summary>Reads JSON lines, or the folder of JSON Schema's test suite without its annotation-only formats.</summary>
    public static IEnumerable<MaskCase> Read(string path)
    {
        if (!Directory.Exists(path))
        {
            foreach (string line in File.ReadLines(path))
            {
                if (line.Length == 0)
                    continue;
                JsonElement one = JsonDocument.Parse(line).RootElement;
                yield return new MaskCase(one.TryGetProperty("id", out JsonElement id) ? id.ToString() : "", one.GetProperty("schema"), [.. ReadTests(one)]);
            }
            yield break;
        }
        foreach (string file in Directory.EnumerateFiles(path, "*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            if (Path.GetRelativePath(path, file) == "format.json")
                continue;
            foreach (JsonElement group in JsonDocument.Parse(File.ReadAllText(file)).RootElement.EnumerateArray())
                yield return new MaskCase($"{Path.GetRelativePath(path, file)}: {group.GetProperty("description")}", group.GetProperty("schema"), [.. ReadTests(group)]);
        }
    }

    private static IEnumerable<(bool, JsonElement)> ReadTests(JsonElement one)
    {
        foreach (JsonElement test in one.GetProperty("tests").EnumerateArray())
            yield return (test.GetProperty("valid").GetBoolean(), test.GetProperty("data"));
    }
}
