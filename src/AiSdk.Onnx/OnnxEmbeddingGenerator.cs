using System.Globalization;
using System.Numerics.Tensors;
using Microsoft.Extensions.AI;
using Microsoft.ML.OnnxRuntime;

namespace AiSdk.Onnx;

/// <summary>Turns texts into vectors with a model that runs in this process, on ONNX Runtime.</summary>
/// <remarks>
/// <para>
/// The folder is in the layout of sentence-transformers: model.onnx (or onnx/model.onnx), tokenizer.json (or vocab.json with a list of [piece, score]), and, where they are there, 1_Pooling/config.json,
/// modules.json and sentence_bert_config.json, which say how a text's vector is made. Encoders such as MiniLM, BGE, E5 and Universal Sentence Encoder Lite come so.
/// </para>
/// <para>
/// Texts of like length are run together, and the vectors come in the texts' order. A text without words gives a vector of zeros. One that is longer than the model takes is shortened, and its
/// embedding's <see cref="Embedding.AdditionalProperties"/> say by how many tokens, as <see cref="TruncatedTokens"/>.
/// </para>
/// <para>Thread-safe. The work is done on the thread pool.</para>
/// </remarks>
public sealed class OnnxEmbeddingGenerator : IEmbeddingGenerator<string, Embedding<float>>
{
    /// <summary>The name under which an embedding says how many of its text's tokens were left out.</summary>
    public const string TruncatedTokens = "truncated_tokens";

    private const int DefaultMaxTokens = 512;

    // Beyond it a larger batch is no faster, but takes more memory.
    private const int MaxBatchTokens = 8_192;

    private readonly SharedSession _session;
    private readonly EmbeddingGraph _graph;
    private readonly EmbeddingGeneratorMetadata _metadata;
    private readonly ModelTokenizer _tokenizer;
    private readonly EmbeddingPooling _pooling;
    private readonly string _graphPath;
    private readonly string _name;
    private readonly bool _normalizes;
    private readonly int _maxTokens;
    private readonly int _batchSize;
    private int _dimensions;

    /// <summary>Loads a model.</summary>
    /// <param name="folder">The model's folder.</param>
    /// <param name="options">How to load and run it; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException"><paramref name="folder"/> is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is not allowed.</exception>
    /// <exception cref="OnnxModelException">The folder does not exist, or something in it is missing, corrupt or not supported.</exception>
    public OnnxEmbeddingGenerator(string folder, OnnxEmbeddingOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        options ??= new OnnxEmbeddingOptions();
        options.Validate();
        string path = Path.GetFullPath(folder);
        EmbeddingFolder files = EmbeddingFolder.Read(path);
        _name = Path.GetFileName(Path.TrimEndingDirectorySeparator(path));
        _graphPath = files.GraphPath;
        _tokenizer = files.Tokenizer;
        _maxTokens = options.MaxTokens ?? files.MaxTokens ?? DefaultMaxTokens;
        _batchSize = options.BatchSize;
        _session = new SharedSession(this, files.GraphPath, new SessionSettings(), options.IntraOpThreads, options.AllowSpinning);
        try
        {
            _graph = EmbeddingGraph.Inspect(_session.Session, options.Pooling, files.GraphPath);
        }
        catch
        {
            _session.Dispose();
            throw;
        }
        _pooling = options.Pooling != EmbeddingPooling.Auto ? options.Pooling : files.Pooling ?? EmbeddingPooling.Mean;
        _normalizes = options.Normalize ?? files.Normalizes ?? !_graph.IsPooled;
        _dimensions = _graph.Dimensions ?? 0;
        _metadata = new EmbeddingGeneratorMetadata("onnx", defaultModelId: _name, defaultModelDimensions: _graph.Dimensions);
    }

