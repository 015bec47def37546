using System.Text;
using AiSdk.CompilerServices;
using CsCheck;
using Microsoft.Extensions.AI;
using Xunit;

namespace AiSdk.Tests.Guards;

/// <summary>Guards in a row: each sees what those before it left, none is asked behind one that blocks, and a stream has the verdict of the whole.</summary>
public sealed class GuardChainTests
{
    private static readonly IOutputGuard[] _shipped =
    [
        new PiiGuard(), new PiiGuard(PiiKinds.All, blocks: true), new SecretGuard(), new SecretGuard(blocks: false), new InjectionGuard(), new LengthGuard(0, 60), new LengthGuard(5, 80, cuts: true),
        new RegexGuard("[0-9]+", "numbers", replacement: "#"), new RegexGuard("forbidden", "it is forbidden"), new GroundingGuard(withNames: false), new Marker("!"), new Marker("?"),
    ];

    private static readonly Gen<(IOutputGuard Guard, bool NeedsWhole)[]> _chains = Gen.Select(Gen.Int[0, _shipped.Length - 1], Gen.Int[0, 5]).Select(static (index, whole) => (_shipped[index], whole == 0)).Array[1, 5];

    [Fact]
    public void A_streamed_reply_has_the_verdict_of_the_whole_chain() => Gen.Select(_chains, GuardTexts.Texts, Gen.Int[1, 40].Array[1, 20]).Sample(
        static (chain, text, sizes) =>
        {
            (string? whole, AiGuardException? blocked) = Run(chain, [text]);
            (string? streamed, AiGuardException? stopped) = Run(chain, Pieces(text, sizes));

            // Of several that block, in a stream the one is named that finds its reason first.
            Assert.Equal(blocked is null, stopped is null);
            if (blocked is null)
                Assert.Equal(whole, streamed);
            else
                Assert.Contains(stopped!.GuardName, chain.Select(static one => one.Guard.Name));
        },
        iter: 3_000);

    [Fact]
    public void Each_guard_sees_what_those_before_it_left_and_none_behind_one_that_blocks_is_asked() => Gen.Select(Gen.Int[0, 2].Array[1, 8], Gen.Int[1, 9].Array[1, 5], Gen.Bool).Sample(static (kinds, sizes, isInput) =>
    {
        List<string> asked = [];
        FunctionGuards guards = new("Tests", null);
        for (int i = 0; i < kinds.Length; i++)
            (isInput ? guards.Inputs : guards.Outputs).Add(new GuardUse($"g{i}", new Scripted(i, kinds[i], asked), default));
        GuardRun run = Run(guards);
        string? left = null;
        AiGuardException? blocked = null;
        try
        {
            left = isInput ? Wait(run.CheckAsync("text", "start")) : Append(run, Pieces("start", sizes));
        }
        catch (AiGuardException e)
        {
            blocked = e;
        }

        int stop = Array.IndexOf(kinds, Scripted.Blocks);
        string expected = "start";
        List<string> seen = [];
        for (int i = 0; i < kinds.Length && (stop < 0 || i <= stop); i++)
        {
            seen.Add($"{i}:{expected}");
            expected += kinds[i] == Scripted.Rewrites ? $"+{i}" : "";
        }
        Assert.Equal(seen, asked);
        Assert.Equal(stop < 0 ? null : $"g{stop}", blocked?.GuardName);
        Assert.Equal(stop < 0 ? expected : null, left);
        Assert.Equal(kinds.Take(stop < 0 ? kinds.Length : stop).Count(static kind => kind == Scripted.Rewrites), run.Reports.Count);
    });

