using System.Globalization;

namespace AiSdk;

/// <summary>A number of JSON as its decimal text, so that no type rounds it.</summary>
internal readonly ref struct DecimalText
{
    // So large that no digits make up for it, so small that sums do not overflow.
    private const long MaxExponent = long.MaxValue / 4;

    private readonly int _sign;
    private readonly ReadOnlySpan<char> _digits; // from the first to the last that is not 0; may have a point inside
    private readonly long _exponent; // of the first digit

    /// <summary>Reads valid JSON.</summary>
    public DecimalText(ReadOnlySpan<char> json)
    {
        bool isNegative = json.StartsWith('-');
        int e = json.IndexOfAny('e', 'E');
        ReadOnlySpan<char> mantissa = json[(isNegative ? 1 : 0)..(e < 0 ? json.Length : e)];
        int first = mantissa.IndexOfAnyInRange('1', '9');
        if (first < 0)
            return;
        int last = mantissa.LastIndexOfAnyInRange('1', '9');
        int point = mantissa.IndexOf('.') is >= 0 and int at ? at : mantissa.Length;
        _sign = isNegative ? -1 : 1;
        _digits = mantissa[first..(last + 1)];
        _exponent = point > first ? point - first - 1 : point - first;
        if (e < 0)
            return;
        ReadOnlySpan<char> power = json[(e + 1)..];
        _exponent += long.TryParse(power, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long exponent)
            ? Math.Clamp(exponent, -MaxExponent, MaxExponent)
            : power.StartsWith('-') ? -MaxExponent : MaxExponent;
    }

    /// <summary>Whether the number has no fraction.</summary>
    public bool IsWhole => _sign == 0 || _exponent >= _digits.Length - (_digits.Contains('.') ? 1 : 0) - 1;

    /// <summary>Less than, equal to or more than zero as the number is to another.</summary>
    public int CompareTo(DecimalText other)
    {
        if (_sign != other._sign || _sign == 0)
            return _sign.CompareTo(other._sign);
        return _sign * (_exponent != other._exponent ? _exponent.CompareTo(other._exponent) : CompareDigits(_digits, other._digits));
    }

    private static int CompareDigits(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        int i = 0, j = 0;
        while (true)
        {
            if (i < left.Length && left[i] == '.')
                i++;
            if (j < right.Length && right[j] == '.')
                j++;
            // Neither ends in 0, so that the longer one is more.
            if (i == left.Length || j == right.Length)
                return (left.Length - i).CompareTo(right.Length - j);
            int order = left[i++].CompareTo(right[j++]);
            if (order != 0)
                return order;
        }
    }
}
