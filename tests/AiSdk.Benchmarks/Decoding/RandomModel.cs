using System.IO.Compression;
using AiSdk.Onnx;
using AiSdk.Onnx.Tests;

namespace AiSdk.Benchmarks;

/// <summary>A model folder with random weights, as large as a small real one: Llama's layers, GroupQueryAttention that extends its cache in place, GPT-2's vocabulary.</summary>
/// <remarks>50 million parameters: 50,257 tokens of 512 values, 8 layers with 8 heads over 4 of keys and values, 1,408 values within each.</remarks>
internal static class RandomModel
{
    private const int Vocabulary = 50_257;
    private const int Hidden = 512;
    private const int Inner = 1_408;
    private const int Layers = 8;
    private const int Heads = 8;
    private const int CacheHeads = 4;
    private const int HeadSize = Hidden / Heads;
    private const int Context = 2_048;
    private const int BlockSize = 32;

    /// <summary>How weights are stored: 32 for floats, 8 or 4 for MatMulNBits.</summary>
    public static IReadOnlyList<int> Widths { get; } = [32, 8, 4];

    /// <summary>What ratios of a width are called.</summary>
    public static string Suffix(int bits) => bits == 32 ? "_fp32" : $"_int{bits}";

    /// <summary>The tokenizer that the command line names, else GPT-2's of the test material; null if there is none.</summary>
    public static string? Tokenizer(string[] args)
    {
        string root = Environment.GetEnvironmentVariable("AISDK_TESTDATA") is { Length: > 0 } named ? named : Path.Combine("..", "shared");
        string path = Arguments.Value(args, "--tokenizer") ?? Path.Combine(root, "data", "tokenizers", "gpt2.tokenizer.json.gz");
        return File.Exists(path) ? path : null;
    }

    /// <summary>Writes a folder, uses it, and deletes it.</summary>
    public static int Use(int bits, string tokenizer, Func<string, int> use, bool isHalf = false)
    {
        DirectoryInfo made = Directory.CreateTempSubdirectory("aisdk-model-");
        try
        {
            Write(made.FullName, bits, tokenizer, isHalf);
            return use(made.FullName);
        }
        finally
        {
            made.Delete(recursive: true);
        }
    }

    /// <summary>The bytes of weights that each token reads: all but the table of the tokens' vectors, of which it reads one.</summary>
    public static long BytesPerToken(string folder) => new FileInfo(Path.Combine(folder, "model.onnx")).Length - ((long)Vocabulary * Hidden * sizeof(float));

