using System.CommandLine;
using System.Globalization;
using AiSdk;
using TrainInjectionGuard;

Argument<string> data = new("data") { Description = "The folder with guards/prompts.jsonl (JSON lines with text, label, source), banking77, retrieval/cranfield, tool-calling: harmless texts of many kinds." };
Option<string> output = new("--output") { Description = "The file for the weights.", DefaultValueFactory = static _ => "src/AiSdk/Guards/Injection/injection.weights" };
Option<int> epochs = new("--epochs") { Description = "How often each text is looked at.", DefaultValueFactory = static _ => 12 };
Option<float> decay = new("--decay") { Description = "How strongly weights are drawn to nought.", DefaultValueFactory = static _ => 1e-5f };
Option<float> attackWeight = new("--attack-weight") { Description = "How much a labelled attack counts.", DefaultValueFactory = static _ => 2f };
Option<int> folds = new("--folds") { Description = "In how many parts the labelled prompts are cut, of which each is held out once.", DefaultValueFactory = static _ => 5 };
Option<string?> show = new("--show") { Description = "Lists what is judged wrongly at this threshold." };

RootCommand command = new("Makes the weights of AiSdk's InjectionGuard and prints how well they do on labelled prompts that were held out.") { data, output, epochs, decay, attackWeight, folds, show };
command.SetAction((arguments, cancellationToken) =>
{
    try
    {
        Training training = new(arguments.GetValue(epochs), arguments.GetValue(decay), arguments.GetValue(attackWeight));
        (List<LabelledText> labelled, List<LabelledText> background) = Material.Read(arguments.GetValue(data)!);
        if (arguments.GetValue(folds) > 1)
            HeldOut.Print(HeldOut.Score(training, labelled, background, arguments.GetValue(folds), cancellationToken), arguments.GetValue(show) is { } shown ? float.Parse(shown, CultureInfo.InvariantCulture) : null);
        byte[] file = training.Train([.. labelled, .. background], cancellationToken).Write();
        File.WriteAllBytes(arguments.GetValue(output)!, file);
        Console.WriteLine($"{arguments.GetValue(output)}: {file.Length} bytes");
        return Task.FromResult(0);
    }
    catch (IOException e)
    {
        Console.Error.WriteLine(e.Message);
        return Task.FromResult(2);
    }
});
return await command.Parse(args).InvokeAsync().ConfigureAwait(false);
