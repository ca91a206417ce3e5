using System.Runtime.Intrinsics.X86;
using MiniGrad.Backends;
using MiniGrad.Backends.Cpu;
using MiniGrad.Backends.Reference;
using MiniGrad.Memory;

namespace MiniGrad.Tests.Kernels.Gemm;

/// <summary>Products in bfloat16: machine code, its emulation and the rule in the reference back end give the same bits.</summary>
public sealed class Bfloat16Tests
{
    private static readonly (bool A, bool B)[] Layouts = [(false, false), (false, true), (true, false), (true, true)];

    // Zeros, infinities, NaN with and without payload, the ends of the subnormal and normal numbers in both formats.
    private static readonly uint[] Special =
    [
        0, 0x8000_0000, 0x7F80_0000, 0xFF80_0000, 0x7FC0_0000, 0xFFC1_2345, 0x7F80_0001, 0x0000_0001, 0x8000_0001, 0x007F_FFFF, 0x807F_FFFF, 0x0080_0000, 0x8080_0000,
        0x7F7F_FFFF, 0xFF7F_FFFF, 0x3F80_0000, 0xBF80_0000, 0x3F80_8000, 0x3F81_8000, 0x3F80_7FFF, 0x1F80_0000, 0x2000_0000, 0x9F80_0000, 0x007F_8000, 0x0040_0000,
    ];

    [Fact]
    public void All_sizes_from_1_to_17_have_the_rules_bits()
    {
        using var rig = new Rig();
        for (int m = 1; m <= 17; m++)
        {
            for (int n = 1; n <= 17; n++) rig.Check(m, n, k: (5 * m + 3 * n) % 19, Layouts[(m + n) % 4], Kind.Plain, accumulate: (m ^ n) % 2 == 0, alpha: m % 3 == 0 ? -0.5 : 1);
        }
    }

    [Theory]
    [InlineData(33, 65, 64)]
    [InlineData(8, 48, 33)]
    [InlineData(65, 130, 129)]
    [InlineData(1, 50, 513)]
    [InlineData(23, 1, 1030)]
    [InlineData(70, 97, 0)]
    public void Layouts_edges_and_blocks_of_k_have_the_rules_bits(int m, int n, int k)
    {
        using var rig = new Rig();
        foreach ((bool, bool) layout in Layouts)
        {
            rig.Check(m, n, k, layout, Kind.Plain, accumulate: false, alpha: 1);
            rig.Check(m, n, k, layout, Kind.Plain, accumulate: true, alpha: 0.25);
        }
    }

    [Fact]
    public void Subnormals_infinities_and_NaN_have_the_rules_bits()
    {
        using var rig = new Rig();
        foreach (Kind kind in new[] { Kind.Special, Kind.Tiny, Kind.AnyBits })
        {
            for (int i = 0; i < 12; i++) rig.Check(9 + i, 33 + i, 1 + 3 * i, Layouts[i % 4], kind, accumulate: false, alpha: 1);
        }
    }

    [Fact]
    public void Symmetric_products_have_the_rules_bits()
    {
        using var rig = new Rig();
        foreach (int n in new[] { 1, 7, 16, 47, 49, 100, 145 })
        {
            rig.CheckSymmetric(n, 2 * n + 1, transposed: false);
            rig.CheckSymmetric(n, 2 * n + 1, transposed: true);
        }
    }

    [Fact]
    public void A_sum_that_reaches_the_smallest_normal_number_only_by_rounding_is_flushed()
    {
        // 2⁻¹²⁶ − 2⁻¹⁵⁰ rounds to 2⁻¹²⁶ among the subnormal numbers, but not with 24 bits.
        float smallest = BitConverter.UInt32BitsToSingle(0x0080_0000), tiny = MathF.ScaleB(1, -75);
        Assert.Equal(0, Bfloat16.MultiplyAdd(-tiny, tiny, smallest));
        Assert.Equal(smallest, Bfloat16.MultiplyAdd(-tiny, MathF.ScaleB(1, -77), smallest));
    }

