using System.CommandLine;
using AiSdk.Evaluation;
using AiSdk.Onnx;
using EvaluateBank;
using Quickstart;

Argument<FileInfo?> data = new("data") { Description = "Banking77's training data: a CSV file with the columns text and category, of which the held-out messages are taken. Without it the few cases of routing.cases.jsonl.", Arity = ArgumentArity.ZeroOrOne };
Option<string> run = new("--run") { Description = "The run's folder. A run that was stopped goes on there.", DefaultValueFactory = static _ => "runs/bank" };
Option<string?> baseline = new("--baseline") { Description = "The folder of a run that this one must not be worse than." };
Option<string?> prompt = new("--prompt") { Description = "A system prompt in the place of the declared one: what does a changed word do?" };
RootCommand command = new("Evaluates how the embedded model routes messages that it has not seen: run, report, gate.") { data, run, baseline, prompt };
command.SetAction(async (arguments, cancellationToken) =>
{
    try
    {
        string folder = arguments.GetValue(run)!;
        using OnnxChatClient client = EmbeddedModel.Open();
        Console.WriteLine(EmbeddedModel.Introduction);
        EvalRun done = arguments.GetValue(data) is { } file
            ? await BankRouting.RunAsync(client, BankRouting.Cases(file.FullName), folder, arguments.GetValue(prompt), EmbeddedModel.Folder, new ConsoleProgress(Console.Error), cancellationToken).ConfigureAwait(false)
            : await BankRouting.SmokeAsync(client, folder, modelFolder: EmbeddedModel.Folder, cancellationToken: cancellationToken).ConfigureAwait(false);
        EvalRun? before = arguments.GetValue(baseline) is { } other ? EvalRun.Load(other) : null;
        GateResult gate = new GatePolicy().Check(done, before);
        string report = Path.Combine(folder, "report.html");
        if (gate.Comparison is { } comparison)
            HtmlReport.Write(comparison, report);
        else
            HtmlReport.Write(done, report);
        Console.WriteLine($"exact:  {done.Summary.Metrics[0].Estimate}");
        foreach (string line in gate.Errors.Concat(gate.Regressions).Concat(gate.Notes))
            Console.WriteLine(line);
        Console.WriteLine($"report: {report}");
        Console.WriteLine($"gate:   {gate.Outcome}");
        return (int)gate.Outcome;
    }
    catch (Exception e) when (e is EvalRunException or UserException or InvalidDataException or IOException)
    {
        Console.Error.WriteLine(e.Message);
        return 2;
    }
    catch (OperationCanceledException)
    {
        Console.Error.WriteLine("Stopped; the same command goes on.");
        return 130;
    }
});
return await command.Parse(args).InvokeAsync().ConfigureAwait(false);
