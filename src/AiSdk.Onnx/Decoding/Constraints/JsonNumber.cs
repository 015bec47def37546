using System.Globalization;
using System.Numerics;

namespace AiSdk.Onnx;

/// <summary>A decimal number of any size, exact: mantissa × 10^exponent, the mantissa not a multiple of ten.</summary>
internal readonly record struct JsonNumber(BigInteger Mantissa, int Exponent) : IComparable<JsonNumber>
{
    // Digits beyond it would make automata of unreasonable size.
    private const int MaxDigits = 400;

    /// <summary>Zero.</summary>
    public static JsonNumber Zero { get; }

    /// <summary>Whether the number has no fraction.</summary>
    public bool IsInteger => Exponent >= 0;

    /// <summary>Reads a JSON number.</summary>
    /// <exception cref="UnenforceableException">It has too many digits.</exception>
    public static JsonNumber Parse(string text)
    {
        int at = text.AsSpan().IndexOfAny('e', 'E');
        int exponent = 0;
        if (at >= 0 && !int.TryParse(text.AsSpan(at + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent))
            throw TooLong();
        string digits = at >= 0 ? text[..at] : text;
        int point = digits.IndexOf('.', StringComparison.Ordinal);
        if (point >= 0)
        {
            exponent -= digits.Length - point - 1;
            digits = digits.Remove(point, 1);
        }
        if (digits.Length > MaxDigits)
            throw TooLong();
        return Create(BigInteger.Parse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture), exponent);
    }

    /// <summary>The number with the given value, its form made unique.</summary>
    public static JsonNumber Create(BigInteger mantissa, int exponent)
    {
        if (mantissa.IsZero)
            return Zero;
        while (mantissa % 10 == 0)
        {
            mantissa /= 10;
            exponent++;
        }
        return Math.Abs(exponent) > MaxDigits ? throw TooLong() : new JsonNumber(mantissa, exponent);
    }

    /// <inheritdoc/>
    public int CompareTo(JsonNumber other)
    {
        int exponent = Math.Min(Exponent, other.Exponent);
        return (Mantissa * BigInteger.Pow(10, Exponent - exponent)).CompareTo(other.Mantissa * BigInteger.Pow(10, other.Exponent - exponent));
    }

    /// <summary>The digits of the absolute value on either side of the point; at least one before it.</summary>
    public (string Whole, string Fraction) Digits()
    {
        string digits = BigInteger.Abs(Mantissa).ToString(CultureInfo.InvariantCulture);
        if (Exponent >= 0)
            return (digits == "0" ? digits : digits + new string('0', Exponent), "");
        digits = digits.PadLeft(1 - Exponent, '0');
        return (digits[..^-Exponent], digits[^-Exponent..]);
    }

    /// <summary>The canonical form: no exponent, no superfluous zero.</summary>
    public override string ToString()
    {
        (string whole, string fraction) = Digits();
        return (Mantissa.Sign < 0 ? "-" : "") + whole + (fraction.Length > 0 ? "." + fraction : "");
    }

    public static JsonNumber operator -(JsonNumber value) => new(-value.Mantissa, value.Exponent);

    private static UnenforceableException TooLong() => new($"has more than {MaxDigits} digits");
}