    [Fact]
    public void It_is_said_what_multiplies_and_why()
    {
        string expected = Environment.GetEnvironmentVariable("MINIGRAD_JIT") == "0" ? "emulated, since MINIGRAD_JIT=0 forbids it"
            : !Avx512BW.IsSupported ? "emulated, since the processor has no AVX512-BF16"
            : CpuBackend.HasBfloat16 ? "VDPBF16PS, assembled at run time" : "emulated, since ";
        Assert.StartsWith(expected, CpuBackend.Bfloat16Products, StringComparison.Ordinal);
    }

    /// <summary>What operands hold.</summary>
    private enum Kind
    {
        Plain,
        Special,
        Tiny,
        AnyBits,
    }

    /// <summary>The rule, machine code (where there is some) on one and two threads, and the emulation.</summary>
    private sealed class Rig : IDisposable
    {
        private readonly Random _random = new(20_260_101);
        private readonly IBackend[] _backends = [new ReferenceBackend<float>(), new CpuBackend(1), new CpuBackend(2), new CpuBackend(1, assembles: false)];

        public void Check(int m, int n, int k, (bool A, bool B) layout, Kind kind, bool accumulate, double alpha)
        {
            float[] a = Numbers(m * k, kind), b = Numbers(n * k, kind), c = Numbers(m * n, Kind.Plain);
            Compare(m, n, k, (backend, views) => backend.Gemm(GemmCall.Dense(views[0], layout.A, views[1], layout.B, views[2], m, n, k, accumulate) with { Alpha = alpha, Precision = Precision.Bfloat16 }), a, b, c);
        }

        public void CheckSymmetric(int n, int k, bool transposed)
        {
            float[] p = Numbers(n * k, Kind.Plain), d = Numbers(n * n, Kind.Plain), c = new float[n * n];
            for (int i = 0; i < n; i++)
            {
                for (int j = 0; j < i; j++) d[i * n + j] = d[j * n + i];
            }
            Compare(n, n, k, (backend, views) => backend.SymmetricProduct(new SymmetricCall { P = views[0], Q = views[0], C = views[2], N = n, K = k, Transposed = transposed, Alpha = 0.75, Precision = Precision.Bfloat16 }), p, d, c);
        }

        public void Dispose()
        {
            foreach (IBackend backend in _backends) backend.Dispose();
        }

        private void Compare(int m, int n, int k, Action<IBackend, BufferView[]> multiply, params float[][] operands)
        {
            float[][] results = [.. _backends.Select(backend =>
            {
                DeviceBuffer[] buffers = [.. operands.Select(o => backend.Allocate(Math.Max(1, o.Length), ElementType.Real))];
                for (int i = 0; i < operands.Length; i++) backend.Upload(buffers[i].View.Slice(0, operands[i].Length), operands[i]);
                multiply(backend, [.. buffers.Select((b, i) => b.View.Slice(0, operands[i].Length))]);
                var result = new float[operands[^1].Length];
                backend.Download(buffers[^1].View.Slice(0, result.Length), result);
                foreach (DeviceBuffer buffer in buffers) buffer.Dispose();
                return result;
            })];
            for (int other = 1; other < results.Length; other++)
            {
                for (int i = 0; i < results[0].Length; i++)
                {
                    uint expected = BitConverter.SingleToUInt32Bits(results[0][i]), found = BitConverter.SingleToUInt32Bits(results[other][i]);
                    if (expected != found) Assert.Fail($"{m}×{n}×{k}: element {i / n},{i % n} of {_backends[other].Description} is {found:X8}; the rule gives {expected:X8}");
                }
            }
        }

        private float[] Numbers(int count, Kind kind)
        {
            var numbers = new float[count];
            for (int i = 0; i < count; i++)
            {
                numbers[i] = kind switch
                {
                    Kind.Special => BitConverter.UInt32BitsToSingle(Special[_random.Next(Special.Length)]),
                    Kind.Tiny => MathF.ScaleB((float)(_random.NextDouble() - 0.5), -_random.Next(55, 75)),
                    Kind.AnyBits => BitConverter.Int32BitsToSingle(_random.Next(int.MinValue, int.MaxValue)),
                    _ => (float)(_random.NextDouble() - 0.5),
                };
            }
            return numbers;
        }
    }
}
