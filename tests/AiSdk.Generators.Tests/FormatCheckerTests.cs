using System.Globalization;
using System.Numerics;
using AiSdk.Declarations;
using AiSdk.Generators.Parsing;
using CsCheck;
using Microsoft.CodeAnalysis;
using Xunit;

namespace AiSdk.Generators.Tests;

/// <summary>The compiler takes those formats that the types take at run time.</summary>
public sealed class FormatCheckerTests
{
    private static readonly IFormattable[] _values =
    [
        (sbyte)1, (byte)1, (short)1, (ushort)1, 1, 1U, 1L, 1UL, (nint)1, (nuint)1, 1F, 1D, 1M, (Half)1, (Int128)1, (UInt128)1, BigInteger.One,
        new DateTime(2026, 3, 31, 14, 5, 9, DateTimeKind.Utc), new DateTimeOffset(2026, 3, 31, 14, 5, 9, TimeSpan.Zero), new DateOnly(2026, 3, 31), new TimeOnly(14, 5, 9), new TimeSpan(1, 2, 3, 4), Guid.Empty,
    ];

    private static readonly string[] _formats =
    [
        "Q9", "zz", "HH:mm", "Z", "hh:mm", "hh\\:mm", "N2", "R2", "R", "X8", "B8", "b", "D5", "E3", "C", "P0", "0.00", "#,##0;(0)", "yyyy-MM-dd", "dd/MM/yyyy", "d", "t", "c", "g", "G", "o", "O", "s", "u", "U", "T", "F", "f", "M", "y", "N", "P",
        "HH':'mm", "'quoted", "ends\\", "%", "%d", "%h", "ddd d MMM", "K", "zzz", "fff", "tt", "gg", "'HH'yyyy", "\\Hyyyy",
    ];

    private static readonly Compilation _compilation = ConsumerCompilation.Create("", cancellationToken: TestContext.Current.CancellationToken);

    [Fact]
    public void Known_formats()
    {
        foreach (IFormattable value in _values)
            Assert.All(_formats, format => Check(value, format));
    }

    [Fact]
    public void Any_format() => Gen.Select(Gen.Int[0, _values.Length - 1], Gen.Char["abcdDfFgGhHkKmMnNoOpPrRstTuUxXyYzZ0#.,;:/'\"\\% -29"].Array[1, 6].Select(static c => new string(c)))
        .Sample(static (value, format) => Check(_values[value], format), iter: 20_000);

    private static void Check(IFormattable value, string format)
    {
        bool isFormat = true;
        try
        {
            value.ToString(format, CultureInfo.InvariantCulture);
        }
        catch (FormatException)
        {
            isFormat = false;
        }
        bool isAccepted = FormatChecker.IsFormat(format, _compilation.GetTypeByMetadataName(value.GetType().FullName!)!);
        Assert.True(isFormat == isAccepted, $"{value.GetType().Name} {format}: {(isFormat ? "is one" : "is none")}");
    }
}
