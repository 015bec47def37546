using AiSdk;
using AiSdk.Onnx;

namespace Quickstart;

/// <summary>What the program does with the embedded model.</summary>
internal static class BankProgram
{
    /// <summary>Works on the message that is given, else on the examples and on what is typed.</summary>
    /// <returns>0, or 1 if a function failed.</returns>
    public static async Task<int> RunAsync(string[] words, string? file, CancellationToken cancellationToken)
    {
        using OnnxChatClient client = EmbeddedModel.Open();
        Console.WriteLine(EmbeddedModel.Introduction);
        using UsageRecorder recorder = new(client);
        BankDemonstration demonstration = new(new BankDesk(recorder), recorder);
        if (words.Length > 0 || file is not null)
            return await demonstration.ShowAsync(await Input.ReadAsync(words, file, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false) ? 0 : 1;

        bool ok = true;
        foreach (string example in BankDemonstration.Examples)
            ok &= await demonstration.ShowAsync(example, cancellationToken).ConfigureAwait(false);
        if (!Console.IsInputRedirected)
            Console.WriteLine();
        while (await ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line)
        {
            if (!string.IsNullOrWhiteSpace(line))
                ok &= await demonstration.ShowAsync(line.Trim(), cancellationToken).ConfigureAwait(false);
            // Who types ends with an empty line; a file has empty lines as others have.
            else if (!Console.IsInputRedirected)
                break;
        }
        return ok ? 0 : 1;
    }

    /// <summary>Has a chain of functions decide on a message.</summary>
    /// <returns>0, or 1 if a function failed.</returns>
    public static async Task<int> DecideAsync(string[] words, string? file, CancellationToken cancellationToken)
    {
        using OnnxChatClient client = EmbeddedModel.Open();
        Console.WriteLine(EmbeddedModel.Introduction);
        string message = await Input.ReadAsync(words, file, cancellationToken).ConfigureAwait(false);
        return await Demonstration.TryAsync("decide", () => BankChain.RunAsync(new CarefulDesk(client), new BankDesk(client), message, cancellationToken)).ConfigureAwait(false) ? 0 : 1;
    }

    /// <summary>Routes the messages of a file and prints how well that went.</summary>
    /// <param name="choice">The model, or null for the embedded one.</param>
    /// <param name="file">A CSV file with the columns text and category.</param>
    /// <param name="cancellationToken">Ends it between two messages.</param>
    /// <returns>0, or 1 if a message got no intent.</returns>
    public static async Task<int> EvaluateAsync(ModelChoice? choice, string file, CancellationToken cancellationToken)
    {
        IReadOnlyList<LabelledMessage> messages = Read(file);
        using OnnxChatClient? embedded = choice is null ? EmbeddedModel.Open() : null;
        if (embedded is not null)
            Console.WriteLine(EmbeddedModel.Introduction);
        RoutingEvaluation evaluation;
        try
        {
            evaluation = await RoutingEvaluation.RunAsync(new BankDesk(choice?.Client ?? embedded!), messages, cancellationToken).ConfigureAwait(false);
        }
        catch (AiFunctionException e)
        {
            throw new UserException($"--evaluate: no model could be reached. {e.Message}");
        }
        evaluation.Print(Console.Out);
        return evaluation.Failures.Count == 0 ? 0 : 1;
    }

    private static IReadOnlyList<LabelledMessage> Read(string file)
    {
        try
        {
            return LabelledMessage.Read(file);
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UserException($"--evaluate: {e.Message}");
        }
    }

    private static async Task<string?> ReadLineAsync(CancellationToken cancellationToken)
    {
        if (!Console.IsInputRedirected)
            Console.Write("Your message (an empty line ends): ");
        // The console's own reads cannot be cancelled; waiting for them can.
        return await Task.Run(Console.In.ReadLine, cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(false);
    }
}
