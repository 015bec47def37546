using System.Globalization;
using System.Runtime.CompilerServices;
using AiSdk.Onnx;

namespace AiSdk.Training;

/// <summary>What a look through the data before a run gave.</summary>
/// <param name="Steps">The optimizer steps that they make.</param>
/// <param name="Examples">The examples seen.</param>
/// <param name="Hash">Stands for all that is learnt of them.</param>
internal sealed record TrainingPlan(int Steps, int Examples, string Hash);

/// <summary>Batches of an epoch: examples are read into a buffer, shuffled, put together by length, and the batches shuffled. The same for the same seed and examples.</summary>
/// <param name="examples">Gives an epoch's examples.</param>
/// <param name="areEpochsAlike">Whether they are the same in each epoch.</param>
/// <param name="encoder">Makes tokens of them.</param>
/// <param name="options">How to train.</param>
internal sealed class TrainingData(Func<int, IAsyncEnumerable<TrainingExample>> examples, bool areEpochsAlike, TrainingEncoder encoder, TrainerOptions options)
{
    private const ulong OrderUse = 1;
    private const ulong SplitUse = 5;

    /// <summary>The clock that the chat template reads.</summary>
    public TimeProvider Clock { get; set; } = TimeProvider.System;

    /// <summary>Goes through what the run will read: checks each example and its template, and counts the steps. Data without an end are read as far as <see cref="TrainerOptions.Steps"/> needs.</summary>
    /// <exception cref="TrainingException">There are no examples, one is wrong, or training and serving would render it differently.</exception>
    public async Task<TrainingPlan> InspectAsync(CancellationToken cancellationToken)
    {
        using ContentHash hash = new();
        int seen = 0;
        bool areWhole = true;
        void Inspect(IReadOnlyList<EncodedExample> encoded)
        {
            seen++;
            foreach (EncodedExample example in encoded)
            {
                hash.Add(example);
                // In pieces they have other lengths each time, and may make more batches.
                areWhole &= example.Splitting == 0;
            }
        }
        int steps = 0;
        for (int epoch = 0; options.Steps is { } wanted ? steps < wanted && (epoch == 0 || !areEpochsAlike) : epoch < (areEpochsAlike && areWhole ? 1 : options.Epochs); epoch++)
        {
            int batches = 0;
            await foreach (IReadOnlyList<EncodedExample> _ in BatchesAsync(epoch, epoch == 0 || !areEpochsAlike ? Inspect : null, cancellationToken).ConfigureAwait(false))
            {
                batches++;
                if (batches == (long?)(options.Steps - steps) * options.AccumulationSteps)
                    break;
            }
            if (batches == 0)
                throw new TrainingException(seen == 0 ? "There are no training examples with a weight." : string.Create(CultureInfo.InvariantCulture, $"Epoch {epoch + 1} has no examples with a weight."));
            steps += (batches + options.AccumulationSteps - 1) / options.AccumulationSteps;
        }
        return new TrainingPlan(options.Steps ?? (areEpochsAlike && areWhole ? checked(steps * options.Epochs) : steps), seen, hash.Finish());
    }

    /// <summary>The batches of an epoch, counted from 0.</summary>
    public IAsyncEnumerable<IReadOnlyList<EncodedExample>> BatchesAsync(int epoch, CancellationToken cancellationToken) => BatchesAsync(epoch, null, cancellationToken);

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

    private async IAsyncEnumerable<IReadOnlyList<EncodedExample>> BatchesAsync(int epoch, Action<IReadOnlyList<EncodedExample>>? inspect, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        List<EncodedExample> buffer = [];
        Xoshiro256 random = new(RandomNumbers.Seed(options.Seed, OrderUse, (ulong)epoch));
        ulong epochSeed = RandomNumbers.Seed(options.Seed, SplitUse, (ulong)epoch);
        int number = 0;
        await foreach (TrainingExample example in examples(epoch).WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            number++;
            // What has no weight has no part in anything.
            if (example is { Weight: 0 })
                continue;
            IReadOnlyList<EncodedExample> encoded = encoder.Encode(example, number, cancellationToken, checkParity: inspect is not null, clock: Clock);
            inspect?.Invoke(encoded);
            buffer.AddRange(encoded.Select(whole => encoder.Split(whole, RandomNumbers.Seed(epochSeed, SplitUse, (ulong)number))));
            if (buffer.Count < options.ShuffleBuffer)
                continue;
            foreach (IReadOnlyList<EncodedExample> batch in Batches(buffer, options.BatchTokens, random))
                yield return batch;
            buffer.Clear();
        }
        foreach (IReadOnlyList<EncodedExample> batch in Batches(buffer, options.BatchTokens, random))
            yield return batch;
    }
}
