using Xunit;

namespace AiSdk.IntegrationTests;

/// <summary>A new project that knows the library only as a package.</summary>
[Collection(PackagingTestGroup.Name)]
public sealed class PackageConsumerTests(PackedLibrary library)
{
    private const string Project = $"""
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <OutputType>Exe</OutputType>
            <TargetFramework>net10.0</TargetFramework>
            <Nullable>enable</Nullable>
            <ImplicitUsings>enable</ImplicitUsings>
            <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
            <GenerateDocumentationFile>true</GenerateDocumentationFile>
            <IsAotCompatible>true</IsAotCompatible>
            <RestorePackagesPath>packages</RestorePackagesPath>
          </PropertyGroup>
          <ItemGroup>
            <PackageReference Include="AiSdk" Version="{PackedLibrary.Version}" />
          </ItemGroup>
        </Project>
        """;

    private const string Program = """"
        using AiSdk;
        using Contoso;
        using Microsoft.Extensions.AI;

        ISupportDesk desk = new SupportDesk(new ScriptedClient("""{"intent":"declined_card_payment","amounts":[12.50,-3]}"""));
        Ticket ticket = await desk.ReadAsync("My card was declined", "Contoso", CancellationToken.None);
        Console.WriteLine($"{ticket.Intent} {string.Join(' ', ticket.Amounts)}");
        Console.WriteLine(SupportDesk.ReadAsyncInfo.Id);
        Console.WriteLine(Poet.WriteAsyncInfo.Prompts[1].Text);
        Console.WriteLine(Poet.WriteAsyncInfo.Examples.Count);

        namespace Contoso
        {
            using System.Text.Json.Serialization;

            /// <summary>Functions of a support desk.</summary>
            [AiFunctions]
            public interface ISupportDesk
            {
                /// <summary>Reads a message.</summary>
                [SystemPrompt("You read messages for {{bank}}.")]
                [UserPrompt("{{message}}")]
                Task<Ticket> ReadAsync(string message, [Trusted] string bank, CancellationToken cancellationToken);
            }

            /// <summary>A function whose prompt and examples stand in files.</summary>
            [AiFunctions]
            public interface IPoet
            {
                /// <summary>Writes a poem.</summary>
                [Prompt("Prompts/poem.prompt")]
                [Examples("Prompts/poem.jsonl")]
                Task<string> WriteAsync(string topic);
            }

            /// <summary>What a message says.</summary>
            /// <param name="Intent">What is wanted.</param>
            /// <param name="Amounts">The amounts that are named.</param>
            public sealed record Ticket(Intent Intent, IReadOnlyList<decimal> Amounts);

            /// <summary>What is wanted.</summary>
            public enum Intent
            {
                /// <summary>A card did not work.</summary>
                [JsonStringEnumMemberName("declined_card_payment")]
                DeclinedCardPayment,

                /// <summary>Anything else.</summary>
                Other,
            }

            internal sealed class ScriptedClient(string reply) : IChatClient
            {
                public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
                    Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, reply)));

                public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
                    throw new NotSupportedException();

                public object? GetService(Type serviceType, object? serviceKey = null) => null;

                public void Dispose()
                {
                }
            }
        }
        """";

