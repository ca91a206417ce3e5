using MiniGrad.Autograd;
using MiniGrad.Backends.Cpu;
using MiniGrad.Data;
using MiniGrad.Tensors;

namespace MiniGrad.Tests.Training;

/// <summary>A model with the profile tiny learns one batch of 4×64 tokens by heart, under every preset.</summary>
public sealed class OverfitTests
{
    private const int Steps = 300;

    [Theory]
    [InlineData("adamw", 3e-3)]
    [InlineData("muon", 1e-2)]
    [InlineData("muon-moonlight", 3e-3)]
    [InlineData("dual-norm-muon", 1e-1)]
    [InlineData("adamuon", 3e-3)]
    [InlineData("adamuon-repo", 3e-3)]
    public void One_batch_is_learned_by_heart(string preset, double learningRate)
    {
        using var run = new TinyRun(new CpuBackend(), preset, learningRate: learningRate);
        var sampler = new BatchSampler(TinyRun.Text, 4, 64, 0);
        Indices inputs = run.Context.Indices([4, 64]), targets = run.Context.Indices([4, 64]);
        int[] inputIds = new int[4 * 64], targetIds = new int[4 * 64];
        sampler.Fill(0, 0, inputIds, targetIds);
        inputs.CopyFrom(inputIds);
        targets.CopyFrom(targetIds);
        double loss = double.PositiveInfinity;
        for (int step = 0; step < Steps && loss >= 0.05; step++)
        {
            run.Optimizer.ZeroGradients();
            using (run.Context.BeginStep())
            {
                Tensor result = run.Model.Loss(inputs, targets);
                result.Backward();
                loss = result.Item();
            }
            using (run.Context.BeginStep()) run.Optimizer.Step();
        }
        Assert.True(loss < 0.05, $"{preset} at {learningRate}: loss {loss} after {Steps} steps");
    }
}
