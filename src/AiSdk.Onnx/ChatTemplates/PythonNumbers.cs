using System.Globalization;
using System.Numerics;

namespace AiSdk.Onnx;

/// <summary>An int (of 64 bits) or a float.</summary>
internal readonly record struct PythonNumber(bool IsInteger, long Integer, double Float)
{
    /// <summary>The value as the evaluator passes it on.</summary>
    public object Boxed => IsInteger ? (object)Integer : Float;

    /// <summary>The value as a float.</summary>
    public double AsDouble => IsInteger ? Integer : Float;
}

/// <summary>Python's arithmetic, and its way to read and write numbers.</summary>
internal static class PythonNumbers
{
    /// <summary>The number that a value is; True and False are 1 and 0.</summary>
    public static bool TryGet(object? value, out PythonNumber number)
    {
        switch (value)
        {
            case long integer:
                number = new PythonNumber(true, integer, 0);
                return true;
            case double real:
                number = new PythonNumber(false, 0, real);
                return true;
            case bool truth:
                number = new PythonNumber(true, truth ? 1 : 0, 0);
                return true;
            default:
                number = default;
                return false;
        }
    }

    public static bool AreEqual(PythonNumber a, PythonNumber b) => Compare(a, b) == 0;

    /// <summary>Compares exactly, also ints beyond a float's precision; null if one is not a number (NaN).</summary>
    public static int? Compare(PythonNumber a, PythonNumber b)
    {
        if (a.IsInteger && b.IsInteger)
            return a.Integer.CompareTo(b.Integer);
        double x = a.AsDouble, y = b.AsDouble;
        if (double.IsNaN(x) || double.IsNaN(y))
            return null;
        if (x != y || a.IsInteger == b.IsInteger)
            return x.CompareTo(y);
        return a.IsInteger ? new BigInteger(a.Integer).CompareTo(new BigInteger(y)) : new BigInteger(x).CompareTo(new BigInteger(b.Integer));
    }

    public static object Add(RenderState state, PythonNumber a, PythonNumber b)
    {
        if (!a.IsInteger || !b.IsInteger)
            return a.AsDouble + b.AsDouble;
        long sum = unchecked(a.Integer + b.Integer);
        return ((a.Integer ^ sum) & (b.Integer ^ sum)) < 0 ? throw Overflow(state) : sum;
    }

    /// <summary>An operation other than addition.</summary>
    public static object Calculate(RenderState state, ArithmeticOperator operation, PythonNumber a, PythonNumber b)
    {
        bool integers = a.IsInteger && b.IsInteger;
        switch (operation)
        {
            case ArithmeticOperator.Subtract:
                if (!integers)
                    return a.AsDouble - b.AsDouble;
                long difference = unchecked(a.Integer - b.Integer);
                return ((a.Integer ^ b.Integer) & (a.Integer ^ difference)) < 0 ? throw Overflow(state) : difference;
            case ArithmeticOperator.Multiply:
                if (!integers)
                    return a.AsDouble * b.AsDouble;
                return Math.BigMul(a.Integer, b.Integer, out long low) == low >> 63 ? low : throw Overflow(state);
            case ArithmeticOperator.Power:
                return Power(state, a, b);
            default:
                if (b.AsDouble == 0)
                    throw state.Fail("division by zero");
                break;
        }
        if (operation == ArithmeticOperator.Divide)
            return a.AsDouble / b.AsDouble;
        if (integers)
        {
            if (b.Integer == -1)
                return operation == ArithmeticOperator.Modulo ? 0L : a.Integer == long.MinValue ? throw Overflow(state) : -a.Integer;
            (long quotient, long remainder) = Math.DivRem(a.Integer, b.Integer);
            bool roundsDown = remainder != 0 && (remainder < 0) != (b.Integer < 0);
            return operation == ArithmeticOperator.Modulo
                ? roundsDown ? remainder + b.Integer : remainder
                : roundsDown ? quotient - 1 : quotient;
        }
        double modulo = a.AsDouble % b.AsDouble;
        if (modulo != 0 && (modulo < 0) != (b.AsDouble < 0))
            modulo += b.AsDouble;
        if (operation == ArithmeticOperator.Modulo)
            return modulo == 0 ? Math.CopySign(0, b.AsDouble) : modulo;
        double division = (a.AsDouble - modulo) / b.AsDouble;
        double floor = Math.Floor(division);
        return division - floor > 0.5 ? floor + 1 : floor == 0 ? Math.CopySign(0, a.AsDouble / b.AsDouble) : floor;
    }

