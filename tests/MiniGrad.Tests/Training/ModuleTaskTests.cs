using MiniGrad.Tests.Data;
using MiniGrad.Training;

namespace MiniGrad.Tests.Training;

/// <summary>The trainer on a module that is no language model, and a module's weights and optimizer state in one file.</summary>
public sealed class ModuleTaskTests
{
    [Fact]
    public void Any_module_with_a_loss_trains_and_micro_batches_change_nothing_but_rounding()
    {
        (double[] whole, double[] again, double[] split) = (Losses(8), Losses(8), Losses(2));
        Assert.Equal(whole, again);
        Assert.True(whole[^1] < 0.5 * whole[0], $"the loss went from {whole[0]} to {whole[^1]}");
        for (int i = 0; i < whole.Length; i++) Assert.Equal(whole[i], split[i], 1e-4);
    }

    [Fact]
    public void A_file_holds_weights_and_with_the_optimizer_its_state()
    {
        using var folder = new TemporaryFolder();
        using ComputeContext context = ComputeContext.Cpu(1);
        Sequential model = Net(context);
        var optimizer = new Optimizer(model.Parameters, Presets.Muon(), learningRate: 0.01);
        string weights = folder.In("weights.safetensors"), both = folder.In("both.safetensors");
        model.Save(weights);
        Step(context, model, optimizer);
        optimizer.Save(both);
        float[] after = model.Parameters[0].Tensor.ToArray();

        using ComputeContext other = ComputeContext.Cpu(1);
        Sequential loaded = Net(other);
        var second = new Optimizer(loaded.Parameters, Presets.Muon(), learningRate: 0.01);
        second.Load(both);
        Assert.Equal(after, loaded.Parameters[0].Tensor.ToArray());
        Step(context, model, optimizer);
        Step(other, loaded, second);
        Assert.Equal(model.Parameters.SelectMany(p => p.Tensor.ToArray()), loaded.Parameters.SelectMany(p => p.Tensor.ToArray()));
        loaded.Load(weights);
        Assert.NotEqual(after, loaded.Parameters[0].Tensor.ToArray());
        loaded.Load(both); // the state beside the weights does no harm
        Assert.Equal(after, loaded.Parameters[0].Tensor.ToArray());
    }

    private static Sequential Net(ComputeContext context)
    {
        var model = new Sequential(new Linear(3, 16), new Tanh(), new Linear(16, 16), new Tanh(), new Linear(16, 1));
        model.Initialize(context, seed: 2);
        return model;
    }

    private static void Step(ComputeContext context, Sequential model, Optimizer optimizer)
    {
        using StepScope scope = context.BeginStep();
        context.Seed = 9;
        optimizer.ZeroGradients();
        model.Forward(context.Ones([4, 3])).Square().Mean().Backward();
        optimizer.Step();
    }

    private static double[] Losses(int microBatch)
    {
        using ComputeContext context = ComputeContext.Cpu(1);
        Sequential model = Net(context);
        Tensor Loss(int step, int micro)
        {
            var random = new Random(step);
            float[] points = [.. Enumerable.Range(0, 24).Select(_ => (float)random.NextDouble())];
            Tensor x = context.Tensor([microBatch, 3], points.AsSpan(3 * micro * microBatch, 3 * microBatch));
            return (model.Forward(x) - x.Sum(1, keepDims: true)).Square().Sum();
        }
        var losses = new LossList();
        var trainer = new Trainer(
            new ModuleTask(model, Loss), new Optimizer(model.Parameters, Presets.AdaMuon(), learningRate: 0.01),
            new LearningRateSchedule(ScheduleKind.Constant, 0, 40), evaluate: null, new TrainingOptions { Steps = 40, BatchSize = 8, MicroBatchSize = microBatch });
        Assert.Equal(TrainingOutcome.Completed, trainer.Run(losses, TestContext.Current.CancellationToken).Outcome);
        return [.. losses.Values];
    }

    private sealed class LossList : ITrainingObserver
    {
        public List<double> Values { get; } = [];

        public void Logged(StepMetrics metrics) => Values.Add(metrics.TrainLoss);
    }
}
