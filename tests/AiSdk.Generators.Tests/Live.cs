using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.Extensions.AI;
using Xunit;

namespace AiSdk.Generators.Tests;

/// <summary>Compiles a consumer with its generated code to memory, loads it, and calls it.</summary>
internal static class Live
{
    /// <summary>Evaluates a C# expression inside the consumer (namespace Demo), with a chat client called <c>client</c> that gives the replies.</summary>
    /// <param name="source">The consumer's source.</param>
    /// <param name="expression">What to evaluate: <c>await new Desk(client).RouteAsync("x")</c>. Statements that end in a <c>return</c> do too.</param>
    /// <param name="replies">What the model says.</param>
    public static Task<LiveCall> CallAsync(string source, string expression, params string[] replies) => CallAsync(source, expression, [], [], replies);

    /// <summary>The same with other assemblies: references and, to be loaded, their images.</summary>
    public static Task<LiveCall> CallAsync(string source, string expression, IReadOnlyList<byte[]> libraries, params string[] replies) =>
        CallAsync(source, expression, libraries, [], replies);

    /// <summary>The same with files beside the source.</summary>
    public static Task<LiveCall> CallAsync(string source, string expression, IReadOnlyList<AdditionalText> files, params string[] replies) =>
        CallAsync(source, expression, [], files, replies);

    private static async Task<LiveCall> CallAsync(string source, string expression, IReadOnlyList<byte[]> libraries, IReadOnlyList<AdditionalText> files, string[] replies)
    {
        string body = expression.Contains("return ", StringComparison.Ordinal) ? expression : $"return {expression};";
        string probe = $$"""
            namespace Demo
            {
                public static class Probe
                {
                    public static async Task<object?> RunAsync(IChatClient client)
                    {
                        await Task.Yield();
                        {{body}}
                    }
                }
            }
            """;
        GeneratedCode code = GeneratorHarness.Run(source, references: libraries.Select(static image => MetadataReference.CreateFromImage(image)), moreSources: [probe], files: files, withTools: source.Contains("Tool", StringComparison.Ordinal), withCases: source.Contains("[Cases(", StringComparison.Ordinal));
        AssemblyLoadContext context = new("live", isCollectible: true);
        try
        {
            foreach (byte[] library in libraries)
                context.LoadFromStream(new MemoryStream(library));
            MethodInfo run = context.LoadFromStream(new MemoryStream(Image(code.Compilation))).GetType("Demo.Probe", throwOnError: true)!.GetMethod("RunAsync")!;
            using StubChatClient client = new(replies);
            try
            {
                return new LiveCall(code, client, await (Task<object?>)run.Invoke(null, [client])!, null);
            }
            catch (Exception e) when (e is not Xunit.Sdk.XunitException)
            {
                return new LiveCall(code, client, null, e);
            }
        }
        finally
        {
            context.Unload();
        }
    }

    /// <summary>The bytes of an assembly.</summary>
    public static byte[] Image(CSharpCompilation compilation)
    {
        using MemoryStream stream = new();
        EmitResult result = compilation.Emit(stream, cancellationToken: TestContext.Current.CancellationToken);
        Assert.True(result.Success, string.Join("\n", result.Diagnostics));
        return stream.ToArray();
    }
}

/// <summary>What a call in a consumer did.</summary>
/// <param name="Code">What was generated.</param>
/// <param name="Client">The chat client that was called.</param>
/// <param name="Result">What the expression gave.</param>
/// <param name="Error">What it threw instead.</param>
internal sealed record LiveCall(GeneratedCode Code, StubChatClient Client, object? Result, Exception? Error)
{
    /// <summary>The result, if nothing was thrown.</summary>
    public object? Value => Error is null ? Result : throw new InvalidOperationException($"{Error.Message}\n{Code}", Error);

    /// <summary>The messages of the only call, each as <c>role: text</c>.</summary>
    public string[] Messages => [.. (Error is null ? Client : throw new InvalidOperationException(Error.Message, Error)).Calls.Single().Select(static m => $"{m.Role}: {m.Text}")];

    /// <summary>The text of the only message of the only call.</summary>
    public string Prompt => (Error is null ? Client : throw new InvalidOperationException(Error.Message, Error)).Calls.Single().Single().Text;

    /// <summary>What was thrown.</summary>
    public T Threw<T>()
        where T : Exception => Assert.IsType<T>(Error);
}
