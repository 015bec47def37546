using System.Globalization;
using System.Text.Json;

namespace AiSdk.Benchmarks;

/// <summary>What repair makes of replies of real models, and of replies on which other parsers lose data without saying so.</summary>
internal static class RepairBenchmark
{
    private enum Outcome
    {
        Recovered,
        Flagged,
        Rejected,
        Missed,
        Wrong,
    }

    private delegate Outcome Judgement(ReplyCase c, out string said);

    public static int Run(string[] args)
    {
        for (int i = 0; i + 1 < args.Length; i += 2)
        {
            switch (args[i])
            {
                case "--cases":
                    Cases(args[i + 1]);
                    PartialCases(args[i + 1]);
                    break;
                case "--losses":
                    Losses(args[i + 1]);
                    break;
                case "--damage":
                    Damage(int.Parse(args[i + 1], CultureInfo.InvariantCulture));
                    break;
            }
        }
        if (args is not (["--cases" or "--losses" or "--damage", _, ..]))
        {
            Console.Error.WriteLine("Usage: repair [--cases model-replies.json] [--losses silent-losses.json] [--damage VALUES]");
            return 2;
        }
        return 0;
    }

    private static void Cases(string path)
    {
        List<(ReplyCase Case, Outcome Outcome)> results = Judge(ReplyCases.Read(path, "complete"), Judge, "tag");
        double all = results.Count;
        Report.Ratio("repair.cases_right", results.Count(static r => r.Outcome is Outcome.Recovered or Outcome.Flagged or Outcome.Rejected) / all, ">= 0.97");
        Report.Ratio("repair.cases_right_without_loss", results.Count(static r => r.Outcome is Outcome.Recovered or Outcome.Rejected) / all);
        Report.Ratio("repair.cases_silently_wrong", results.Count(static r => r.Outcome == Outcome.Wrong) / all, "0");
    }

    private static void PartialCases(string path)
    {
        List<(ReplyCase Case, Outcome Outcome)> results = Judge(ReplyCases.Read(path, "partial", "partial_semantic"), JudgePartial, "tag of partial replies");
        double all = results.Count;
        Report.Ratio("repair.partial_cases_right", results.Count(static r => r.Outcome is Outcome.Recovered or Outcome.Flagged or Outcome.Rejected) / all, ">= 0.92");
    }

    private static List<(ReplyCase Case, Outcome Outcome)> Judge(List<ReplyCase> cases, Judgement judge, string title)
    {
        List<(ReplyCase Case, Outcome Outcome)> results = [];
        foreach (ReplyCase c in cases)
        {
            Outcome outcome = judge(c, out string said);
            if (outcome is Outcome.Missed or Outcome.Wrong)
                Console.WriteLine($"{outcome} {c.Id}: expected {c.Expected?.GetRawText() ?? "an error"}, got {said}");
            results.Add((c, outcome));
        }
        Console.WriteLine();
        IEnumerable<(string Tag, (ReplyCase Case, Outcome Outcome)[] Results)> groups = results
            .SelectMany(static r => r.Case.Tags.Select(tag => (Tag: tag, Result: r)))
            .GroupBy(static r => r.Tag).OrderBy(static g => g.Key, StringComparer.Ordinal)
            .Select(static g => (g.Key, g.Select(static r => r.Result).ToArray()));
        Report.Table(
            [title, "cases", "recovered", "with a Loss", "rightly rejected", "not recovered", "wrong without saying so"],
            [.. groups.Append(("in all", [.. results])).Select(static g => new[]
            {
                g.Item1, $"{g.Item2.Length}", Count(g.Item2, Outcome.Recovered), Count(g.Item2, Outcome.Flagged), Count(g.Item2, Outcome.Rejected), Count(g.Item2, Outcome.Missed), Count(g.Item2, Outcome.Wrong),
            })]);
        return results;
    }

    private static Outcome JudgePartial(ReplyCase c, out string said)
    {
        StructuredOutputResult strict = StructuredOutput.ParsePartial(c.Reply, c.Shape);
        StructuredOutputResult result = strict.Success ? strict : StructuredOutput.ParsePartial(c.Reply, c.Shape, new StructuredOutputOptions { AllowLoss = true });
        JsonElement? shown = StreamRules.Apply(result, c.Type);
        said = shown?.GetRawText() ?? (result.Errors.Count > 0 ? string.Join("; ", result.Errors) : "nothing yet");
        if (c.Expected is not { } expected)
            return shown is null ? Outcome.Rejected : Outcome.Wrong;
        if (shown is { } value && ReplyCases.Same(value, StreamRules.WithoutStates(expected)))
            return strict.Success ? Outcome.Recovered : Outcome.Flagged;
        return c.AdmittedWrong && !strict.Success ? Outcome.Rejected : shown is null ? Outcome.Missed : Outcome.Wrong;
    }