    /// <summary>Gives each text's vector.</summary>
    /// <param name="values">The texts.</param>
    /// <param name="options"><see cref="EmbeddingGenerationOptions.Dimensions"/> cuts the vectors, which are then made one long again: for models that were trained for that (Matryoshka). The rest is not used.</param>
    /// <param name="cancellationToken">Ends the work between two batches, and within one.</param>
    /// <returns>The vectors in the texts' order, with the number of tokens read.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="values"/> or one of the texts is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">More dimensions are wanted than the model has, or fewer than one.</exception>
    /// <exception cref="OnnxModelException">The model fails in running, or its output is not usable.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The generator was disposed.</exception>
    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(values);
        // The work goes on elsewhere; what the caller changes meanwhile must not reach it.
        string[] texts = [.. values];
        foreach (string text in texts)
            ArgumentNullException.ThrowIfNull(text, nameof(values));
        int? dimensions = options?.Dimensions;
        if (dimensions < 1 || _dimensions > 0 && dimensions > _dimensions)
            throw new ArgumentOutOfRangeException(nameof(options), dimensions, string.Create(CultureInfo.InvariantCulture, $"EmbeddingGenerationOptions.Dimensions must be 1 to {_dimensions}, which this model has, or null."));
        IDisposable lease = _session.Rent();
        return Task.Run(
            () =>
            {
                using (lease)
                    return Generate(texts, dimensions, cancellationToken);
            },
            CancellationToken.None);
    }

    /// <inheritdoc/>
    /// <remarks>Gives <see cref="EmbeddingGeneratorMetadata"/> and the generator itself.</remarks>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(EmbeddingGeneratorMetadata) ? _metadata
            : serviceType.IsInstanceOfType(this) ? this
            : null;
    }

    /// <summary>Releases the model. Calls in progress may end; new ones are refused.</summary>
    public void Dispose() => _session.Dispose();

    private GeneratedEmbeddings<Embedding<float>> Generate(string[] texts, int? dimensions, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var inputs = new TokenizedText?[texts.Length];
        int[] dropped = new int[texts.Length];
        long tokens = 0;
        for (int i = 0; i < texts.Length; i++)
        {
            inputs[i] = _tokenizer.EncodeInput(texts[i], _maxTokens, out dropped[i]);
            tokens += inputs[i]?.Ids.Length ?? 0;
        }
        float[][] vectors = new float[texts.Length][];
        int[] order = [.. Enumerable.Range(0, texts.Length).Where(i => inputs[i] is not null).OrderBy(i => inputs[i]!.Ids.Length)];
        using RunOptions run = new();
        using (cancellationToken.UnsafeRegister(static state => ((RunOptions)state!).Terminate = true, run))
        {
            for (int from = 0; from < order.Length;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                // The last one is the longest, to which the others are filled up.
                int to = from + 1;
                while (to < order.Length && to - from < _batchSize && (to - from + 1) * inputs[order[to]]!.Ids.Length <= MaxBatchTokens)
                    to++;
                Run(order.AsSpan(from..to), inputs, vectors, run, cancellationToken);
                from = to;
            }
        }
        int size = Dimensions(run, cancellationToken);
        if (dimensions > size)
            throw new ArgumentOutOfRangeException(nameof(dimensions), dimensions, string.Create(CultureInfo.InvariantCulture, $"EmbeddingGenerationOptions.Dimensions must be 1 to {size}, which this model has, or null."));
        DateTimeOffset createdAt = DateTimeOffset.UtcNow;
        GeneratedEmbeddings<Embedding<float>> embeddings = new(texts.Length) { Usage = new UsageDetails { InputTokenCount = tokens, TotalTokenCount = tokens } };
        for (int i = 0; i < texts.Length; i++)
        {
            float[] vector = vectors[i] ?? new float[size];
            if (dimensions is { } fewer && fewer < size)
            {
                vector = vector[..fewer];
                MakeOneLong(vector);
            }
            embeddings.Add(new Embedding<float>(vector)
            {
                CreatedAt = createdAt,
                ModelId = _name,
                AdditionalProperties = dropped[i] > 0 ? new AdditionalPropertiesDictionary { [TruncatedTokens] = dropped[i] } : null,
            });
        }
        return embeddings;
    }

    private void Run(ReadOnlySpan<int> batch, TokenizedText?[] inputs, float[][] vectors, RunOptions options, CancellationToken cancellationToken)
    {
        int length = inputs[batch[^1]]!.Ids.Length;
        long[] shape = [batch.Length, length];
        long[] ids = new long[batch.Length * length];
        long[] mask = new long[ids.Length];
        long[] types = new long[_graph.HasTypeIds ? ids.Length : 0];
        for (int row = 0; row < batch.Length; row++)
        {
            TokenizedText input = inputs[batch[row]]!;
            TensorPrimitives.ConvertChecked<int, long>(input.Ids, ids.AsSpan(row * length));
            mask.AsSpan(row * length, input.Ids.Length).Fill(1);
            if (_graph.HasTypeIds)
                TensorPrimitives.ConvertChecked<int, long>(input.TypeIds, types.AsSpan(row * length));
        }
        using OrtValue idsValue = OrtValue.CreateTensorValueFromMemory(ids, shape);
        using OrtValue maskValue = OrtValue.CreateTensorValueFromMemory(mask, shape);
        using OrtValue? typesValue = _graph.HasTypeIds ? OrtValue.CreateTensorValueFromMemory(types, shape) : null;
        List<string> names = ["input_ids"];
        List<OrtValue> values = [idsValue];
        if (_session.Session.InputMetadata.ContainsKey("attention_mask"))
        {
            names.Add("attention_mask");
            values.Add(maskValue);
        }
        if (typesValue is not null)
        {
            names.Add("token_type_ids");
            values.Add(typesValue);
        }
        IDisposableReadOnlyCollection<OrtValue> results;
        try
        {
            results = _session.Session.Run(options, names, values, [_graph.Output]);
        }
        catch (OnnxRuntimeException exception) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException("The run was stopped.", exception, cancellationToken);
        }
        catch (OnnxRuntimeException exception)
        {
            throw new OnnxModelException($"Running '{_graphPath}' failed: {exception.Message}", exception);
        }
        using (results)
        {
            long[] made = results[0].GetTensorTypeAndShape().Shape;
            bool fits = made.Length == (_graph.IsPooled ? 2 : 3) && made[0] == batch.Length && (_graph.IsPooled || made[1] == length);
            if (!fits)
                throw new OnnxModelException($"'{_graphPath}' gave '{_graph.Output}' of the shape [{string.Join(", ", made)}] for {batch.Length.ToString(CultureInfo.InvariantCulture)} texts of {length.ToString(CultureInfo.InvariantCulture)} tokens.");
            int size = checked((int)made[^1]);
            _dimensions = size;
            ReadOnlySpan<float> data = results[0].GetTensorDataAsSpan<float>();
            for (int row = 0; row < batch.Length; row++)
            {
                float[] vector = _graph.IsPooled ? data.Slice(row * size, size).ToArray() : Pool(data.Slice(row * length * size, inputs[batch[row]]!.Ids.Length * size), size);
                if (_normalizes)
                    MakeOneLong(vector);
                if (!float.IsFinite(TensorPrimitives.Sum<float>(vector)))
                    throw new OnnxModelException($"'{_graphPath}' gave a vector with a value that is no finite number: its weights or its arithmetic are broken.");
                vectors[batch[row]] = vector;
            }
        }
    }

    private float[] Pool(ReadOnlySpan<float> tokens, int size)
    {
        if (_pooling != EmbeddingPooling.Mean)
            return (_pooling == EmbeddingPooling.FirstToken ? tokens[..size] : tokens[^size..]).ToArray();
        float[] mean = new float[size];
        for (int at = 0; at < tokens.Length; at += size)
            TensorPrimitives.Add(mean, tokens.Slice(at, size), mean);
        TensorPrimitives.Divide(mean, tokens.Length / size, mean);
        return mean;
    }

    private static void MakeOneLong(Span<float> vector)
    {
        float length = TensorPrimitives.Norm<float>(vector);
        if (length > 0)
            TensorPrimitives.Divide(vector, length, vector);
    }

    /// <summary>The vector's size, for texts without words; where the graph does not say it, a run does.</summary>
    private int Dimensions(RunOptions run, CancellationToken cancellationToken)
    {
        if (_dimensions > 0)
            return _dimensions;
        TokenizedText input = _tokenizer.EncodeInput("a", _maxTokens, out _) ?? throw new OnnxModelException($"The tokenizer of '{_graphPath}' makes no tokens of the letter a.");
        Run([0], [input], new float[1][], run, cancellationToken);
        return _dimensions;
    }
}
