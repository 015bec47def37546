using AiSdk.Retrieval;

namespace AiSdk.Benchmarks;

/// <summary>Texts of words that are as rare as those of a language (Zipf), and vectors that lie in clusters, as those of texts do. The same seed gives the same.</summary>
internal sealed class SyntheticCorpus(int dimensions)
{
    private const int Words = 200_000;
    private const int Clusters = 1_000;
    private const int PassageWords = 60;

    private readonly double[] _cumulative = Cumulative();
    private readonly float[][] _centres = Centres(dimensions);

    public string Text(int number)
    {
        Random random = new(number * 7919 + 17);
        return string.Join(' ', Enumerable.Range(0, PassageWords).Select(_ => Word(random)));
    }

    /// <summary>Three to five words of a passage, as a question would have them.</summary>
    public string Query(int number, int count)
    {
        Random random = new(number * 31 + 5);
        string[] words = Text(random.Next(count)).Split(' ');
        return string.Join(' ', Enumerable.Range(0, random.Next(3, 6)).Select(_ => words[random.Next(words.Length)]));
    }

    public float[] Vector(int number)
    {
        Random random = new(number * 104729 + 3);
        float[] centre = _centres[random.Next(Clusters)];
        float[] vector = new float[dimensions];
        for (int i = 0; i < dimensions; i++)
            vector[i] = centre[i] + 0.7f * Gaussian(random);
        return IndexReader.Unit(vector);
    }

    private string Word(Random random)
    {
        int place = Array.BinarySearch(_cumulative, random.NextDouble());
        // A letter before the number, so that stemming leaves it alone.
        return "w" + (place < 0 ? Math.Min(~place, Words - 1) : place);
    }

    private static double[] Cumulative()
    {
        double[] cumulative = new double[Words];
        double sum = 0;
        for (int i = 0; i < Words; i++)
            cumulative[i] = sum += 1.0 / (i + 20);
        for (int i = 0; i < Words; i++)
            cumulative[i] /= sum;
        return cumulative;
    }

    private static float[][] Centres(int dimensions)
    {
        Random random = new(42);
        return [.. Enumerable.Range(0, Clusters).Select(_ => Enumerable.Range(0, dimensions).Select(_ => Gaussian(random)).ToArray())];
    }

    private static float Gaussian(Random random) => (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
}
