using System.Text.Json.Nodes;

namespace MiniGrad.Experiments.Commands;

/// <summary>A piece of work that can be done again and again, with everything prepared.</summary>
internal abstract class BenchWork : IDisposable
{
    /// <summary>Does it once.</summary>
    /// <returns>Seconds of the call that are not to be counted.</returns>
    public abstract double Run();

    /// <summary>What the other side must agree with: sizes, work, the result's error.</summary>
    public abstract JsonObject Facts();

    /// <inheritdoc/>
    public abstract void Dispose();
}