    private static object Power(RenderState state, PythonNumber a, PythonNumber b)
    {
        if (!a.IsInteger || !b.IsInteger || b.Integer < 0)
        {
            if (a.AsDouble == 0 && b.AsDouble < 0)
                throw state.Fail("0.0 cannot be raised to a negative power");
            double power = Math.Pow(a.AsDouble, b.AsDouble);
            if (double.IsInfinity(power) && double.IsFinite(a.AsDouble) && double.IsFinite(b.AsDouble))
                throw state.Fail("the result of '**' is too large for a float");
            return double.IsNaN(power) && !double.IsNaN(a.AsDouble) && !double.IsNaN(b.AsDouble)
                ? throw state.Fail("a negative number cannot be raised to a fractional power")
                : power;
        }
        if (a.Integer is 0 or 1 || b.Integer == 0)
            return b.Integer == 0 ? 1L : a.Integer;
        if (a.Integer == -1)
            return b.Integer % 2 == 0 ? 1L : -1L;
        if (b.Integer > 63)
            throw Overflow(state);
        BigInteger result = BigInteger.Pow(a.Integer, (int)b.Integer);
        return result >= long.MinValue && result <= long.MaxValue ? (long)result : throw Overflow(state);
    }

    public static object Negate(RenderState state, PythonNumber number) =>
        !number.IsInteger ? (object)-number.Float : number.Integer == long.MinValue ? throw Overflow(state) : -number.Integer;

    /// <summary>Cuts a float to an int.</summary>
    public static long Truncate(RenderState state, double value) =>
        double.IsFinite(value) && Math.Abs(value) < 9.2233720368547758e18 ? (long)value : throw Overflow(state);

    private static ChatTemplateException Overflow(RenderState state) => state.Fail("the result does not fit an integer of 64 bits");

