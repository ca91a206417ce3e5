using MiniGrad.Backends;
using MiniGrad.Backends.Cpu;
using MiniGrad.Backends.Reference;
using MiniGrad.Ops;

namespace MiniGrad.Tests.Ops;

/// <summary>Rounding to bfloat16, and what is kept so.</summary>
public sealed class RoundToBfloat16Tests : IGradientCases
{
    // In float64 nothing is rounded, so that differences see the gradient that flows as if nothing ever were.
    public static IEnumerable<GradientCase> GradientCases()
    {
        foreach (Shape shape in (Shape[])[[1], [5], [3, 1], [2, 3, 4], [1, 7]])
        {
            yield return GradientCase.Of("round_to_bfloat16", [shape], x => RoundToBfloat16.Apply(x[0]));
            yield return GradientCase.Of("round_to_bfloat16 in place", [shape], x => RoundToBfloat16.Apply(x[0].Square(), inPlace: true));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(17)]
    [InlineData(70_001)]
    public void Every_back_end_in_float32_rounds_to_the_nearest_and_half_the_memory_keeps_it(int count)
    {
        float[] x = TestData.Uniform(3, count).Select(v => (float)v).ToArray();
        float[] expected = Array.ConvertAll(x, v => BitConverter.UInt32BitsToSingle((uint)Bfloat16.Round(v) << 16));
        foreach (IBackend backend in (IBackend[])[new CpuBackend(2), new ReferenceBackend<float>()])
        {
            using var context = new ComputeContext(backend);
            Tensor operand = context.Tensor([count], x, requiresGradient: true);
            using StepScope step = context.BeginStep();
            Tensor rounded = RoundToBfloat16.Apply(operand);
            Assert.Equal(expected, rounded.ToArray());
            long whole = context.Arena.LiveElements;
            context.Drop(rounded);
            Assert.Equal(backend is IBfloat16Storage ? whole - count : whole, context.Arena.LiveElements);
            context.DataAt(rounded.Slot);
            Assert.Equal(expected, rounded.ToArray());
        }
    }

    [Theory]
    [InlineData(Activation.GeluTanh)]
    [InlineData(Activation.GeluErf)]
    [InlineData(Activation.Silu)]
    public void A_nonlinearitys_argument_is_rounded_and_kept_in_half_the_memory(Activation activation)
    {
        const int rows = 37, inputs = 70, outputs = 51;
        float[] x = Numbers(1, rows * inputs), w = Numbers(2, outputs * inputs), b = Numbers(3, outputs), dY = Numbers(4, rows * outputs);
        (float[] y, float[] dX, float[] dW, long kept) = Run(new CpuBackend(2));
        (float[] slow, float[] slowX, float[] slowW, long whole) = Run(new ReferenceBackend<float>());
        Assert.Equal(rows * outputs - (rows * outputs + 1) / 2, whole - kept);
        Near(slow, y);
        Near(slowX, dX);
        Near(slowW, dW);

        (float[], float[], float[], long) Run(IBackend backend)
        {
            using var context = new ComputeContext(backend);
            Tensor input = context.Tensor([rows, inputs], x, requiresGradient: true), weight = context.Tensor([outputs, inputs], w, requiresGradient: true), bias = context.Tensor([outputs], b), factor = context.Tensor([rows, outputs], dY);
            using StepScope step = context.BeginStep();
            long before = context.Arena.LiveElements;
            Tensor result = LinearOp.Apply(input, weight, bias, activation, precision: Precision.Bfloat16);
            long live = context.Arena.LiveElements - before;
            (result * factor).Sum().Backward();
            return (result.ToArray(), input.Gradient.ToArray(), weight.Gradient.ToArray(), live);
        }
    }

    // The arguments agree to the bit; the nonlinearity itself is evaluated otherwise, and a product may round what it gives the other way.
    private static void Near(float[] expected, float[] actual)
    {
        double difference = 0, size = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            difference += Math.Pow(expected[i] - actual[i], 2);
            size += Math.Pow(expected[i], 2);
        }
        Assert.InRange(Math.Sqrt(difference / size), 0, 2e-4);
    }

    private static float[] Numbers(int seed, int count) => [.. TestData.Uniform(seed, count).Select(v => (float)v)];
}
