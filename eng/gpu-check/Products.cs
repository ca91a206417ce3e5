using System.Diagnostics;
using System.Text.Json.Nodes;
using MiniGrad.Backends;
using MiniGrad.Ilgpu;
using MiniGrad.Memory;

namespace MiniGrad.GpuCheck;

/// <summary>Matrix products by the own kernels and by cuBLAS in every precision: TFLOP/s, and the error of some entries against float64.</summary>
internal static class Products
{
    private const double Seconds = 0.15;

    /// <summary>The shapes of docs/performance.md, those of GPT-2 small with 8 sequences of 1,024, and one that fills any card.</summary>
    public static readonly (int M, int N, int K, string Layout)[] Shapes =
    [
        (256, 256, 256, "NN"), (512, 512, 512, "NN"), (1024, 1024, 1024, "NN"), (2048, 512, 128, "NT"), (2048, 1024, 256, "NT"), (384, 1536, 2048, "TN"), (512, 128, 2048, "TN"),
        (8192, 2304, 768, "NT"), (8192, 768, 3072, "NT"), (8192, 768, 2304, "NN"), (3072, 768, 8192, "TN"), (8192, 8192, 8192, "NN"),
    ];

    public static JsonObject Measure(IlgpuDevice device) => new()
    {
        ["own"] = All(device, useCuBlas: false),
        ["cuBlas"] = All(device, useCuBlas: true),
    };

    private static JsonObject All(IlgpuDevice device, bool useCuBlas)
    {
        using IlgpuSession session = IlgpuSession.Open(device, useCuBlas);
        var result = new JsonObject { ["products"] = session.Products };
        if (useCuBlas && session.CuBlasProblem is { } problem) return new JsonObject { ["problem"] = problem };
        using var backend = new IlgpuBackend(session);
        foreach (Precision precision in Enum.GetValues<Precision>())
        {
            if (!backend.Supports(precision)) continue;
            result[precision.ToString().ToLowerInvariant()] = new JsonArray([.. Shapes.Select(shape => One(backend, shape, precision))]);
        }
        return result;
    }

    private static JsonObject One(IlgpuBackend backend, (int M, int N, int K, string Layout) shape, Precision precision)
    {
        (int m, int n, int k, string layout) = shape;
        bool turnA = layout[0] == 'T', turnB = layout[1] == 'T';
        float[] a = Numbers((long)m * k, 1), b = Numbers((long)k * n, 2);
        using DeviceBuffer left = backend.Allocate(a.Length, ElementType.Real), right = backend.Allocate(b.Length, ElementType.Real), result = backend.Allocate((long)m * n, ElementType.Real);
        backend.Upload(left.View, a);
        backend.Upload(right.View, b);
        GemmCall call = GemmCall.Dense(left.View, turnA, right.View, turnB, result.View, m, n, k) with { Precision = precision };
        backend.Gemm(call);
        double error = Error(backend, result.View, a, turnA, b, turnB, m, n, k);
        for (int i = 0; i < 3; i++) backend.Gemm(call);
        backend.Synchronize();
        int calls = 1;
        double seconds;
        while (true)
        {
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < calls; i++) backend.Gemm(call);
            backend.Synchronize();
            seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            if (seconds >= Seconds || calls > 1 << 20) break;
            calls *= seconds > Seconds / 8 ? 2 : 4;
        }
        return new JsonObject
        {
            ["shape"] = $"{m}×{n}×{k} {layout}",
            ["tflops"] = Math.Round(2.0 * m * n * k * calls / seconds / 1e12, 3),
            ["error"] = error,
        };
    }

    // The largest distance of 64 entries from float64, over √k.
    private static double Error(IlgpuBackend backend, BufferView result, float[] a, bool turnA, float[] b, bool turnB, int m, int n, int k)
    {
        double worst = 0;
        Span<float> found = stackalloc float[1];
        for (int sample = 0; sample < 64; sample++)
        {
            int row = (int)(sample * 2654435761L % m), column = (int)(sample * 40503L % n);
            double exact = 0;
            for (int p = 0; p < k; p++) exact += (double)a[turnA ? ((long)p * m) + row : ((long)row * k) + p] * b[turnB ? ((long)column * k) + p : ((long)p * n) + column];
            backend.Download(result.Element(((long)row * n) + column), found);
            worst = Math.Max(worst, Math.Abs(found[0] - exact));
        }
        return worst / Math.Sqrt(k);
    }

    private static float[] Numbers(long count, uint seed)
    {
        var numbers = new float[count];
        uint state = seed * 2654435769u;
        for (long i = 0; i < count; i++)
        {
            state = (state * 1664525u) + 1013904223u;
            numbers[i] = (int)state * (1f / 2147483648f);
        }
        return numbers;
    }
}
