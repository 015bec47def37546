using System.Globalization;
using Xunit;

namespace AiSdk.IntegrationTests;

/// <summary>One instance of a generated class serves many calls at once.</summary>
public sealed class ConcurrencyTests
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sixty_four_calls_at_once_each_get_their_own_answer()
    {
        // Nobody is answered until all have asked, so that all are really under way together.
        int waiting = 0;
        TaskCompletionSource all = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using OpenAiServer server = await OpenAiServer.StartAsync(async exchange =>
        {
            if (Interlocked.Increment(ref waiting) == 64)
                all.SetResult();
            await all.Task.WaitAsync(TimeSpan.FromSeconds(60), exchange.Aborted);
            string question = exchange.Question.Split(' ')[^1];
            if (exchange.Request.TryGetProperty("stream", out _))
            {
                foreach (char letter in question)
                    await exchange.SendAsync(letter.ToString());
                await exchange.EndAsync();
                return;
            }
            await exchange.ReplyAsync(exchange.Request.TryGetProperty("response_format", out _) ? $$"""{"value":{{question}}}""" : question);
        });
        Desk desk = server.CreateDesk();

        Task<string>[] calls = [.. Enumerable.Range(1000, 64).Select(number => CallAsync(number.ToString(CultureInfo.InvariantCulture), number % 3))];
        string[] answers = await Task.WhenAll(calls);

        Assert.Equal(Enumerable.Range(1000, 64).Select(static number => number.ToString(CultureInfo.InvariantCulture)), answers);
        Assert.Equal(64, server.Requests.Count);

        async Task<string> CallAsync(string number, int kind) => kind switch
        {
            0 => (await desk.CountAsync(number, CancellationToken)).ToString(CultureInfo.InvariantCulture),
            1 => await desk.AnswerAsync(number, CancellationToken),
            _ => string.Concat(await desk.StreamAsync(number, CancellationToken).ToListAsync(CancellationToken)),
        };
    }
}
