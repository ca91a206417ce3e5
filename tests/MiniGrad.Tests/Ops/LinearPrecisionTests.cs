using MiniGrad.Backends;
using MiniGrad.Backends.Cpu;
using MiniGrad.Backends.Reference;
using MiniGrad.Memory;
using MiniGrad.Ops;

namespace MiniGrad.Tests.Ops;

/// <summary>Linear layers in bfloat16: their errors are those of the operands' rounding, and nothing else changes.</summary>
public sealed class LinearPrecisionTests
{
    // Half of the last of 8 bits.
    private const double Unit = 1.0 / 256;

    private const int Rows = 37, Inputs = 70, Outputs = 51;

    [Fact]
    public void Result_and_gradients_err_by_what_rounding_the_operands_explains()
    {
        var random = new Random(3);
        float[] x = Numbers(random, Rows * Inputs), w = Numbers(random, Outputs * Inputs), dY = Numbers(random, Rows * Outputs);
        float[][] exact = Run(new ReferenceBackend<double>(), Precision.Float32, x, w, dY), half = Run(new CpuBackend(2), Precision.Bfloat16, x, w, dY);

        Bounded("Y", exact[0], half[0], Inputs, (i, p) => Math.Abs(x[i / Outputs * Inputs + p] * w[i % Outputs * Inputs + p]));
        Bounded("dX", exact[1], half[1], Outputs, (i, p) => Math.Abs(dY[i / Inputs * Outputs + p] * w[p * Inputs + i % Inputs]));
        Bounded("dW", exact[2], half[2], Rows, (i, p) => Math.Abs(dY[p * Outputs + i / Inputs] * x[p * Inputs + i % Inputs]));
    }

    [Fact]
    public void In_float64_nothing_is_rounded()
    {
        var random = new Random(4);
        float[] x = Numbers(random, Rows * Inputs), w = Numbers(random, Outputs * Inputs), dY = Numbers(random, Rows * Outputs);
        Assert.Equal(Run(new ReferenceBackend<double>(), Precision.Float32, x, w, dY), Run(new ReferenceBackend<double>(), Precision.Bfloat16, x, w, dY));
    }

    [Theory]
    [InlineData(ModelFamily.Gpt)]
    [InlineData(ModelFamily.Qwen2)]
    [InlineData(ModelFamily.DeepseekMoe)]
    public void A_model_in_bfloat16_is_near_the_one_in_float32_and_the_same_for_any_number_of_threads(ModelFamily family)
    {
        (double loss, float[][] gradients) = Model(family, Precision.Float32, 1);
        (double rounded, float[][] once) = Model(family, Precision.Bfloat16, 1);
        (double again, float[][] twice) = Model(family, Precision.Bfloat16, 2);
        Assert.Equal(rounded, again);
        Assert.Equal(once, twice);
        Assert.NotEqual(loss, rounded);
        Assert.Equal(loss, rounded, 0.01);
        double difference = 0, size = 0;
        foreach ((float a, float b) in gradients.SelectMany(g => g).Zip(once.SelectMany(g => g)))
        {
            difference += (a - (double)b) * (a - (double)b);
            size += a * (double)a;
        }
        Assert.InRange(Math.Sqrt(difference / size), 1e-5, 0.05);
    }

    [Fact]
    public void A_back_end_without_such_products_refuses_the_model()
    {
        using var context = new ComputeContext(new CpuBackend());
        var refused = Assert.Throws<ArgumentException>(() => new Gpt(context, new GptOptions { NLayer = 1, NEmbd = 16, NHead = 2, BlockSize = 8, Precision = Precision.Tf32 }, seed: 0));
        Assert.Equal("model.precision is tf32; the back end cpu has no such products, so set it to float32", refused.Message);
    }

    private static float[] Numbers(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() - 0.5))];

    private static float[][] Run(IBackend backend, Precision precision, float[] x, float[] w, float[] dY)
    {
        using var context = new ComputeContext(backend);
        Tensor input = context.Tensor([Rows, Inputs], x, requiresGradient: true), weight = context.Tensor([Outputs, Inputs], w, requiresGradient: true), factor = context.Tensor([Rows, Outputs], dY);
        using StepScope step = context.BeginStep();
        Tensor y = LinearOp.Apply(input, weight, precision: precision);
        (y * factor).Sum().Backward();
        return [y.ToArray(), Read(context, input.GradientData), Read(context, weight.GradientData)];
    }

    private static float[] Read(ComputeContext context, BufferView view)
    {
        var values = new float[view.Length];
        context.Backend.Download(view, values);
        return values;
    }

    // Two operands, each off by a unit, and sums in float32; and some error there must be.
    private static void Bounded(string name, float[] exact, float[] half, int terms, Func<int, int, float> magnitude)
    {
        double largest = 0;
        for (int i = 0; i < exact.Length; i++)
        {
            double sum = Enumerable.Range(0, terms).Sum(p => (double)magnitude(i, p)), error = Math.Abs(exact[i] - (double)half[i]);
            Assert.True(error <= (2 * Unit + Unit * Unit + terms * 1.2e-7) * sum, $"{name}[{i}] errs by {error:G3} with terms of {sum:G3}");
            largest = Math.Max(largest, error / sum);
        }
        Assert.True(largest > 1e-4, $"{name}: nothing was rounded");
    }

    private static (double Loss, float[][] Gradients) Model(ModelFamily family, Precision precision, int threads)
    {
        using var context = new ComputeContext(new CpuBackend(threads));
        GptOptions options = new GptOptions { NLayer = 2, NEmbd = 64, NHead = 4, BlockSize = 16, VocabSize = 40, Precision = precision }.OfFamily(family);
        ILanguageModel model = LanguageModels.Create(context, options, seed: 1);
        Indices inputs = context.Indices([3, 16]), targets = context.Indices([3, 16]);
        inputs.CopyFrom([.. Enumerable.Range(0, 48).Select(i => 7 * i % 40)]);
        targets.CopyFrom([.. Enumerable.Range(0, 48).Select(i => 7 * (i + 1) % 40)]);
        using StepScope step = context.BeginStep();
        Tensor loss = model.Loss(inputs, targets);
        loss.Backward();
        return (loss.Item(), [.. model.Parameters.Where(p => p.IsTrained).Select(p => Read(context, p.GradientData))]);
    }
}
