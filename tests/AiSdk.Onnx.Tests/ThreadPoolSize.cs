using System.Runtime.CompilerServices;

namespace AiSdk.Onnx.Tests;

/// <summary>Tests that block a thread on purpose, at the same time, must not keep the others from getting one: the pool begins with as many threads as there are cores.</summary>
internal static class ThreadPoolSize
{
    [ModuleInitializer]
    internal static void Widen() => ThreadPool.SetMinThreads(24, 24);
}
