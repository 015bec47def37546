using System.Globalization;
using AiSdk.Onnx;
using AiSdk.Training.OnnxFormat;

namespace AiSdk.Training;

/// <summary>Makes models smaller: weights of 8 or 4 bits in blocks (MatMulNBits, GatherBlockQuantized), and measures what it costs.</summary>
public static class Quantizer
{
    /// <summary>Quantizes a model folder.</summary>
    /// <param name="folder">A folder in ONNX Runtime GenAI's layout, fp32 or fp16.</param>
    /// <param name="target">The folder that is made; it must not exist or be empty. Until the result has proved good, it lies beside it in a folder of its own.</param>
    /// <param name="options">How, and on which texts and examples original and result are compared.</param>
    /// <param name="cancellationToken">Ends the work; nothing is left then.</param>
    /// <returns>Both side by side.</returns>
    /// <remarks>
    /// Tokenizer, template and configuration are the original's, and so is its calibration of confidences: the result's numbers are bounded to be near (<see cref="QuantizationOptions.MaxPerplexityLoss"/>), so that its
    /// temperature is nearer to the right one than none is. Where confidences decide something, fit it anew on the result (<see cref="ConfidenceCalibration.FitAsync"/>). Adapters are left out: they belong to the original's weights.
    /// </remarks>
    /// <exception cref="ArgumentException">A setting is not possible, there is no text and no example, or the target is a file or is not empty.</exception>
    /// <exception cref="TrainingException">The graph has an operator that is not known (the message names it and its node), an example is wrong, or the result is worse than allowed; nothing is left then.</exception>
    /// <exception cref="OnnxModelException">The folder cannot be loaded.</exception>
    public static Task<QuantizationReport> QuantizeAsync(string folder, string target, QuantizationOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        ArgumentException.ThrowIfNullOrWhiteSpace(target);
        ArgumentNullException.ThrowIfNull(options);
        QuantizationOptions frozen = options.Frozen();
        return Task.Run(() => Quantize(Path.GetFullPath(folder), Path.GetFullPath(target), frozen, cancellationToken), cancellationToken);
    }

    private static QuantizationReport Quantize(string folder, string target, QuantizationOptions options, CancellationToken cancellationToken)
    {
        target = Path.TrimEndingDirectorySeparator(target);
        if (File.Exists(target))
            throw new ArgumentException($"The target '{target}' is a file; a folder that does not exist or is empty is needed.", nameof(target));
        if (Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any())
            throw new ArgumentException($"The target folder '{target}' is not empty.", nameof(target));
        GenAIConfig config = GenAIConfig.Read(folder);
        string path = Path.Combine(folder, config.GraphFile);
        ModelProto model = OnnxFile.Read(path);
        int matrices = GraphQuantizer.Quantize(model, path, options, cancellationToken);
        string unfinished = UnfinishedFolder.Create(target);
        try
        {
            OnnxFile.Write(model, Path.Combine(unfinished, config.GraphFile));
            foreach (string file in Directory.GetFiles(folder).Where(static file => Path.GetExtension(file) is ".json" or ".jinja" or ".txt" or ".model"))
                Copy(file, folder, unfinished);
            string templates = Path.Combine(folder, "additional_chat_templates");
            foreach (string file in Directory.Exists(templates) ? Directory.GetFiles(templates, "*.jinja") : [])
                Copy(file, folder, unfinished);
            QuantizationReport report = ModelComparison.Compare(folder, unfinished, options, matrices, cancellationToken);
            if (!(report.PerplexityLoss <= options.MaxPerplexityLoss))
                throw new TrainingException(string.Create(CultureInfo.InvariantCulture, $"With {options.Bits} bits in blocks of {options.BlockSize} the perplexity of '{folder}' rises from {report.Original.Perplexity:F3} to {report.Quantized.Perplexity:F3}, by {report.PerplexityLoss:P2}; {options.MaxPerplexityLoss:P2} are allowed ({nameof(QuantizationOptions.MaxPerplexityLoss)}). The most likely token is the same in {report.TokenAgreement:P2} of the places. Use more bits or smaller blocks."));
            if (Directory.Exists(target))
                Directory.Delete(target);
            Directory.Move(unfinished, target);
            return report;
        }
        finally
        {
            if (Directory.Exists(unfinished))
                Directory.Delete(unfinished, recursive: true);
        }
    }

    private static void Copy(string file, string from, string to)
    {
        string copy = Path.Combine(to, Path.GetRelativePath(from, file));
        Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
        File.WriteAllBytes(copy, File.ReadAllBytes(file));
    }
}
