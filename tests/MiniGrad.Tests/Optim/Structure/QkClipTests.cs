using MiniGrad.Backends.Cpu;
using MiniGrad.Backends.Reference;
using MiniGrad.Memory;
using MiniGrad.Ops;
using MiniGrad.Tests.Backends;

namespace MiniGrad.Tests.Optim.Structure;

/// <summary>QK-clip: after the step, heads whose largest logit passed τ are scaled back; the others keep their bits.</summary>
public sealed class QkClipTests
{
    private const double Bound = 0.01;

    private static GptOptions Model(int kvHeads = 0, bool bias = false) =>
        new() { NLayer = 2, NHead = 4, NKvHead = kvHeads, NEmbd = 16, BlockSize = 8, VocabSize = 32, Bias = bias };

    private static void Fill(Gpt model, double size)
    {
        foreach (Parameter parameter in model.Parameters.Where(p => p.Heads is not null))
        {
            double[] values = StructureRig.Values(7, parameter.Shape.Count);
            parameter.Tensor.CopyFrom([.. values.Select(v => v * size)]);
        }
    }

    private static void Backward(Gpt model, int rows = 2, int seed = 3)
    {
        Indices inputs = model.Context.Indices([rows, 8]), targets = model.Context.Indices([rows, 8]);
        var random = new Random(seed);
        inputs.CopyFrom([.. Enumerable.Range(0, rows * 8).Select(_ => random.Next(32))]);
        targets.CopyFrom([.. Enumerable.Range(0, rows * 8).Select(_ => random.Next(32))]);
        using StepScope step = model.Context.BeginStep();
        model.Loss(inputs, targets).Backward();
    }

    private static OptimizerOptions Options(params string[] changes) => (OptimizerOptions.FromPreset("muon") with { LearningRate = 0 }).With(changes);

    private static double[] Logits(Gpt model, Parameter parameter) => [.. Download(model.Context, parameter.Heads!.Value.Attention.LargestLogits)];

    private static double[] Download(ComputeContext context, BufferView view)
    {
        var values = new double[view.Length];
        context.Backend.Download(view, values);
        return values;
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(0, true)]
    [InlineData(2, true)]
    [InlineData(1, false)]
    public void Heads_above_the_bound_are_scaled_and_their_logits_come_down_to_it(int kvHeads, bool bias)
    {
        using var context = new ComputeContext(new ReferenceBackend<double>());
        var model = new Gpt(context, Model(kvHeads, bias), seed: 1);
        Fill(model, 0.3);
        var optimizer = new Optimizer(model.Parameters, Options($"qkClip={Bound}"));
        Backward(model);
        Parameter[] projections = [.. model.Parameters.Where(p => p.Heads is not null)];
        Assert.Equal(bias ? 4 : 2, projections.Length);
        double[][] before = [.. projections.Select(p => p.Tensor.ToDoubleArray())], logits = [.. projections.Select(p => Logits(model, p))];
        optimizer.Step();
        int group = 4 / (kvHeads == 0 ? 4 : kvHeads), clipped = 0;
        for (int i = 0; i < projections.Length; i++)
        {
            double[] after = projections[i].Tensor.ToDoubleArray();
            HeadRows rows = projections[i].Heads!.Value;
            int size = after.Length / rows.Count;
            for (int head = 0; head < rows.Count; head++)
            {
                double factor = 1;
                if (head < 4) factor = Math.Min(1, Bound / Math.Max(Bound, logits[i][head]));
                else if (group == 1 && head < 8) factor = Math.Min(1, Bound / Math.Max(Bound, logits[i][head - 4]));
                if (group == 1) factor = Math.Sqrt(factor);
                if (factor < 1) clipped++;
                for (int j = head * size; j < (head + 1) * size; j++) Assert.Equal(before[i][j] * factor, after[j], 1e-12);
            }
        }
        Assert.True(clipped > 0);
        // The same batch again: the first layer's inputs have not changed, so its largest logits are the bound itself.
        optimizer.ZeroGradients();
        Backward(model);
        Assert.All(Logits(model, projections[0]).Zip(logits[0]), pair => Assert.Equal(Math.Min(pair.Second, Bound), pair.First, 1e-12));
    }

