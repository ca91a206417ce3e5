using MiniGrad.Backends;
using MiniGrad.Memory;

namespace MiniGrad.Tests.Backends;

/// <summary>Products that round their operands, on every source of products that a device has.</summary>
[Collection(DeviceCollection.Name)]
public sealed class DevicePrecisionTests
{
    public static TheoryData<string> Names => [NamedBackends.IlgpuCpu, NamedBackends.IlgpuStandIn, NamedBackends.IlgpuOpenCl, NamedBackends.IlgpuCuda, NamedBackends.IlgpuCuBlas];

    [Theory]
    [MemberData(nameof(Names))]
    public void Bfloat16_products_are_those_of_rounded_operands(string name)
    {
        using IBackend backend = NamedBackends.Open(name);
        Assert.True(backend.Supports(Precision.Bfloat16));
        foreach ((int m, int n, int k, bool turned) in ((int, int, int, bool)[])[(3, 5, 7, false), (5, 3, 4, true), (70, 140, 9, false), (140, 70, 16, true)])
        {
            if (NamedBackends.IsSlow(name) && m > 10) continue;
            float[] a = Numbers(m * k, 1), b = Numbers(k * n, 2);
            BufferView x = Upload(backend, a), y = Upload(backend, b), c = backend.Room((long)m * n);
            backend.Gemm(GemmCall.Dense(x, turned, y, !turned, c, m, n, k) with { Precision = Precision.Bfloat16, Alpha = 0.5 });
            double[] found = backend.Read(c);
            for (int i = 0; i < m; i++)
            {
                for (int j = 0; j < n; j++)
                {
                    double sum = 0;
                    for (int p = 0; p < k; p++) sum += (double)Rounded(a[turned ? (p * m) + i : (i * k) + p]) * Rounded(b[turned ? (p * n) + j : (j * k) + p]);
                    Assert.True(Math.Abs(found[(i * n) + j] - (0.5 * sum)) <= 1e-6 * k, $"{name}, {m}×{n}×{k}: ({i}, {j}) is {found[(i * n) + j]}, expected {0.5 * sum}");
                }
            }

            BufferView gram = backend.Room((long)m * m);
            backend.SymmetricProduct(new SymmetricCall { P = x, Q = x, C = gram, N = m, K = k, Transposed = turned, Diagonal = 2, Precision = Precision.Bfloat16 });
            double first = 2;
            for (int p = 0; p < k; p++) first += Math.Pow(Rounded(a[turned ? p * m : p]), 2);
            Assert.Equal(first, backend.Read(gram)[0], 1e-6 * k);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Tf32_needs_cuBLAS_and_is_not_float32(string name)
    {
        using IBackend backend = NamedBackends.Open(name);
        bool has = name is NamedBackends.IlgpuStandIn or NamedBackends.IlgpuCuBlas;
        Assert.Equal(has, backend.Supports(Precision.Tf32));
        if (!has) return;
        const int m = 4, n = 4, k = 8;
        float[] a = Numbers(m * k, 3), b = Numbers(k * n, 4);
        BufferView x = Upload(backend, a), y = Upload(backend, b), exact = backend.Room(m * n), fast = backend.Room(m * n);
        backend.Gemm(GemmCall.Dense(x, false, y, false, exact, m, n, k));
        backend.Gemm(GemmCall.Dense(x, false, y, false, fast, m, n, k) with { Precision = Precision.Tf32 });
        double[] expected = backend.Read(exact), found = backend.Read(fast);
        Assert.NotEqual(expected, found);
        for (int i = 0; i < found.Length; i++) Assert.Equal(expected[i], found[i], k / 1024.0);
        backend.Gemm(GemmCall.Dense(x, false, y, false, fast, m, n, k));
        Assert.Equal(expected, backend.Read(fast));
    }

    private static BufferView Upload(IBackend backend, float[] values)
    {
        BufferView view = backend.Room(values.Length);
        backend.Upload(view, values);
        return view;
    }

    private static float[] Numbers(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)((2 * random.NextDouble()) - 1))];
    }

    private static float Rounded(float x)
    {
        uint bits = BitConverter.SingleToUInt32Bits(x);
        return BitConverter.UInt32BitsToSingle((bits + 0x7FFF + (bits >> 16 & 1)) & 0xFFFF0000);
    }
}
