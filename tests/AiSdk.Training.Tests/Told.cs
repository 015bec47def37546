namespace AiSdk.Training.Tests;

/// <summary>Progress that is told at once, in the thread that trains.</summary>
internal sealed class Told<T>(Action<T> told) : IProgress<T>
{
    public void Report(T value) => told(value);
}
