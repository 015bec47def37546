using System.Globalization;
using AiSdk.Training;

namespace TrainBankModel;

/// <summary>Prints how far training is, every hundred steps.</summary>
internal sealed class ProgressLines : IProgress<TrainingProgress>
{
    private const int Every = 100;

    public void Report(TrainingProgress value)
    {
        if (value.Step % Every == 0 || value.Step == value.Steps)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"step {value.Step} of {value.Steps}, epoch {value.Epoch}, loss {value.Loss:0.000}, {value.TokensPerSecond:N0} tokens/s, {value.TimeLeft:hh\\:mm\\:ss} left"));
    }
}
