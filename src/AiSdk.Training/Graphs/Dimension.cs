using System.Globalization;

namespace AiSdk.Training;

/// <summary>One dimension of a value in a graph: a number times names that a run gives a value, such as <c>2·batch·tokens</c>.</summary>
/// <param name="Factor">The number, at least 0.</param>
/// <param name="Symbols">The names, sorted, with <c>*</c> between them; empty for a plain number.</param>
internal readonly record struct Dimension(long Factor, string Symbols)
{
    public bool IsNumber => Symbols.Length == 0;

    public static Dimension Of(string symbol) => new(1, symbol);

    public static implicit operator Dimension(long number) => new(number, "");

    public static Dimension operator *(Dimension left, Dimension right)
    {
        string[] symbols = [.. Names(left), .. Names(right)];
        Array.Sort(symbols, StringComparer.Ordinal);
        return new(left.Factor * right.Factor, string.Join('*', symbols));
    }

    public static string[] Names(Dimension dimension) => dimension.IsNumber ? [] : dimension.Symbols.Split('*');

    public override string ToString() => IsNumber ? Factor.ToString(CultureInfo.InvariantCulture)
        : Factor == 1 ? Symbols
        : string.Create(CultureInfo.InvariantCulture, $"{Factor}*{Symbols}");
}