    private static void Damage(int values)
    {
        List<string[]> rows = [];
        foreach (bool pairs in new[] { false, true })
        {
            Dictionary<string, (int Count, string Reply, string Said)> failures = new(StringComparer.Ordinal);
            (int all, int right, int silent) = DamagedReplies.Count(pairs ? Math.Max(1, values / 10) : values, pairs, (name, reply, said) =>
                failures[name] = failures.TryGetValue(name, out (int Count, string Reply, string Said) known) && known.Reply.Length <= reply.Length
                    ? known with { Count = known.Count + 1 } : (failures.GetValueOrDefault(name).Count + 1, reply, said));
            foreach ((string name, (int count, string reply, string said)) in failures.OrderByDescending(static f => f.Value.Count).Take(25))
                Console.WriteLine($"{count} x {name}: {reply.ReplaceLineEndings("⏎")}\n   -> {said}");
            rows.Add([pairs ? "pairs" : "singly", $"{all}", $"{right}", $"{all - right - silent}", $"{silent}"]);
            Report.Ratio($"repair.damage_{(pairs ? "pairs" : "single")}_right", (double)right / all, pairs ? ">= 0.98" : "1");
            Report.Ratio($"repair.damage_{(pairs ? "pairs" : "single")}_silently_wrong", (double)silent / all, "0");
        }
        Report.Table([$"{DamagedReplies.All.Count} kinds of damage", "replies", "recovered", "flagged", "wrong without saying so"], rows);
    }

    private static string Count((ReplyCase Case, Outcome Outcome)[] results, Outcome outcome) => $"{results.Count(r => r.Outcome == outcome)}";

    private static Outcome Judge(ReplyCase c, out string said)
    {
        StructuredOutputResult strict = StructuredOutput.Parse(c.Reply, c.Shape);
        StructuredOutputResult result = strict.Success ? strict : StructuredOutput.Parse(c.Reply, c.Shape, new StructuredOutputOptions { AllowLoss = true });
        said = result.Json ?? string.Join("; ", result.Errors);
        if (c.Expected is not { } expected)
            return strict.Success ? Outcome.Wrong : Outcome.Rejected;
        if (result.Json is { } json && ReplyCases.Same(JsonElement.Parse(json), expected))
            return strict.Success ? Outcome.Recovered : Outcome.Flagged;
        // Where the expectation is doubtful, an error or a Loss is the better answer.
        if (!strict.Success)
            return c.AdmittedWrong ? Outcome.Rejected : Outcome.Missed;
        return c.AdmittedWrong ? Outcome.Recovered : Outcome.Wrong;
    }

    private static void Losses(string path)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(path));
        int right = 0;
        int all = 0;
        int values = 0;
        foreach (JsonElement c in document.RootElement.GetProperty("cases").EnumerateArray())
        {
            all++;
            OutputShape shape = ReplyCases.Shape(c.GetProperty("target").GetString()!, c.GetProperty("types"));
            StructuredOutputResult result = StructuredOutput.Parse(c.GetProperty("raw").GetString()!, shape);
            // What other parsers made of it is known to be wrong: a success must differ from it, an error or Loss is always right.
            bool same = result.Json is { } json && c.TryGetProperty("observed_value", out JsonElement observed) && ReplyCases.Same(JsonElement.Parse(json), observed);
            right += same ? 0 : 1;
            values += result.Success && !same ? 1 : 0;
            Console.WriteLine($"{(same ? "WRONG" : result.Success ? "value" : "error")} {c.GetProperty("id").GetString()}: {result.Json ?? result.Errors[0].ToString()}   # better: {c.GetProperty("better").GetString()}");
        }
        Console.WriteLine();
        Report.Table(["silent losses", "cases", "another value", "flagged", "as wrong as before"], [["in all", $"{all}", $"{values}", $"{right - values}", $"{all - right}"]]);
        Report.Ratio("repair.losses_right", (double)right / all, "1");
    }
}
