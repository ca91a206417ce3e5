using MiniGrad.Optim;

namespace MiniGrad.Tests.Optim.Structure;

/// <summary>A parameter that is taken apart steps as the separate parameters would, bit for bit.</summary>
public sealed class SplitTests
{
    private const int Columns = 12, HeadSize = 4, Steps = 3;

    public static TheoryData<string> Orthogonalizing => [.. Presets.All.Where(preset => preset.Options.Orthogonalizes).Select(preset => preset.Name)];

    private static OptimizerOptions Options(string preset, params string[] changes) =>
        (OptimizerOptions.FromPreset(preset) with { LearningRate = 0.02, WeightDecay = 0.1 }).With(changes);

    /// <summary>Trains one parameter made of blocks of rows, and the blocks as parameters of their own; both must end with the same bits.</summary>
    private static void HoldsAgainstSeparate(OptimizerOptions options, int[] blocks, Func<ComputeContext, HeadRows?> heads, Shape? shape = null, ParameterRole role = ParameterRole.HiddenMatrix)
    {
        int rows = blocks.Sum();
        using StructureRig whole = new(), separate = new();
        double[] initial = StructureRig.Values(1, rows * Columns);
        Parameter parameter = whole.Add("w", shape ?? [rows, Columns], initial, role, heads(whole.Context));
        int at = 0;
        foreach (int block in blocks)
        {
            separate.Add($"block {at}", [block, Columns], initial.AsSpan(at * Columns, block * Columns));
            at += block;
        }
        Optimizer one = whole.Optimizer(options), many = separate.Optimizer(options.With("routing.qkv", "fused"));
        for (int step = 0; step < Steps; step++)
        {
            double[] gradient = StructureRig.Values(10 + step, rows * Columns);
            Replay.SetGradient(parameter, gradient);
            at = 0;
            for (int i = 0; i < blocks.Length; i++)
            {
                Replay.SetGradient(separate.Parameters[i], gradient.AsSpan(at * Columns, blocks[i] * Columns));
                at += blocks[i];
            }
            one.Step();
            many.Step();
        }
        Assert.Equal(separate.Parameters.SelectMany(p => p.Tensor.ToArray()), parameter.Tensor.ToArray());
        int orthogonalized = options.Compile().Find<Orthogonalize>() is null ? 0 : blocks.Length;
        Assert.Equal((orthogonalized, orthogonalized), (one.MatricesOrthogonalized, many.MatricesOrthogonalized));
        Assert.NotEqual(initial.Select(value => (float)value), parameter.Tensor.ToArray());
        Assert.Equal(one.State.Sum(s => s.Data.Length), many.State.Sum(s => s.Data.Length));
    }

    private static HeadRows? Qkv(ComputeContext context, int heads, int kvHeads) => new HeadRows(new AttentionHeads(context, heads, kvHeads), AttentionParts.QueryKeyValue);

    [Theory]
    [Trait("Property", "18")]
    [MemberData(nameof(Orthogonalizing))]
    public void A_split_QKV_step_equals_three_separate_parameters(string preset) =>
        HoldsAgainstSeparate(Options(preset, "routing.qkv=split"), [4 * HeadSize, 2 * HeadSize, 2 * HeadSize], context => Qkv(context, 4, 2));

    [Theory]
    [Trait("Property", "18")]
    [MemberData(nameof(Orthogonalizing))]
    public void A_step_per_head_equals_a_parameter_per_head(string preset) =>
        HoldsAgainstSeparate(Options(preset, "routing.qkv=heads"), [.. Enumerable.Repeat(HeadSize, 8)], context => Qkv(context, 4, 2));

    [Theory]
    [MemberData(nameof(Orthogonalizing))]
    public void Stacked_experts_equal_a_parameter_per_expert(string preset) =>
        HoldsAgainstSeparate(Options(preset), [7, 7, 7], _ => null, [3, 7, Columns], ParameterRole.ExpertMatrices);

    [Fact]
    [Trait("Property", "18")]
    public void One_head_is_split_by_projection_and_one_projection_of_one_head_is_not_split()
    {
        HoldsAgainstSeparate(Options("muon", "routing.qkv=heads"), [5, 5, 5], context => Qkv(context, 1, 1));
        HoldsAgainstSeparate(Options("muon", "routing.qkv=heads"), [9], context => new HeadRows(new AttentionHeads(context, 1, 1), AttentionParts.Query));
        HoldsAgainstSeparate(Options("muon", "routing.qkv=split"), [12], context => new HeadRows(new AttentionHeads(context, 4, 2), AttentionParts.Query));
    }

