using MiniGrad.Backends;
using MiniGrad.Backends.Cpu;
using MiniGrad.Memory;

namespace MiniGrad.Tests.Kernels.Gemm;

/// <summary>Neither the number of threads nor what ran before changes a bit, and nothing is left behind.</summary>
public sealed class GemmDeterminismTests
{
    private static readonly GemmProblem[] Problems =
    [
        new(200, 300, 600),
        new(129, 1000, 100) { TransposeB = true, Bias = true, Activation = Activation.GeluTanh, PreActivation = true },
        new(64, 96, 1100) { TransposeA = true, Accumulate = true },
        new(150, 100, 300) { Residual = ResidualKind.InPlace, Activation = Activation.Silu, PreActivation = true },
        new(40, 50, 60) { Batch = 30, Gap = 1 },
        new(170, 150, 160) { Batch = 3, TransposeB = true },
        new(1, 1500, 700) { TransposeB = true },
        new(1, 1500, 700),
        new(700, 1, 1500),
    ];

    [Fact]
    public void Threads_do_not_change_a_bit()
    {
        using CpuBackend one = new(1), two = new(2), three = new(3);
        foreach (GemmProblem problem in Problems)
        {
            float[] expected = Run(problem, one);
            for (int repeat = 0; repeat < 3; repeat++)
            {
                AssertSameBits(expected, Run(problem, two), $"{problem} on two threads");
                AssertSameBits(expected, Run(problem, three), $"{problem} on three threads");
            }
        }
    }

    [Fact]
    public void A_second_call_allocates_nothing_on_the_managed_heap()
    {
        using var backend = new CpuBackend(2);
        foreach (GemmProblem problem in Problems)
        {
            using var operands = new GemmOperands(problem, backend, seed: 1);
            GemmCall call = operands.Call;
            for (int i = 0; i < 3; i++) backend.Gemm(call);
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 5; i++) backend.Gemm(call);
            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        }
    }

    [Fact]
    public void Workspace_is_counted_and_given_back()
    {
        TransferCounters transfers;
        using (var backend = new CpuBackend(2))
        {
            transfers = backend.Transfers;
            using var operands = new GemmOperands(Problems[0], backend, seed: 1);
            long operandBytes = transfers.LiveBytes;
            backend.Gemm(operands.Call);
            Assert.True(transfers.LiveBytes > operandBytes);
            long allocations = transfers.Allocations;
            backend.Gemm(operands.Call);
            Assert.Equal(allocations, transfers.Allocations);
        }
        Assert.Equal(0, transfers.LiveBuffers);
        Assert.Equal(0, transfers.LiveBytes);
    }

    internal static void AssertSameBits(float[] expected, float[] actual, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            if (BitConverter.SingleToInt32Bits(expected[i]) != BitConverter.SingleToInt32Bits(actual[i])) Assert.Fail($"{what}: element {i} is {actual[i]:r}, expected the bits of {expected[i]:r}");
        }
    }

    private static float[] Run(GemmProblem problem, CpuBackend backend)
    {
        using var operands = new GemmOperands(problem, backend, seed: 7);
        backend.Gemm(operands.Call);
        return operands.Result();
    }
}
