using System.Diagnostics;
using AiSdk.Onnx;
using AiSdk.Training;
using Microsoft.Extensions.AI;
using Quickstart;
using TrainBankModel;

namespace AiSdk.Benchmarks;

/// <summary>A new task of five classes, learnt by an adapter from 100 and 500 examples, beside a linear n-gram model that learns from the same ones.</summary>
/// <remarks>
/// The task: which of five desks a message goes to. The 77 intents are dealt out by what the customer needs, across the products that the words name (a pending transfer, card payment or top-up all wait), so that words alone
/// tell little. The model knows bank messages and their intents, but not the desks: a related task, as those are that adapters are made for.
/// What is learnt and what is judged are messages that the bank model's recipe set aside, so that it has seen none of them, nor nearly. The adapter is judged as it is served: from its file, beside a base that takes it.
/// Seeds shuffle the same thousand messages, so that the runs are not independent: their spread is less than that of new messages.
/// Data: a file of lines text,category (Banking77's training file, from which the bank model was made).
/// </remarks>
internal static class LoraBenchmark
{
    private const int Held = 500;
    private const int Rank = 8;
    private const ulong FirstSeed = 4;

    // What is none of these is a question.
    private static readonly (string Desk, string[] Parts)[] s_desks =
    [
        ("fees", ["charge", "fee", "rate", "exchange_via_app"]),
        ("security", ["stolen", "compromised", "not_recognised", "blocked", "passcode", "verify", "twice", "change_pin", "terminate"]),
        ("failures", ["declined", "failed", "not_working", "reverted", "swallowed", "not_allowed", "wrong_amount", "cancel", "refund", "Refund"]),
        ("waiting", ["pending", "arrival", "delivery", "not_received", "not_updated", "timing", "about_to_expire", "activate"]),
    ];

    // As the model's own routing function sends and reads it (samples/Quickstart/Bank/IBankDesk.cs): behind this prompt and the quotation mark the model has put together what the message is about.
    private const string Instruction = "Name the intent.";
    private static readonly string[] s_classes = [.. s_desks.Select(static desk => $"\"{desk.Desk}\""), "\"questions\""];

    public static int Run(string[] args)
    {
        if (Arguments.Value(args, "--model") is not { } folder || Arguments.Value(args, "--data") is not { } file)
        {
            Console.Error.WriteLine("Usage: lora --model FOLDER --data FILE.csv [--seeds 3] [--threads 1]; FILE has columns text,category, such as Banking77's");
            return 2;
        }
        int seeds = int.TryParse(Arguments.Value(args, "--seeds"), out int asked) ? asked : 3;
        int threads = int.TryParse(Arguments.Value(args, "--threads"), out int given) ? given : 1;
        Recipe recipe = new();
        List<(string Text, string Class)> all = [.. HeldOutSplit.Of(LabelledMessage.Read(file), recipe.HeldOut, recipe.Seed).HeldOut.Select(static row => (row.Text, DeskOf(row.Category)))];
        List<string[]> rows = [];
        List<(string, double, string?)> ratios = [];
        foreach (int count in (ReadOnlySpan<int>)[100, 500])
        {
            double[] adapter = new double[seeds];
            double[] linear = new double[seeds];
            double seconds = 0;
            long bytes = 0;
            for (int run = 0; run < seeds; run++)
            {
                ulong seed = FirstSeed + (ulong)run;
                List<(string Text, string Class)> shuffled = [.. all];
                RandomNumbers.Shuffle(shuffled, new Xoshiro256(seed));
                List<(string Text, string Class)> held = shuffled[..Held];
                List<(string Text, string Class)> learnt = shuffled[Held..Math.Min(Held + count, shuffled.Count)];
                NgramClassifier classifier = new(learnt, seed);
                linear[run] = held.Count(row => classifier.Predict(row.Text) == row.Class) / (double)Held;
                (adapter[run], double took, bytes) = Adapt(folder, learnt, held, seed, threads);
                seconds = Math.Max(seconds, took);
            }
            rows.Add([$"{count}", $"{adapter.Average():P1}", $"{linear.Average():P1}", $"{seconds:0.0}", $"{bytes / 1024.0:0}"]);
            ratios.Add(($"lora.points_over_linear_{count}", 100 * (adapter.Average() - linear.Average()), count == 100 ? ">= 5" : null));
            ratios.Add(($"lora.seconds_{count}", seconds, count == 100 ? "<= 60" : null));
            ratios.Add(($"lora.kilobytes_{count}", bytes / 1024.0, "<= 500"));
        }
        Report.Table(["examples", "adapter", "linear n-grams", "seconds (most)", "KB"], rows);
        foreach ((string name, double value, string? target) in ratios)
            Report.Ratio(name, value, target);
        return 0;
    }

    private static (double Accuracy, double Seconds, long Bytes) Adapt(string folder, List<(string Text, string Class)> learnt, List<(string Text, string Class)> held, ulong seed, int threads)
    {
        var model = TrainableModel.Load(folder);
        Trainer trainer = new(model, new TrainerOptions
        {
            // Few examples are learnt by heart long before the task is: dropout and smoothing let it go on. Chosen on seeds 1 to 3, which are not judged here.
            Epochs = learnt.Count <= 100 ? 60 : 24,
            LabelSmoothing = 0.1,
            BatchTokens = 512,
            LearningRate = 5e-3,
            WarmupSteps = 10,
            WeightDecay = 0.01,
            Threads = threads,
            Seed = seed,
            Lora = new LoraOptions { Rank = Rank, Alpha = 2 * Rank, Dropout = 0.4 },
        });
        var clock = Stopwatch.StartNew();
        LoraAdapter adapter = trainer.TrainAsync(learnt.Select(static row => Example(row.Text, row.Class)).ToAsyncEnumerable()).GetAwaiter().GetResult().Adapter!;
        double seconds = clock.Elapsed.TotalSeconds;
        DirectoryInfo made = Directory.CreateTempSubdirectory("aisdk-lora-");
        try
        {
            model.Save(made.FullName, new ExportOptions { AdapterTargets = adapter.Targets });
            string file = Path.Combine(made.FullName, "task.onnx_adapter");
            adapter.Save(file);
            using OnnxChatClient client = new(made.FullName, new OnnxModelOptions { Engine = OnnxEngine.OnnxRuntime, IntraOpThreads = threads, Adapters = { ["task"] = file } });
            int right = held.Count(row => client.GetResponseAsync(Example(row.Text, "").Messages, new ChatOptions { Temperature = 0 }.WithChoices(s_classes).WithAdapter("task")).GetAwaiter().GetResult().Text == row.Class);
            return ((double)right / held.Count, seconds, new FileInfo(file).Length);
        }
        finally
        {
            made.Delete(recursive: true);
        }
    }

    private static TrainingExample Example(string text, string answer) =>
        new([new ChatMessage(ChatRole.System, Instruction), new ChatMessage(ChatRole.User, text)], answer);

    private static string DeskOf(string category) => s_classes[Array.FindIndex(s_desks, desk => desk.Parts.Any(part => category.Contains(part, StringComparison.Ordinal))) is >= 0 and var found ? found : s_classes.Length - 1];
}