    [Fact]
    public void The_largest_logit_is_taken_over_all_micro_batches_of_a_step_and_no_evaluation_counts()
    {
        using var context = new ComputeContext(new CpuBackend(threads: 1));
        var model = new Gpt(context, Model(), seed: 1);
        Fill(model, 0.5);
        var optimizer = new Optimizer(model.Parameters, Options("qkClip=1e9"));
        Parameter projection = model.Parameters.First(p => p.Heads is not null);
        var single = new List<double[]>();
        for (int seed = 0; seed < 3; seed++)
        {
            optimizer.ZeroGradients();
            Backward(model, seed: seed);
            single.Add(Logits(model, projection));
            optimizer.Step();
        }
        optimizer.ZeroGradients();
        for (int seed = 0; seed < 3; seed++) Backward(model, seed: seed);
        using (context.NoGrad()) Evaluate(model);
        double[] together = Logits(model, projection);
        for (int head = 0; head < 4; head++) Assert.Equal(single.Max(logits => logits[head]), together[head], 1e-6);
    }

    private static void Evaluate(Gpt model)
    {
        Indices tokens = model.Context.Indices([1, 8]);
        tokens.CopyFrom([9, 9, 9, 1, 2, 3, 4, 5]);
        using StepScope step = model.Context.BeginStep();
        _ = model.Logits(tokens);
    }

    [Fact]
    public void A_bound_that_is_never_passed_changes_no_bit()
    {
        Assert.Equal(Train(null), Train("qkClip=1e6"));
        Assert.NotEqual(Train(null), Train("qkClip=1e-6"));

        static float[] Train(string? change)
        {
            using var context = new ComputeContext(new CpuBackend(threads: 1));
            var model = new Gpt(context, Model(), seed: 1);
            var optimizer = new Optimizer(model.Parameters, (OptimizerOptions.FromPreset("muon") with { LearningRate = 0.02 }).With(change is null ? [] : [change]), clipNorm: 1);
            for (int step = 0; step < 4; step++)
            {
                optimizer.ZeroGradients();
                Backward(model, seed: step);
                optimizer.Step();
            }
            return [.. model.Parameters.SelectMany(p => p.Tensor.ToArray())];
        }
    }

    [Fact]
    public void Nothing_is_downloaded_and_a_masked_step_clips_nothing()
    {
        using var context = new ComputeContext(new FarMemoryBackend());
        var model = new Gpt(context, Model(), seed: 1);
        Fill(model, 0.5);
        var optimizer = new Optimizer(model.Parameters, Options($"qkClip={Bound}"));
        Parameter projection = model.Parameters.First(p => p.Heads is not null);
        float[] before = projection.Tensor.ToArray();
        Backward(model);
        context.Backend.Fill(projection.GradientData.Element(0), double.NaN);
        long downloads = context.Backend.Transfers.Downloads;
        optimizer.Step();
        Assert.Equal(downloads, context.Backend.Transfers.Downloads);
        Assert.Equal(before, projection.Tensor.ToArray());
        optimizer.ZeroGradients();
        Backward(model);
        optimizer.Step();
        Assert.NotEqual(before, projection.Tensor.ToArray());
    }

    [Fact]
    public void A_preset_that_clips_leaves_a_model_without_such_logits_alone()
    {
        using StructureRig rig = new();
        rig.Add("w", [4, 4], StructureRig.Values(1, 16));
        OptimizerOptions options = Rig.Options("muon-clip");
        Assert.False(rig.Optimizer(options).ClipsLogits);
        Assert.StartsWith("qkClip needs attention layers", Assert.Throws<ArgumentException>(() => rig.Optimizer(options.With("qkClip", "50"))).Message, StringComparison.Ordinal);
        using var context = new ComputeContext(new CpuBackend(threads: 1));
        var model = new Gpt(context, Model(), seed: 1);
        Assert.True(new Optimizer(model.Parameters, options).ClipsLogits);
        Assert.Null(OptimizerOptions.Parse(options.With("qkClip", "null").ToJson().ToJsonString()).QkClip);
    }

