using MiniGrad.Autograd;
using MiniGrad.Backends.Reference;
using MiniGrad.Tensors;
using Xunit;

namespace MiniGrad.Tests.Ops;

public sealed class TinyGptTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_gradient_of_a_whole_model_is_right(bool llamaStyle)
    {
        using var context = new ComputeContext(new ReferenceBackend<double>());
        var model = new TinyGpt(context, llamaStyle);
        GradCheckReport report = GradCheck.Run(model.Loss, [.. model.Parameters], GradientBench.Tight).ThrowIfFailed();
        Assert.True(report.Entries > 500, report.ToString());
        Assert.True(report.LargestDerivative > 0.1, report.ToString());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Float32_gradients_agree_with_float64(bool llamaStyle)
    {
        using var exact = new ComputeContext(new ReferenceBackend<double>());
        using var rounded = new ComputeContext(new ReferenceBackend<float>());
        var expected = new TinyGpt(exact, llamaStyle);
        var actual = new TinyGpt(rounded, llamaStyle);
        Assert.Equal(Differentiate(exact, expected), Differentiate(rounded, actual), 1e-5);
        for (int i = 0; i < expected.Parameters.Count; i++)
        {
            double[] gradient = exact.DownloadDouble(expected.Parameters[i].Gradient);
            Assert.True(gradient.Max(Math.Abs) > 1e-3, expected.Parameters[i].Name);
            TestData.Close(gradient, rounded.DownloadDouble(actual.Parameters[i].Gradient), 1e-5);
        }
    }

    private static double Differentiate(ComputeContext context, TinyGpt model)
    {
        using StepScope step = context.BeginStep();
        Tensor loss = model.Loss();
        loss.Backward();
        return loss.Item();
    }
}