    /// <summary>Writes the folder.</summary>
    /// <param name="folder">An existing, empty folder.</param>
    /// <param name="bits">One of <see cref="Widths"/>.</param>
    /// <param name="tokenizer">GPT-2's tokenizer.json, or tokenizer.json.gz.</param>
    /// <param name="isHalf">Whether floats have 16 bits, as GroupQueryAttention wants them on CUDA.</param>
    public static void Write(string folder, int bits, string tokenizer, bool isHalf = false)
    {
        int number = isHalf ? OnnxGraphWriter.Float16 : OnnxGraphWriter.Float;
        using (Stream source = File.OpenRead(tokenizer))
        using (Stream plain = tokenizer.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(source, CompressionMode.Decompress) : source)
        using (Stream target = File.Create(Path.Combine(folder, "tokenizer.json")))
            plain.CopyTo(target);
        File.WriteAllText(Path.Combine(folder, "genai_config.json"), $$$"""
            {"model":{"type":"llama","eos_token_id":50256,"vocab_size":{{{Vocabulary}}},"context_length":{{{Context}}},"decoder":{"filename":"model.onnx","num_hidden_layers":{{{Layers}}}}},
             "search":{"past_present_share_buffer":true}}
            """);
        using OnnxGraphWriter graph = new();
        Xoshiro256 random = new(1);
        graph.Input("input_ids", OnnxGraphWriter.Int64, "batch", "tokens");
        graph.Input("attention_mask", OnnxGraphWriter.Int64, "batch", "total");
        graph.Integers("axis", [1], 1);
        graph.Integers("one", [1]);
        graph.Node("ReduceSum", ["attention_mask", "axis"], ["sums"], ("keepdims", 0));
        graph.Node("Sub", ["sums", "one"], ["lasts"]);
        graph.Node("Cast", ["lasts"], ["seqlens_k"], ("to", OnnxGraphWriter.Int32));
        graph.Node("Shape", ["attention_mask"], ["mask_shape"]);
        graph.Node("Gather", ["mask_shape", "one"], ["total64"]);
        graph.Node("Cast", ["total64"], ["total_length"], ("to", OnnxGraphWriter.Int32));
        float[] cos = new float[Context * HeadSize / 2];
        float[] sin = new float[cos.Length];
        for (int i = 0; i < cos.Length; i++)
            (sin[i], cos[i]) = MathF.SinCos(i / (HeadSize / 2) / MathF.Pow(10_000, i % (HeadSize / 2) * 2f / HeadSize));
        Numbers("cos", cos, Context, HeadSize / 2);
        Numbers("sin", sin, Context, HeadSize / 2);
        float[] ones = new float[Hidden];
        Array.Fill(ones, 1);
        Numbers("scale", ones, Hidden);
        Numbers("embedding", Values(random, Vocabulary * Hidden, 1), Vocabulary, Hidden);
        graph.Node("Gather", ["embedding", "input_ids"], ["x0"]);
        for (int layer = 0; layer < Layers; layer++)
        {
            string Name(string part) => $"{part}_{layer}";
            void Multiply(string input, string part, int rows, int columns) => MatMul(input, Name(part), rows, columns);
            graph.Node("SimplifiedLayerNormalization", [$"x{layer}", "scale"], [Name("n")], ("axis", -1));
            Multiply(Name("n"), "q", Hidden, Hidden);
            Multiply(Name("n"), "k", Hidden, CacheHeads * HeadSize);
            Multiply(Name("n"), "v", Hidden, CacheHeads * HeadSize);
            foreach (string part in (ReadOnlySpan<string>)["key", "value"])
            {
                graph.Input($"past_key_values.{layer}.{part}", number, "batch", CacheHeads, "past", HeadSize);
                graph.Output($"present.{layer}.{part}", number, "batch", CacheHeads, "present", HeadSize);
            }
            graph.Node(
                "com.microsoft", "GroupQueryAttention",
                [Name("q"), Name("k"), Name("v"), $"past_key_values.{layer}.key", $"past_key_values.{layer}.value", "seqlens_k", "total_length", "cos", "sin"],
                [Name("a"), $"present.{layer}.key", $"present.{layer}.value"],
                ("num_heads", Heads), ("kv_num_heads", CacheHeads), ("do_rotary", 1));
            Multiply(Name("a"), "o", Hidden, Hidden);
            graph.Node("Add", [$"x{layer}", Name("o")], [Name("y")]);
            graph.Node("SimplifiedLayerNormalization", [Name("y"), "scale"], [Name("m")], ("axis", -1));
            Multiply(Name("m"), "gate", Hidden, Inner);
            Multiply(Name("m"), "up", Hidden, Inner);
            graph.Node("Sigmoid", [Name("gate")], [Name("sigmoid")]);
            graph.Node("Mul", [Name("gate"), Name("sigmoid")], [Name("silu")]);
            graph.Node("Mul", [Name("silu"), Name("up")], [Name("inner")]);
            Multiply(Name("inner"), "down", Inner, Hidden);
            graph.Node("Add", [Name("y"), Name("down")], [$"x{layer + 1}"]);
        }
        graph.Node("SimplifiedLayerNormalization", [$"x{Layers}", "scale"], ["last"], ("axis", -1));
        MatMul("last", "logits", Hidden, Vocabulary);
        graph.Output("logits", number, "batch", "tokens", Vocabulary);
        graph.Save(Path.Combine(folder, "model.onnx"));

        void Numbers(string name, float[] values, params long[] dimensions)
        {
            if (isHalf)
                graph.Halves(name, values, dimensions);
            else
                graph.Weights(name, values, dimensions);
        }

        // Only with quantized activations (accuracy level 4) ONNX Runtime has fast code for 8 bits; they make a token's logits differ in the third digit between runs over one token and over several.
        void MatMul(string input, string output, int rows, int columns)
        {
            float scale = 2f / MathF.Sqrt(rows);
            if (bits == 32)
            {
                Numbers($"w_{output}", Values(random, rows * columns, scale), rows, columns);
                graph.Node("MatMul", [input, $"w_{output}"], [output]);
                return;
            }
            int blocks = rows / BlockSize;
            byte[] packed = new byte[(long)columns * blocks * BlockSize * bits / 8];
            Fill(random, packed);
            float[] scales = new float[columns * blocks];
            Array.Fill(scales, scale / (1 << bits));
            graph.Bytes($"w_{output}", packed, columns, blocks, BlockSize * bits / 8);
            Numbers($"s_{output}", scales, scales.Length);
            graph.Node("com.microsoft", "MatMulNBits", [input, $"w_{output}", $"s_{output}"], [output], ("K", rows), ("N", columns), ("bits", bits), ("block_size", BlockSize), ("accuracy_level", bits == 8 ? 4 : 0));
        }
    }

    private static float[] Values(Xoshiro256 random, int count, float scale)
    {
        var values = new float[count];
        for (int i = 0; i < count; i++)
            values[i] = (float)(random.NextDouble() - 0.5) * scale;
        return values;
    }

    private static void Fill(Xoshiro256 random, Span<byte> bytes)
    {
        for (int i = 0; i < bytes.Length; i++)
            bytes[i] = (byte)(random.NextDouble() * 256);
    }
}
