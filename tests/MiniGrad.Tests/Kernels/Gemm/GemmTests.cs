using System.Runtime.Intrinsics;
using MiniGrad.Backends;
using MiniGrad.Backends.Cpu;

namespace MiniGrad.Tests.Kernels.Gemm;

/// <summary>The matrix product against a naive one in double precision, over shapes, layouts and epilogues.</summary>
public sealed class GemmTests
{
    private static readonly (bool A, bool B)[] Layouts = [(false, false), (false, true), (true, false), (true, true)];

    [Fact]
    public void Drawn_shapes_agree_in_every_layout()
    {
        using var backend = new CpuBackend(2);
        var random = new Random(20_250_101);
        for (int shape = 0; shape < 200; shape++)
        {
            GemmProblem drawn = GemmProblem.Draw(random);
            foreach ((bool a, bool b) in Layouts)
            {
                GemmProblem problem = drawn with { TransposeA = a, TransposeB = b, Accumulate = random.Next(2) == 1, Offset = random.Next(3) switch { 0 => 0, 1 => 1, _ => 3 } };
                GemmReference.Check(GemmProblem.Epilogues[random.Next(GemmProblem.Epilogues.Count)](problem), backend, seed: shape);
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(33)]
    public void All_sizes_from_1_to_17_agree(int k)
    {
        using var backend = new CpuBackend();
        for (int m = 1; m <= 17; m++)
        {
            for (int n = 1; n <= 17; n++)
            {
                foreach ((bool a, bool b) in Layouts)
                {
                    GemmProblem problem = new(m, n, k) { TransposeA = a, TransposeB = b, Accumulate = ((m + n) & 1) == 0, Offset = m % 4, Gap = n % 3 };
                    GemmReference.Check(GemmProblem.Epilogues[(m + 3 * n) % GemmProblem.Epilogues.Count](problem), backend, seed: 17 * m + n);
                }
            }
        }
    }

    [Theory]
    [InlineData(33, 65, 17)]
    [InlineData(8, 48, 257)]
    [InlineData(1, 50, 40)]
    [InlineData(23, 1, 40)]
    public void Every_combination_agrees(int m, int n, int k)
    {
        using var backend = new CpuBackend();
        foreach ((bool a, bool b) in Layouts)
        {
            foreach (bool accumulate in new[] { false, true })
            {
                foreach (int offset in new[] { 0, 1, 3 })
                {
                    foreach (Func<GemmProblem, GemmProblem> epilogue in GemmProblem.Epilogues)
                    {
                        GemmProblem problem = new(m, n, k) { TransposeA = a, TransposeB = b, Accumulate = accumulate, Offset = offset, Gap = offset * 2 };
                        GemmReference.Check(epilogue(problem), backend, seed: offset);
                    }
                }
            }
        }
    }

    /// <summary>Several blocks of k, several chunks of columns, rows that collide in the cache.</summary>
    [Theory]
    [InlineData(70, 100, 700)]
    [InlineData(9, 4100, 300)]
    [InlineData(40, 60, 512)]
    public void Sizes_beyond_one_block_agree(int m, int n, int k)
    {
        if (!Vector128.IsHardwareAccelerated) (m, n) = (Math.Min(m, 9), n > 1000 ? n : 20);
        using var backend = new CpuBackend(2);
        foreach ((bool a, bool b) in Layouts)
        {
            foreach (Func<GemmProblem, GemmProblem> epilogue in GemmProblem.Epilogues)
            {
                GemmReference.Check(epilogue(new GemmProblem(m, n, k) { TransposeA = a, TransposeB = b, Accumulate = a, Offset = b ? 1 : 0 }), backend, seed: m);
            }
        }
    }

    [Theory]
    [InlineData(3, 20, 30, 40)]
    [InlineData(25, 17, 33, 20)]
    [InlineData(2, 130, 120, 100)]
    [InlineData(60, 1, 24, 31)]
    public void Batches_agree(int batch, int m, int n, int k)
    {
        using var backend = new CpuBackend(2);
        foreach ((bool a, bool b) in Layouts)
        {
            for (int e = 0; e < GemmProblem.Epilogues.Count; e++)
            {
                GemmProblem problem = new(m, n, k) { Batch = batch, TransposeA = a, TransposeB = b, Accumulate = e % 2 == 0, Gap = e % 3, SharedB = e % 4 == 1, Offset = 1 };
                GemmReference.Check(GemmProblem.Epilogues[e](problem), backend, seed: e);
            }
        }
    }

    [Fact]
    public void Empty_products_change_nothing()
    {
        using var backend = new CpuBackend();
        foreach (GemmProblem problem in new GemmProblem[] { new(0, 5, 3), new(5, 0, 3), new(5, 3, 4) { Batch = 0 }, new(4, 6, 0) { Accumulate = true } })
        {
            using var operands = new GemmOperands(problem with { Gap = 2 }, backend, seed: 1);
            backend.Gemm(operands.Call);
            Assert.Equal(operands.C, operands.Result());
        }
    }

    [Fact]
    public void Infinities_and_nans_reach_only_their_own_row_and_column()
    {
        using var backend = new CpuBackend();
        using var operands = new GemmOperands(new GemmProblem(11, 21, 9), backend, seed: 1);
        operands.A[2 * 9 + 4] = float.NaN;
        operands.B[3 * 21 + 20] = float.PositiveInfinity;
        GemmCall call = operands.Call;
        backend.Upload(call.A, operands.A);
        backend.Upload(call.B, operands.B);
        backend.Gemm(call);
        float[] result = operands.Result();
        for (int i = 0; i < 11; i++)
        {
            for (int j = 0; j < 21; j++) Assert.Equal(i != 2 && j != 20, float.IsFinite(result[i * 21 + j]));
        }
    }

    /// <summary>With k = 0 the result is activation(bias), which shows each function over its whole range.</summary>
    [Theory]
    [InlineData(Activation.GeluTanh)]
    [InlineData(Activation.GeluErf)]
    [InlineData(Activation.Silu)]
    public void Activations_agree(Activation activation)
    {
        float[] x = [.. Enumerable.Range(-3000, 6001).Select(i => i / 100f), 1e-20f, -1e-20f, 1000, -1000, float.NaN, float.PositiveInfinity];
        using var backend = new CpuBackend();
        using var operands = new GemmOperands(new GemmProblem(1, x.Length, 0) { Bias = true, Activation = activation }, backend, seed: 1);
        backend.Upload(operands.Call.Bias, x);
        backend.Gemm(operands.Call);
        float[] result = operands.Result();
        for (int i = 0; i < x.Length - 2; i++)
        {
            double expected = GemmReference.Activate(activation, x[i]);
            Assert.True(Math.Abs(result[i] - expected) <= 4e-7 * Math.Abs(x[i]), $"{activation}({x[i]}) is {result[i]}, expected {expected}");
        }
        Assert.True(float.IsNaN(result[^2]));
        Assert.Equal(float.PositiveInfinity, result[^1]);
    }

    [Fact]
    public void Views_that_are_too_short_are_refused()
    {
        using var backend = new CpuBackend();
        using var operands = new GemmOperands(new GemmProblem(4, 5, 6), backend, seed: 1);
        GemmCall call = operands.Call;
        ArgumentException error = Assert.Throws<ArgumentException>(() => backend.Gemm(call with { B = call.B.Slice(0, 29) }));
        Assert.Contains("gemm: B needs 30 elements", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => backend.Gemm(call with { LeadingC = 4 }));
    }
}
