using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using AiSdk;
using AiSdk.Onnx;
using AiSdk.Training;
using Quickstart;
using TrainBankModel;

Argument<string> data = new("data") { Description = "Banking77's training file: CSV with the columns text and category (PolyAI, CC BY 4.0)." };
Option<string> output = new("--output") { Description = "The folder for the model.", DefaultValueFactory = static _ => "samples/models/bank" };
Option<string> work = new("--work") { Description = "The folder for what is made on the way; a run that was stopped goes on from there.", DefaultValueFactory = static _ => Path.Combine("artifacts", "bank") };
Option<int> threads = new("--threads") { Description = "How many cores train.", DefaultValueFactory = static _ => 2 };
Option<string[]> set = new("--set") { Description = "Settings of the recipe in place of its own, such as Epochs=2.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = static _ => [] };
Option<int> preview = new("--preview") { Description = "Shows so many examples of each task and trains nothing." };
Option<string?> measure = new("--measure") { Description = "The folder of a model that the recipe made: prints its figures and trains nothing." };

RootCommand command = new("Makes the model that is embedded in the Quickstart, from customers' messages and material written in this sample.") { data, output, work, threads, set, preview, measure };
command.SetAction(async (arguments, cancellationToken) =>
{
    try
    {
        Recipe recipe = RecipeSettings.Apply(new Recipe(), arguments.GetValue(set)!);
        if (arguments.GetValue(measure) is { } folder)
            await BankModelTraining.MeasureAsync(arguments.GetValue(data)!, folder, recipe, cancellationToken).ConfigureAwait(false);
        else if (arguments.GetValue(preview) is > 0 and int count)
            await BankModelTraining.PreviewAsync(arguments.GetValue(data)!, recipe, count, cancellationToken).ConfigureAwait(false);
        else
            await BankModelTraining.RunAsync(arguments.GetValue(data)!, arguments.GetValue(output)!, arguments.GetValue(work)!, arguments.GetValue(threads), recipe, cancellationToken).ConfigureAwait(false);
        return 0;
    }
    catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException or ArgumentException or TrainingException or OnnxModelException or AiFunctionException)
    {
        Console.Error.WriteLine(e.Message);
        return 2;
    }
    catch (OperationCanceledException)
    {
        Console.Error.WriteLine("Stopped; the same command goes on from the last checkpoint.");
        return 130;
    }
});
return await command.Parse(args).InvokeAsync().ConfigureAwait(false);
