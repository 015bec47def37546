using System.Globalization;
using AiSdk.Onnx;

namespace AiSdk.Training;

/// <summary>A Llama model whose weights can be trained, with the tokenizer and chat template that it is served with.</summary>
/// <remarks>Several may read it at once, such as trainers of adapters; what changes it (full training, <see cref="Merge"/>) needs it for itself, and is refused with an <see cref="InvalidOperationException"/> while it is in use, as is what reads it meanwhile.</remarks>
public sealed partial class TrainableModel
{
    // The number of those who read it, or -1 while it is changed.
    private int _users;

    internal TrainableModel(LlamaConfiguration configuration, Dictionary<string, float[]> weights, float[] cos, float[] sin, ModelFiles files, SpecialTokens special)
    {
        Configuration = configuration;
        Weights = weights;
        Cos = cos;
        Sin = sin;
        Files = files;
        Special = special;
        Tokenizer = files.Tokenizer;
        Encoder = new TrainingEncoder(Tokenizer, files.Prompt, Special.End, Configuration.ContextLength, Configuration.VocabularySize);
    }

    /// <summary>The model's sizes.</summary>
    public LlamaConfiguration Configuration { get; }

    /// <summary>The number of weights.</summary>
    public long ParameterCount => Configuration.ParameterCount;

    /// <summary>The weights by name; tables as [vocabulary, hidden], projections as [in, out].</summary>
    internal Dictionary<string, float[]> Weights { get; }

    /// <summary>The cosines of positions' angles, [context, head size / 2].</summary>
    internal float[] Cos { get; }

    /// <summary>The sines of positions' angles, [context, head size / 2].</summary>
    internal float[] Sin { get; }

    /// <summary>What is saved with it.</summary>
    internal ModelFiles Files { get; }

    internal SpecialTokens Special { get; }

    internal ModelTokenizer Tokenizer { get; }

    internal TrainingEncoder Encoder { get; }

    /// <summary>What stands for the weights that a run of full training began with that was broken off; null where none was.</summary>
    internal string? Origin { get; set; }

