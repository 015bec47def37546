namespace AiSdk.Evaluation;

/// <summary>Draws from a seed. The numbers are the same on every version of .NET: <see cref="Random"/> promises that of no seed.</summary>
internal readonly struct RandomSource(ulong seed)
{
    private readonly Xoshiro256 _bits = new(seed);

    public ulong NextUInt64() => _bits.Next();

    /// <summary>A number from 0 to below <paramref name="end"/>. The bias, below end / 2⁶⁴, is beneath all that is measured here.</summary>
    public int Next(int end) => (int)Math.BigMul(_bits.Next(), (ulong)end, out _);

    /// <summary>A number from 0 to below 1.</summary>
    public double NextDouble() => _bits.NextDouble();

    /// <summary>A number from the normal distribution.</summary>
    public double NextNormal() => Math.Sqrt(-2 * Math.Log(1 - NextDouble())) * Math.Cos(2 * Math.PI * NextDouble());
}
