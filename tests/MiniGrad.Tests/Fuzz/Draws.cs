using MiniGrad.Randomness;

namespace MiniGrad.Tests.Fuzz;

/// <summary>Random choices that a case's number decides alone, so that a case that failed can be made again.</summary>
internal sealed class Draws(ulong seed, ulong stream)
{
    private readonly CounterRandom _random = new(seed, stream);
    private ulong _next;

    /// <summary>A number from 0 on, below a bound.</summary>
    public int Below(int bound) => (int)_random.Below(bound, _next++);

    public bool OneIn(int times) => Below(times) == 0;

    public T Of<T>(IReadOnlyList<T> values) => values[Below(values.Count)];
}
