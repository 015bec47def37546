using System.Globalization;
using System.Numerics;
using AiSdk.Generators.Helpers;

namespace AiSdk.Analyzers.Locking;

/// <summary>The number types of the lock file's schemas, and which of them read all that another reads.</summary>
internal static class NumberTypes
{
    /// <summary>The keyword of a schema that names the type.</summary>
    public const string Keyword = "x-type";

    private static readonly string[] _fractions = ["Half", "float", "double"];

    private static readonly Dictionary<string, (BigInteger Minimum, BigInteger Maximum)> _integers = new(StringComparer.Ordinal)
    {
        ["sbyte"] = (sbyte.MinValue, sbyte.MaxValue),
        ["byte"] = (byte.MinValue, byte.MaxValue),
        ["short"] = (short.MinValue, short.MaxValue),
        ["ushort"] = (ushort.MinValue, ushort.MaxValue),
        ["int"] = (int.MinValue, int.MaxValue),
        ["uint"] = (uint.MinValue, uint.MaxValue),
        ["nint"] = (long.MinValue, long.MaxValue),
        ["long"] = (long.MinValue, long.MaxValue),
        ["nuint"] = (0, ulong.MaxValue),
        ["ulong"] = (0, ulong.MaxValue),
        ["Int128"] = (-BigInteger.Pow(2, 127), BigInteger.Pow(2, 127) - 1),
        ["UInt128"] = (0, BigInteger.Pow(2, 128) - 1),
        // Wide enough for all of the others.
        ["BigInteger"] = (-BigInteger.Pow(2, 1024), BigInteger.Pow(2, 1024)),
        // The whole numbers that these hold exactly.
        ["decimal"] = (-(BigInteger)decimal.MaxValue, (BigInteger)decimal.MaxValue),
        ["double"] = (-BigInteger.Pow(2, 53), BigInteger.Pow(2, 53)),
        ["float"] = (-BigInteger.Pow(2, 24), BigInteger.Pow(2, 24)),
        ["Half"] = (-2048, 2048),
    };

    /// <summary>Whether the second type holds every value of the first one; types that are not known are taken for wide enough.</summary>
    public static bool Widens(string? before, string? now)
    {
        if (before is null || now is null || before == now)
            return true;
        if (Array.IndexOf(_fractions, before) is >= 0 and int old && Array.IndexOf(_fractions, now) is >= 0 and int current)
            return current >= old;
        if (before == "decimal" || _fractions.Contains(before))
            return false;
        return !_integers.TryGetValue(before, out (BigInteger Minimum, BigInteger Maximum) narrow) || !_integers.TryGetValue(now, out (BigInteger Minimum, BigInteger Maximum) wide)
            || (wide.Minimum <= narrow.Minimum && wide.Maximum >= narrow.Maximum);
    }

    /// <summary>Whether a limit is the type's own, which the type's name says already.</summary>
    public static bool IsOwn(JsonValue schema, string keyword, string? limit)
    {
        if (keyword is not ("minimum" or "maximum") || LockedFunctions.Value(schema, Keyword)?.Text is not { } type || !_integers.TryGetValue(type, out (BigInteger Minimum, BigInteger Maximum) range))
            return false;
        return limit is null || limit == (keyword == "minimum" ? range.Minimum : range.Maximum).ToString(CultureInfo.InvariantCulture);
    }
}
