using MiniGrad.Backends;
using MiniGrad.Backends.Cpu;
using MiniGrad.Backends.Reference;
using MiniGrad.IO;
using MiniGrad.IO.HuggingFace;
using MiniGrad.Tests.Backends;
using MiniGrad.Tests.Training;
using MiniGrad.Training;

namespace MiniGrad.Tests.Nn;

/// <summary>The mixture-of-experts model: its gradients, its architecture, and that it trains through the same harness.</summary>
public sealed class DeepseekMoeTests
{
    private static readonly GptOptions Sizes = new GptOptions { NLayer = 2, NHead = 4, NKvHead = 2, NEmbd = 40, BlockSize = 19, VocabSize = 65 }.OfFamily(ModelFamily.DeepseekMoe);

    private static readonly GptOptions Small = Sizes with { NEmbd = 16, NHead = 2, NKvHead = 0, NInner = 8, BlockSize = 16, VocabSize = 256 };

    [Theory]
    [InlineData(1, false)]
    [InlineData(0, true)]
    public void Gradients_pass_the_float64_check(int dense, bool tied)
    {
        ExpertOptions experts = Sizes.Experts! with { Count = 4, DenseLayers = dense };
        using var model = new DifferentiatedModel(new ReferenceBackend<double>(), Sizes with { NHead = 2, NKvHead = 1, NEmbd = 8, NInner = 4, BlockSize = 4, VocabSize = 7, Tied = tied, Experts = experts });
        GradCheckReport report = GradCheck.Run(model.Loss, model.Trained).ThrowIfFailed();
        Assert.Equal(model.Model.ParameterCount, report.Entries);
        Assert.True(report.LargestDerivative > 0.1, report.ToString());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void SIMD_gradients_agree_with_float64_to_1e_4(bool shared)
    {
        GptOptions options = Sizes with { Experts = Sizes.Experts! with { Shared = shared ? 1 : 0 } };
        using var exact = new DifferentiatedModel(new ReferenceBackend<double>(), options);
        using var simd = new DifferentiatedModel(new CpuBackend(2), options);
        Assert.Equal(exact.Model.InitialSha256, simd.Model.InitialSha256);
        Assert.Equal(exact.Differentiate(), simd.Differentiate(), 1e-5);
        for (int p = 0; p < exact.Model.Parameters.Count; p++)
        {
            // The load of the experts' bias, a count, is among them.
            double[] expected = exact.Gradient(exact.Model.Parameters[p]), found = simd.Gradient(simd.Model.Parameters[p]);
            double largest = expected.Max(Math.Abs), worst = expected.Zip(found, (e, f) => Math.Abs(e - f)).Max();
            Assert.True(largest > 1e-5, $"{exact.Model.Parameters[p]} has no gradient to compare");
            Assert.True(worst <= 1e-4 * largest, $"{exact.Model.Parameters[p]} is off by {worst} where the largest entry is {largest}");
        }
    }

    [Fact]
    public void Parameters_are_those_of_the_architecture()
    {
        using var context = new ComputeContext(new CpuBackend());
        ILanguageModel model = LanguageModels.Create(context, Sizes, seed: 0);
        Assert.IsType<DeepseekMoe>(model);
        int inner = Sizes.InnerSize, attention = 2 * 40 * 40 + 2 * 20 * 40;
        Assert.Equal(48, inner);
        Assert.Equal(2 * 65 * 40 + 5 * 40 + 2 * attention + 3 * 40 * 3 * inner + 8 * 40 + 9 * 3 * 40 * inner, model.ParameterCount);
        Assert.Equal([(8, 48, 40), (8, 48, 40), (8, 40, 48)], model.Parameters.Where(p => p.Role == ParameterRole.ExpertMatrices).Select(p => (p.Shape[0], p.Shape[1], p.Shape[2])));
        Assert.Equal("model.layers.1.mlp.gate.weight", Assert.Single(model.Parameters, p => p.Role == ParameterRole.Router).Name);
        Parameter bias = Assert.Single(model.Parameters, p => !p.IsTrained);
        Assert.Equal(("model.layers.1.mlp.gate.e_score_correction_bias", 0.001), (bias.Name, bias.BalanceRate));
        Assert.DoesNotContain(model.Parameters, p => p.Name.EndsWith("proj.bias", StringComparison.Ordinal));
        Assert.Equal(14, model.Parameters.Count(p => p.Role == ParameterRole.HiddenMatrix));
    }

    [Fact]
    public void The_router_goes_to_AdamW_every_expert_is_orthogonalized_alone_and_the_bias_is_in_neither_group()
    {
        using var run = new TinyRun(new CpuBackend(2), model: Small);
        Routing routing = run.Optimizer.Routing;
        Assert.Contains(routing.Auxiliary, p => p.Parameter.Role == ParameterRole.Router && p.Decays);
        Assert.StartsWith("orthogonalized: 38 matrices,", routing.ToString(), StringComparison.Ordinal);
        Assert.All(routing.Orthogonalized, p => Assert.True(p.Parameter.IsHidden));
        Assert.Equal(ParameterRole.ExpertBias, Assert.Single(routing.Balanced).Role);
        Assert.Equal(run.Model.Parameters.Count, routing.Parameters.Count + 1);
        Assert.DoesNotContain(routing.Parameters, p => p.Role == ParameterRole.ExpertBias);
        run.Run(TestContext.Current.CancellationToken);
        // Two attentions of 4, a dense layer of 3, shared experts of 3, and 8 experts of 3.
        Assert.Equal(8 + 3 + 3 + 24, run.Optimizer.MatricesOrthogonalized);
        Assert.Equal(38L * 30, run.Context.Counters.MatricesOrthogonalized);
    }

    [Theory]
    [InlineData("adamuon")]
    [InlineData("muon")]
    [InlineData("adamw")]
    public void Thirty_steps_lower_the_loss(string preset)
    {
        using var run = new TinyRun(new CpuBackend(2), preset, training: new TrainingOptions { Steps = 30, BatchSize = 16, EvaluateEvery = 30 }, model: Small with { NEmbd = 32, BlockSize = 32 }, learningRate: 6e-3);
        TrainingResult result = run.Run(TestContext.Current.CancellationToken);
        Assert.Equal(TrainingOutcome.Completed, result.Outcome);
        Assert.True(run.History[0].TrainLoss - result.FinalTrainLoss > 1, $"the loss went from {run.History[0].TrainLoss} to {result.FinalTrainLoss}");
        Assert.InRange(result.FinalValidationLoss, 0.1, run.History[0].TrainLoss - 1);
    }

    [Fact]
    public void One_and_two_threads_and_two_runs_give_the_same_bits()
    {
        long[] one = Bits(new CpuBackend(1));
        Assert.Equal(one, Bits(new CpuBackend(2)));
        Assert.Equal(one, Bits(new CpuBackend(2)));

        static long[] Bits(IBackend backend)
        {
            using var run = new TinyRun(backend, training: new TrainingOptions { Steps = 12, BatchSize = 8, MicroBatchSize = 4, EvaluateEvery = 5 }, model: Small);
            run.Run(TestContext.Current.CancellationToken);
            return run.Bits();
        }
    }

    [Fact]
    public void A_device_downloads_nothing_in_a_step()
    {
        using var run = new TinyRun(new FarMemoryBackend(), training: new TrainingOptions { Steps = 6, BatchSize = 2, LogEvery = 6 }, model: Small);
        run.Run(TestContext.Current.CancellationToken);
        // The one block of numbers of the logged step, whatever the steps before it did.
        Assert.Equal(1, run.Context.Backend.Transfers.Downloads);
    }

    [Fact]
    public void Its_options_survive_the_file_and_only_it_has_experts()
    {
        GptOptions options = Sizes with { Experts = new ExpertOptions { Count = 5, TopK = 3, Shared = 2, DenseLayers = 0, BalanceRate = 0.01 } };
        Assert.Equal(options, ModelConfig.Read(ModelConfig.Write(options), "here"));
        Assert.Null(ModelConfig.ToJson(new GptOptions())["experts"]);
        Assert.Equal("deepseekMoe", (string?)ModelConfig.ToJson(options)["family"]);
        Refused("only deepseek-moe has experts", () => new GptOptions { Experts = new() }.Validated(), "the family deepseek-moe, and no other, has experts");
        Refused("too many", () => (Sizes with { Experts = new() { TopK = 9 } }).Validated(), "model.topK is 9; it must be from 1 to nExperts 8");
        Refused("biases", () => (Sizes with { Bias = true }).Validated(), "deepseek-moe has position=rope");
        Refused("export", () => HuggingFaceConfig.Write(options), "a model of the family deepseek-moe cannot be exported");
    }

    private static void Refused(string what, Action action, string expected)
    {
        string message = Assert.Throws<ArgumentException>(action).Message;
        Assert.True(message.Contains(expected, StringComparison.Ordinal) && !message.Contains('\n', StringComparison.Ordinal), $"{what}: {message}");
    }
}
