using MiniGrad.Ilgpu;

namespace MiniGrad.Tests.Backends;

/// <summary>How many kernels a training step of 12 layers costs, as docs/gpu.md has them.</summary>
[Collection(DeviceCollection.Name)]
public sealed class LaunchCountTests
{
    [Theory]
    [Trait("Category", "Slow")]
    [InlineData("adamw", 400)]
    [InlineData("muon", 400)]
    [InlineData("adamuon", 400)]
    public void A_step_of_twelve_layers_has_few_launches(string preset, int most)
    {
        var backend = (IlgpuBackend)NamedBackends.Open(NamedBackends.IlgpuOpenCl);
        using var context = new ComputeContext(backend);
        var model = new Gpt(context, new GptOptions { NLayer = 12, NEmbd = 64, NHead = 4, BlockSize = 16 }, seed: 0);
        var optimizer = new Optimizer(model.Parameters, OptimizerOptions.FromPreset(preset) with { LearningRate = 1e-3, WeightDecay = 0.1 }, clipNorm: 1);
        Indices inputs = context.Indices([4, 16]), targets = context.Indices([4, 16]);
        inputs.CopyFrom([.. Enumerable.Range(0, 64)]);
        targets.CopyFrom([.. Enumerable.Range(1, 64)]);
        long before = 0, passes = 0;
        for (int step = 0; step < 2; step++)
        {
            before = backend.KernelsQueued;
            optimizer.ZeroGradients();
            using (context.BeginStep()) model.Loss(inputs, targets).Backward();
            passes = backend.KernelsQueued - before;
            using (context.BeginStep()) optimizer.Step();
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"{preset}: {passes} kernels forward and backward, {backend.KernelsQueued - before} a step");
        Assert.InRange(backend.KernelsQueued - before, 1, most);
    }
}
