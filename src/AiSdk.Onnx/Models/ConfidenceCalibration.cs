using System.Globalization;
using System.Text.Json;

namespace AiSdk.Onnx;

/// <summary>
/// What makes of the probabilities that a model gives its replies those with which they are right: a temperature that its logits are divided by (C. Guo et al., On Calibration of Modern Neural
/// Networks, 2017). It is kept in the model's folder, in calibration.json, and changes confidences only, never a reply.
/// </summary>
public sealed class ConfidenceCalibration
{
    /// <summary>The file's name in a model folder.</summary>
    public const string FileName = "calibration.json";

    private const double LeastTemperature = 0.2;
    private const double MostTemperature = 5;
    private const int FitSteps = 16;

    // A wrong answer of confidence 1 would make any temperature infinitely bad.
    private const double Least = 1e-6;

    /// <summary>A calibration by a temperature that is known.</summary>
    /// <param name="temperature">The temperature, more than 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is not.</exception>
    public ConfidenceCalibration(double temperature)
    {
        if (!(double.IsFinite(temperature) && temperature > 0))
            throw new ArgumentOutOfRangeException(nameof(temperature), temperature, "A temperature must be more than 0.");
        Temperature = temperature;
    }

    /// <summary>What logits are divided by, more than 0: above 1 the model was too sure of itself, below too unsure.</summary>
    public double Temperature { get; }

    /// <summary>Finds the temperature under which confidences tell best which replies are right: the one of the least mean log loss.</summary>
    /// <param name="measure">Gives the confidences of the replies to held-out questions, and whether they are right, at a temperature; called some 16 times (golden-section search over the temperature's logarithm, 0.2 to 5).</param>
    /// <returns>The calibration.</returns>
    /// <exception cref="ArgumentException">The measurement holds nothing, or something that is no probability.</exception>
    public static async Task<ConfidenceCalibration> FitAsync(Func<double, Task<IReadOnlyList<(double Confidence, bool IsRight)>>> measure)
    {
        ArgumentNullException.ThrowIfNull(measure);
        const double section = 0.6180339887498949;
        double from = Math.Log(LeastTemperature);
        double to = Math.Log(MostTemperature);
        double left = to - (section * (to - from));
        double right = from + (section * (to - from));
        double leftLoss = LogLoss(await measure(Math.Exp(left)).ConfigureAwait(false));
        double rightLoss = LogLoss(await measure(Math.Exp(right)).ConfigureAwait(false));
        for (int step = 2; step < FitSteps; step++)
        {
            if (leftLoss <= rightLoss)
            {
                (to, right, rightLoss) = (right, left, leftLoss);
                left = to - (section * (to - from));
                leftLoss = LogLoss(await measure(Math.Exp(left)).ConfigureAwait(false));
            }
            else
            {
                (from, left, leftLoss) = (left, right, rightLoss);
                right = from + (section * (to - from));
                rightLoss = LogLoss(await measure(Math.Exp(right)).ConfigureAwait(false));
            }
        }
        return new ConfidenceCalibration(Math.Round(Math.Exp((from + to) / 2), 3));
    }

    /// <summary>The expected calibration error: how far, on average, the confidence of replies is from the share of them that are right.</summary>
    /// <param name="results">Confidences and whether the replies are right.</param>
    /// <param name="bins">How many ranges of confidence, of equal width, are compared.</param>
    /// <returns>0 to 1; 0 is perfect.</returns>
    /// <exception cref="ArgumentException">There is no result, or something that is no probability.</exception>
    public static double ExpectedError(IReadOnlyList<(double Confidence, bool IsRight)> results, int bins = 10)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 1);
        Check(results);
        var sums = new double[bins];
        foreach ((double confidence, bool isRight) in results)
            sums[Math.Min((int)(confidence * bins), bins - 1)] += confidence - (isRight ? 1 : 0);
        // A bin's difference of means times its share of all is the sum of its differences over the number of all.
        return sums.Sum(Math.Abs) / results.Count;
    }

    /// <summary>Writes it into a model's folder; models that are loaded from then on have it.</summary>
    /// <param name="folder">The folder.</param>
    public void Save(string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        File.WriteAllText(Path.Combine(folder, FileName), string.Create(CultureInfo.InvariantCulture, $"{{ \"temperature\": {Temperature} }}\n"));
    }

    /// <summary>Reads a model folder's; null where it has none.</summary>
    /// <exception cref="OnnxModelException">The file is wrong.</exception>
    internal static ConfidenceCalibration? Read(string folder)
    {
        string path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
            return null;
        JsonFile json = JsonFile.Read(path);
        return json.TryGet("temperature", out JsonElement value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double temperature) && temperature is > 0 and < double.PositiveInfinity
            ? new ConfidenceCalibration(temperature)
            : throw json.Error("temperature", "must be a number more than 0.");
    }

    private static double LogLoss(IReadOnlyList<(double Confidence, bool IsRight)> results)
    {
        Check(results);
        double sum = 0;
        foreach ((double confidence, bool isRight) in results)
            sum -= Math.Log(Math.Max(isRight ? confidence : 1 - confidence, Least));
        return sum / results.Count;
    }

    private static void Check(IReadOnlyList<(double Confidence, bool IsRight)> results)
    {
        ArgumentNullException.ThrowIfNull(results);
        if (results.Count == 0)
            throw new ArgumentException("There is no result to compare confidences with.", nameof(results));
        foreach ((double confidence, _) in results)
        {
            if (!(confidence is >= 0 and <= 1))
                throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"{confidence} is no probability: a confidence must be 0 to 1."), nameof(results));
        }
    }
}
