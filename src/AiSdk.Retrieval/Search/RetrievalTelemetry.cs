using System.Diagnostics;
using System.Globalization;

namespace AiSdk.Retrieval;

/// <summary>Spans, under the name <c>AiSdk.Retrieval</c>. They hold ids, ranks and scores; neither queries nor texts.</summary>
internal static class RetrievalTelemetry
{
    private static readonly ActivitySource _source = new("AiSdk.Retrieval");

    public static Activity? Start(string name) => _source.StartActivity("retrieve " + name)?.SetTag("aisdk.retriever", name);

    public static void Found(Activity? activity, IReadOnlyList<Passage> passages)
    {
        if (activity is not { IsAllDataRequested: true })
            return;
        activity.SetTag("aisdk.passages", passages.Select(static passage => passage.Id).ToArray());
        activity.SetTag("aisdk.scores", passages.Select(static passage => passage.Score).ToArray());
        foreach (string arm in passages.SelectMany(static passage => passage.Ranks).Select(static rank => rank.Arm).Distinct().Order(StringComparer.Ordinal))
        {
            activity.SetTag(
                "aisdk.ranks." + arm, passages.Select(passage => passage.Ranks.FirstOrDefault(rank => rank.Arm == arm) is { } rank ? string.Create(CultureInfo.InvariantCulture, $"{rank.Rank}:{rank.Score:G6}") : "").ToArray());
        }
    }

    public static void Failed(Activity? activity, Exception exception)
    {
        activity?.SetStatus(ActivityStatusCode.Error);
        activity?.SetTag("error.type", exception.GetType().FullName);
    }
}
