using MiniGrad.Backends;
using MiniGrad.Backends.Reference;
using MiniGrad.Optim;
using MiniGrad.Tests.IO;
using MiniGrad.Tests.Optim.Structure;

namespace MiniGrad.Tests.Backends;

/// <summary>
/// Steps on back ends that orthogonalize in batches: experts, projections and layers of one shape together give the bits
/// of every matrix as the only one of an optimizer of its own.
/// </summary>
[Collection(DeviceCollection.Name)]
public sealed class BatchedStepTests
{
    private const int Steps = 3, Skipped = 1;

    // Shapes are shared: the experts with a layer, the keys and values with three others. The last is alone.
    private static readonly (string Name, int[] Shape, (int Rows, int Columns)[] Matrices)[] Model =
    [
        ("experts", [3, 6, 10], [(6, 10), (6, 10), (6, 10)]),
        ("qkv", [32, 12], [(16, 12), (8, 12), (8, 12)]),
        ("a", [8, 12], [(8, 12)]),
        ("b", [8, 12], [(8, 12)]),
        ("c", [8, 12], [(8, 12)]),
        ("d", [6, 10], [(6, 10)]),
        ("e", [12, 5], [(12, 5)]),
    ];

    private static readonly int Matrices = Model.Sum(parameter => parameter.Matrices.Length);

