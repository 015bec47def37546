namespace AiSdk.Onnx;

/// <summary>
/// A local language model: a folder in ONNX Runtime GenAI's layout (genai_config.json, the graph it names, tokenizer.json,
/// tokenizer_config.json), loaded once and shared by everything that uses it.
/// </summary>
/// <remarks>
/// Thread-safe: any number of calls may run at the same time, each with its own state, on one loaded model.
/// The model runs on the CPU unless <see cref="OnnxModelOptions.ExecutionProvider"/> says otherwise; <c>provider_options</c> of genai_config.json are not used.
/// </remarks>
public sealed class OnnxModel : IDisposable
{
    private readonly IEngine _engine;
    private readonly SequenceCache _sequences;
    private readonly Lazy<TokenTrie> _vocabulary;

    private OnnxModel(string folder, GenAIConfig config, OnnxModelOptions options)
    {
        Folder = folder;
        Name = Path.GetFileName(Path.TrimEndingDirectorySeparator(folder));
        Config = config;
        AdapterNames = [.. options.Adapters.Keys];
        Tokenizer = ModelTokenizer.Load(folder);
        if (Tokenizer.VocabularySize > config.VocabularySize)
            throw new OnnxModelException(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"'{Path.Combine(folder, ModelTokenizer.FileName)}' has token ids up to {Tokenizer.VocabularySize - 1}, but {GenAIConfig.FileName} says model.vocab_size {config.VocabularySize}: tokenizer and model do not belong together."));
        Prompt = ChatPrompt.Load(folder, Tokenizer.Guard);
        string graphPath = Path.Combine(folder, config.GraphFile);
        if (!File.Exists(graphPath))
            throw new OnnxModelException($"The model's graph '{graphPath}', which {GenAIConfig.FileName} names in model.decoder.filename, does not exist.");
        bool isReproducible = GraphOperators.IsReproducible(graphPath);
        Options = options.Resolved(isReproducible);
        ToolCalls = ToolCallSyntax.Of(options.ToolCallFormat, Prompt.Templates, Tokenizer.Tokens);
        ConfidenceTemperature = options.ConfidenceTemperature ?? ConfidenceCalibration.Read(folder)?.Temperature ?? 1;
        _sequences = new SequenceCache(CreateDecoder, Options.PrefixCacheBytes!.Value);
        _vocabulary = new Lazy<TokenTrie>(CreateVocabulary);
        _engine = CreateEngine(graphPath, options, isReproducible);
    }

    /// <summary>The folder, as an absolute path.</summary>
    public string Folder { get; }

    /// <summary>The folder's own name, which replies give as their model id.</summary>
    public string Name { get; }

    /// <summary>What runs the model: <see cref="OnnxEngine.GenAI"/> or <see cref="OnnxEngine.OnnxRuntime"/>.</summary>
    public OnnxEngine Engine => _engine.Kind;

    /// <summary>The most tokens of prompt and reply together.</summary>
    public int ContextLength => Config.ContextLength;

    /// <summary>The number of tokens the model tells apart.</summary>
    public int VocabularySize => Config.VocabularySize;

    internal IEngine NativeEngine => _engine;

    internal GenAIConfig Config { get; }

    internal ModelTokenizer Tokenizer { get; }

    internal ChatPrompt Prompt { get; }

    internal OnnxModelOptions Options { get; }

    /// <summary>The tokens as constraints see them; made when it is first asked for.</summary>
    internal TokenTrie Vocabulary => _vocabulary.Value;

    /// <summary>What the logits are divided by before a reply's confidence is taken from them.</summary>
    internal double ConfidenceTemperature { get; }

    /// <summary>The adapters that replies can ask for.</summary>
    internal IReadOnlyList<string> AdapterNames { get; }

    internal ConstraintCache Constraints { get; } = new();

    internal ToolCallSyntax ToolCalls { get; }

    internal LookupGain LookupGain { get; } = new();

    /// <inheritdoc cref="IEngine.Decoders"/>
    internal int Decoders => _engine.Decoders;

    /// <summary>What is kept of earlier replies.</summary>
    internal SequenceCache Sequences => _sequences;

    /// <summary>Whether the graph extends its cache in place.</summary>
    internal bool SharesBuffers => _engine.SharesBuffers;

    /// <summary>Loads a model.</summary>
    /// <param name="folder">The model's folder.</param>
    /// <param name="options">How to load and run it; <see langword="null"/> for the defaults.</param>
    /// <returns>The model, to be disposed by the caller.</returns>
    /// <exception cref="ArgumentException"><paramref name="folder"/> is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is not allowed.</exception>
    /// <exception cref="OnnxModelException">The folder does not exist, or something in it is missing, corrupt or not supported; the message names the file and what is wrong.</exception>
    public static OnnxModel Load(string folder, OnnxModelOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        options ??= new OnnxModelOptions();
        options.Validate();
        string path = Path.GetFullPath(folder);
        if (!Directory.Exists(path))
            throw new OnnxModelException($"The model folder '{path}' does not exist.");
        return new OnnxModel(path, GenAIConfig.Read(path), options);
    }

    /// <summary>Measures how well the model predicts a text.</summary>
    /// <param name="text">The text, which is encoded as the tokenizer does it, with its begin token if it has one.</param>
    /// <param name="cancellationToken">Ends the work, also within a run.</param>
    /// <returns>The score. A text longer than the context is read in windows that overlap by half, so that each token is predicted once, from half a context at least.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="text"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">The text has fewer than two tokens, so that there is nothing to predict.</exception>
    /// <exception cref="OnnxModelException">The model fails in running.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The model was disposed.</exception>
    public Task<TextScore> ScoreAsync(string text, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Task.Run(() => Score(text, cancellationToken), cancellationToken);
    }

    /// <summary>Releases the model. Calls in progress may end; new ones are refused.</summary>
    public void Dispose()
    {
        _engine.Dispose();
        _sequences.Dispose();
    }

    /// <summary>A decoder for a prompt, with what is known of it.</summary>
    /// <param name="prompt">The prompt's tokens, at least one.</param>
    /// <param name="capacity">The most tokens of prompt and reply together.</param>
    /// <param name="settings">How tokens are chosen, if nothing else has a say in it, so that the engine may do it itself; else null.</param>
    /// <param name="adapter">The adapter to use, or null.</param>
    /// <exception cref="ObjectDisposedException">The model was disposed.</exception>
    internal IDecoder RentDecoder(ReadOnlySpan<int> prompt, int capacity, GenerationSettings? settings = null, string? adapter = null)
    {
        // What is kept would be found even then.
        _engine.ThrowIfDisposed();
        return (settings is null || adapter is not null ? null : _engine.CreateBatchDecoder(settings, capacity)) ?? _sequences.Rent(prompt, capacity, adapter);
    }

    /// <inheritdoc cref="IEngine.KeepsWhenGrowing"/>
    internal bool DecodersGrow => _engine.KeepsWhenGrowing;

    /// <inheritdoc cref="SequenceCache.Return"/>
    internal void ReturnDecoder(IDecoder decoder, ReadOnlySpan<int> tokens) => _sequences.Return(decoder, tokens);

    private TextScore Score(string text, CancellationToken cancellationToken)
    {
        // Marks of the guard are text here like any other.
        int[] tokens = [.. Tokenizer.EncodePrompt(Tokenizer.Guard.Protect(text))];
        if (tokens.Length < 2)
            throw new ArgumentException($"The text has {(tokens.Length == 0 ? "no tokens" : "one token")}, and a prediction needs two.", nameof(text));
        int window = Math.Min(tokens.Length, ContextLength);
        using IDecoder decoder = CreateDecoder(window);
        double sum = 0;
        // The tokens before it have been predicted.
        int next = 1;
        for (int start = 0; next < tokens.Length; start += Math.Max(1, window / 2))
        {
            decoder.Rewind(0);
            int end = Math.Min(tokens.Length, start + window);
            for (int at = start; at < end;)
            {
                int count = Math.Min(decoder.MaxKeptLogits, end - at);
                decoder.Append(tokens.AsSpan(at, count), count, cancellationToken);
                for (int i = 0; i < count; i++)
                {
                    int predicted = at + i + 1;
                    if (predicted < next || predicted >= end)
                        continue;
                    ReadOnlySpan<float> logits = decoder.KeptLogits(i);
                    sum += logits[tokens[predicted]] - LogSoftmax.Normalizer(logits);
                    next = predicted + 1;
                }
                at += count;
            }
        }
        return new TextScore(tokens.Length - 1, sum);
    }

    /// <summary>A decoder with an empty state.</summary>
    /// <param name="capacity">The most tokens it will hold.</param>
    /// <param name="adapter">The adapter to use, or null.</param>
    /// <exception cref="ObjectDisposedException">The model was disposed.</exception>
    internal IDecoder CreateDecoder(int capacity, string? adapter = null) => _engine.CreateDecoder(capacity, adapter);

    /// <summary>Whether the GenAI library was built to keep replies to a pattern by itself; null for the other engine. Nothing here needs it: it is told to who asks, and asking runs the model.</summary>
    internal bool? HasGuidance()
    {
        if (_engine is not GenAIEngine engine)
            return null;
        engine.Rent();
        try
        {
            return GenAIFeatures.HasGuidance(engine, Tokenizer);
        }
        finally
        {
            engine.Release();
        }
    }

    private TokenTrie CreateVocabulary()
    {
        var vocabulary = TokenTrie.Create(Tokenizer, ToolCalls.MarkBytes);
        // The first replies do without what is not there yet.
        _ = Task.Run(vocabulary.Prepare);
        return vocabulary;
    }

    private IEngine CreateEngine(string graphPath, OnnxModelOptions options, bool isReproducible)
    {
        if (options.Engine != OnnxEngine.OnnxRuntime)
        {
            IReadOnlyList<string> folders = GenAILibrary.Folders();
            string? library = GenAILibrary.Find(options.GenAILibraryPath ?? Environment.GetEnvironmentVariable(GenAILibrary.Variable), folders);
            if (library is null && options.Engine == OnnxEngine.GenAI)
                throw GenAILibrary.NotFound(folders);
            try
            {
                if (library is not null)
                    return new GenAIEngine(this, library, Folder, Config, options);
            }
            // The library has a list of the kinds of models that it runs; ONNX Runtime goes by the graph.
            catch (OnnxModelException exception) when (options.Engine == OnnxEngine.Auto && GenAIEngine.IsUnknownModel(exception))
            {
            }
        }
        return new OnnxRuntimeEngine(this, Folder, graphPath, Config, options, isReproducible);
    }
}