    [Theory]
    [InlineData(GuardFailureMode.Closed, "a", "the passage 'b' of 's' was left out: it failed: no", "the passage 'c' of 's' was left out: it took longer than 50 ms")]
    [InlineData(GuardFailureMode.Open, "a b c", "it failed: no", "it took longer than 50 ms")]
    public async Task A_passage_that_cannot_be_checked_ends_no_call(GuardFailureMode onFailure, string left, params string[] reasons)
    {
        FunctionGuards guards = new("Tests", null);
        guards.Inputs.Add(new GuardUse("g", new Failing(), new GuardSettings(50, onFailure)));
        GuardRun run = Run(guards);

        Passages passages = await run.CheckPassagesAsync("handbook", new Passages([At("a", "fine"), At("b", "throws"), At("c", "hangs")]));

        Assert.Equal(left, string.Join(' ', passages.Select(static passage => passage.Id)));
        Assert.Equal(reasons, run.Reports.Select(static report => report.Reason));

        static Passage At(string id, string text) => new() { Id = id, Text = text, Source = "s" };
    }

    private static (string? Text, AiGuardException? Blocked) Run((IOutputGuard Guard, bool NeedsWhole)[] chain, IEnumerable<string> pieces)
    {
        FunctionGuards guards = new("Tests", null);
        foreach ((IOutputGuard guard, bool needsWhole) in chain)
            guards.Outputs.Add(new GuardUse(guard.Name, guard, needsWhole ? new GuardSettings(OnFailure: GuardFailureMode.Open) : default));
        try
        {
            return (Append(Run(guards), pieces), null);
        }
        catch (AiGuardException e)
        {
            return (null, e);
        }
    }

    private static GuardRun Run(FunctionGuards guards) => new(TestFunction.Text, guards, new StubChatClient(), null, false, TestContext.Current.CancellationToken);

    private static string Append(GuardRun run, IEnumerable<string> pieces)
    {
        GuardedReply reply = run.OpenReply([new ChatMessage(ChatRole.User, "Alice paid 1250 on 3 May.")], "call");
        StringBuilder shown = new();
        foreach (string piece in pieces)
            shown.Append(Wait(reply.AppendAsync(piece, isLast: false)));
        return shown.Append(Wait(reply.AppendAsync("", isLast: true))).ToString();
    }

    private static IEnumerable<string> Pieces(string text, int[] sizes)
    {
        for (int at = 0, i = 0; at < text.Length; i++)
        {
            int size = Math.Min(sizes[i % sizes.Length], text.Length - at);
            yield return text.Substring(at, size);
            at += size;
        }
    }

    private static T Wait<T>(ValueTask<T> task) => task.IsCompletedSuccessfully ? task.Result : task.AsTask().GetAwaiter().GetResult();

    /// <summary>A guard of the application's that knows nothing of streams.</summary>
    private sealed class Marker(string mark) : IOutputGuard
    {
        public string Name => "Marker" + mark;

        public ValueTask<GuardVerdict> CheckOutputAsync(string reply, GuardContext context, CancellationToken cancellationToken) => new(GuardVerdict.Rewrite(reply + mark));
    }

    /// <summary>A guard that fails at some texts, and never comes to an end with others.</summary>
    private sealed class Failing : IInputGuard
    {
        public async ValueTask<GuardVerdict> CheckInputAsync(string text, GuardContext context, CancellationToken cancellationToken)
        {
            if (text == "throws")
                throw new InvalidOperationException("no");
            await Task.Delay(text == "hangs" ? Timeout.Infinite : 0, cancellationToken);
            return GuardVerdict.Allow;
        }
    }

    /// <summary>A guard that does what it is told, and notes what it saw.</summary>
    private sealed class Scripted(int number, int kind, List<string> asked) : IOutputGuard, IInputGuard
    {
        public const int Rewrites = 1;
        public const int Blocks = 2;

        public string Name => $"g{number}";

        public ValueTask<GuardVerdict> CheckOutputAsync(string reply, GuardContext context, CancellationToken cancellationToken) => Check(reply);

        public ValueTask<GuardVerdict> CheckInputAsync(string text, GuardContext context, CancellationToken cancellationToken) => Check(text);

        private ValueTask<GuardVerdict> Check(string text)
        {
            asked.Add($"{number}:{text}");
            return new(kind switch { Rewrites => GuardVerdict.Rewrite($"{text}+{number}"), Blocks => GuardVerdict.Block("told so"), _ => GuardVerdict.Allow });
        }
    }
}
