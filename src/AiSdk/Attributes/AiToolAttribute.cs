namespace AiSdk;

/// <summary>Makes a method a tool that models may call: a schema, a reader of its arguments and an <c>AIFunction</c> are generated for it.</summary>
/// <remarks>
/// <para>
/// On static and instance methods of any class or interface that generated code can reach. Beside the type a class is generated that gives all its tools: <c>orderTools.AsAiTools()</c>. What a tool and its
/// parameters are for is taken from <c>[Description]</c> or the doc comment.
/// </para>
/// <para>
/// Parameters that the model does not see: <c>CancellationToken</c>, <c>IServiceProvider</c>, <c>AIFunctionArguments</c>, services with <see cref="FromServicesAttribute"/> or <c>[FromKeyedServices]</c>, and a
/// string with <see cref="IdempotencyKeyAttribute"/>.
/// </para>
/// </remarks>
[AttributeUsage(AttributeTargets.Method, Inherited = false)]
public sealed class AiToolAttribute : Attribute
{
    /// <summary>A tool with the method's name, without <c>Async</c> at its end.</summary>
    public AiToolAttribute()
    {
    }

    /// <summary>A tool with a name of its own.</summary>
    /// <param name="name">What the model calls it by: 1 to 64 ASCII letters, digits, <c>_</c> and <c>-</c>.</param>
    public AiToolAttribute(string name) => Name = name;

    /// <summary>What the model calls it by; <see langword="null"/> for the method's name.</summary>
    public string? Name { get; }

    /// <summary>What a call does to the world. What is not <see cref="ToolEffect.Read"/> needs approval, and happens at most once.</summary>
    public ToolEffect Effect { get; set; }
}
