using System.Numerics;
using System.Text;

namespace AiSdk.Onnx;

/// <summary>Automata of JSON numbers.</summary>
/// <remarks>
/// Sets of numbers are languages of decimals without an exponent and without "-0", and hold every number with any count of zeros
/// behind its fraction. So they are sets of values, and complement and intersection are exact.
/// </remarks>
internal static class NumberLanguage
{
    // A modulus is that many states for each decimal place.
    private const int MaxModulus = 10_000;

    private static readonly Lazy<Dfa> s_any = new(static () => CompileBudget.Outside(static () => RegexCompiler.Match(@"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+\-]?[0-9]+)?")));
    private static readonly Lazy<Dfa> s_decimals = new(static () => CompileBudget.Outside(static () => Range(null, false, null, false)));
    private static readonly Lazy<Dfa> s_integerForm = new(static () => CompileBudget.Outside(static () => RegexCompiler.Match(@"0|-?[1-9][0-9]*")));
    private static readonly Lazy<Dfa> s_canonicalForm = new(static () => CompileBudget.Outside(static () => RegexCompiler.Match(@"0|-?[1-9][0-9]*(\.[0-9]*[1-9])?|-?0\.[0-9]*[1-9]")));
    private static readonly Lazy<Dfa> s_integers = new(static () => CompileBudget.Outside(static () => Multiples(JsonNumber.Create(1, 0))));

    private enum Phase
    {
        Start,
        Minus,
        Zero,
        Whole,
        Point,
        Fraction,
    }

    /// <summary>Every JSON number, in every form.</summary>
    public static Dfa Any => s_any.Value;

    /// <summary>The set of all numbers.</summary>
    public static Dfa Decimals => s_decimals.Value;

    /// <summary>Whole numbers, written without a fraction.</summary>
    public static Dfa IntegerForm => s_integerForm.Value;

    /// <summary>Numbers without a superfluous zero.</summary>
    public static Dfa CanonicalForm => s_canonicalForm.Value;

    /// <summary>The set of whole numbers.</summary>
    public static Dfa Integers => s_integers.Value;

    /// <summary>The set of numbers between bounds.</summary>
    public static Dfa Range(JsonNumber? minimum, bool aboveMinimum, JsonNumber? maximum, bool belowMaximum)
    {
        // Magnitudes on either side of zero.
        Side? positive = maximum is { } max && (max.Mantissa.Sign < 0 || max.Mantissa.Sign == 0 && belowMaximum)
            ? null
            : new Side(minimum is { } low && low.Mantissa.Sign >= 0 ? new Bound(low, aboveMinimum) : null, maximum is { } high ? new Bound(high, belowMaximum) : null);
        Side? negative = minimum is { } min && min.Mantissa.Sign >= 0
            ? null
            : new Side(maximum is { Mantissa.Sign: < 0 } top ? new Bound(-top, belowMaximum) : new Bound(JsonNumber.Zero, true), minimum is { } bottom ? new Bound(-bottom, aboveMinimum) : null);
        return Dfa.Explore(new RangeState(Phase.Start, false, 0, 0, 0), Classes, Transition, Label);

        bool Transition(RangeState from, byte value, out RangeState to)
        {
            to = from;
            if (value == '-')
            {
                to = new RangeState(Phase.Minus, true, 0, 0, 0);
                return from.Phase == Phase.Start && negative is not null;
            }
            if ((from.IsNegative ? negative : positive) is not { } side)
                return false;
            if (value == '.')
            {
                to = new RangeState(Phase.Point, from.IsNegative, 0, side.Low.AtPoint(from.Low, from.Count), side.High.AtPoint(from.High, from.Count));
                return from.Phase is Phase.Zero or Phase.Whole;
            }
            if (value is < (byte)'0' or > (byte)'9')
                return false;
            switch (from.Phase)
            {
                case Phase.Start or Phase.Minus:
                    to = new RangeState(value == '0' ? Phase.Zero : Phase.Whole, from.IsNegative, 1, side.Low.AtWhole(0, 0, value), side.High.AtWhole(0, 0, value));
                    return true;
                case Phase.Whole:
                    int longest = Math.Max(side.Low.WholeLength, side.High.WholeLength);
                    to = from.Count >= longest
                        ? new RangeState(Phase.Whole, from.IsNegative, longest + 1, 0, 0)
                        : new RangeState(Phase.Whole, from.IsNegative, from.Count + 1, side.Low.AtWhole(from.Low, from.Count, value), side.High.AtWhole(from.High, from.Count, value));
                    return true;
                case Phase.Point or Phase.Fraction:
                    int low = side.Low.AtFraction(from.Low, from.Count, value);
                    int high = side.High.AtFraction(from.High, from.Count, value);
                    // A place counts only until it is decided, and no farther than the bounds have digits.
                    int count = low != 0 && high != 0 ? 0 : Math.Min(from.Count + 1, Math.Max(side.Low.FractionLength, side.High.FractionLength));
                    to = new RangeState(Phase.Fraction, from.IsNegative, count, low, high);
                    return true;
                default:
                    return false;
            }
        }

        int Label(RangeState state)
        {
            if (state.Phase is Phase.Start or Phase.Minus or Phase.Point || (state.IsNegative ? negative : positive) is not { } side)
                return -1;
            bool isWhole = state.Phase != Phase.Fraction;
            int low = isWhole ? side.Low.AtPoint(state.Low, state.Count) : state.Low;
            int high = isWhole ? side.High.AtPoint(state.High, state.Count) : state.High;
            int places = isWhole ? 0 : state.Count;
            return side.Low.IsAbove(low, places) && side.High.IsBelow(high, places) ? 0 : -1;
        }
    }

