using System.Globalization;
using System.Runtime.ExceptionServices;
using Microsoft.Extensions.AI;

namespace AiSdk;

/// <summary>The ways in which a call fails, in words.</summary>
internal static class CallFailure
{
    public static void ThrowIfIncomplete(AiFunctionInfo function, ModelProfile profile, ChatFinishReason? finishReason, UsageDetails? usage, string reply, ref AiCall call)
    {
        if (finishReason == ChatFinishReason.Length)
            throw Truncated(function, profile, usage, reply, call.Id, null);
    }

    public static AiTruncatedException Truncated(AiFunctionInfo function, ModelProfile profile, UsageDetails? usage, string reply, string callId, Exception? cause)
    {
        string advice = profile.ContextLength is { } context && usage?.TotalTokenCount >= context
            ? string.Create(CultureInfo.InvariantCulture, $"With it the model's context of {context} tokens is full: shorten the prompt, or ask for less.")
            : "Raise MaxOutputTokens, or ask for less.";
        return new AiTruncatedException(
            string.Create(CultureInfo.InvariantCulture, $"{function.Name}: the reply was cut off at the token limit after {reply.Length} characters. {advice}"), function.Name, reply, callId, cause);
    }

    public static void ThrowFiltered(AiFunctionInfo function, ChatFinishReason reason, string reply, ref AiCall call) => throw new AiRefusalException(
        $"{function.Name}: the model refused, or the endpoint's filter withheld the reply ({reason.Value}).", function.Name, reply, call.Id, "", reason.Value);

    public static void ThrowError(AiFunctionInfo function, ErrorContent error, string reply, ref AiCall call)
    {
        // Microsoft.Extensions.AI's clients report a refusal as an error with this code.
        if (string.Equals(error.ErrorCode, "Refusal", StringComparison.OrdinalIgnoreCase))
            ThrowRefused(function, error.Message ?? "", reply, ref call);
        throw new AiFunctionException($"{function.Name}: the endpoint reported an error: {error.Message} {error.ErrorCode}".TrimEnd(), function.Name, reply, call.Id);
    }

    public static void ThrowUnreadableArguments(AiFunctionInfo function, string problem, string reply, ref AiCall call) => throw new AiOutputException(
        $"{function.Name}: the arguments with which the model called the tool '{function.Output!.Name}' are no JSON: {problem}", function.Name, reply, call.Id, "$", 0,
        errors: [new OutputError("$", problem)]);

    public static AiOutputException Contradiction(AiFunctionInfo function, string path, string reply, IReadOnlyList<Repair> repairs, ref AiCall call) => new(
        $"{function.Name}: the end of the reply makes another value of it than was streamed, at {path}. The whole reply is in RawReply; without streaming the function would give that value.",
        function.Name, reply, call.Id, path, reply.Length, errors: [new OutputError(path, "the end of the reply makes another value of it than was streamed")], repairs: repairs);

    public static void ThrowRefused(AiFunctionInfo function, string refusal, string reply, ref AiCall call) =>
        throw new AiRefusalException($"{function.Name}: the model refused: {refusal}", function.Name, reply, call.Id, refusal, "refusal");

    /// <summary>Ends the call and throws what its caller gets to see; an exception that passes unchanged keeps its stack trace.</summary>
    public static Exception Failed(Exception exception, AiFunctionInfo function, string reply, ref AiCall call, CancellationToken cancellationToken)
    {
        Exception failure = Explain(exception, function, reply, ref call, cancellationToken);
        call.Fail(failure);
        ExceptionDispatchInfo.Throw(failure);
        return failure;
    }

    /// <summary>What the caller gets to see of a failure: itself if it is ours or a cancellation that was asked for, else wrapped.</summary>
    private static Exception Explain(Exception exception, AiFunctionInfo function, string reply, ref AiCall call, CancellationToken cancellationToken) => exception switch
    {
        AiFunctionException => exception,
        OperationCanceledException when cancellationToken.IsCancellationRequested => exception,
        OperationCanceledException => new AiFunctionException(
            $"{function.Name}: the chat client gave up waiting for the model, although the call was not cancelled.", function.Name, reply, call.Id, exception),
        _ when IsFilteredPrompt(exception) => new AiRefusalException(
            $"{function.Name}: the endpoint's filter refused the prompt: {exception.Message}", function.Name, reply, call.Id, "", ChatFinishReason.ContentFilter.Value, exception),
        _ => new AiFunctionException($"{function.Name}: the chat client failed: {exception.Message}", function.Name, reply, call.Id, exception),
    };

    // Azure OpenAI answers a prompt that its filter refuses with status 400 and this code, which the client's message begins with.
    private static bool IsFilteredPrompt(Exception exception) =>
        exception.GetType().FullName == "System.ClientModel.ClientResultException" && exception.Message.AsSpan().IndexOf('\n') is var end
        && (end < 0 ? exception.Message : exception.Message.AsSpan(0, end)).Contains("content_filter", StringComparison.Ordinal);
}
