using System.Runtime.Intrinsics;
using MiniGrad.Backends;
using MiniGrad.Backends.Cpu;
using MiniGrad.Memory;

namespace MiniGrad.Tests.Kernels.Gemm;

/// <summary>Symmetric products: right, and equal to their transpose bit by bit.</summary>
public sealed class SymmetricProductTests
{
    private const double Unit = 1.0 / (1 << 24);

    public static TheoryData<int, int> Sizes => new()
    {
        { 1, 1 }, { 1, 40 }, { 2, 3 }, { 7, 5 }, { 8, 8 }, { 9, 16 }, { 17, 0 }, { 31, 33 }, { 47, 300 }, { 48, 16 }, { 49, 7 },
        { 63, 65 }, { 64, 64 }, { 65, 128 }, { 97, 530 }, { 127, 20 }, { 129, 64 }, { 200, 257 }, { 511, 17 },
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Product_with_itself_agrees(int n, int k)
    {
        using var backend = new CpuBackend(2);
        if (!Vector128.IsHardwareAccelerated) (n, k) = (Math.Min(n, 129), Math.Min(k, 126));
        float[] p = Draw(n * k, seed: n);
        CheckTerms(backend, n, k, p, p);
    }

    /// <summary>Two polynomials of one symmetric matrix commute, so their product is symmetric, too.</summary>
    [Theory]
    [InlineData(5)]
    [InlineData(33)]
    [InlineData(100)]
    public void Product_of_two_commuting_matrices_agrees(int n)
    {
        float[] a = Draw(n * n, seed: n), square = new float[n * n];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < i; j++) a[i * n + j] = a[j * n + i];
        }
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
            {
                double sum = 0;
                for (int x = 0; x < n; x++) sum += (double)a[i * n + x] * a[j * n + x];
                square[i * n + j] = (float)sum;
            }
        }
        using var backend = new CpuBackend(2);
        CheckTerms(backend, n, n, a, square);
    }

    [Fact]
    public void Threads_do_not_change_a_bit()
    {
        float[] p = Draw(300 * 600, seed: 3), d = Symmetric(300, seed: 4);
        using CpuBackend one = new(1), two = new(2), three = new(3);
        float[] expected = Run(one, 300, 600, p, p, d, 0.5, -4.775, 3.4445);
        foreach (CpuBackend backend in new[] { two, three })
        {
            for (int repeat = 0; repeat < 5; repeat++)
            {
                GemmDeterminismTests.AssertSameBits(expected, Run(backend, 300, 600, p, p, d, 0.5, -4.775, 3.4445), $"{backend.Threads} threads");
            }
        }
    }

    /// <summary>PᵀP of what is stored as K×N is PPᵀ of its transpose, bit by bit: the order of the sums follows from K alone.</summary>
    [Theory]
    [MemberData(nameof(Sizes))]
    public void Transposed_operands_give_the_same_bits(int n, int k)
    {
        float[] p = Draw(n * k, seed: n), stored = new float[n * k], d = Symmetric(n, seed: k);
        for (int i = 0; i < n; i++)
        {
            for (int x = 0; x < k; x++) stored[x * n + i] = p[i * k + x];
        }
        using CpuBackend one = new(1), two = new(2);
        float[] expected = Run(one, n, k, p, p, d, 2.0315, -4.775, 3.4445);
        GemmDeterminismTests.AssertSameBits(expected, Run(one, n, k, stored, stored, d, 2.0315, -4.775, 3.4445, transposed: true), "one thread");
        GemmDeterminismTests.AssertSameBits(expected, Run(two, n, k, stored, stored, d, 2.0315, -4.775, 3.4445, transposed: true), "two threads");
    }

    private static void CheckTerms(CpuBackend backend, int n, int k, float[] p, float[] q)
    {
        Check(backend, n, k, p, q, null, 1, 0, 0);
        Check(backend, n, k, p, q, null, -2, 0, 1.5);
        Check(backend, n, k, p, q, Symmetric(n, seed: k), 2.0315, -4.775, 3.4445);
    }

    private static void Check(CpuBackend backend, int n, int k, float[] p, float[] q, float[]? d, double alpha, double beta, double diagonal)
    {
        float[] c = Run(backend, n, k, p, q, d, alpha, beta, diagonal);
        for (int i = 0; i < n; i++)
        {
            for (int j = i; j < n; j++)
            {
                string what = $"n = {n}, k = {k}, alpha = {alpha}: C[{i}, {j}]";
                if (BitConverter.SingleToInt32Bits(c[i * n + j]) != BitConverter.SingleToInt32Bits(c[j * n + i])) Assert.Fail($"{what} is {c[i * n + j]:r} and its mirror image {c[j * n + i]:r}");
                double sum = 0, magnitude = 0;
                for (int x = 0; x < k; x++)
                {
                    double term = (double)p[i * k + x] * q[j * k + x];
                    sum += term;
                    magnitude += Math.Abs(term);
                }
                double other = beta * (d?[i * n + j] ?? 0) + (i == j ? diagonal : 0);
                double expected = alpha * sum + other;
                double allowed = 2 * k * Unit * Math.Abs(alpha) * magnitude + 4 * Unit * (Math.Abs(alpha) * magnitude + Math.Abs(beta) + Math.Abs(diagonal));
                if (!(Math.Abs(c[i * n + j] - expected) <= allowed)) Assert.Fail($"{what} is {c[i * n + j]}, expected {expected} ± {allowed:g2}");
            }
        }
    }

    private static float[] Run(CpuBackend backend, int n, int k, float[] p, float[] q, float[]? d, double alpha, double beta, double diagonal, bool transposed = false)
    {
        using DeviceBuffer left = Upload(backend, p), right = ReferenceEquals(p, q) ? left : Upload(backend, q), term = Upload(backend, d ?? []), c = Upload(backend, new float[n * n + 1]);
        backend.Fill(c.View, double.NaN);
        backend.SymmetricProduct(new SymmetricCall
        {
            P = left.View,
            Q = right.View,
            C = c.View.Slice(0, n * n),
            N = n,
            K = k,
            Transposed = transposed,
            Alpha = alpha,
            D = d is null ? default : term.View,
            Beta = beta,
            Diagonal = diagonal,
        });
        float[] result = new float[n * n + 1];
        backend.Download(c.View, result);
        Assert.True(float.IsNaN(result[^1]));
        return result[..^1];
    }

    private static DeviceBuffer Upload(CpuBackend backend, float[] values)
    {
        DeviceBuffer buffer = backend.Allocate(values.Length, ElementType.Real);
        backend.Upload(buffer.View, values);
        return buffer;
    }

    private static float[] Draw(int length, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, length).Select(_ => random.NextSingle() * 2 - 1)];
    }

    private static float[] Symmetric(int n, int seed)
    {
        float[] d = Draw(n * n, seed);
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < i; j++) d[i * n + j] = d[j * n + i];
        }
        return d;
    }
}
