namespace AiSdk.Onnx;

/// <summary>A parsed Jinja chat template: turns messages, tools and special tokens into the prompt that a model was trained on.</summary>
/// <remarks>
/// The language is the part of Jinja2 3.1 that needs no file loader, set up as Hugging Face transformers sets it up: blocks trimmed
/// and left-stripped, the immutable sandbox, <c>break</c>/<c>continue</c>, transformers' <c>tojson</c>, <c>raise_exception</c> and
/// <c>strftime_now</c>, and <c>generation</c> blocks, which render as their content.
/// A parsed template is immutable: one instance serves any number of threads. Template files are untrusted input, so rendering
/// stops with a <see cref="ChatTemplateException"/> at the limits of <see cref="RenderLimits"/>.
/// <para>Deviations from Python: integers are 64 bits wide (an overflow is an error); there is no automatic escaping, so
/// <c>safe</c> and <c>escape</c> give plain strings.</para>
/// </remarks>
internal sealed class ChatTemplate
{
    private readonly string _name;
    private readonly JinjaBlock _body;

    private ChatTemplate(string name, JinjaBlock body)
    {
        _name = name;
        _body = body;
        ToolPlace = ToolPlaceFinder.Find(body);
    }

    /// <summary>Where the template looks for the tools.</summary>
    public ToolPlace ToolPlace { get; }

    /// <summary>Parses a template.</summary>
    /// <param name="source">The template's text.</param>
    /// <param name="name">What errors call the template, usually its file name.</param>
    /// <exception cref="ChatTemplateException">The text is not a template of the supported language.</exception>
    public static ChatTemplate Parse(string source, string name)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(name);
        List<JinjaToken> tokens = new JinjaLexer(source, name).Tokenize();
        return new ChatTemplate(name, new JinjaParser(tokens, name).Parse());
    }

    /// <summary>Renders the template.</summary>
    /// <param name="variables">
    /// The template's variables: null, bool, numbers, string, <see cref="IReadOnlyList{T}"/> and
    /// <see cref="IReadOnlyDictionary{TKey, TValue}"/> of these, read in their iteration order and never changed.
    /// A variable that is absent is undefined, which is not the same as null.
    /// </param>
    /// <param name="timeProvider">The clock and time zone of <c>strftime_now</c>; the system's by default.</param>
    /// <param name="cancellationToken">Stops the rendering.</param>
    /// <exception cref="ChatTemplateException">The template failed on these variables, refused them, or met a limit.</exception>
    public string Render(IReadOnlyDictionary<string, object?> variables, TimeProvider? timeProvider = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(variables);
        RenderState state = new(_name, timeProvider ?? TimeProvider.System, cancellationToken);
        return new JinjaRenderer(state, variables).Render(_body);
    }
}