    /// <summary>Rounds as Python's <c>round(value, digits)</c>: the decimal that is nearest to the exact binary value, ties to even.</summary>
    public static double Round(double value, int digits)
    {
        if (!double.IsFinite(value) || digits > 300)
            return value;
        if (digits == 0)
            return Math.Round(value, MidpointRounding.ToEven);
        if (digits < -308)
            return Math.CopySign(0, value);
        // value = mantissa × 2^exponent exactly, so rounding is a division of integers.
        long bits = BitConverter.DoubleToInt64Bits(value);
        int exponent = (int)((bits >> 52) & 0x7FF);
        long mantissa = bits & 0xFFFFFFFFFFFFF;
        if (exponent == 0)
            exponent++;
        else
            mantissa |= 1L << 52;
        exponent -= 1075;
        BigInteger numerator = mantissa, denominator = BigInteger.One;
        if (digits > 0)
            numerator *= BigInteger.Pow(10, digits);
        else
            denominator *= BigInteger.Pow(10, -digits);
        if (exponent > 0)
            numerator <<= exponent;
        else
            denominator <<= -exponent;
        BigInteger quotient = BigInteger.DivRem(numerator, denominator, out BigInteger remainder);
        int half = (remainder * 2).CompareTo(denominator);
        if (half > 0 || (half == 0 && !quotient.IsEven))
            quotient++;
        string text = string.Create(CultureInfo.InvariantCulture, $"{quotient}E{-digits}");
        return Math.CopySign(double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture), value);
    }

    /// <summary>A float as Python's <c>repr</c> writes it: the shortest digits that read back, always with a point or an exponent.</summary>
    public static string Format(double value)
    {
        if (double.IsNaN(value))
            return "nan";
        if (double.IsInfinity(value))
            return value > 0 ? "inf" : "-inf";
        string shortest = value.ToString("R", CultureInfo.InvariantCulture);
        // .NET and Python find the same shortest digits but differ in when they write an exponent.
        string sign = shortest[0] == '-' ? "-" : "";
        int exponentAt = shortest.IndexOf('E', StringComparison.Ordinal);
        string number = (exponentAt < 0 ? shortest : shortest[..exponentAt]).TrimStart('-');
        int point = number.IndexOf('.', StringComparison.Ordinal);
        string digits = number.Replace(".", "", StringComparison.Ordinal).TrimStart('0').TrimEnd('0');
        if (digits.Length == 0)
            return sign + "0.0";
        int exponent;
        if (exponentAt >= 0)
        {
            exponent = int.Parse(shortest.AsSpan(exponentAt + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        }
        else if (number[0] != '0')
        {
            exponent = (point < 0 ? number.Length : point) - 1;
        }
        else
        {
            int firstDigit = number.AsSpan().IndexOfAnyInRange('1', '9');
            exponent = point - firstDigit;
        }
        if (exponent is < -4 or >= 16)
        {
            string mantissa = digits.Length == 1 ? digits : $"{digits[0]}.{digits.AsSpan(1)}";
            return string.Create(CultureInfo.InvariantCulture, $"{sign}{mantissa}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}");
        }
        if (exponent < 0)
            return $"{sign}0.{new string('0', -exponent - 1)}{digits}";
        return digits.Length <= exponent + 1
            ? $"{sign}{digits.PadRight(exponent + 1, '0')}.0"
            : $"{sign}{digits.AsSpan(0, exponent + 1)}.{digits.AsSpan(exponent + 1)}";
    }

    /// <summary>Reads an int as Python's <c>int(text, base)</c>; base 0 takes the prefixes 0x, 0o and 0b.</summary>
    public static bool TryParseInteger(string text, int numberBase, out long value)
    {
        value = 0;
        ReadOnlySpan<char> rest = text.AsSpan();
        while (rest.Length > 0 && PythonCharacters.IsWhiteSpace(rest[0]))
            rest = rest[1..];
        while (rest.Length > 0 && PythonCharacters.IsWhiteSpace(rest[^1]))
            rest = rest[..^1];
        bool isNegative = rest.Length > 0 && rest[0] == '-';
        if (rest.Length > 0 && rest[0] is '-' or '+')
            rest = rest[1..];
        int prefix = rest.Length > 1 && rest[0] == '0' ? rest[1] switch { 'x' or 'X' => 16, 'o' or 'O' => 8, 'b' or 'B' => 2, _ => 0 } : 0;
        if (prefix != 0 && (numberBase == 0 || numberBase == prefix))
        {
            numberBase = prefix;
            rest = rest[2..];
            if (rest.Length > 0 && rest[0] == '_')
                rest = rest[1..];
        }
        else if (numberBase == 0)
        {
            numberBase = 10;
            if (rest.Length > 1 && rest[0] == '0' && rest.ContainsAnyExcept('0', '_'))
                return false;
        }
        if (rest.IsEmpty || numberBase is < 2 or > 36)
            return false;
        BigInteger result = BigInteger.Zero;
        bool afterDigit = false;
        foreach (char c in rest)
        {
            if (c == '_' && afterDigit)
            {
                afterDigit = false;
                continue;
            }
            int digit = char.IsAsciiLetter(c) ? (c | 0x20) - 'a' + 10 : char.IsDigit(c) ? (int)char.GetNumericValue(c) : 99;
            if (digit >= numberBase)
                return false;
            result = (result * numberBase) + digit;
            if (result > ulong.MaxValue)
                return false;
            afterDigit = true;
        }
        if (isNegative)
            result = -result;
        if (!afterDigit || result < long.MinValue || result > long.MaxValue)
            return false;
        value = (long)result;
        return true;
    }

    /// <summary>Reads a float as Python's <c>float(text)</c>.</summary>
    public static bool TryParseFloat(string text, out double value)
    {
        string trimmed = PythonStrings.Strip(text, null, start: true, end: true);
        value = 0;
        switch (trimmed.ToUpperInvariant())
        {
            case "INF" or "+INF" or "INFINITY" or "+INFINITY":
                value = double.PositiveInfinity;
                return true;
            case "-INF" or "-INFINITY":
                value = double.NegativeInfinity;
                return true;
            case "NAN" or "+NAN" or "-NAN":
                value = double.NaN;
                return true;
        }
        for (int i = 0; i < trimmed.Length; i++)
        {
            if (trimmed[i] == '_' && (i == 0 || i + 1 == trimmed.Length || !char.IsAsciiDigit(trimmed[i - 1]) || !char.IsAsciiDigit(trimmed[i + 1])))
                return false;
        }
        const NumberStyles Styles = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return trimmed.Length > 0 && (char.IsAsciiDigit(trimmed[^1]) || trimmed[^1] == '.')
            && double.TryParse(trimmed.Replace("_", "", StringComparison.Ordinal), Styles, CultureInfo.InvariantCulture, out value);
    }
}
