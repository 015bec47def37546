using System.Collections.Concurrent;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace AiSdk.IntegrationTests;

/// <summary>The generated <c>AddX</c> in a real service provider.</summary>
public sealed class RegistrationTests
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_client_without_key_is_used_unless_a_key_is_named()
    {
        using ServiceProvider plain = Services().AddDesk().BuildServiceProvider();
        using ServiceProvider special = Services().AddDesk("special").BuildServiceProvider();

        Assert.Equal("plain", await plain.GetRequiredService<IDesk>().AnswerAsync("x", CancellationToken));
        Assert.Equal("special", await special.GetRequiredService<IDesk>().AnswerAsync("x", CancellationToken));

        static IServiceCollection Services() => new ServiceCollection()
            .AddSingleton<IChatClient>(new ScriptedChatClient("plain"))
            .AddKeyedSingleton<IChatClient>("special", new ScriptedChatClient("special"));
    }

    [Fact]
    public async Task Registrations_under_several_keys_live_side_by_side_and_the_first_is_the_one_without_key()
    {
        using ServiceProvider provider = new ServiceCollection()
            .AddKeyedSingleton<IChatClient>("one", new ScriptedChatClient("1"))
            .AddKeyedSingleton<IChatClient>("two", new ScriptedChatClient("2"))
            .AddDesk("one")
            .AddDesk("two")
            .BuildServiceProvider();

        Assert.Equal("1", await provider.GetRequiredKeyedService<IDesk>("one").AnswerAsync("x", CancellationToken));
        Assert.Equal("2", await provider.GetRequiredKeyedService<IDesk>("two").AnswerAsync("x", CancellationToken));
        Assert.Same(provider.GetRequiredKeyedService<IDesk>("one"), provider.GetRequiredService<IDesk>());
    }

    [Fact]
    public void The_functions_are_one_instance()
    {
        using ServiceProvider provider = new ServiceCollection().AddSingleton<IChatClient>(new ScriptedChatClient("x")).AddDesk().BuildServiceProvider(validateScopes: true);
        using IServiceScope scope = provider.CreateScope();

        Assert.Same(provider.GetRequiredService<IDesk>(), scope.ServiceProvider.GetRequiredService<IDesk>());
        Assert.IsType<Desk>(provider.GetRequiredService<IDesk>());
    }

    [Fact]
    public async Task Functions_with_a_key_use_the_keyed_service()
    {
        using ServiceProvider provider = new ServiceCollection()
            .AddSingleton<IChatClient>(new ScriptedChatClient("plain"))
            .AddKeyedSingleton<IChatClient>("fast", new ScriptedChatClient("fast"))
            .AddKeyedSingleton<IChatClient>("careful", new ScriptedChatClient("7"))
            .AddKeyedDesk()
            .BuildServiceProvider();
        IKeyedDesk desk = provider.GetRequiredService<IKeyedDesk>();

        Assert.Equal("plain", await desk.AnswerAsync("x", CancellationToken));
        Assert.Equal("fast", await desk.AnswerFastAsync("x", CancellationToken));
        Assert.Equal(["fast"], await desk.StreamFastAsync("x", CancellationToken).ToListAsync(CancellationToken));
        Assert.Equal(7, await desk.CountCarefullyAsync("x", CancellationToken));
    }

    [Fact]
    public async Task Clients_of_the_registered_options_win_over_keyed_services_and_the_options_stay_as_they_were()
    {
        AiFunctionsOptions options = new() { Clients = { ["fast"] = new ScriptedChatClient("from options") } };
        using ServiceProvider provider = new ServiceCollection()
            .AddSingleton(options)
            .AddSingleton<IChatClient>(new ScriptedChatClient("plain"))
            .AddKeyedSingleton<IChatClient>("fast", new ScriptedChatClient("from services"))
            .AddKeyedSingleton<IChatClient>("careful", new ScriptedChatClient("7"))
            .AddKeyedDesk()
            .BuildServiceProvider();
        IKeyedDesk desk = provider.GetRequiredService<IKeyedDesk>();

        Assert.Equal("from options", await desk.AnswerFastAsync("x", CancellationToken));
        Assert.Equal(7, await desk.CountCarefullyAsync("x", CancellationToken));
        Assert.Equal(["fast"], options.Clients.Keys);
        Assert.Null(options.LoggerFactory);
    }

    [Fact]
    public void A_missing_keyed_client_is_said_by_name_with_the_two_ways_to_give_it()
    {
        using ServiceProvider provider = new ServiceCollection()
            .AddSingleton<IChatClient>(new ScriptedChatClient("plain"))
            .AddKeyedSingleton<IChatClient>("careful", new ScriptedChatClient("7"))
            .AddKeyedDesk()
            .BuildServiceProvider();

        ArgumentException missing = Assert.Throws<ArgumentException>(provider.GetRequiredService<IKeyedDesk>);
        ArgumentException constructed = Assert.Throws<ArgumentException>("options", static () => new KeyedDesk(new ScriptedChatClient("plain")));

        Assert.Contains("KeyedDesk has functions with [ModelOptions(\"fast\")], but there is no chat client 'fast'", missing.Message, StringComparison.Ordinal);
        Assert.Contains("AiFunctionsOptions.Clients", missing.Message, StringComparison.Ordinal);
        Assert.Contains("keyed IChatClient service", missing.Message, StringComparison.Ordinal);
        Assert.Contains("'careful'", constructed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_client_is_an_exception_that_names_the_service()
    {
        using ServiceProvider unkeyed = new ServiceCollection().AddDesk().BuildServiceProvider();
        using ServiceProvider keyed = new ServiceCollection().AddSingleton<IChatClient>(new ScriptedChatClient("plain")).AddDesk("absent").BuildServiceProvider();

        Assert.Contains(nameof(IChatClient), Assert.Throws<InvalidOperationException>(unkeyed.GetRequiredService<IDesk>).Message, StringComparison.Ordinal);
        Assert.Contains(nameof(IChatClient), Assert.Throws<InvalidOperationException>(keyed.GetRequiredService<IDesk>).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Calls_are_logged_by_the_registered_logger_factory()
    {
        using ListLoggerProvider lines = new();
        using ServiceProvider provider = new ServiceCollection()
            .AddLogging(logging => logging.SetMinimumLevel(LogLevel.Debug).AddProvider(lines))
            .AddSingleton<IChatClient>(new ScriptedChatClient("secret"))
            .AddDesk()
            .BuildServiceProvider();

        await provider.GetRequiredService<IDesk>().AnswerAsync("x", CancellationToken);

        Assert.Equal(2, lines.Lines.Count);
        Assert.All(lines.Lines, static line => Assert.StartsWith("AiSdk: IDesk.AnswerAsync [", line, StringComparison.Ordinal));
        Assert.DoesNotContain(lines.Lines, static line => line.Contains("secret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_options_switch_on_content_in_logs()
    {
        using ListLoggerProvider lines = new();
        using ServiceProvider provider = new ServiceCollection()
            .AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(lines))
            .AddSingleton(new AiFunctionsOptions { EnableSensitiveData = true })
            .AddSingleton<IChatClient>(new ScriptedChatClient("secret"))
            .AddDesk()
            .BuildServiceProvider();

        await provider.GetRequiredService<IDesk>().AnswerAsync("question", CancellationToken);

        Assert.Contains(lines.Lines, static line => line.Contains("secret", StringComparison.Ordinal));
        Assert.Contains(lines.Lines, static line => line.Contains("[user] question", StringComparison.Ordinal));
    }

    [Fact]
    public void No_services_are_an_ArgumentNullException() =>
        Assert.Throws<ArgumentNullException>("services", static () => ((IServiceCollection)null!).AddDesk());

    private sealed class ListLoggerProvider : ILoggerProvider, ILogger
    {
        private string _category = "";

        public ConcurrentQueue<string> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName)
        {
            _category = categoryName;
            return this;
        }

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue($"{_category}: {formatter(state, exception)}");

        public bool IsEnabled(LogLevel logLevel) => true;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public void Dispose()
        {
        }
    }
}