    [Fact]
    public void Fused_is_the_default_and_another_step()
    {
        using StructureRig rig = new();
        Parameter fused = rig.Add("fused", [12, 6], StructureRig.Values(1, 72), heads: Qkv(rig.Context, 1, 1)), plain = rig.Add("plain", [12, 6], StructureRig.Values(1, 72));
        using StructureRig split = new();
        Parameter apart = split.Add("fused", [12, 6], StructureRig.Values(1, 72), heads: Qkv(split.Context, 1, 1));
        foreach (Parameter parameter in (Parameter[])[fused, plain, apart]) Replay.SetGradient(parameter, StructureRig.Values(2, 72));
        rig.Optimizer(Options("muon")).Step();
        split.Optimizer(Options("muon", "routing.qkv=split")).Step();
        Assert.Equal(plain.Tensor.ToArray(), fused.Tensor.ToArray());
        Assert.NotEqual(fused.Tensor.ToArray(), apart.Tensor.ToArray());
    }

    [Fact]
    [Trait("Property", "18")]
    public void Sizes_that_do_not_fit_are_refused()
    {
        using StructureRig rig = new();
        Assert.Equal("parameter 'w' has shape (13,6); its rows must be 2 query, 1 key and 1 value heads of one size, so a multiple of 4",
            Assert.Throws<ArgumentException>(() => rig.Add("w", [13, 6], StructureRig.Values(1, 78), heads: Qkv(rig.Context, 2, 1))).Message);
        Assert.Throws<ArgumentException>(() => new AttentionHeads(rig.Context, 4, 3));
        Assert.StartsWith("parameter 'e' has shape (4,6); the experts' matrices must be stacked", Assert.Throws<ArgumentException>(() => rig.Add("e", [4, 6], StructureRig.Values(1, 24), ParameterRole.ExpertMatrices)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_block_has_the_scale_of_its_own_shape_and_state_under_its_own_name()
    {
        using StructureRig rig = new();
        Parameter w = rig.Add("w", [8, 4], StructureRig.Values(1, 32), heads: Qkv(rig.Context, 2, 1));
        Assert.Equal([new("[q]", 0, 4, 4), new("[k]", 16, 2, 4), new("[v]", 24, 2, 4)], MatrixPieces.Of(w, Options("muon", "routing.qkv=split").Groups([w])[0]));
        Optimizer optimizer = rig.Optimizer(Options("adamuon", "routing.qkv=split"));
        StateTensor key = optimizer.RequireState("w[k]/secondMoment");
        Assert.Equal<Shape>([2, 4], key.Shape);
        Assert.Equal(["w[q]/momentum", "w[q]/secondMoment", "w[k]/momentum", "w[k]/secondMoment", "w[v]/momentum", "w[v]/secondMoment"], optimizer.State.Select(s => s.Name));
        Assert.Contains("did you mean 'w[k]/momentum'", Assert.Throws<ArgumentException>(() => optimizer.RequireState("w[k]/momentun")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(12, 4, 3)]
    [InlineData(13, 13, 1)]
    [InlineData(36, 6, 6)]
    [InlineData(1, 1, 1)]
    public void A_vector_becomes_its_nearest_to_square_matrix(int count, int rows, int columns)
    {
        Assert.Equal(new MatrixPiece("", 0, rows, columns), MatrixPieces.NearSquare(count));
        using StructureRig vectors = new(), matrices = new();
        Parameter vector = vectors.Add("norm", [count], StructureRig.Values(1, count), ParameterRole.Vector), matrix = matrices.Add("m", [rows, columns], StructureRig.Values(1, count));
        Optimizer reshaped = vectors.Optimizer(Options("normuon", "vectors=reshape") with { WeightDecay = 0 }), plain = matrices.Optimizer(Options("normuon") with { WeightDecay = 0 });
        for (int step = 0; step < Steps; step++)
        {
            foreach (Parameter parameter in (Parameter[])[vector, matrix]) Replay.SetGradient(parameter, StructureRig.Values(10 + step, count));
            reshaped.Step();
            plain.Step();
        }
        Assert.Equal(matrix.Tensor.ToArray(), vector.Tensor.ToArray());
        Assert.Equal(1, reshaped.MatricesOrthogonalized);
    }

    [Fact]
    public void A_kernel_takes_the_scale_of_its_flattened_matrix()
    {
        using StructureRig rig = new();
        Parameter kernel = rig.Add("conv", [8, 2, 3, 3], StructureRig.Values(1, 144)), flat = rig.Add("flat", [8, 18], StructureRig.Values(1, 144));
        foreach (Parameter parameter in (Parameter[])[kernel, flat]) Replay.SetGradient(parameter, StructureRig.Values(2, 144));
        rig.Optimizer(Options("muon-moonlight")).Step();
        Assert.Equal(flat.Tensor.ToArray(), kernel.Tensor.ToArray());
    }
}
