using System.Diagnostics;
using System.Text;

namespace AiSdk.Benchmarks;

/// <summary>How well and how fast the shipped guards judge: on labelled texts of a file (<c>--cases FILE</c>, JSON lines), else on texts that are made here.</summary>
internal static class GuardsBenchmark
{
    private static readonly PiiKinds[] _kinds = [PiiKinds.Email, PiiKinds.Card, PiiKinds.Iban, PiiKinds.SocialSecurityNumber, PiiKinds.Phone, PiiKinds.IpAddress, PiiKinds.Document];

    public static int Run(string[] args)
    {
        List<GuardCase> cases;
        string? file = Arguments.Value(args, "--cases");
        if (file is null)
        {
            GeneratedGuardCases generated = new(20);
            cases = [.. generated.PersonalData(6_000), .. GeneratedGuardCases.Prompts()];
            Console.WriteLine("labelled texts: made by this benchmark");
        }
        else
        {
            cases = GuardCase.Read(file);
            Console.WriteLine($"labelled texts: {Path.GetFileName(file)}");
        }
        bool shows = args.Contains("--show", StringComparer.Ordinal);
        List<GuardCase> personal = [.. cases.Where(static c => c.IsAttack is null)];
        List<GuardCase> prompts = [.. cases.Where(static c => c.IsAttack is not null)];
        if (personal.Count > 0)
            PersonalData(personal, shows);
        if (prompts.Count > 0)
            Prompts(prompts, shows);
        Speed([.. cases.Select(static c => c.Text)]);
        return 0;
    }

    private static void PersonalData(List<GuardCase> cases, bool shows)
    {
        PiiGuard guard = new();
        PiiScore score = new(guard, cases);
        if (shows)
        {
            foreach (PiiDifference difference in score.Differences)
                Console.WriteLine(difference);
        }
        Report.Table(
            ["personal data", "labelled", "found", "exact", "precision", "recall"],
            _kinds.Select(kind => new[] { kind.ToString(), $"{score[kind].Labelled}", $"{score[kind].Found}", $"{score[kind].Exact}", $"{score[kind].Precision:0.000}", $"{score[kind].Recall:0.000}" }));
        foreach (PiiKinds kind in _kinds)
        {
            bool hasTarget = kind is PiiKinds.Email or PiiKinds.Card or PiiKinds.Iban or PiiKinds.SocialSecurityNumber;
            string name = kind == PiiKinds.SocialSecurityNumber ? "ssn" : kind.ToString().ToLowerInvariant();
            Report.Ratio($"guards.pii_{name}_precision", score[kind].Precision, hasTarget ? ">= 0.98" : null);
            Report.Ratio($"guards.pii_{name}_recall", score[kind].Recall, hasTarget ? ">= 0.95" : null);
        }
        int lost = 0;
        foreach (GuardCase labelled in cases)
        {
            PiiVault vault = new();
            lost += vault.Restore(guard.Mask(labelled.Text, vault)) == labelled.Text ? 0 : 1;
        }
        Report.Ratio("guards.pii_not_restored", lost, "0");
        Console.WriteLine();
    }

    private static void Prompts(List<GuardCase> cases, bool shows)
    {
        InjectionGuard guard = new();
        List<(GuardCase Case, InjectionFinding Finding)> judged = [.. cases.Select(c => (c, guard.Inspect(c.Text)))];
        Report.Table(
            ["prompts", "texts", "attacks", "taken for attacks", "by rule"],
            judged.GroupBy(static j => j.Case.Source).OrderBy(static g => g.Key, StringComparer.Ordinal)
                .Select(static g => new[] { g.Key, $"{g.Count()}", $"{g.Count(static j => j.Case.IsAttack == true)}", $"{g.Count(static j => j.Finding.IsAttack)}", $"{g.Count(static j => j.Finding.Rule is not null)}" }));
        if (shows)
        {
            foreach ((GuardCase labelled, InjectionFinding finding) in judged.Where(static j => j.Case.IsAttack != j.Finding.IsAttack))
                Console.WriteLine($"{(labelled.IsAttack == true ? "missed" : "alarm ")} {finding.Score,6:0.00} {finding.Rule} {labelled.Source}: {labelled.Text[..Math.Min(160, labelled.Text.Length)].ReplaceLineEndings(" ")}");
        }
        List<(GuardCase Case, InjectionFinding Finding)> attacks = [.. judged.Where(static j => j.Case.IsAttack == true)];
        List<(GuardCase Case, InjectionFinding Finding)> alarms = [.. judged.Where(static j => j.Finding.IsAttack)];
        Report.Ratio("guards.injection_precision", Share(alarms.Count(static j => j.Case.IsAttack == true), alarms.Count));
        Report.Ratio("guards.injection_recall", Share(attacks.Count(static j => j.Finding.IsAttack), attacks.Count), ">= 0.80, on texts that the weights were not made from");
        List<(GuardCase Case, InjectionFinding Finding)> plain = [.. judged.Where(static j => j.Case is { IsAttack: false, HasTriggerWords: false })];
        List<(GuardCase Case, InjectionFinding Finding)> triggers = [.. judged.Where(static j => j.Case.HasTriggerWords)];
        Report.Ratio("guards.injection_false_alarms_plain", Share(plain.Count(static j => j.Finding.IsAttack), plain.Count), "<= 0.02");
        Report.Ratio("guards.injection_false_alarms_trigger_words", Share(triggers.Count(static j => j.Finding.IsAttack), triggers.Count), "<= 0.10");
        Console.WriteLine();
    }