    /// <summary>The set of multiples of a number greater than zero.</summary>
    /// <exception cref="UnenforceableException">The number has too many digits.</exception>
    public static Dfa Multiples(JsonNumber divisor)
    {
        int places = Math.Max(0, -divisor.Exponent);
        BigInteger big = divisor.Mantissa * BigInteger.Pow(10, Math.Max(0, divisor.Exponent));
        if (big > MaxModulus || places > 30)
            throw new UnenforceableException($"is greater than {MaxModulus}, decimal places counted");
        int modulus = (int)big;
        int[] scales = [.. Enumerable.Range(0, places + 1).Select(place => (int)BigInteger.ModPow(10, places - place, modulus))];
        return Dfa.Explore(new MultipleState(Phase.Start, 0, 0, true, false), Classes, Transition, Label);

        bool Transition(MultipleState old, byte value, out MultipleState to)
        {
            to = old;
            if (value == '-')
            {
                to = old with { Phase = Phase.Minus, IsNegative = true };
                return old.Phase == Phase.Start;
            }
            if (value == '.')
            {
                to = old with { Phase = Phase.Point };
                return old.Phase is Phase.Zero or Phase.Whole;
            }
            if (value is < (byte)'0' or > (byte)'9' || old.Phase == Phase.Zero)
                return false;
            bool isFraction = old.Phase is Phase.Point or Phase.Fraction;
            if (isFraction && old.Places == places)
            {
                to = old with { Phase = Phase.Fraction };
                return value == '0';
            }
            Phase phase = isFraction ? Phase.Fraction : old.Phase != Phase.Whole && value == '0' ? Phase.Zero : Phase.Whole;
            to = new MultipleState(phase, (old.Remainder * 10 + value - '0') % modulus, old.Places + (isFraction ? 1 : 0), old.IsZero && value == '0', old.IsNegative);
            return true;
        }

        int Label(MultipleState state) =>
            state.Phase is Phase.Start or Phase.Minus or Phase.Point || state.IsZero && state.IsNegative || (long)state.Remainder * scales[state.Places] % modulus != 0 ? -1 : 0;
    }

