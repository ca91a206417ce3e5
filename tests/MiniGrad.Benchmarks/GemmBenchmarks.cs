using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using MiniGrad.Backends;
using MiniGrad.Backends.Cpu;
using MiniGrad.Backends.Reference;

namespace MiniGrad.Benchmarks;

/// <summary>Sizes of a product.</summary>
public sealed record ProductShape(int M, int N, int K, string Transpose)
{
    /// <summary>Operations of one product.</summary>
    public double Flop => 2.0 * M * N * K;

    public override string ToString() => $"{M}×{N}×{K} {Transpose}";
}

/// <summary>The SIMD product on one and two threads, with the naive kernel of the reference back end as the baseline.</summary>
[Config(typeof(Columns))]
public class GemmBenchmarks : IDisposable
{
    private readonly IBackend _naive = new ReferenceBackend<float>(), _one = new CpuBackend(1), _two = new CpuBackend(2);
    private GemmCall _naiveCall, _oneCall, _twoCall;

    /// <summary>Squares, and the three products of a linear layer.</summary>
    public static IEnumerable<ProductShape> Shapes =>
    [
        new(64, 64, 64, "NN"), new(256, 256, 256, "NN"), new(512, 512, 512, "NN"),
        new(2048, 1024, 256, "NT"), new(2048, 256, 1024, "NN"), new(1024, 256, 2048, "TN"), new(1, 1536, 384, "NT"),
    ];

    [ParamsSource(nameof(Shapes))]
    public ProductShape Shape { get; set; } = new(64, 64, 64, "NN");

    [GlobalSetup]
    public void Prepare() => (_naiveCall, _oneCall, _twoCall) = (Call(_naive), Call(_one), Call(_two));

    [GlobalCleanup]
    public void Dispose()
    {
        _naive.Dispose();
        _one.Dispose();
        _two.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark(Baseline = true)]
    public void Naive() => _naive.Gemm(_naiveCall);

    [Benchmark]
    public void OneThread() => _one.Gemm(_oneCall);

    [Benchmark]
    public void TwoThreads() => _two.Gemm(_twoCall);

    private GemmCall Call(IBackend backend)
    {
        (int m, int n, int k) = (Shape.M, Shape.N, Shape.K);
        return GemmCall.Dense(Filled(backend, (long)m * k), Shape.Transpose[0] == 'T', Filled(backend, (long)k * n), Shape.Transpose[1] == 'T', Filled(backend, (long)m * n), m, n, k);
    }

    private static MiniGrad.Memory.BufferView Filled(IBackend backend, long length)
    {
        MiniGrad.Memory.BufferView view = backend.Allocate(length, MiniGrad.Memory.ElementType.Real).View;
        var random = new Random(1);
        backend.Upload(view, [.. Enumerable.Range(0, (int)length).Select(_ => random.NextSingle() - 0.5f)]);
        return view;
    }

    private sealed class Columns : ManualConfig
    {
        public Columns() => AddColumn(new RateColumn(share: false), new RateColumn(share: true));
    }
}