    private static void Speed(string[] texts)
    {
        // Pieces of about 1 KB, as messages are.
        List<string> pieces = [];
        StringBuilder piece = new();
        for (int i = 0; pieces.Count < 2_000; i = (i + 1) % texts.Length)
        {
            piece.Append(texts[i]).Append('\n');
            if (piece.Length < 1_000)
                continue;
            pieces.Add(piece.ToString(0, 1_000));
            piece.Clear();
        }
        InjectionGuard injection = new();
        PiiGuard personal = new();
        FoldedText[] folded = [.. pieces.Select(FoldedText.Of)];
        (string Name, Action<int> Check, string? Target)[] checks =
        [
            ("injection rules", i => InjectionGuard.Rule(pieces[i], FoldedText.Of(pieces[i])), null),
            ("injection model", i => InjectionGuard.ModelScore(InjectionGuard.Model, folded[i].Text), null),
            ("injection, whole", i => injection.Inspect(pieces[i]), null),
            ("personal data", i => personal.Find(pieces[i]), null),
            ("secrets", i => SecretGuard.Find(pieces[i]), null),
            ("grounding", i => new GroundingGuard().FindUngrounded(pieces[i], []), null),
        ];
        List<string[]> rows = [];
        foreach ((string name, Action<int> check, _) in checks)
        {
            double seconds = Time(check, pieces.Count);
            double megabytes = pieces.Sum(static p => (double)Encoding.UTF8.GetByteCount(p)) / 1e6 / seconds;
            double microseconds = 1e3 / megabytes;
            rows.Add([name, $"{microseconds:0.0}", $"{megabytes:0}"]);
            if (name == "injection rules")
                Report.Ratio("guards.rules_mb_s", megabytes, ">= 20");
            else if (name == "injection model")
                Report.Ratio("guards.model_us_per_kb", microseconds, "<= 200");
            else if (name == "personal data")
                Report.Ratio("guards.pii_mb_s", megabytes);
        }
        Console.WriteLine();
        Report.Table(["guard, texts of 1,000 characters", "µs per KB", "MB/s"], rows);
        Hostile();
    }

    /// <summary>Texts that make bad patterns backtrack: the time must grow as the text does.</summary>
    private static void Hostile()
    {
        string[] units = ["a", "1", "1 ", "a.", "1-", "a@", "+1(", "[A_", "[EMAIL_1", "12:", "sk-", "key=a1", "-----BEGIN PRIVATE KEY-----", "ignore previous ", "DE89 ", "\u200Ba", "AA11 ", "A "];
        double worst = 0;
        double slowest = 0;
        foreach (string unit in units)
        {
            string half = Repeat(unit, 500_000);
            string whole = Repeat(unit, 1_000_000);
            Check(half);
            double first = Math.Min(Check(half), Check(half));
            double second = Math.Min(Check(whole), Check(whole));
            worst = Math.Max(worst, second / first);
            slowest = Math.Max(slowest, second);
        }
        Report.Ratio("guards.hostile_growth_for_twice_the_text", worst, "about 2");
        Report.Ratio("guards.hostile_1mb_worst_s", slowest, "< 1");

        static double Check(string text)
        {
            long started = Stopwatch.GetTimestamp();
            new PiiGuard().Find(text);
            SecretGuard.Find(text);
            new InjectionGuard().Inspect(text);
            new GroundingGuard().FindUngrounded(text, []);
            return Stopwatch.GetElapsedTime(started).TotalSeconds;
        }
    }

    private static string Repeat(string unit, int length) => new StringBuilder(length + unit.Length).Insert(0, unit, length / unit.Length).ToString();

    private static double Time(Action<int> check, int count)
    {
        double[] rounds = new double[7];
        for (int round = -2; round < rounds.Length; round++)
        {
            long started = Stopwatch.GetTimestamp();
            for (int i = 0; i < count; i++)
                check(i);
            if (round >= 0)
                rounds[round] = Stopwatch.GetElapsedTime(started).TotalSeconds;
        }
        return Measure.Median(rounds);
    }

    private static double Share(int part, int all) => all == 0 ? 1 : part / (double)all;
}