    public static IEnumerable<TheoryDataRow<string, string, string>> Cases
    {
        get
        {
            foreach (Preset preset in Presets.All.Where(preset => preset.Options.Orthogonalizes && preset.Options.Orthogonalizer.Build() is NewtonSchulz && preset.Stages.All(stage => stage.HostMemoryReason is null))) yield return new(NamedBackends.Far, preset.Name, "hook=none");
            foreach (TheoryDataRow<string> name in NamedBackends.Ilgpu)
            {
                yield return new(name.Data, "adamuon", "hook=none");
                if (NamedBackends.IsSlow(name.Data) && !Effort.IsFull) continue;
                yield return new(name.Data, "muon", "hook=hyperball");
                yield return new(name.Data, "adamuon", "factored=second");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_step_of_all_matrices_gives_the_bits_of_each_alone(string name, string preset, string change)
    {
        OptimizerOptions options = (OptimizerOptions.FromPreset(preset) with { LearningRate = 0.02, WeightDecay = 0.1 }).With(["routing.qkv=split", change]);
        using var together = new ComputeContext(NamedBackends.Open(name));
        using var apart = new ComputeContext(NamedBackends.Open(name));
        List<Parameter> all = [.. Model.Select((_, i) => Make(together, i))];
        var optimizer = new Optimizer(ParameterRouter.Everything(all, options), options);
        var single = Model.SelectMany((parameter, p) => parameter.Matrices.Select((matrix, m) => Single(apart, p, m, options))).ToArray();
        for (int step = 0; step < Steps; step++)
        {
            optimizer.ZeroGradients();
            for (int p = 0; p < all.Count; p++)
            {
                if (HasGradient(step, p)) Replay.SetGradient(all[p], StructureRig.Values(20 + (10 * step) + p, (int)all[p].Shape.Count));
            }
            using (together.BeginStep()) optimizer.Step();
            Assert.Equal(options.Compile().Find<Orthogonalize>() is null ? 0 : step == Skipped ? Matrices - 1 : Matrices, optimizer.MatricesOrthogonalized);
            foreach ((Parameter parameter, Optimizer own, int p, int offset) in single)
            {
                own.ZeroGradients();
                if (HasGradient(step, p)) Replay.SetGradient(parameter, StructureRig.Values(20 + (10 * step) + p, Count(p)).AsSpan(offset, (int)parameter.Shape.Count));
                using (apart.BeginStep()) own.Step();
            }
        }
        foreach ((Parameter parameter, _, int p, int offset) in single)
        {
            float[] expected = parameter.Tensor.ToArray();
            Assert.True(all[p].Tensor.ToArray().AsSpan(offset, expected.Length).SequenceEqual(expected), $"{name}, {preset}, {change}: {Model[p].Name} from {offset} differs");
            Assert.NotEqual(StructureRig.Values(1 + p, Count(p)).Skip(offset).Take(expected.Length).Select(value => (float)value), expected);
        }
        Assert.Equal(0, together.Arena.LiveViews);
    }

    [Fact]
    public void What_is_observed_does_not_depend_on_the_batches()
    {
        OptimizerOptions options = (OptimizerOptions.FromPreset("adamuon") with { LearningRate = 0.02 }).With("routing.qkv", "split");
        Assert.Equal(Observed(new ReferenceBackend<float>()), Observed(new FarMemoryBackend()));

        IReadOnlyList<ParameterDiagnostics> Observed(IBackend backend)
        {
            using var context = new ComputeContext(backend);
            List<Parameter> all = [.. Model.Select((_, i) => Make(context, i))];
            var optimizer = new Optimizer(ParameterRouter.Everything(all, options), options);
            for (int p = 0; p < all.Count; p++) Replay.SetGradient(all[p], StructureRig.Values(p, Count(p)));
            optimizer.Step(observe: Observation.Spectra);
            IReadOnlyList<ParameterDiagnostics> read = optimizer.Diagnostics.Read();
            Assert.All(read, one => Assert.True(one.UpdateRms > 0 && one.GradientDotUpdate < 0 && one.OrthogonalityDistance > 0 && one.Spectrum is not null, one.ToString()));
            return read;
        }
    }

    [Theory]
    [MemberData(nameof(NamedBackends.Ilgpu), MemberType = typeof(NamedBackends))]
    public void One_more_matrix_of_a_shape_costs_no_orthogonalization_of_its_own(string name)
    {
        // Norm, factor and scaling, then five times three products.
        const int Orthogonalization = 3 + (5 * 3);
        long two = Kernels(2);
        Assert.InRange(two, Orthogonalization, Orthogonalization + 24);
        Assert.Equal(two, Kernels(8));
        Assert.Equal(two, Kernels(16));

        // The seventeenth strand is one launch more of every other stage.
        Assert.InRange(Kernels(17) - two, 1, Orthogonalization - 1);

        long Kernels(int matrices)
        {
            OptimizerOptions options = OptimizerOptions.FromPreset("adamuon") with { LearningRate = 0.02 };
            var backend = (MiniGrad.Ilgpu.IlgpuBackend)NamedBackends.Open(name);
            using var context = new ComputeContext(backend);
            List<Parameter> all = [.. Enumerable.Range(0, matrices).Select(i => context.Parameter($"{i}", [8, 12], ParameterRole.HiddenMatrix))];
            foreach (Parameter parameter in all) Replay.SetGradient(parameter, StructureRig.Values(1, 96));
            var optimizer = new Optimizer(ParameterRouter.Everything(all, options), options);
            optimizer.Step();
            long before = backend.KernelsQueued;
            optimizer.Step();
            return backend.KernelsQueued - before;
        }
    }

    private static bool HasGradient(int step, int parameter) => step != Skipped || Model[parameter].Name != "b";

    private static int Count(int parameter) => Model[parameter].Shape.Aggregate(1, (product, size) => product * size);

    private static Parameter Make(ComputeContext context, int index)
    {
        (string name, int[] shape, _) = Model[index];
        HeadRows? heads = name == "qkv" ? new HeadRows(new AttentionHeads(context, 4, 2), AttentionParts.QueryKeyValue) : null;
        Parameter parameter = context.Parameter(name, new Shape(shape), name == "experts" ? ParameterRole.ExpertMatrices : ParameterRole.HiddenMatrix, heads);
        parameter.Tensor.CopyFrom(StructureRig.Values(1 + index, Count(index)));
        return parameter;
    }

    private static (Parameter Parameter, Optimizer Optimizer, int Index, int Offset) Single(ComputeContext context, int index, int matrix, OptimizerOptions options)
    {
        (int rows, int columns) = Model[index].Matrices[matrix];
        int offset = Model[index].Matrices.Take(matrix).Sum(before => before.Rows * before.Columns);
        Parameter parameter = context.Parameter($"{Model[index].Name} {matrix}", [rows, columns], ParameterRole.HiddenMatrix);
        parameter.Tensor.CopyFrom(StructureRig.Values(1 + index, Count(index)).AsSpan(offset, rows * columns));
        return (parameter, new Optimizer(ParameterRouter.Everything([parameter], options), options), index, offset);
    }
}
