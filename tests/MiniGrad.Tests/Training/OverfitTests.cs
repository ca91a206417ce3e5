using MiniGrad.Backends.Cpu;
using MiniGrad.Data;

namespace MiniGrad.Tests.Training;

/// <summary>A model with the profile tiny learns one batch of 4×64 tokens by heart, whoever optimizes it.</summary>
public sealed class OverfitTests
{
    private const int Steps = 300;

    /// <summary>Presets with a rate at which they do so, for all parameters but those of nvidia-adamuon outside the blocks: its matrices take steps of √max(m, n), some 16 times AdamW's.</summary>
    public static TheoryData<string, double> Rates => new()
    {
        { "adamw", 3e-3 },
        { "muon", 1e-2 },
        { "muon-moonlight", 3e-3 },
        { "dual-norm-muon", 1e-1 },
        { "adamuon", 3e-3 },
        { "adamuon-repo", 3e-3 },
        { "muon-torch", 1e-2 },
        { "adamuon-v1", 3e-3 },
        { "adamuon-blagpt", 3e-2 },
        { "adamuon-pytorch-optimizer", 3e-2 },
        { "nvidia-muon", 1e-3 },
        { "nvidia-adamuon", 2e-4 },
        { "nvidia-normuon", 1e-3 },
        { "nvidia-namo", 1e-3 },
        { "polargrad", 1e-1 },
        { "scion", 1e-2 },
        { "normuon", 1e-2 },
        { "namo", 1e-2 },
        { "lion", 1e-3 },
        { "sgd", 3e-1 },
    };

    [Theory]
    [MemberData(nameof(Rates))]
    public void One_batch_is_learned_by_heart(string preset, double learningRate)
    {
        using var run = new TinyRun(new CpuBackend(), preset, learningRate: learningRate, auxiliaryRate: preset == "nvidia-adamuon" ? 3e-3 : null);
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
