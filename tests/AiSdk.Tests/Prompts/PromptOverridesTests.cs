using AiSdk.CompilerServices;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Xunit;

namespace AiSdk.Tests.Prompts;

/// <summary>Prompt files that take the place of compiled prompts while the program runs.</summary>
public sealed class PromptOverridesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("aisdk-prompts-").FullName;
    private readonly ListLogger _log = new();
    private readonly ManualClock _clock = new();
    private readonly AiFunctionInfo _ask = Info("AskAsync");
    private readonly AiFunctionInfo _other = Info("OtherAsync");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static AiFunctionInfo Info(string name) => new($"IDesk.{name}", $"Demo.IDesk.{name}()", "0123456789abcdef", [new PromptTemplate(ChatRole.User, "compiled")], [], "Desk.cs", 1);

    private PromptOverrides Create() => PromptOverrides.Create(
        new AiFunctionsOptions { PromptDirectory = _folder, LoggerFactory = new ListLoggerFactory(_log) },
        () =>
        [
            new PromptFunction(
                _ask, "IDesk.AskAsync.prompt",
                [new PromptParameter("text", PromptType.Text), new PromptParameter("bank", PromptType.Text, isTrusted: true), new PromptParameter("orders", PromptType.List(static () => Orders)), new PromptParameter("history", PromptType.History)],
                [new PromptExampleCall("solved", "example text", null, null, null)]),
            new PromptFunction(_other, "IDesk.OtherAsync.prompt", [], []),
        ],
        _clock);

    private static PromptType Orders { get; } = PromptType.Record("Order", static () =>
    [
        new PromptMember("Id", "id", PromptType.Text, static value => ((Order)value).Id),
        new PromptMember("Total", "total", PromptType.NumberOf<decimal>(), static value => ((Order)value).Total),
    ]);

    private sealed record Order(string Id, decimal Total);

    private void Write(string text, string file = "IDesk.AskAsync.prompt") => File.WriteAllText(Path.Combine(_folder, file), text);

    private string[] Ask(PromptOverrides overrides) => Ask(overrides, out _);

    private string[] Ask(PromptOverrides overrides, out ChatOptions? options, ChatOptions? given = null)
    {
        ChatMessage[] compiled = [new(ChatRole.User, "compiled")];
        (_, ChatMessage[] messages, options) = overrides.ApplyText(_ask, compiled, null, given, "hello", "Contoso", new Order[] { new("A", 1.50m), new("B", 2m) }, new ChatMessage[] { new(ChatRole.User, "before") });
        return [.. messages.Select(static message => $"{message.Role}: {message.Text}")];
    }

    [Fact]
    public void Without_a_directory_there_is_nothing()
    {
        Assert.Null(PromptOverrides.Create(null, static () => throw new InvalidOperationException()));
        Assert.Null(PromptOverrides.Create(new AiFunctionsOptions(), static () => throw new InvalidOperationException()));
    }

    [Fact]
    public void A_file_takes_the_place_of_the_compiled_prompt()
    {
        Write("---\nmodel: other\nconfig:\n  temperature: 0.5\n---\n{{role \"system\"}}For {{bank}}.{{role \"user\"}}{{text}}{{#each orders}} {{@index}}:{{Id}}={{total:N2}}{{#unless @last}},{{/unless}}{{/each}}");
        PromptOverrides overrides = Create();

        Assert.Equal(
            ["system: For Contoso.", "user: example text", "assistant: solved", "user: before", "user: hello 0:A=1.50, 1:B=2.00"],
            Ask(overrides, out ChatOptions? options, new ChatOptions { Temperature = 1 }));
        Assert.Equal(("other", 1f), (options!.ModelId, options.Temperature));
        Assert.Contains(_log.Lines, static line => line.StartsWith("Information IDesk.AskAsync uses the prompt file IDesk.AskAsync.prompt (prompt ", StringComparison.Ordinal));
    }

    [Fact]
    public void The_type_is_described_as_the_calls_own_model_wants_it()
    {
        AiFunctionInfo<Item> item = TestFunction.Item;
        Write("{{text}}|{{output_format}}", "ITests.Get.prompt");
        PromptOverrides overrides = PromptOverrides.Create(
            new AiFunctionsOptions { PromptDirectory = _folder }, () => [new PromptFunction(item, "ITests.Get.prompt", [new PromptParameter("text", PromptType.Text)], [])], _clock);
        AiCaller caller = new(new StubChatClient(), null);

        Assert.Equal("hello|", Sent(new ChatOptions()));
        Assert.Equal($"hello|{item.Output!.Instructions}", Sent(new ChatOptions().WithModelProfile(ModelProfile.TextOnly)));

        string Sent(ChatOptions options) => overrides.Apply(item, [], options, options, caller, "hello").Messages.Single().Text;
    }

    [Fact]
    public void The_function_that_is_sent_is_another_for_telemetry()
    {
        Write("{{text}}");
        (AiFunctionInfo function, _, _) = Create().ApplyText(_ask, [], null, null, "a", "b", Array.Empty<Order>(), null);
        Assert.Equal((_ask.Id, "{{text}}"), (function.Id, function.Prompts.Single().Text));
        Assert.NotEqual(_ask.PromptHash, function.PromptHash);
    }

    [Fact]
    public void A_change_is_seen_within_a_second_and_a_removed_file_gives_the_compiled_prompt_back()
    {
        PromptOverrides overrides = Create();
        Assert.Equal(["user: compiled"], Ask(overrides));

        Write("one {{text}}");
        Assert.Equal(["user: compiled"], Ask(overrides));
        _clock.Advance(PromptOverrides.CheckInterval);
        Assert.Equal("user: one hello", Ask(overrides)[^1]);

        Write("two {{> part}}");
        Write("{{text}}!", "_part.prompt");
        _clock.Advance(PromptOverrides.CheckInterval);
        Assert.Equal("user: two hello!", Ask(overrides)[^1]);

        Write("{{text}}?", "_part.prompt");
        _clock.Advance(PromptOverrides.CheckInterval);
        Assert.Equal("user: two hello?", Ask(overrides)[^1]);

        File.Delete(Path.Combine(_folder, "IDesk.AskAsync.prompt"));
        _clock.Advance(PromptOverrides.CheckInterval);
        Assert.Equal(["user: compiled"], Ask(overrides));
        Assert.Contains(_log.Lines, static line => line.Contains("uses its compiled prompt again", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{{texd}}", "(1,3): 'texd' is no parameter of the function; it has text, bank, orders")]
    [InlineData("{{role \"system\"}}\n{{text}}", "(2,3): 'text' is data from outside and may not stand in a system prompt")]
    [InlineData("{{#each orders}}{{Ttal}}{{/each}}", "(1,19): 'Ttal' is no parameter of the function")]
    [InlineData("{{#each orders as |o|}}{{o.Ttal}}{{/each}}", "(1,26): Order has no member 'Ttal'; it has Id, Total")]
    [InlineData("{{#if text}}", "(1,1): '{{#if}}' is never closed")]
    [InlineData("{{> none}}", "(1,5): there is no partial 'none': it would be the file _none.prompt")]
    [InlineData("{{> ../../etc/passwd}}", "there is no partial")]
    [InlineData("---\nconfig:\n  heat: 1\n---\n{{text}}", "(3,3): 'config.heat' has no effect: known are temperature")]
    [InlineData("---\ninput:\n  schema:\n    txt: string\n---\n{{text}}", "(4,5): 'txt' is no parameter of IDesk.AskAsync")]
    [InlineData("---\nmodel: [\n---\nx", "(2,8): '[' is never closed")]
    [InlineData("  \n", "the file has no prompt")]
    [InlineData("{{! later }}\n", "the file has no prompt")]
    [InlineData("{{#each orders}}{{Total:D5}}{{/each}}", "(1,19): 'Total' is number, which has no format ':D5'")]
    [InlineData("{{#each orders}}{{this.bank}}{{/each}}", "(1,19): Order has no member 'bank'; it has Id, Total")]
    [InlineData("{{#each orders}}{{@index:Q1}}{{/each}}", "(1,19): '@index' is number, which has no format ':Q1'")]
    public void A_bad_file_leaves_the_last_good_one_in_force_and_says_why(string text, string reason)
    {
        Write("good {{text}}");
        PromptOverrides overrides = Create();
        Write(text);
        _clock.Advance(PromptOverrides.CheckInterval);

        Assert.Equal("user: good hello", Ask(overrides)[^1]);
        string warning = Assert.Single(_log.Lines, static line => line.StartsWith("Warning", StringComparison.Ordinal));
        Assert.StartsWith("Warning The prompt file IDesk.AskAsync.prompt of IDesk.AskAsync is not used: ", warning, StringComparison.Ordinal);
        Assert.Contains(reason, warning, StringComparison.Ordinal);
        Assert.EndsWith("In force: its last good version", warning, StringComparison.Ordinal);

        // It is said once, not at each look.
        _clock.Advance(PromptOverrides.CheckInterval);
        Ask(overrides);
        Assert.Single(_log.Lines, static line => line.StartsWith("Warning", StringComparison.Ordinal));

        Write("mended {{text}}");
        _clock.Advance(PromptOverrides.CheckInterval);
        Assert.Equal("user: mended hello", Ask(overrides)[^1]);
    }

    [Fact]
    public void A_file_that_belongs_to_no_function_is_named_and_others_are_left_alone()
    {
        Write("x", "IDesk.AksAsync.prompt");
        Write("x", "IAnother.AskAsync.prompt");
        Create();
        Assert.Equal(["Warning The prompt file IDesk.AksAsync.prompt belongs to no function; it could be called IDesk.AskAsync.prompt, IDesk.OtherAsync.prompt"], _log.Lines);
    }

    [Fact]
    public void A_name_in_the_wrong_case_is_named()
    {
        Write("x", "idesk.askasync.prompt");
        PromptOverrides overrides = Create();
        Assert.Equal(["user: compiled"], Ask(overrides));
        Assert.Equal(["Warning The prompt file idesk.askasync.prompt belongs to no function; it could be called IDesk.AskAsync.prompt, IDesk.OtherAsync.prompt"], _log.Lines);
    }

    [Fact]
    public void A_directory_that_vanishes_leaves_in_force_what_was_there()
    {
        Write("good {{text}}");
        PromptOverrides overrides = Create();
        Directory.Delete(_folder, recursive: true);
        _clock.Advance(PromptOverrides.CheckInterval);
        Assert.Equal("user: good hello", Ask(overrides)[^1]);
        _clock.Advance(PromptOverrides.CheckInterval);
        Ask(overrides);
        Assert.Single(_log.Lines, line => line == $"Warning The prompt directory {_folder} is gone; what is in force stays");

        Directory.CreateDirectory(_folder);
        Write("new {{text}}");
        _clock.Advance(PromptOverrides.CheckInterval);
        Assert.Equal("user: new hello", Ask(overrides)[^1]);
    }

    [Fact]
    public void A_file_that_is_no_UTF_8_is_refused_once()
    {
        Write("good {{text}}");
        PromptOverrides overrides = Create();
        File.WriteAllBytes(Path.Combine(_folder, "IDesk.AskAsync.prompt"), [.. "caf"u8, 0xE9, .. " {{text}}"u8]);
        for (int i = 0; i < 3; i++)
        {
            _clock.Advance(PromptOverrides.CheckInterval);
            Assert.Equal("user: good hello", Ask(overrides)[^1]);
        }
        Assert.Single(_log.Lines, static line => line == "Warning The prompt file IDesk.AskAsync.prompt of IDesk.AskAsync is not used: it is no valid UTF-8. In force: its last good version");

        File.WriteAllText(Path.Combine(_folder, "IDesk.AskAsync.prompt"), "café {{text}}", System.Text.Encoding.Unicode);
        _clock.Advance(PromptOverrides.CheckInterval);
        Assert.Equal("user: café hello", Ask(overrides)[^1]);
    }

    [Fact]
    public void Interfaces_of_one_name_are_told_apart_by_the_namespace()
    {
        AiFunctionInfo other = new("IDesk.AskAsync", "Other.IDesk.AskAsync()", "0123456789abcdef", [new PromptTemplate(ChatRole.User, "compiled")], [], "Desk.cs", 1);
        Write("short");
        PromptOverrides one = Create(_ask, "Demo.IDesk.AskAsync.prompt");
        PromptOverrides two = Create(other, "Other.IDesk.AskAsync.prompt");
        Assert.Equal(["short", "short"], [Text(one, _ask), Text(two, other)]);
        Assert.Single(_log.Lines, static line => line == "Warning The prompt file IDesk.AskAsync.prompt is used for Other.IDesk.AskAsync() and for Demo.IDesk.AskAsync(); a file Other.IDesk.AskAsync.prompt would be for the first one only");

        Write("full", "Other.IDesk.AskAsync.prompt");
        _clock.Advance(PromptOverrides.CheckInterval);
        Assert.Equal(["short", "full"], [Text(one, _ask), Text(two, other)]);

        File.Delete(Path.Combine(_folder, "Other.IDesk.AskAsync.prompt"));
        _clock.Advance(PromptOverrides.CheckInterval);
        Assert.Equal("short", Text(two, other));

        PromptOverrides Create(AiFunctionInfo function, string fullFileName) => PromptOverrides.Create(
            new AiFunctionsOptions { PromptDirectory = _folder, LoggerFactory = new ListLoggerFactory(_log) }, () => [new PromptFunction(function, "IDesk.AskAsync.prompt", [], [], fullFileName)], _clock);

        static string Text(PromptOverrides overrides, AiFunctionInfo function) => overrides.ApplyText(function, [], null, null).Messages.Single().Text;
    }

    [Fact]
    public void A_directory_that_is_not_there_is_named_and_may_come_later()
    {
        Directory.Delete(_folder);
        PromptOverrides overrides = Create();
        Assert.Equal([$"Warning The prompt directory {_folder} does not exist; the compiled prompts are used"], _log.Lines);

        Directory.CreateDirectory(_folder);
        Write("late {{text}}");
        _clock.Advance(PromptOverrides.CheckInterval);
        Assert.Equal("user: late hello", Ask(overrides)[^1]);
    }

    [Fact]
    public async Task Calls_at_the_same_time_see_one_version_or_the_other()
    {
        Write("0 {{text}} 0");
        PromptOverrides overrides = Create();
        using CancellationTokenSource stop = new();
        Task writer = Task.Run(
            () =>
            {
                for (int i = 1; !stop.IsCancellationRequested; i++)
                {
                    Write($"{i % 10} {{{{text}}}} {i % 10}");
                    _clock.Advance(PromptOverrides.CheckInterval);
                }
            },
            TestContext.Current.CancellationToken);
        await Parallel.ForAsync(0, 4, TestContext.Current.CancellationToken, (_, _) =>
        {
            for (int i = 0; i < 500; i++)
                Assert.Matches("^user: ([0-9]) hello \\1$", Ask(overrides)[^1]);
            return ValueTask.CompletedTask;
        });
        await stop.CancelAsync();
        await writer;
    }

    private sealed class ManualClock : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Volatile.Read(ref _now);

        public void Advance(TimeSpan time) => Interlocked.Add(ref _now, time.Ticks);
    }

    private sealed class ListLogger : ILogger
    {
        private readonly List<string> _lines = [];

        public IReadOnlyList<string> Lines
        {
            get
            {
                lock (_lines)
                    return [.. _lines];
            }
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (_lines)
                _lines.Add($"{logLevel} {formatter(state, exception)}");
        }
    }

    private sealed class ListLoggerFactory(ListLogger logger) : ILoggerFactory
    {
        public void AddProvider(ILoggerProvider provider)
        {
        }

        public ILogger CreateLogger(string categoryName) => logger;

        public void Dispose()
        {
        }
    }
}
