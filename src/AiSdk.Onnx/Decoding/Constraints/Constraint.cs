using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace AiSdk.Onnx;

/// <summary>What a text must be: a JSON Schema's value, a regular expression's match or one of some choices. Immutable, thread-safe and meant to be kept: its work is remembered per vocabulary.</summary>
/// <remarks>
/// JSON is written without white space (but see <see cref="JsonConstraintOptions.AllowSpaces"/>), nested no deeper than <see cref="ConstraintAutomaton.MaxDepth"/>,
/// with members in the order of <see cref="JsonConstraintOptions.Order"/> and no name twice.
/// Strings without a pattern, format or choice may use every escape, pairs of surrogates included; others, and names, are in canonical form (<see cref="CanonicalJson"/>).
/// Whole numbers have no fraction and no exponent; numbers with bounds, and numbers that an enumeration names, have no exponent.
/// Everything accepted satisfies the schema, and every value that satisfies it is accepted in this form: what cannot be enforced so is refused.
/// Formats count as assertions (<see cref="StringFormats"/>).
/// </remarks>
internal sealed class Constraint
{
    private readonly ValueNode _root;
    private readonly bool _allowSpaces;
    private readonly ConditionalWeakTable<TokenTrie, ConstraintMatcher> _matchers = [];

    private Constraint(ValueNode root, bool allowSpaces)
    {
        _root = root;
        _allowSpaces = allowSpaces;
    }

    /// <summary>What the text may be.</summary>
    public ValueNode Root => _root;

    /// <inheritdoc cref="SchemaDocument.Annotations"/>
    public IReadOnlyList<string> Annotations { get; private init; } = [];

    /// <summary>Texts of some parts.</summary>
    /// <exception cref="ConstraintException">They are nested too deeply.</exception>
    public static Constraint Of(params IEnumerable<Alternative> alternatives)
    {
        var root = new ValueNode { Alternatives = [.. alternatives] };
        root.MinimumDepth = root.Alternatives.Min(static alternative => alternative.MinimumDepth);
        if (root.Alternatives.Exists(static alternative => alternative.MinimumDepth > ConstraintAutomaton.MaxDepth))
            throw new ConstraintException("schema", "#", "is satisfied by no value that is not nested too deeply");
        return new Constraint(root, allowSpaces: false);
    }

    /// <summary>Whether a text may begin with a byte.</summary>
    public bool MayBeginWith(byte value)
    {
        var automaton = new ConstraintAutomaton(_root, _allowSpaces);
        List<Frame> frames = [];
        foreach (Frame frame in automaton.Start())
            automaton.Step(frame, value, frames);
        return frames.Count > 0;
    }

    /// <summary>Values of a JSON Schema, draft 2020-12; what older drafts write otherwise is read as well.</summary>
    /// <exception cref="ConstraintException">The schema is wrong, asks for what cannot be enforced, costs too much to compile, or is satisfied by no value.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static Constraint FromJsonSchema(JsonElement schema, JsonConstraintOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new JsonConstraintOptions();
        return CompileBudget.Within(
            () =>
            {
                SchemaDocument document = new(schema);
                return new Constraint(GrammarCompiler.Compile(document, options.Order), options.AllowSpaces) { Annotations = document.Annotations };
            },
            cancellationToken);
    }

    /// <summary>Texts that a regular expression (ECMA-262, Unicode mode) matches as a whole.</summary>
    /// <exception cref="ConstraintException">The expression is wrong or not supported, or matches nothing.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static Constraint FromRegex(string pattern, CancellationToken cancellationToken = default)
    {
        try
        {
            return CompileBudget.Within(() => OfScalar(RegexCompiler.Match(pattern), "pattern"), cancellationToken);
        }
        catch (UnenforceableException error)
        {
            throw new ConstraintException("pattern", "", error.Message);
        }
    }

    /// <summary>One of some texts.</summary>
    /// <exception cref="ConstraintException">There is none, or one holds half a surrogate pair.</exception>
    public static Constraint FromChoices(IEnumerable<string> choices)
    {
        List<byte[]> texts = [];
        foreach (string choice in choices)
        {
            if (!RegexParser.IsWellFormed(choice))
                throw new ConstraintException("choices", "", "hold half a surrogate pair");
            texts.Add(Encoding.UTF8.GetBytes(choice));
        }
        return OfScalar(Dfa.Of(texts), "choices");
    }

    /// <summary>The beginning of a text over a vocabulary.</summary>
    public ConstraintState Start(TokenTrie vocabulary)
    {
        ConstraintMatcher matcher = _matchers.GetValue(vocabulary, Create);
        if (matcher.IsFull)
            _matchers.AddOrUpdate(vocabulary, matcher = Create(vocabulary));
        return new ConstraintState(vocabulary, matcher, matcher.Start);
    }

    private ConstraintMatcher Create(TokenTrie vocabulary) => new(vocabulary, new ConstraintAutomaton(_root, _allowSpaces));

    private static Constraint OfScalar(Dfa dfa, string keyword)
    {
        if (dfa.IsEmpty)
            throw new ConstraintException(keyword, "", "allows nothing");
        var root = new ValueNode { MinimumDepth = 0 };
        root.Alternatives.Add(new ScalarAlternative(dfa));
        return new Constraint(root, allowSpaces: false);
    }
}