    /// <summary>Makes a model with random weights.</summary>
    /// <param name="configuration">Its sizes; where the vocabulary's is 0, it is the tokenizer's.</param>
    /// <param name="tokenizerFolder">The folder of its tokenizer.json and tokenizer_config.json (with <c>eos_token</c> and, for chats, <c>chat_template</c>), such as <see cref="BytePairTrainer"/> writes.</param>
    /// <param name="seed">What the random weights are drawn from.</param>
    /// <exception cref="ArgumentException">A size is not possible.</exception>
    /// <exception cref="TrainingException">The tokenizer has no end token, or more tokens than the model; or the model would be larger than an array or the machine's memory.</exception>
    /// <exception cref="OnnxModelException">The tokenizer's files are missing or not supported.</exception>
    public static TrainableModel Create(LlamaConfiguration configuration, string tokenizerFolder, ulong seed = 1)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentException.ThrowIfNullOrWhiteSpace(tokenizerFolder);
        string folder = Path.GetFullPath(tokenizerFolder);
        ModelFiles files = ModelFiles.Read(folder);
        ModelTokenizer tokenizer = files.Tokenizer;
        LlamaConfiguration resolved = configuration.Resolved() with { VocabularySize = configuration.VocabularySize == 0 ? tokenizer.VocabularySize : configuration.VocabularySize };
        resolved.Validate();
        if (tokenizer.VocabularySize > resolved.VocabularySize)
            throw new TrainingException(string.Create(CultureInfo.InvariantCulture, $"The tokenizer in '{folder}' has {tokenizer.VocabularySize} tokens, but {nameof(LlamaConfiguration)}.{nameof(LlamaConfiguration.VocabularySize)} is {resolved.VocabularySize}; it must not be less, and is the tokenizer's where it is 0."));
        RequireRoom(resolved, "A model");
        (float[] cos, float[] sin) = RopeTables(resolved);
        return new TrainableModel(resolved, RandomWeights(resolved, seed), cos, sin, files, SpecialTokens.Of(folder, tokenizer));
    }

    /// <summary>Reads a model: a folder in ONNX Runtime GenAI's layout whose graph is a Llama model's, with weights in fp32, fp16 or MatMulNBits.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="TrainingException">The model is of another architecture, or its graph has something that Llama models do not have; the message names it. Or its weights would be larger, in fp32, than an array or the machine's memory.</exception>
    /// <exception cref="OnnxModelException">Something in the folder is missing or corrupt.</exception>
    public static TrainableModel Load(string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        string path = Path.GetFullPath(folder);
        if (!Directory.Exists(path))
            throw new OnnxModelException($"The model folder '{path}' does not exist.");
        GenAIConfig config = GenAIConfig.Read(path);
        var files = ModelFiles.Read(path);
        LlamaImporter importer = LlamaImporter.Read(path, config);
        TrainableModel model = new(importer.Configuration, importer.Weights, importer.Cos, importer.Sin, files, new SpecialTokens(config.BeginToken, config.EndTokens, SpecialTokens.Pad(path)));
        ImportCheck.Require(model, path);
        return model;
    }

    /// <summary>Keeps the model until what is returned is disposed.</summary>
    /// <param name="changes">Whether its weights will change.</param>
    /// <exception cref="InvalidOperationException">It is in use in a way that does not go with it.</exception>
    internal IDisposable Use(bool changes)
    {
        while (true)
        {
            int users = Volatile.Read(ref _users);
            if (users < 0 || (changes && users > 0))
                throw new InvalidOperationException(users < 0 ? "The model is being trained or merged with an adapter; it can be used again when that is over." : "The model is in use (an adapter is trained, or it is evaluated or saved); it can be changed when that is over.");
            if (Interlocked.CompareExchange(ref _users, changes ? -1 : users + 1, users) == users)
                return new Lease(this, changes);
        }
    }

    /// <summary>Refuses what cannot be held, before anything of it is made or read.</summary>
    /// <param name="c">The sizes.</param>
    /// <param name="what">What has them.</param>
    /// <exception cref="TrainingException">It would be larger than an array or the machine's memory.</exception>
    internal static void RequireRoom(LlamaConfiguration c, string what)
    {
        string size = string.Create(CultureInfo.InvariantCulture, $"{what} of {c.ParameterCount / 1e6:N1} million weights would take {c.ParameterCount * sizeof(float) / 1e9:N1} GB of memory, and to train it five times as much");
        foreach (ParameterShape parameter in LlamaLayout.Parameters(c).Append(new ParameterShape("the table of positions' angles", c.ContextLength, c.HeadSize / 2)))
        {
            if (parameter.Count > Array.MaxLength)
                throw new TrainingException(string.Create(CultureInfo.InvariantCulture, $"{size}. '{parameter.Name}' [{string.Join(", ", parameter.Shape)}] would have {parameter.Count:N0} numbers; {Array.MaxLength:N0} are possible. Up to some {Trainer.SensibleParameters / 1_000_000} million weights are sensible on a CPU."));
        }
        double bytes = ((double)c.ParameterCount + (double)c.ContextLength * c.HeadSize) * sizeof(float);
        if (bytes > GC.GetGCMemoryInfo().TotalAvailableMemoryBytes)
            throw new TrainingException(string.Create(CultureInfo.InvariantCulture, $"{size}; with its tables of positions ({nameof(LlamaConfiguration.ContextLength)} {c.ContextLength:N0}) it would take {bytes / 1e9:N1} GB, but this process can have {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1e9:N1} GB. Up to some {Trainer.SensibleParameters / 1_000_000} million weights are sensible on a CPU."));
    }

    private static (float[] Cos, float[] Sin) RopeTables(LlamaConfiguration c)
    {
        int half = c.HeadSize / 2;
        var cos = new float[c.ContextLength * half];
        var sin = new float[c.ContextLength * half];
        for (int i = 0; i < cos.Length; i++)
        {
            (double s, double k) = Math.SinCos(i / half * Math.Pow(c.RopeTheta, -(i % half) / (double)half));
            (sin[i], cos[i]) = ((float)s, (float)k);
        }
        return (cos, sin);
    }

    // Logits begin with a deviation of one half, and each layer adds about as much whatever their number is (Radford et al., 2019).
    private static Dictionary<string, float[]> RandomWeights(LlamaConfiguration c, ulong seed)
    {
        Xoshiro256 random = new(seed);
        Dictionary<string, float[]> weights = new(StringComparer.Ordinal);
        foreach (ParameterShape parameter in LlamaLayout.Parameters(c))
        {
            var values = new float[parameter.Count];
            if (parameter.IsVector)
                Array.Fill(values, 1);
            else
                RandomNumbers.FillNormal(values, Deviation(parameter, c), random);
            weights.Add(parameter.Name, values);
        }
        return weights;
    }

    private static double Deviation(ParameterShape parameter, LlamaConfiguration c)
    {
        if (parameter.Name is LlamaLayout.Embedding or LlamaLayout.Head)
            return 0.5 / Math.Sqrt(c.HiddenSize);
        double deviation = 0.6 / Math.Sqrt(parameter.Shape[0]);
        return parameter.Name.EndsWith("o_proj.weight", StringComparison.Ordinal) || parameter.Name.EndsWith("down_proj.weight", StringComparison.Ordinal) ? deviation / Math.Sqrt(2 * c.Layers) : deviation;
    }

    private sealed class Lease(TrainableModel model, bool changes) : IDisposable
    {
        private TrainableModel? _model = model;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _model, null) is { } used)
                Interlocked.Add(ref used._users, changes ? 1 : -1);
        }
    }
}
