namespace AiSdk.Evaluation;

/// <summary>The normal distribution.</summary>
internal static class Normal
{
    /// <summary>The value below which a share of the distribution lies: P. Acklam's approximation (relative error 1.15e-9), improved by a step of Halley's method.</summary>
    public static double Quantile(double share)
    {
        ReadOnlySpan<double> a = [-3.969683028665376e+01, 2.209460984245205e+02, -2.759285104469687e+02, 1.383577518672690e+02, -3.066479806614716e+01, 2.506628277459239e+00];
        ReadOnlySpan<double> b = [-5.447609879822406e+01, 1.615858368580409e+02, -1.556989798598866e+02, 6.680131188771972e+01, -1.328068155288572e+01];
        ReadOnlySpan<double> c = [-7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838e+00, -2.549732539343734e+00, 4.374664141464968e+00, 2.938163982698783e+00];
        ReadOnlySpan<double> d = [7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e+00, 3.754408661907416e+00];
        const double low = 0.02425;
        double x;
        if (share is < low or > 1 - low)
        {
            double q = Math.Sqrt(-2 * Math.Log(share < low ? share : 1 - share));
            x = (((((((((c[0] * q) + c[1]) * q) + c[2]) * q) + c[3]) * q) + c[4]) * q) + c[5];
            x /= (((((((d[0] * q) + d[1]) * q) + d[2]) * q) + d[3]) * q) + 1;
            x = share < low ? x : -x;
        }
        else
        {
            double q = share - 0.5;
            double r = q * q;
            x = ((((((((((a[0] * r) + a[1]) * r) + a[2]) * r) + a[3]) * r) + a[4]) * r) + a[5]) * q;
            x /= (((((((((b[0] * r) + b[1]) * r) + b[2]) * r) + b[3]) * r) + b[4]) * r) + 1;
        }
        double error = Cumulative(x) - share;
        double step = error * Math.Sqrt(2 * Math.PI) * Math.Exp(x * x / 2);
        return x - (step / (1 + (x * step / 2)));
    }

    /// <summary>The share of the distribution below a value.</summary>
    public static double Cumulative(double x) => ErrorFunctionComplement(-x / Math.Sqrt(2)) / 2;

    // A series near the middle and a continued fraction (Lentz) beyond: both to the last digits.
    private static double ErrorFunctionComplement(double x)
    {
        if (x < 0)
            return 2 - ErrorFunctionComplement(-x);
        if (x < 2.5)
        {
            double term = x;
            double sum = x;
            for (int n = 1; Math.Abs(term) > 1e-17 * Math.Abs(sum) && n < 200; n++)
            {
                term *= -x * x / n;
                sum += term / ((2 * n) + 1);
            }
            return 1 - (2 / Math.Sqrt(Math.PI) * sum);
        }
        double fraction = 0;
        for (int n = 80; n > 0; n--)
            fraction = n / 2.0 / (x + fraction);
        return Math.Exp(-x * x) / Math.Sqrt(Math.PI) / (x + fraction);
    }
}