    /// <summary>The set of some numbers.</summary>
    public static Dfa Set(IReadOnlyList<JsonNumber> values)
    {
        Dfa texts = Dfa.Of([.. values.Select(Text)]);
        if (texts.IsEmpty)
            return texts;
        return Dfa.Explore((State: texts.Start, Tail: Tail.None), Classes, Transition, Label);

        bool Transition((int State, Tail Tail) from, byte value, out (int State, Tail Tail) to)
        {
            int next = from.State == Dfa.Dead ? Dfa.Dead : texts.Step(from.State, value);
            Tail tail = from.Tail switch
            {
                Tail.None when from.State != Dfa.Dead && texts.Accepts(from.State) => values[texts.Labels[from.State]].IsInteger ? value == '.' ? Tail.Point : Tail.None : value == '0' ? Tail.Zeros : Tail.None,
                Tail.Point or Tail.Zeros when value == '0' => Tail.Zeros,
                _ => Tail.None,
            };
            to = (next, tail);
            return next != Dfa.Dead || tail != Tail.None;
        }

        int Label((int State, Tail Tail) state) => state.Tail == Tail.Zeros || (state.State != Dfa.Dead && texts.Accepts(state.State)) ? 0 : -1;
    }

    /// <summary>A number's canonical form, as bytes.</summary>
    public static byte[] Text(JsonNumber value) => Encoding.ASCII.GetBytes(value.ToString());

    private static byte[] Classes { get; } = CreateClasses();

    private static byte[] CreateClasses()
    {
        byte[] classes = new byte[256];
        byte next = 1;
        foreach (char value in "-.0123456789")
            classes[value] = next++;
        return classes;
    }

    private enum Tail
    {
        None,
        Point,
        Zeros,
    }

    private readonly record struct RangeState(Phase Phase, bool IsNegative, int Count, int Low, int High);

    private readonly record struct MultipleState(Phase Phase, int Remainder, int Places, bool IsZero, bool IsNegative);

    private sealed class Side(Bound? low, Bound? high)
    {
        public Limit Low { get; } = new(low, 1);

        public Limit High { get; } = new(high, -1);
    }

    private sealed record Bound(JsonNumber Value, bool IsExcluded);

    /// <summary>Compares a number, digit by digit, with a bound; comparisons are -1, 0 and 1, for those digits that were seen.</summary>
    private sealed class Limit
    {
        private readonly Bound? _bound;
        private readonly int _without;
        private readonly string _whole = "";
        private readonly string _fraction = "";

        public Limit(Bound? bound, int without)
        {
            _bound = bound;
            _without = without;
            if (bound is not null)
                (_whole, _fraction) = bound.Value.Digits();
        }

        public int WholeLength => _whole.Length;

        public int FractionLength => _fraction.Length;

        public int AtWhole(int comparison, int count, byte digit) =>
            _bound is null ? 0 : comparison != 0 || count >= _whole.Length ? comparison : Math.Sign(digit - _whole[count]);

        public int AtPoint(int comparison, int count) =>
            _bound is null ? _without : count != _whole.Length ? count.CompareTo(_whole.Length) : comparison;

        public int AtFraction(int comparison, int place, byte digit) =>
            comparison != 0 ? comparison : Math.Sign(digit - (place < _fraction.Length ? _fraction[place] : '0'));

        public bool IsAbove(int comparison, int place) => Compare(comparison, place) is var final && (final > 0 || final == 0 && !_bound!.IsExcluded);

        public bool IsBelow(int comparison, int place) => Compare(comparison, place) is var final && (final < 0 || final == 0 && !_bound!.IsExcluded);

        // Digits of the bound that were not written are zeros in the number.
        private int Compare(int comparison, int place) =>
            comparison != 0 || place >= _fraction.Length || _fraction.AsSpan(place).TrimEnd('0').IsEmpty ? comparison : -1;
    }
}
