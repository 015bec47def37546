using System.CommandLine;
using Quickstart;

Argument<string[]> text = new("text") { Description = "The text to work on; without it, --file or standard input is read.", Arity = ArgumentArity.ZeroOrMore };
Option<string?> file = new("--file") { Description = "A file with the text." };
Option<string?> model = new("--model") { Description = "A folder with a local model in ONNX Runtime GenAI's layout." };
Option<string?> provider = new("--provider") { Description = "What a local model runs on: cuda, dml; without it, the CPU." };
Option<string?> endpoint = new("--endpoint") { Description = "The address of an OpenAI-compatible server, such as http://localhost:11434/v1." };
Option<string?> modelName = new("--model-name") { Description = "The model's name at the endpoint." };
Option<string?> keyVariable = new("--key-env") { Description = "The environment variable that holds the endpoint's key." };
Option<string?> evaluate = new("--evaluate") { Description = "A CSV file with the columns text and category: routes each text and tells how well that went." };
Option<string> task = new("--task") { Description = "With --model or --endpoint: classify, extract, continue, decide (a chain of functions), or all but the last. Without: decide.", DefaultValueFactory = static _ => "all" };
task.AcceptOnlyFromAmong("classify", "extract", "continue", "decide", "all");
text.Validators.Add(result =>
{
    if (!args.Contains("--") && result.Tokens.FirstOrDefault(static token => token.Value.StartsWith("--", StringComparison.Ordinal)) is { } unknown)
        result.AddError($"There is no option '{unknown.Value}'; a text that begins so goes behind --.");
});

RootCommand command = new("Typed AI functions over the embedded model, which knows a bank's messages, a local model or an endpoint.") { text, file, model, provider, endpoint, modelName, keyVariable, evaluate, task };
command.SetAction(async (arguments, cancellationToken) =>
{
    try
    {
        bool hasModel = arguments.GetValue(model) is not null || arguments.GetValue(endpoint) is not null;
        if (arguments.GetValue(evaluate) is not null && (arguments.GetValue(text)!.Length > 0 || arguments.GetValue(file) is not null))
            throw new UserException("--evaluate takes its texts from its file: leave out the text and --file.");
        if (arguments.GetResult(task) is { Implicit: false } && (arguments.GetValue(evaluate) is not null || (!hasModel && arguments.GetValue(task) != "decide")))
            throw new UserException("--task chooses what a model given by --model or --endpoint does with a text; the embedded model does all it can, or decide.");
        using ModelChoice? choice = ModelChoice.Open(
            arguments.GetValue(model), arguments.GetValue(provider), arguments.GetValue(endpoint), arguments.GetValue(modelName), arguments.GetValue(keyVariable));
        if (arguments.GetValue(evaluate) is { } data)
            return await BankProgram.EvaluateAsync(choice, data, cancellationToken).ConfigureAwait(false);
        if (choice is null && arguments.GetValue(task) == "decide")
            return await BankProgram.DecideAsync(arguments.GetValue(text)!, arguments.GetValue(file), cancellationToken).ConfigureAwait(false);
        if (choice is null)
            return await BankProgram.RunAsync(arguments.GetValue(text)!, arguments.GetValue(file), cancellationToken).ConfigureAwait(false);
        string input = await Input.ReadAsync(arguments.GetValue(text)!, arguments.GetValue(file), cancellationToken).ConfigureAwait(false);
        return await Demonstration.RunAsync(new TextDesk(choice.Client), new ComplaintDesk(choice.Client), input, arguments.GetValue(task)!, cancellationToken).ConfigureAwait(false);
    }
    catch (UserException e)
    {
        Console.Error.WriteLine(e.Message);
        return 2;
    }
    catch (OperationCanceledException)
    {
        Console.Error.WriteLine();
        Console.Error.WriteLine("Stopped.");
        return 130;
    }
});
return await command.Parse(args).InvokeAsync().ConfigureAwait(false);
