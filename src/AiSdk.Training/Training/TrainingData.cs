using System.Runtime.CompilerServices;
using AiSdk.Onnx;

namespace AiSdk.Training;

/// <summary>Batches of an epoch: examples are read into a buffer, shuffled, put together by length, and the batches shuffled. The same for the same seed and examples.</summary>
internal sealed class TrainingData(Func<int, IAsyncEnumerable<TrainingExample>> examples, TrainingEncoder encoder, TrainerOptions options)
{
    private const ulong OrderUse = 1;

    /// <summary>How many examples' templates are checked before a run.</summary>
    private const int Checked = 16;

    /// <summary>Checks the template on the first examples.</summary>
    /// <returns>Their tokens.</returns>
    /// <exception cref="TrainingException">There are no examples, or training and serving would render them differently.</exception>
    public async Task<IReadOnlyList<int>> InspectAsync(CancellationToken cancellationToken)
    {
        List<int> tokens = [];
        int number = 0;
        await foreach (TrainingExample example in examples(0).WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            number++;
            encoder.RequireParity(example, number, cancellationToken);
            foreach (EncodedExample encoded in encoder.Encode(example, number, cancellationToken))
                tokens.AddRange(encoded.Tokens);
            if (number == Checked)
                break;
        }
        return number > 0 ? tokens : throw new TrainingException("There are no training examples.");
    }

    /// <summary>The batches of an epoch, counted from 0.</summary>
    public async IAsyncEnumerable<IReadOnlyList<EncodedExample>> BatchesAsync(int epoch, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        List<EncodedExample> buffer = [];
        Xoshiro256 random = new(RandomNumbers.Seed(options.Seed, OrderUse, (ulong)epoch));
        int number = 0;
        await foreach (TrainingExample example in examples(epoch).WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            number++;
            // What has no weight has no part in anything.
            if (example.Weight != 0)
                buffer.AddRange(encoder.Encode(example, number, cancellationToken));
            if (buffer.Count < options.ShuffleBuffer)
                continue;
            foreach (IReadOnlyList<EncodedExample> batch in Batches(buffer, options.BatchTokens, random))
                yield return batch;
            buffer.Clear();
        }
        foreach (IReadOnlyList<EncodedExample> batch in Batches(buffer, options.BatchTokens, random))
            yield return batch;
    }

    /// <summary>Batches of examples of about the same length.</summary>
    /// <param name="examples">The examples.</param>
    /// <param name="tokens">The most tokens of a batch, padding included; one longer example is a batch of its own.</param>
    /// <param name="random">What shuffles examples and batches; null: they stay in the order of their lengths.</param>
    public static IReadOnlyList<IReadOnlyList<EncodedExample>> Batches(IReadOnlyList<EncodedExample> examples, int tokens, Xoshiro256? random)
    {
        List<EncodedExample> order = [.. examples];
        if (random is not null)
            RandomNumbers.Shuffle(order, random);
        List<IReadOnlyList<EncodedExample>> batches = [];
        List<EncodedExample> batch = [];
        // A stable sort: equal lengths stay shuffled.
        foreach (EncodedExample example in order.OrderBy(static example => example.Tokens.Length))
        {
            if (batch.Count > 0 && (long)(batch.Count + 1) * (example.Tokens.Length - 1) > tokens)
            {
                batches.Add(batch);
                batch = [];
            }
            batch.Add(example);
        }
        if (batch.Count > 0)
            batches.Add(batch);
        if (random is not null)
            RandomNumbers.Shuffle(batches, random);
        return batches;
    }
}
