using System.Globalization;
using System.Numerics;
using AiSdk.CompilerServices;
using CsCheck;
using Xunit;

namespace AiSdk.Tests;

/// <summary>Numbers are read exactly or refused.</summary>
public sealed class NumberReadingTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("-0", 0)]
    [InlineData("2147483647", int.MaxValue)]
    [InlineData("-2147483648", int.MinValue)]
    [InlineData("1.0", 1)]
    [InlineData("1e2", 100)]
    [InlineData("-20e-1", -2)]
    public void A_whole_number_is_an_int(string reply, int expected) => Assert.Equal(expected, TestFunction.Read(OutputReader.ReadInt32, reply));

    [Theory]
    [InlineData("2147483648")]
    [InlineData("-2147483649")]
    [InlineData("1.5")]
    [InlineData("1e-1")]
    [InlineData("1e20")]
    [InlineData("\"1\"")]
    [InlineData("null")]
    [InlineData("true")]
    [InlineData("[1]")]
    [InlineData("{\"value\":1.1}")]
    public void What_is_no_int_is_refused_and_never_rounded(string reply) => AssertRefused(OutputReader.ReadInt32, reply, "a whole number from -2147483648 to 2147483647");

    [Fact]
    public void The_limits_of_each_whole_number_type_are_its_own()
    {
        AssertLimits<sbyte>(OutputReader.ReadInteger<sbyte>, "-128", "127", "-129", "128");
        AssertLimits<byte>(OutputReader.ReadInteger<byte>, "0", "255", "-1", "256");
        AssertLimits<short>(OutputReader.ReadInteger<short>, "-32768", "32767", "-32769", "32768");
        AssertLimits<ushort>(OutputReader.ReadInteger<ushort>, "0", "65535", "-1", "65536");
        AssertLimits<uint>(OutputReader.ReadInteger<uint>, "0", "4294967295", "-1", "4294967296");
        AssertLimits<long>(OutputReader.ReadInt64, "-9223372036854775808", "9223372036854775807", "-9223372036854775809", "9223372036854775808");
        AssertLimits<ulong>(OutputReader.ReadInteger<ulong>, "0", "18446744073709551615", "-1", "18446744073709551616");
        AssertLimits<Int128>(
            OutputReader.ReadInteger<Int128>, "-170141183460469231731687303715884105728", "170141183460469231731687303715884105727",
            "-170141183460469231731687303715884105729", "170141183460469231731687303715884105728");
        AssertLimits<UInt128>(OutputReader.ReadInteger<UInt128>, "0", "340282366920938463463374607431768211455", "-1", "340282366920938463463374607431768211456");
    }

    [Theory]
    [InlineData("1.5")]
    [InlineData("1e-2")]
    [InlineData("\"1\"")]
    [InlineData("null")]
    public void Other_whole_number_types_refuse_fractions_and_text_too(string reply)
    {
        AssertRefused(OutputReader.ReadInteger<byte>, reply, "a whole number within the range of Byte");
        AssertRefused(OutputReader.ReadInt64, reply, "a whole number of 64 bits");
        AssertRefused(OutputReader.ReadInteger<BigInteger>, reply, "a whole number within the range of BigInteger");
    }

    [Fact]
    public void A_big_integer_keeps_all_its_digits()
    {
        string digits = new('7', 1000);

        Assert.Equal(BigInteger.Parse(digits, CultureInfo.InvariantCulture), TestFunction.Read(OutputReader.ReadInteger<BigInteger>, digits));
        Assert.Equal(-BigInteger.Parse(digits, CultureInfo.InvariantCulture), TestFunction.Read(OutputReader.ReadInteger<BigInteger>, "-" + digits));
    }

    [Theory]
    [InlineData("1.5", 1.5)]
    [InlineData("-1e-3", -0.001)]
    [InlineData("1.7976931348623157e308", double.MaxValue)]
    [InlineData("5e-324", double.Epsilon)]
    public void A_number_is_a_double(string reply, double expected) => Assert.Equal(expected, TestFunction.Read(OutputReader.ReadDouble, reply));

    [Fact]
    public void A_number_too_great_for_its_type_is_refused_rather_than_infinite()
    {
        AssertRefused(OutputReader.ReadDouble, "1e309", "a number within the range of double");
        AssertRefused(OutputReader.ReadDouble, "-1e309", "a number within the range of double");
        AssertRefused(OutputReader.ReadSingle, "3.5e38", "a number within the range of float");
        AssertRefused(OutputReader.ReadHalf, "65520", "a number within the range of Half");
        Assert.Equal(3.4028235e38f, TestFunction.Read(OutputReader.ReadSingle, "3.4028235e38"));
        Assert.Equal((Half)65504, TestFunction.Read(OutputReader.ReadHalf, "65504"));
        AssertRefused(OutputReader.ReadDouble, "\"NaN\"", "a number within the range of double");
    }

    [Theory]
    [InlineData("79228162514264337593543950335", "79228162514264337593543950335")]
    [InlineData("-79228162514264337593543950335", "-79228162514264337593543950335")]
    [InlineData("0.0000000000000000000000000001", "0.0000000000000000000000000001")]
    [InlineData("1.5e2", "150")]
    [InlineData("12.5E-1", "1.25")]
    [InlineData("1e-28", "0.0000000000000000000000000001")]
    [InlineData("7e28", "70000000000000000000000000000")]
    [InlineData("1234.50", "1234.50")]
    [InlineData("0.10000000000000000000000000000000000000", "0.1")]
    [InlineData("0e5", "0")]
    [InlineData("-0.0", "0")]
    [InlineData("0.00000000000000000000000000000000000000e-9999", "0")]
    public void A_decimal_keeps_every_digit(string reply, string expected) =>
        Assert.Equal(decimal.Parse(expected, CultureInfo.InvariantCulture), TestFunction.Read(OutputReader.ReadDecimal, reply));

    [Theory]
    [InlineData("79228162514264337593543950336")]
    [InlineData("0.12345678901234567890123456789")]
    [InlineData("1.00000000000000000000000000000000001")]
    [InlineData("1e-29")]
    [InlineData("1.5e-28")]
    [InlineData("1e29")]
    [InlineData("1e-999999999999999999999999")]
    [InlineData("1e999999999999999999999999")]
    public void A_decimal_with_more_digits_than_it_holds_is_refused_rather_than_rounded(string reply) =>
        AssertRefused(OutputReader.ReadDecimal, reply, "a number of at most 28 digits");

    [Fact]
    public void Any_decimal_comes_back_as_it_was() =>
        Gen.Decimal.Sample(static value => TestFunction.Read(OutputReader.ReadDecimal, value.ToString(CultureInfo.InvariantCulture)) == value);

    [Fact]
    public void Any_double_and_float_and_long_come_back_as_they_were()
    {
        Gen.Double.Where(double.IsFinite).Sample(static value => TestFunction.Read(OutputReader.ReadDouble, value.ToString("R", CultureInfo.InvariantCulture)).Equals(value));
        Gen.Float.Where(float.IsFinite).Sample(static value => TestFunction.Read(OutputReader.ReadSingle, value.ToString("R", CultureInfo.InvariantCulture)).Equals(value));
        Gen.Long.Sample(static value => TestFunction.Read(OutputReader.ReadInt64, value.ToString(CultureInfo.InvariantCulture)) == value);
    }

    [Fact]
    public void A_decimal_is_what_exact_arithmetic_says_or_refused() =>
        Gen.Select(Gen.Long, Gen.Int[-40, 40]).Sample(static (mantissa, exponent) =>
        {
            string reply = $"{mantissa.ToString(CultureInfo.InvariantCulture)}e{exponent.ToString(CultureInfo.InvariantCulture)}";
            BigInteger scale = BigInteger.Pow(10, Math.Abs(exponent));
            try
            {
                decimal value = TestFunction.Read(OutputReader.ReadDecimal, reply);
                // value × 10^28 is whole, so that both sides can be compared without rounding.
                int[] bits = decimal.GetBits(value);
                BigInteger coefficient = new([.. bits.Take(3).SelectMany(BitConverter.GetBytes), 0]);
                int decimals = (bits[3] >> 16) & 0xFF;
                BigInteger left = BigInteger.Abs(mantissa) * (exponent > 0 ? scale : 1) * BigInteger.Pow(10, decimals);
                BigInteger right = coefficient * (exponent < 0 ? scale : 1);
                return left == right;
            }
            catch (AiOutputException)
            {
                // Refused: so it must need more than 28 decimals, or be too great.
                int zeros = mantissa == 0 ? 0 : Enumerable.Range(1, 19).TakeWhile(n => mantissa % (long)Math.Pow(10, n) == 0).Count();
                return exponent + zeros < -28 || new BigInteger(mantissa) * scale > (BigInteger)decimal.MaxValue || new BigInteger(mantissa) * scale < (BigInteger)decimal.MinValue;
            }
        });

    private static void AssertLimits<T>(OutputReader<T> read, string least, string greatest, string below, string above)
        where T : INumber<T>
    {
        Assert.Equal(T.Parse(least, CultureInfo.InvariantCulture), TestFunction.Read(read, least));
        Assert.Equal(T.Parse(greatest, CultureInfo.InvariantCulture), TestFunction.Read(read, greatest));
        Assert.Throws<AiOutputException>(() => TestFunction.Read(read, below));
        Assert.Throws<AiOutputException>(() => TestFunction.Read(read, above));
    }

    private static void AssertRefused<T>(OutputReader<T> read, string reply, string expected) =>
        Assert.Contains($"expected {expected}", Assert.Throws<AiOutputException>(() => TestFunction.Read(read, reply)).Message, StringComparison.Ordinal);
}
