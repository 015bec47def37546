using System.ComponentModel;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace AiSdk.CompilerServices;

/// <summary>What all generated tools have in common: arguments are read, checked, and handed to the method. Derived from by generated code only.</summary>
/// <typeparam name="TArguments">The arguments that the model gives.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class AiTool<TArguments> : AiTool
{
    private static readonly JsonReaderOptions _options = new() { MaxDepth = OutputReader.MaxDepth };

    private readonly OutputReader<TArguments> _read;
    private readonly OutputValidation<TArguments>? _validate;
    private readonly IToolJournal? _journal;

    /// <summary>A tool.</summary>
    /// <param name="info">What the compiler knows of it.</param>
    /// <param name="read">Reads the arguments.</param>
    /// <param name="validate">Checks them, or <see langword="null"/> where there are no rules.</param>
    /// <param name="journal">Remembers the calls of a tool with an effect; <see langword="null"/> for the one among the services, else one in memory.</param>
#pragma warning disable RS0022 // AiTool is for generated tools only, which derive from this one.
    protected AiTool(ToolInfo info, OutputReader<TArguments> read, OutputValidation<TArguments>? validate, IToolJournal? journal)
        : base(info)
    {
        _read = read;
        _validate = validate;
        _journal = journal;
    }
#pragma warning restore RS0022

    /// <inheritdoc/>
    public sealed override ValueTask<object?> InvokeJsonAsync(ReadOnlyMemory<byte> arguments, IServiceProvider? services = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return TryRead(arguments.Span, out TArguments bound) is { } problem
            ? new ValueTask<object?>(ToolArguments.Refusal(Info, problem))
            : RunAsync(bound, Info.Effect == ToolEffect.Read ? null : ToolKey.Of(Identity, arguments.Span, null), services, null, cancellationToken);
    }

    /// <inheritdoc/>
    protected sealed override ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        // Also a method that takes no token is not begun once it is cancelled.
        cancellationToken.ThrowIfCancellationRequested();
        TArguments bound;
        // An effect is known by its arguments as JSON, and what does not fit is told by the way of JSON.
        if (Info.Effect == ToolEffect.Read && IsBound(arguments, out bound))
        {
            return Broken(bound) is { } broken
                ? new ValueTask<object?>(Refuse(arguments, ToolArguments.Refusal(Info, broken)))
                : RunAsync(bound, null, arguments.Services, arguments, cancellationToken);
        }
        string? key = null;
        using (PooledJson json = PooledJson.Rent())
        {
            ToolArguments.Write(json.Writer, arguments);
            if (TryRead(json.Written, out bound) is { } problem)
                return new ValueTask<object?>(Refuse(arguments, ToolArguments.Refusal(Info, problem)));
            if (Info.Effect != ToolEffect.Read)
                key = ToolKey.Of(Identity, json.Written, arguments);
        }
        return RunAsync(bound, key, arguments.Services, arguments, cancellationToken);
    }

    /// <inheritdoc/>
    internal sealed override string? Problem(IEnumerable<KeyValuePair<string, object?>> arguments)
    {
        using PooledJson json = PooledJson.Rent();
        ToolArguments.Write(json.Writer, arguments);
        try
        {
            return TryRead(json.Written, out _) is { } problem ? ToolArguments.Refusal(Info, problem) : null;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // A rule of the arguments' own type that fails does so again when the tool is called.
            return null;
        }
    }

    // Another class may have a tool of the same name, with an effect of its own.
    private string Identity => field ??= $"{GetType().FullName}.{QualifiedName}";

    /// <summary>The name that tells it from other tools of its class.</summary>
    private protected virtual string QualifiedName => Info.Name;

    /// <summary>Takes the arguments as they are: values of the parameters' types, and pieces of JSON, each read where it lies.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <param name="bound">The same, if they fit.</param>
    /// <returns>Whether they fit; if not, they may do so in another way, and are read as JSON.</returns>
    protected virtual bool TryBind(AIFunctionArguments arguments, out TArguments bound)
    {
        bound = default!;
        return false;
    }

    /// <summary>Calls the method.</summary>
    /// <param name="arguments">What the model gave.</param>
    /// <param name="context">What else there is.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    protected abstract ValueTask<object?> CallAsync(TArguments arguments, ToolContext context, CancellationToken cancellationToken);

    private ValueTask<object?> RunAsync(TArguments bound, string? key, IServiceProvider? services, AIFunctionArguments? arguments, CancellationToken cancellationToken)
    {
        if (key is not null)
            return RunOnceAsync(bound, key, services, arguments, cancellationToken);
        try
        {
            ValueTask<object?> call = CallAsync(bound, new ToolContext(Info.Name, services, arguments, null), cancellationToken);
            return call.IsCompletedSuccessfully ? call : AwaitAsync(call, arguments);
        }
        catch (AiToolException e)
        {
            return new ValueTask<object?>(Refuse(arguments, e.Message));
        }
    }

    private string? TryRead(ReadOnlySpan<byte> json, out TArguments arguments)
    {
        arguments = default!;
        ReadOnlySpan<byte> utf8 = json.IsEmpty ? "{}"u8 : json;
        Utf8JsonReader reader = new(utf8, _options);
        try
        {
            reader.Read();
            arguments = _read(ref reader);
            // Past the arguments only white space may follow; anything else makes Read throw.
            reader.Read();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return ToolArguments.Problem(e, utf8, ref reader, _options);
        }
        return Broken(arguments);
    }

    private bool IsBound(AIFunctionArguments arguments, out TArguments bound)
    {
        try
        {
            return TryBind(arguments, out bound);
        }
        catch (InvalidOperationException)
        {
            // An escape that is half of a surrogate pair.
            bound = default!;
            return false;
        }
    }

    /// <summary>The rules that arguments break, or null.</summary>
    private string? Broken(TArguments arguments)
    {
        if (_validate is null)
            return null;
        OutputValidator validator = new();
        _validate(arguments, validator);
        return validator.Count == 0 ? null : ToolArguments.Problem(validator);
    }

    private static async ValueTask<object?> AwaitAsync(ValueTask<object?> call, AIFunctionArguments? arguments)
    {
        try
        {
            return await call.ConfigureAwait(false);
        }
        catch (AiToolException e)
        {
            return Refuse(arguments, e.Message);
        }
    }

    private async ValueTask<object?> RunOnceAsync(TArguments bound, string key, IServiceProvider? services, AIFunctionArguments? arguments, CancellationToken cancellationToken)
    {
        IToolJournal journal = _journal ?? services?.GetService(typeof(IToolJournal)) as IToolJournal ?? MemoryToolJournal.Shared;
        ToolJournalEntry entry = await journal.BeginAsync(key, Info.Name, cancellationToken).ConfigureAwait(false);
        if (entry.State == ToolJournalState.Succeeded)
            return ToolResult.OfJournal(entry.Result);
        if (entry.State == ToolJournalState.Failed)
            return RefuseForGood(arguments, $"This call of {Info.Name} failed before, and is not run a second time: {entry.Result}");
        if (entry.State == ToolJournalState.Interrupted)
        {
            return RefuseForGood(arguments, $"This call of {Info.Name} was begun before and did not come to an end, so that it is not known whether it took effect. It is not run a second time. "
                + "Find out by other means whether it took effect, or ask the user.");
        }
        object? result;
        try
        {
            result = await CallAsync(bound, new ToolContext(Info.Name, services, arguments, key), cancellationToken).ConfigureAwait(false);
        }
        catch (AiApprovalRequiredException) when (Info.AsksItself && ToolOperation.CurrentId is not null)
        {
            // Nothing was run that nobody approved, and what was approved inside has claims of its own, within the operation: once somebody can approve, it may be called again.
            await journal.EndAsync(key, ToolJournalEntry.New, CancellationToken.None).ConfigureAwait(false);
            throw;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // What a caller cancels while it runs is as unknown as what a crash ends: the key stays begun.
            string message = (e as AiToolException)?.Message ?? "it ended in an error.";
            await journal.EndAsync(key, ToolJournalEntry.Failed(message), CancellationToken.None).ConfigureAwait(false);
            if (e is AiToolException)
                return Refuse(arguments, message);
            throw;
        }
        // It has taken effect: nothing may keep that from being noted.
        await journal.EndAsync(key, ToolJournalEntry.Succeeded(ToolResult.ToJournal(result)), CancellationToken.None).ConfigureAwait(false);
        return result;
    }

    /// <summary>Refuses what will be refused however often it comes: within an operation all equal calls have one key.</summary>
    private static string RefuseForGood(AIFunctionArguments? arguments, string message)
    {
        if (ToolCallRecord.Of(arguments) is { } record)
            record.IsFinal = ToolOperation.CurrentId is not null;
        return Refuse(arguments, message);
    }

    private static string Refuse(AIFunctionArguments? arguments, string message)
    {
        if (ToolCallRecord.Of(arguments) is { } record)
            record.Error = message;
        return message;
    }
}
