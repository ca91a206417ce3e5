using MiniGrad.Backends;
using MiniGrad.Backends.Cpu;
using MiniGrad.Backends.Reference;
using MiniGrad.Ops;
using MiniGrad.Tests.Backends;
using MiniGrad.Tests.Ops;

namespace MiniGrad.Tests.Kernels;

/// <summary>The CPU's mixture of experts, which multiplies what was chosen, against the one that multiplies everything.</summary>
public sealed class ExpertTests
{
    /// <summary>Tokens, experts, experts of a token, inputs, outputs, and the experts that all tokens want and none wants.</summary>
    public static TheoryData<int, int, int, int, int, int, int> Cases => new()
    {
        { 1, 4, 2, 5, 3, -1, -1 },
        { 7, 3, 1, 1, 1, -1, -1 },
        { 33, 8, 2, 19, 23, -1, 5 },
        { 64, 8, 2, 16, 24, 3, 0 },
        { 50, 4, 1, 17, 9, 2, -1 },
        { 21, 4, 4, 33, 7, -1, -1 },
        { 600, 8, 2, 65, 48, 0, 7 },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_override_agrees_with_the_default(int n, int e, int k, int c, int f, int full, int empty)
    {
        double[][] exact = Run(new ReferenceBackend<double>(), n, e, k, c, f, full, empty), one = Run(new CpuBackend(1), n, e, k, c, f, full, empty);
        for (int i = 0; i < exact.Length; i++)
        {
            double largest = exact[i].Max(Math.Abs);
            TestData.Close(exact[i], one[i], 1e-5 * Math.Max(1, largest));
        }
        // The mask, first, is the same number for number: it decides which expert's bits the others are.
        Assert.Equal(exact[0], one[0]);
        double[] load = [.. Enumerable.Range(0, e).Select(i => Enumerable.Range(0, n).Sum(t => one[0][t * e + i]))];
        if (full >= 0) Assert.Equal(n, load[full]);
        if (empty >= 0) Assert.Equal(0, load[empty]);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void One_and_two_threads_and_two_runs_give_the_same_bits(int n, int e, int k, int c, int f, int full, int empty)
    {
        double[][] one = Run(new CpuBackend(1), n, e, k, c, f, full, empty);
        Assert.Equal(one, Run(new CpuBackend(2), n, e, k, c, f, full, empty));
        Assert.Equal(one, Run(new CpuBackend(2), n, e, k, c, f, full, empty));
    }

    [Fact]
    public void A_device_needs_no_download()
    {
        using var context = new ComputeContext(new FarMemoryBackend());
        Parameter scores = context.Parameter("s", [6, 4], ParameterRole.Router), x = context.Parameter("x", [6, 3], ParameterRole.HiddenMatrix), weight = context.Parameter("w", [4, 2, 3], ParameterRole.ExpertMatrices);
        scores.Tensor.CopyFrom(TestData.Uniform(1, 24, 0.1, 1));
        x.Tensor.CopyFrom(TestData.Uniform(2, 18));
        weight.Tensor.CopyFrom(TestData.Uniform(3, 24));
        using (context.BeginStep()) Ops.ExpertTests.Experts(scores, x, weight, 2).Sum().Backward();
        Assert.Equal(0, context.Backend.Transfers.Downloads);
        Assert.Contains(context.Download(scores.GradientData), g => g != 0);
    }

    /// <summary>Mask, result, and the gradients of scores, tokens and weights.</summary>
    private static double[][] Run(IBackend backend, int n, int e, int k, int c, int f, int full, int empty)
    {
        using var context = new ComputeContext(backend);
        Parameter scores = context.Parameter("s", [n, e], ParameterRole.Router), x = context.Parameter("x", [n, c], ParameterRole.HiddenMatrix), weight = context.Parameter("w", [e, f, c], ParameterRole.ExpertMatrices);
        scores.Tensor.CopyFrom(TestData.Uniform(1, n * e, 0.1, 1));
        x.Tensor.CopyFrom(TestData.Uniform(2, n * c));
        weight.Tensor.CopyFrom(TestData.Uniform(3, e * f * c));
        double[] wishes = new double[e];
        if (full >= 0) wishes[full] = 10;
        if (empty >= 0) wishes[empty] = -10;
        Tensor bias = context.Tensor([e], wishes), factors = context.Tensor([n, f], TestData.Uniform(4, n * f));
        using StepScope step = context.BeginStep();
        ExpertRouting routing = ExpertRouting.Select(scores, bias, k);
        Tensor y = Combine.Apply(ExpertLinear.Apply(Dispatch.Apply(x, routing), weight, routing), ExpertGates.Apply(scores, routing), routing);
        double[] mask = context.DownloadDouble(routing.Mask), result = y.ToDoubleArray();
        // Twice, so that gradients are added to gradients.
        ((y * factors).Sum() + (Ops.ExpertTests.Experts(scores, x, weight, k) * factors).Sum()).Backward();
        return [mask, result, context.DownloadDouble(scores.GradientData), context.DownloadDouble(x.GradientData), context.DownloadDouble(weight.GradientData)];
    }
}