    [Fact]
    public void Where_weights_do_not_scale_logits_or_there_are_none_it_is_refused()
    {
        using StructureRig rig = new();
        Parameter q = rig.Add("q", [4, 4], StructureRig.Values(1, 16), heads: new HeadRows(new AttentionHeads(rig.Context, 2, 2, normalizedQk: true), AttentionParts.Query));
        Assert.StartsWith("qkClip: the queries and keys of 'q' are normalized", Assert.Throws<ArgumentException>(() => rig.Optimizer(Options("qkClip=100"))).Message, StringComparison.Ordinal);
        using StructureRig plain = new();
        plain.Add("w", [4, 4], StructureRig.Values(1, 16));
        Assert.StartsWith("qkClip needs attention layers", Assert.Throws<ArgumentException>(() => plain.Optimizer(Options("qkClip=100"))).Message, StringComparison.Ordinal);
        Assert.NotNull(q.Heads);
    }

    [Fact]
    public void Qwen2_with_shared_keys_is_brought_down_to_the_bound_by_its_queries()
    {
        using var context = new ComputeContext(new ReferenceBackend<double>());
        var model = new Qwen2(context, new GptOptions { NLayer = 1, NHead = 4, NKvHead = 2, NEmbd = 16, BlockSize = 8, VocabSize = 32 }.OfFamily(ModelFamily.Qwen2), seed: 1);
        Parameter[] projections = [.. model.Parameters.Where(p => p.Heads is not null)];
        Assert.Equal(6, projections.Length);
        foreach (Parameter parameter in projections) parameter.Tensor.CopyFrom([.. StructureRig.Values(7, parameter.Shape.Count).Select(v => 0.3 * v)]);
        Parameter keys = projections.First(p => p.Name.EndsWith("k_proj.weight", StringComparison.Ordinal));
        double[] before = keys.Tensor.ToDoubleArray();
        var optimizer = new Optimizer(model.Parameters, Options($"qkClip={Bound}"));
        double[] first = Pass(model);
        optimizer.Step();
        optimizer.ZeroGradients();
        double[] second = Pass(model);
        Assert.Contains(first, s => s > Bound);
        Assert.All(first.Zip(second), pair => Assert.Equal(Math.Min(pair.First, Bound), pair.Second, 1e-12));
        Assert.Equal(before, keys.Tensor.ToDoubleArray());

        double[] Pass(Qwen2 model)
        {
            Indices tokens = context.Indices([1, 8]);
            tokens.CopyFrom([3, 1, 4, 1, 5, 9, 2, 6]);
            using (context.BeginStep()) model.Loss(tokens, tokens).Backward();
            return Download(context, keys.Heads!.Value.Attention.LargestLogits);
        }
    }

    [Fact]
    public void Separate_projections_share_the_heads_of_their_layer()
    {
        using StructureRig rig = new(new ReferenceBackend<double>());
        var heads = new AttentionHeads(rig.Context, 2, 2);
        Parameter q = rig.Add("q", [4, 4], StructureRig.Values(1, 16), heads: new HeadRows(heads, AttentionParts.Query));
        Parameter k = rig.Add("k", [4, 4], StructureRig.Values(2, 16), heads: new HeadRows(heads, AttentionParts.Key));
        Parameter v = rig.Add("v", [4, 4], StructureRig.Values(3, 16), heads: new HeadRows(heads, AttentionParts.Value));
        Optimizer optimizer = rig.Optimizer(Options("qkClip=0.02"));
        double[][] before = [.. rig.Parameters.Select(p => p.Tensor.ToDoubleArray())];
        double[] logits;
        using (rig.Context.BeginStep())
        {
            Tensor x = rig.Context.Tensor([1, 3, 4], StructureRig.Values(4, 12));
            Attention.Apply(LinearOp.Apply(x, q), LinearOp.Apply(x, k), LinearOp.Apply(x, v), 2, maxLogit: heads.ForPass()).Sum().Backward();
            heads.Passed();
            logits = Download(rig.Context, heads.LargestLogits);
        }
        optimizer.Step();
        double[] factors = [.. logits.Select(s => Math.Sqrt(Math.Min(1, 0.02 / Math.Max(0.02, s))))];
        Assert.Contains(factors, f => f < 1);
        for (int i = 0; i < 16; i++)
        {
            Assert.Equal(before[0][i] * factors[i / 8], q.Tensor.ToDoubleArray()[i], 1e-12);
            Assert.Equal(before[1][i] * factors[i / 8], k.Tensor.ToDoubleArray()[i], 1e-12);
            Assert.Equal(before[2][i], v.Tensor.ToDoubleArray()[i]);
        }
    }
}
