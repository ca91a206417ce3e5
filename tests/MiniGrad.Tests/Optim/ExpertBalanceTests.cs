using MiniGrad.Backends.Cpu;
using MiniGrad.IO;
using MiniGrad.Optim;
using MiniGrad.Tests.Data;
using MiniGrad.Tests.Training;
using MiniGrad.Training;

namespace MiniGrad.Tests.Optim;

/// <summary>The bias that balances experts: where it goes, when it stays, and that it is part of the model's state.</summary>
public sealed class ExpertBalanceTests : IDisposable
{
    private static readonly GptOptions Model = new GptOptions { NLayer = 2, NEmbd = 16, NHead = 2, NInner = 8, BlockSize = 8 }.OfFamily(ModelFamily.DeepseekMoe);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_step_moves_each_bias_by_the_sign_of_what_its_expert_lacks()
    {
        using var context = new ComputeContext(new CpuBackend());
        Parameter bias = context.ExpertBias("b", 6, 0.25);
        var balance = new ExpertBalance(context, [bias]);
        balance.Apply(default);
        Assert.All(bias.Tensor.ToArray(), b => Assert.Equal(0, b));
        // Of a mean of 5/3, which no binary fraction is, and of one of 2, which two experts have.
        Load(context, bias, [1, 2, 0, 4, 1, 2]);
        balance.Apply(default);
        Assert.Equal([0.25f, -0.25f, 0.25f, -0.25f, 0.25f, -0.25f], bias.Tensor.ToArray());
        Load(context, bias, [2, 2, 0, 4, 1, 3]);
        balance.Apply(default);
        Assert.Equal([0.25f, -0.25f, 0.5f, -0.5f, 0.5f, -0.5f], bias.Tensor.ToArray());
        MiniGrad.Memory.BufferView closed = context.Persistent(1);
        balance.Apply(closed);
        Assert.Equal([0.25f, -0.25f, 0.5f, -0.5f, 0.5f, -0.5f], bias.Tensor.ToArray());
    }

    [Fact]
    public void Fifty_steps_bring_a_skewed_load_toward_balance()
    {
        // Weights that hardly move and a bias that starts far off: what changes the load is the balance.
        using var run = new TinyRun(new CpuBackend(2), "adamw", training: new TrainingOptions { Steps = 50, BatchSize = 16 }, learningRate: 1e-7, model: Model with { Experts = Model.Experts! with { BalanceRate = 0.01 } });
        Parameter bias = run.Model.Parameters.Single(p => p.Role == ParameterRole.ExpertBias);
        bias.Tensor.CopyFrom([0.3f, 0.3f, 0, 0, 0, 0, -0.1f, -0.1f]);
        var largest = new List<float>();
        run.OnLogged = _ => largest.Add(run.Context.Download(bias.GradientData).Max());
        run.Run(TestContext.Current.CancellationToken);
        float mean = 2 * 16 * 8 / 8f;
        Assert.Equal(16 * 8, largest[0]); // every token goes to the first two
        Assert.True(largest[^5..].Average() < 2 * mean, $"the largest loads were {string.Join(", ", largest)}, the mean is {mean}");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_run_resumes_bit_for_bit_with_its_bias(int threads)
    {
        using var unbroken = new SavedRun(_folder.In("none"), backend: new CpuBackend(threads), cadence: CheckpointCadence.Never, model: Model);
        unbroken.Train();
        string folder = _folder.In("resumed");
        foreach (int stop in (int[])[13, 27, 0])
        {
            using var part = new SavedRun(folder, backend: new CpuBackend(threads), stopAfter: stop, model: Model);
            part.Train();
            if (stop > 0) continue;
            Dictionary<string, long[]> bits = part.Bits();
            Assert.Equal(unbroken.Bits(), bits);
            Assert.Contains(bits[part.Run.Optimizer.Routing.Balanced[0].Name], b => b != 0);
        }
    }

    [Fact]
    public void Evaluation_and_sampling_leave_it_alone_and_a_checkpoint_has_it()
    {
        using (var run = new SavedRun(_folder.Path, stopAfter: 7, model: Model)) run.Train();
        using StoredModel stored = StoredModel.Open(_folder.Path);
        using var context = new ComputeContext(new CpuBackend());
        ILanguageModel model = stored.CreateModel(context);
        Parameter bias = model.Parameters.Single(p => p.Role == ParameterRole.ExpertBias);
        float[] before = bias.Tensor.ToArray();
        Assert.Contains(before, b => b != 0);
        Assert.All(before, b => Assert.Equal(Math.Round(b / 0.001), b / 0.001, 1e-3)); // whole steps of γ
        new Evaluator(model, new MiniGrad.Data.ValidationWindows(TinyRun.Text, 8, 64), 4).Evaluate();
        Assert.Equal(5, new TextGenerator(model, new TokenSampler(1, 0, 1, 0)).Continue([1, 2, 3], 5).Count());
        Assert.False(bias.HasGradient);
        Assert.Equal(before, bias.Tensor.ToArray());
    }

    private static void Load(ComputeContext context, Parameter bias, float[] load)
    {
        bias.ZeroGradient();
        using StepScope step = context.BeginStep();
        (bias.Tensor * context.Tensor([load.Length], load)).Sum().Backward();
    }
}
