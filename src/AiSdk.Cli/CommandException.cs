namespace AiSdk.Cli;

/// <summary>A command cannot do its work; the message is shown to the user.</summary>
internal sealed class CommandException(string message) : Exception(message);
