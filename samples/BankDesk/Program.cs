using System.CommandLine;
using BankDesk;
using BankDesk.Tickets;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;
using Quickstart;

const int DefaultPort = 5080;

Option<string?> model = new("--model") { Description = "A folder with a local model in ONNX Runtime GenAI's layout." };
Option<string?> provider = new("--provider") { Description = "What a local model runs on: cuda, dml; without it, the CPU." };
Option<string?> endpoint = new("--endpoint") { Description = "The address of an OpenAI-compatible server, such as http://localhost:11434/v1." };
Option<string?> modelName = new("--model-name") { Description = "The model's name at the endpoint." };
Option<string?> keyVariable = new("--key-env") { Description = "The environment variable that holds the endpoint's key." };
Option<bool> rules = new("--rules") { Description = "The model given by --model or --endpoint cannot call tools: the desk's rules propose them, as they do for the embedded model." };
Option<int> port = new("--port") { Description = "The port on this machine.", DefaultValueFactory = static _ => DefaultPort };
port.Validators.Add(static result =>
{
    if (result.Tokens is [{ Value: var text }] && (!int.TryParse(text, out int number) || number is < 0 or > 65535))
        result.AddError($"--port wants a number from 0 to 65535, not '{text}'; 0 takes one that is free.");
});

RootCommand command = new("A bank's support desk in the browser, on the embedded model, a local model or an endpoint.") { model, provider, endpoint, modelName, keyVariable, rules, port };
command.SetAction(async (arguments, cancellationToken) =>
{
    try
    {
        using DeskModel desk = Open(arguments);
        await using WebApplication app = DeskApp.Create(desk, arguments.GetValue(port));
        await app.StartAsync(cancellationToken);
        Console.WriteLine($"The desk is open: {app.Urls.Single().Replace("127.0.0.1", "localhost", StringComparison.Ordinal)}");
        Console.WriteLine($"Model: {desk.Name}, {desk.Where}. Ctrl+C closes it.");
        await app.WaitForShutdownAsync(cancellationToken);
        return 0;
    }
    catch (UserException e)
    {
        Console.Error.WriteLine(e.Message);
        return 2;
    }
    catch (IOException e)
    {
        Console.Error.WriteLine($"The desk cannot be opened: {e.Message} --port takes another port.");
        return 2;
    }
    catch (OperationCanceledException)
    {
        return 130;
    }
});
return await command.Parse(args).InvokeAsync();

DeskModel Open(ParseResult arguments)
{
    string? folder = arguments.GetValue(model);
    string? address = arguments.GetValue(endpoint);
    ModelChoice? choice = ModelChoice.Open(folder, arguments.GetValue(provider), address, arguments.GetValue(modelName), arguments.GetValue(keyVariable));
    bool hasRules = arguments.GetValue(rules);
    if (choice is null)
        return hasRules ? throw new UserException("--rules belongs to --model or --endpoint; the embedded model works with them anyway.") : DeskModels.Embedded();
    return folder is not null
        ? new DeskModel(choice.Client, Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))), "on this machine", !hasRules)
        : new DeskModel(choice.Client, arguments.GetValue(modelName)!, $"at {new Uri(address!).Authority}", !hasRules);
}
