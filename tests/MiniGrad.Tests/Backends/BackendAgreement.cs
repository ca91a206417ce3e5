using System.Runtime.CompilerServices;
using MiniGrad.Backends;
using MiniGrad.Backends.Reference;
using MiniGrad.Memory;

namespace MiniGrad.Tests.Backends;

/// <summary>The same float32 data on the oracle, which computes in float64, and on one back end under test.</summary>
internal sealed class BackendAgreement : IDisposable
{
    private readonly IBackend[] _backends;

    public BackendAgreement(string name, int seed)
    {
        _backends = [new ReferenceBackend<double>(), NamedBackends.Open(name)];
        (Random, Case) = (new Random(seed), $"{name}, seed {seed}");
    }

    public Random Random { get; }

    public string Case { get; }

    /// <summary>A random operand, a view into larger buffers of both; aligned to 16 bytes or at any element.</summary>
    public BufferView[] Real(long length, double low = -2, double high = 2, bool aligned = false)
    {
        var values = new float[length + 4];
        for (long i = 0; i < values.Length; i++) values[i] = (float)(low + ((high - low) * Random.NextDouble()));
        return [.. _backends.Select(backend =>
        {
            BufferView whole = backend.Room(values.Length);
            backend.Upload(whole, values);
            return whole.Slice(aligned ? 4 : Offset(values.Length), length);
        })];
    }

    public BufferView[] Ids(params int[] ids) => [.. _backends.Select(backend => backend.Ids(ids))];

    public void Run(Action<IBackend, int> kernel)
    {
        for (int at = 0; at < _backends.Length; at++) kernel(_backends[at], at);
    }

    /// <summary>|found − oracle| ≤ tolerance·(1 + |oracle| + terms), as for the SIMD kernels.</summary>
    public void Check(BufferView[] result, double terms = 0, double tolerance = 1e-5, [CallerArgumentExpression(nameof(result))] string name = "")
    {
        double[] expected = _backends[0].Read(result[0]), found = _backends[1].Read(result[1]);
        for (int i = 0; i < expected.Length; i++)
        {
            bool near = Math.Abs(found[i] - expected[i]) <= tolerance * (1 + Math.Abs(expected[i]) + terms) || found[i].Equals(expected[i]);
            Assert.True(near, $"{Case}: {name}[{i}] is {found[i]:R}, expected {expected[i]:R}");
        }
    }

    public void Dispose()
    {
        foreach (IBackend backend in _backends) backend.Dispose();
    }

    // Both operands at one offset that is no multiple of a cache line.
    private static int Offset(int length) => length % 3;
}
