using MiniGrad.Backends.Reference;
using MiniGrad.Tests.Backends;

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
            double[] gradient = exact.DownloadDouble(expected.Parameters[i].GradientData);
            Assert.True(gradient.Max(Math.Abs) > 1e-3, expected.Parameters[i].Name);
            TestData.Close(gradient, rounded.DownloadDouble(actual.Parameters[i].GradientData), 1e-5);
        }
    }

    [Fact]
    public void On_a_device_nothing_is_downloaded_and_the_bits_are_those_of_the_kernels()
    {
        using var host = new ComputeContext(new ReferenceBackend<float>());
        using var device = new ComputeContext(new FarMemoryBackend());
        var expected = new TinyGpt(host, llamaStyle: false);
        var actual = new TinyGpt(device, llamaStyle: false);
        double loss = Differentiate(host, expected);
        long downloads = device.Backend.Transfers.Downloads, uploads = device.Backend.Transfers.Uploads;
        using (device.BeginStep()) actual.Loss().Backward();
        Assert.Equal((downloads, uploads), (device.Backend.Transfers.Downloads, device.Backend.Transfers.Uploads));
        Assert.True(loss > 0.5);
        for (int i = 0; i < expected.Parameters.Count; i++) Assert.Equal(host.Download(expected.Parameters[i].GradientData), device.Download(actual.Parameters[i].GradientData));
    }

    private static double Differentiate(ComputeContext context, TinyGpt model)
    {
        using StepScope step = context.BeginStep();
        Tensor loss = model.Loss();
        loss.Backward();
        return loss.Item();
    }
}
