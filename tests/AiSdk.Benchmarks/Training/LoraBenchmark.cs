using System.Diagnostics;
using AiSdk.Onnx;
using AiSdk.Training;
using Microsoft.Extensions.AI;

namespace AiSdk.Benchmarks;

/// <summary>A new task of five classes, learnt by an adapter from 100 and 500 examples, beside a linear n-gram model that learns from the same ones.</summary>
/// <remarks>
/// The task: of what kind a bank message's request is, in a way in which no single intent is: the 77 intents are put into five classes. The model knows bank messages, but not the classes.
/// Data: a file of lines text,category (Banking77).
/// </remarks>
internal static class LoraBenchmark
{
    private const int Held = 500;
    private const int Rank = 8;

    private static readonly string[] s_classes = ["card", "transfer", "cash", "top-up", "account"];

    public static int Run(string[] args)
    {
        if (Arguments.Value(args, "--model") is not { } folder || Arguments.Value(args, "--data") is not { } file)
        {
            Console.Error.WriteLine("Usage: lora --model FOLDER --data FILE.csv [--seeds 3] [--threads 1]; FILE has columns text,category, such as Banking77's");
            return 2;
        }
        int seeds = int.TryParse(Arguments.Value(args, "--seeds"), out int asked) ? asked : 3;
        int threads = int.TryParse(Arguments.Value(args, "--threads"), out int given) ? given : 1;
        List<(string Text, string Class)> all = [.. Read(file).Select(static row => (row.Text, ClassOf(row.Category))).Where(static row => row.Item2 is not null).Select(static row => (row.Text, row.Item2!))];
        List<string[]> rows = [];
        List<(string, double, string?)> ratios = [];
        foreach (int count in (ReadOnlySpan<int>)[100, 500])
        {
            double[] adapter = new double[seeds];
            double[] linear = new double[seeds];
            double seconds = 0;
            long bytes = 0;
            for (int seed = 0; seed < seeds; seed++)
            {
                List<(string Text, string Class)> shuffled = [.. all];
                RandomNumbers.Shuffle(shuffled, new Xoshiro256((ulong)seed + 1));
                List<(string Text, string Class)> held = shuffled[..Held];
                List<(string Text, string Class)> learnt = shuffled[Held..(Held + count)];
                NgramClassifier classifier = new(learnt, (ulong)seed + 1);
                linear[seed] = held.Count(row => classifier.Predict(row.Text) == row.Class) / (double)Held;
                (adapter[seed], double took, bytes) = Adapt(folder, learnt, held, (ulong)seed + 1, threads);
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
            Epochs = learnt.Count <= 100 ? 20 : 8,
            BatchTokens = 512,
            LearningRate = 3e-3,
            WarmupSteps = 10,
            WeightDecay = 0.01,
            Threads = threads,
            Seed = seed,
            Lora = new LoraOptions { Rank = Rank, Alpha = 2 * Rank },
        });
        var clock = Stopwatch.StartNew();
        LoraAdapter adapter = trainer.TrainAsync(learnt.Select(static row => Example(row.Text, row.Class)).ToAsyncEnumerable()).GetAwaiter().GetResult().Adapter!;
        double seconds = clock.Elapsed.TotalSeconds;
        DirectoryInfo made = Directory.CreateTempSubdirectory("aisdk-lora-");
        try
        {
            string file = Path.Combine(made.FullName, "task.onnx_adapter");
            adapter.Save(file);
            model.Merge(adapter);
            model.Save(made.FullName);
            using OnnxChatClient client = new(made.FullName, new OnnxModelOptions { Engine = OnnxEngine.OnnxRuntime, IntraOpThreads = threads });
            int right = held.Count(row => client.GetResponseAsync(Example(row.Text, "").Messages, new ChatOptions { Temperature = 0 }.WithChoices(s_classes)).GetAwaiter().GetResult().Text == row.Class);
            return ((double)right / held.Count, seconds, new FileInfo(file).Length);
        }
        finally
        {
            made.Delete(recursive: true);
        }
    }

    private static TrainingExample Example(string text, string answer) => new([new ChatMessage(ChatRole.User, text)], answer);

    private static string? ClassOf(string category) =>
        category.Contains("top_up", StringComparison.Ordinal) || category.Contains("topping", StringComparison.Ordinal) ? "top-up"
        : category.Contains("cash", StringComparison.Ordinal) || category.Contains("atm", StringComparison.OrdinalIgnoreCase) ? "cash"
        : category.Contains("transfer", StringComparison.Ordinal) || category.Contains("beneficiary", StringComparison.Ordinal) ? "transfer"
        : category.Contains("card", StringComparison.Ordinal) || category.Contains("pin", StringComparison.Ordinal) ? "card"
        : category.Contains("identity", StringComparison.Ordinal) || category.Contains("account", StringComparison.Ordinal) || category.Contains("details", StringComparison.Ordinal) || category.Contains("passcode", StringComparison.Ordinal) ? "account"
        : null;

    // Quotes around a text that holds commas or quotes, which are doubled then.
    private static IEnumerable<(string Text, string Category)> Read(string file)
    {
        string content = File.ReadAllText(file);
        List<string> fields = [];
        System.Text.StringBuilder field = new();
        bool quoted = false;
        for (int i = 0; i <= content.Length; i++)
        {
            char character = i < content.Length ? content[i] : '\n';
            if (quoted && character == '"' && i + 1 < content.Length && content[i + 1] == '"')
                field.Append(content[i++]);
            else if (character == '"')
                quoted = !quoted;
            else if (!quoted && character is ',' or '\n')
            {
                fields.Add(field.ToString().TrimEnd('\r'));
                field.Clear();
                if (character == ',')
                    continue;
                if (fields is [string text, string category] && category != "category")
                    yield return (text, category);
                fields = [];
            }
            else
            {
                field.Append(character);
            }
        }
    }
}
