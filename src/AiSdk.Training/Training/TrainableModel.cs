using System.Globalization;
using AiSdk.Onnx;

namespace AiSdk.Training;

/// <summary>A Llama model whose weights can be trained, with the tokenizer and chat template that it is served with.</summary>
/// <remarks>Not thread-safe: it must not be saved or used by two trainers while one trains it.</remarks>
public sealed partial class TrainableModel
{
    internal TrainableModel(LlamaConfiguration configuration, Dictionary<string, float[]> weights, float[] cos, float[] sin, string tokenizerFolder, SpecialTokens special)
    {
        Configuration = configuration;
        Weights = weights;
        Cos = cos;
        Sin = sin;
        TokenizerFolder = tokenizerFolder;
        Special = special;
        Tokenizer = ModelTokenizer.Load(tokenizerFolder);
        Prompt = ChatPrompt.Load(tokenizerFolder, Tokenizer.Guard);
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

    internal string TokenizerFolder { get; }

    internal SpecialTokens Special { get; }

    internal ModelTokenizer Tokenizer { get; }

    internal ChatPrompt Prompt { get; }

    internal TrainingEncoder Encoder => new(Tokenizer, Prompt, Special.End, Configuration.ContextLength);

    /// <summary>Makes a model with random weights.</summary>
    /// <param name="configuration">Its sizes; where the vocabulary's is 0, it is the tokenizer's.</param>
    /// <param name="tokenizerFolder">The folder of its tokenizer.json and tokenizer_config.json (with <c>eos_token</c> and, for chats, <c>chat_template</c>), such as <see cref="BytePairTrainer"/> writes.</param>
    /// <param name="seed">What the random weights are drawn from.</param>
    /// <exception cref="ArgumentException">A size is not possible.</exception>
    /// <exception cref="TrainingException">The tokenizer has no end token, or more tokens than the model.</exception>
    /// <exception cref="OnnxModelException">The tokenizer's files are missing or not supported.</exception>
    public static TrainableModel Create(LlamaConfiguration configuration, string tokenizerFolder, ulong seed = 1)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentException.ThrowIfNullOrWhiteSpace(tokenizerFolder);
        string folder = Path.GetFullPath(tokenizerFolder);
        var tokenizer = ModelTokenizer.Load(folder);
        LlamaConfiguration resolved = configuration.Resolved() with { VocabularySize = configuration.VocabularySize == 0 ? tokenizer.VocabularySize : configuration.VocabularySize };
        resolved.Validate();
        if (tokenizer.VocabularySize > resolved.VocabularySize)
            throw new TrainingException(string.Create(CultureInfo.InvariantCulture, $"The tokenizer in '{folder}' has {tokenizer.VocabularySize} tokens, but {nameof(LlamaConfiguration)}.{nameof(LlamaConfiguration.VocabularySize)} is {resolved.VocabularySize}; it must not be less, and is the tokenizer's where it is 0."));
        (float[] cos, float[] sin) = RopeTables(resolved);
        return new TrainableModel(resolved, RandomWeights(resolved, seed), cos, sin, folder, SpecialTokens.Of(folder, tokenizer));
    }

    /// <summary>Reads a model: a folder in ONNX Runtime GenAI's layout whose graph is a Llama model's, with weights in fp32, fp16 or MatMulNBits.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="TrainingException">The model is of another architecture, or its graph has something that Llama models do not have; the message names it.</exception>
    /// <exception cref="OnnxModelException">Something in the folder is missing or corrupt.</exception>
    public static TrainableModel Load(string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        string path = Path.GetFullPath(folder);
        if (!Directory.Exists(path))
            throw new OnnxModelException($"The model folder '{path}' does not exist.");
        GenAIConfig config = GenAIConfig.Read(path);
        LlamaImporter importer = LlamaImporter.Read(path, config);
        TrainableModel model = new(importer.Configuration, importer.Weights, importer.Cos, importer.Sin, path, new SpecialTokens(config.BeginToken, config.EndTokens, SpecialTokens.Pad(path)));
        ImportCheck.Require(model, path);
        return model;
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
}
