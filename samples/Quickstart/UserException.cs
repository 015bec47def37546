namespace Quickstart;

/// <summary>The user gave something that cannot work; the message says what to do instead.</summary>
internal sealed class UserException(string message) : Exception(message);