    [Fact]
    public async Task It_generates_builds_without_a_warning_and_runs()
    {
        string folder = Path.Combine(library.Folder, "consumer");
        Directory.CreateDirectory(folder);
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        await File.WriteAllTextAsync(Path.Combine(folder, "Consumer.csproj"), Project, cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder, "Program.cs"), Program, cancellationToken);
        Directory.CreateDirectory(Path.Combine(folder, "Prompts"));
        await File.WriteAllTextAsync(Path.Combine(folder, "Prompts", "poem.prompt"), "---\nconfig:\n  temperature: 1\n---\n{{role \"system\"}}You rhyme; 100 %.{{role \"user\"}}{{> tone}}{{topic}}", cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder, "Prompts", "_tone.prompt"), "Gently: ", cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder, "Prompts", "poem.jsonl"), "{\"input\": \"rain\", \"output\": \"Again.\"}\n", cancellationToken);
        // Beside the machine's own sources, which have the packages that the library depends on.
        await File.WriteAllTextAsync(
            Path.Combine(folder, "nuget.config"), $"""<configuration><packageSources><add key="packed" value="{library.Feed}" /></packageSources></configuration>""", cancellationToken);
        // Nothing of the repository may reach the consumer.
        foreach (string file in (string[])["Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props"])
            await File.WriteAllTextAsync(Path.Combine(folder, file), "<Project />", cancellationToken);

        string built = await DotNet.RunAsync(folder, "build", "--disable-build-servers", "-nodeReuse:false", "-nologo");
        string printed = await DotNet.RunAsync(folder, Path.Combine("bin", "Debug", "net10.0", "Consumer.dll"));

        Assert.Contains("0 Warning(s)", built, StringComparison.Ordinal);
        Assert.StartsWith("DeclinedCardPayment 12.50 -3\nContoso.ISupportDesk.ReadAsync(", printed.Replace("\r", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.EndsWith("{{role \"user\"}}{{> tone}}{{topic}}\n1", printed.Replace("\r", "", StringComparison.Ordinal).TrimEnd(), StringComparison.Ordinal);

        // The lock file is written, holds what is sent to the letter, and fails the build that sends something else.
        await DotNet.RunAsync(folder, "build", "-t:AiSdkLock", "--no-restore", "--disable-build-servers", "-nodeReuse:false", "-nologo");
        string locked = await File.ReadAllTextAsync(Path.Combine(folder, "aisdk.lock.json"), cancellationToken);
        Assert.Contains("You rhyme; 100 %.", locked, StringComparison.Ordinal);
        Assert.DoesNotContain('\r', locked);
        await File.WriteAllTextAsync(Path.Combine(folder, "Prompts", "_tone.prompt"), "Wildly: ", cancellationToken);
        string refused = await DotNet.RunAsync(folder, [1], "build", "--no-restore", "--disable-build-servers", "-nodeReuse:false", "-nologo");
        Assert.Contains("error AISDK0501: what IPoet.WriteAsync sends is not what aisdk.lock.json says: the partial 'tone' in the user prompt changed;", refused, StringComparison.Ordinal);

        // A function that does not compile is named rather than dropped from the lock file.
        // What the generated class would bring besides must not be asked for then: that the compiler says itself.
        await File.WriteAllTextAsync(Path.Combine(folder, "Program.cs"), string.Join("\n", Program.Split('\n').Where(static line => !line.StartsWith("Console.WriteLine(Poet.", StringComparison.Ordinal))), cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder, "Prompts", "_tone.prompt"), "Wildly: {{nobody}}", cancellationToken);
        string broken = await DotNet.RunAsync(folder, [1], "build", "-t:AiSdkLock", "--no-restore", "--disable-build-servers", "-nodeReuse:false", "-nologo");
        Assert.Contains("IPoet.WriteAsync could not be compiled: 'nobody' is no parameter of the function", broken, StringComparison.Ordinal);
        Assert.Equal(locked, await File.ReadAllTextAsync(Path.Combine(folder, "aisdk.lock.json"), cancellationToken));

        // With a list of target frameworks, too; and all profiles of a list reach the analyzers.
        await File.WriteAllTextAsync(Path.Combine(folder, "Prompts", "_tone.prompt"), "Calmly: ", cancellationToken);
        await File.WriteAllTextAsync(
            Path.Combine(folder, "Consumer.csproj"),
            Project.Replace("<TargetFramework>net10.0</TargetFramework>", "<TargetFrameworks>net10.0</TargetFrameworks><AiSdkProviderProfiles>OpenAIStrict;Nobody;Anthropic</AiSdkProviderProfiles>", StringComparison.Ordinal), cancellationToken);
        await DotNet.RunAsync(folder, "restore", "-nologo");
        await DotNet.RunAsync(folder, "build", "-t:AiSdkLock", "--no-restore", "--disable-build-servers", "-nodeReuse:false", "-nologo");
        Assert.Contains("Calmly: ", await File.ReadAllTextAsync(Path.Combine(folder, "aisdk.lock.json"), cancellationToken), StringComparison.Ordinal);
        string unknown = await DotNet.RunAsync(folder, [1], "build", "-f", "net10.0", "--no-restore", "--disable-build-servers", "-nodeReuse:false", "-nologo");
        Assert.Contains("AISDK0242", unknown, StringComparison.Ordinal);
    }
}
