namespace AiSdk.Onnx;

/// <summary>Texts that lead to values, and what stands behind those: what calls of tools have around them.</summary>
/// <remarks>A text may be the beginning of another one. Texts at which all ends stand at the end of a whole reply, with nothing around.</remarks>
internal sealed class LeadAlternative : Alternative
{
    private readonly ValueNode?[] _values;
    private readonly byte[][] _next;

    /// <summary>Creates the alternative.</summary>
    /// <param name="texts">Accepts the texts; labels are indices of <paramref name="values"/>.</param>
    /// <param name="values">What follows each; null where nothing does.</param>
    public LeadAlternative(Dfa texts, ValueNode?[] values)
    {
        Texts = texts;
        _values = values;
        _next = [.. Enumerable.Range(0, texts.Count).Select(state => Enumerable.Range(0, 256).Select(static value => (byte)value).Where(value => texts.Step(state, value) != Dfa.Dead).ToArray())];
    }

    /// <summary>Accepts the texts.</summary>
    public Dfa Texts { get; }

    /// <summary>What follows the value; null where nothing does.</summary>
    public LeadAlternative? Behind { get; set; }

    public override int MinimumDepth => _values.Max(static value => value?.MinimumDepth ?? 0) + (Behind is null ? 0 : 1);

    /// <summary>The bytes that may follow a state.</summary>
    public byte[] Next(int state) => _next[state];

    /// <summary>The value that a state leads to.</summary>
    public ValueNode? ValueAt(int state) => Texts.Labels[state] is >= 0 and int label ? _values[label] : null;

    /// <summary>Whether all may end in a state.</summary>
    public bool EndsAt(int state) => Texts.Labels[state] is >= 0 and int label && _values[label] is null;
}
