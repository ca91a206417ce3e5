using MiniGrad.Backends.Cpu;
using MiniGrad.Backends.Reference;
using MiniGrad.Data;
using MiniGrad.Tests.Training;
using MiniGrad.Training;

namespace MiniGrad.Tests.Nn;

/// <summary>Qwen2's gradients, its architecture, and that it trains through the same harness.</summary>
public sealed class Qwen2Tests
{
    private static readonly GptOptions Sizes = new GptOptions { NLayer = 1, NHead = 4, NKvHead = 2, NEmbd = 40, BlockSize = 19, VocabSize = 65 }.OfFamily(ModelFamily.Qwen2);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Gradients_pass_the_float64_check(bool tied)
    {
        using var model = new DifferentiatedModel(new ReferenceBackend<double>(), Sizes with { NHead = 2, NKvHead = 1, NEmbd = 8, NInner = 12, BlockSize = 4, VocabSize = 7, Tied = tied, NLayer = 2 });
        GradCheckReport report = GradCheck.Run(model.Loss, model.Trained).ThrowIfFailed();
        Assert.Equal(model.Model.ParameterCount, report.Entries);
        Assert.True(report.LargestDerivative > 0.1, report.ToString());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void SIMD_gradients_agree_with_float64_to_1e_4(bool tied)
    {
        using var exact = new DifferentiatedModel(new ReferenceBackend<double>(), Sizes with { Tied = tied });
        using var simd = new DifferentiatedModel(new CpuBackend(2), Sizes with { Tied = tied });
        Assert.Equal(exact.Model.InitialSha256, simd.Model.InitialSha256);
        Assert.Equal(exact.Differentiate(), simd.Differentiate(), 1e-5);
        for (int p = 0; p < exact.Model.Parameters.Count; p++)
        {
            double[] expected = exact.Gradient(exact.Trained[p]), found = simd.Gradient(simd.Trained[p]);
            double largest = expected.Max(Math.Abs), worst = expected.Zip(found, (e, f) => Math.Abs(e - f)).Max();
            // A bias of all keys moves every score of a query alike: but for the rotation its gradient would vanish.
            Assert.True(largest > 1e-5, $"{exact.Model.Parameters[p]} has no gradient to compare");
            Assert.True(worst <= 1e-4 * largest, $"{exact.Model.Parameters[p]} is off by {worst} where the largest entry is {largest}");
        }
    }

    [Fact]
    public void Parameters_are_those_of_the_architecture()
    {
        using var context = new ComputeContext(new CpuBackend());
        ILanguageModel model = LanguageModels.Create(context, Sizes, seed: 0);
        Assert.IsType<Qwen2>(model);
        int inner = Sizes.InnerSize;
        Assert.Equal(112, inner);
        Assert.Equal(2 * 65 * 40 + 40 + 2 * 40 + 40 * 41 + 2 * 20 * 41 + 40 * 40 + 3 * 40 * inner, model.ParameterCount);
        Assert.Equal(["q_proj", "k_proj", "v_proj"], model.Parameters.Where(p => p.Name.EndsWith(".bias", StringComparison.Ordinal)).Select(p => p.Name.Split('.')[^2]));
        Assert.All(model.Parameters, p => Assert.Equal(p.Role == ParameterRole.Vector, p.Shape.Rank == 1));
        Assert.Equal(7, model.Parameters.Count(p => p.Role == ParameterRole.HiddenMatrix));
    }

    [Fact]
    public void Switches_that_it_does_not_have_are_refused_in_one_line()
    {
        string message = Assert.Throws<ArgumentException>(() => (Sizes with { Gelu = GeluKind.Erf }).Validated()).Message;
        Assert.StartsWith("model: the family qwen2 has position=rope", message, StringComparison.Ordinal);
        using var context = new ComputeContext(new CpuBackend());
        Assert.Contains("LanguageModels.Create", Assert.Throws<ArgumentException>(() => new Gpt(context, Sizes, 0)).Message, StringComparison.Ordinal);
        Assert.Contains("OfFamily", Assert.Throws<ArgumentException>(() => new Qwen2(context, new GptOptions(), 0)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void It_trains_under_AdaMuon()
    {
        using var context = new ComputeContext(new CpuBackend(2));
        GptOptions options = Sizes with { NLayer = 2, NEmbd = 64, BlockSize = 64, VocabSize = 256 };
        ILanguageModel model = LanguageModels.Create(context, options, seed: 0);
        var optimizer = new Optimizer(model.Parameters, OptimizerOptions.FromPreset("adamuon") with { LearningRate = 3e-3, WeightDecay = 0.1 }, clipNorm: 1);
        Assert.Equal(14, optimizer.Routing.Orthogonalized.Count);
        var evaluator = new Evaluator(model, new ValidationWindows(TinyRun.Text, 64, 256), 2);
        var trainer = new Trainer(model, optimizer, new LearningRateSchedule(ScheduleKind.Constant, 3, 30), new BatchSampler(TinyRun.Text, 16, 64, 0), evaluator, new TrainingOptions { Steps = 30, BatchSize = 16 });
        var log = new Log();
        TrainingResult result = trainer.Run(log, TestContext.Current.CancellationToken);
        Assert.Equal(TrainingOutcome.Completed, result.Outcome);
        Assert.True(log.First - result.FinalTrainLoss > 1, $"the loss went from {log.First} to {result.FinalTrainLoss}");
        Assert.Equal(14L * 30, context.Counters.MatricesOrthogonalized);
        Assert.InRange(result.FinalValidationLoss, 0.1, log.First - 1);
    }

    private sealed class Log : ITrainingObserver
    {
        private double? _first;

        public double First => _first ?? double.NaN;

        public void Logged(StepMetrics metrics) => _first ??= metrics.TrainLoss;
    }
}
