using MiniGrad.Backends.Cpu;
using MiniGrad.Backends.Reference;
using MiniGrad.Memory;
using MiniGrad.Optim;
using MiniGrad.Tests.Data;
using MiniGrad.Tests.Optim.Structure;

namespace MiniGrad.Tests.Optim;

/// <summary>A stage that is none of the library's: trained, saved, resumed, set from text, and with the bits of the built-in one that it copies.</summary>
public sealed class StageOfOnesOwnTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>AdaMuon's second moment, written with what is public.</summary>
    private sealed record MySecondMoment(double Beta2) : Stage
    {
        public override IReadOnlyList<StateSchema> State(Shape parameter) => [new("secondMoment", parameter)];

        public override void Apply(StageContext context)
        {
            BufferView moment = context.State(0), update = context.Writable();
            context.Backend.SecondMoment(Beta2, context.Update, moment, context.Gate);
            context.Backend.DivideByRoot(RootRule.Divide, 1e-8, context.Update, moment, default, update);
            context.Replace(update);
        }
    }

    private static StageList Mine => Presets.AdaMuon().Replace<ElementwiseSecondMoment>(new MySecondMoment(0.95));

    [Fact]
    public void It_has_a_name_and_a_formula_without_saying_so()
    {
        Assert.Equal("momentum → sign → orthogonalize → my-second-moment → rms-align → update", Mine.Names);
        Assert.Equal("my-second-moment: U ← my-second-moment(U)", Mine.Find<MySecondMoment>()!.ToString());
        Assert.Equal(Mine, Presets.AdaMuon().Replace<ElementwiseSecondMoment>(new MySecondMoment(0.95)));
        Assert.NotEqual(Mine, Presets.AdaMuon().Replace<ElementwiseSecondMoment>(new MySecondMoment(0.9)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void It_gives_the_bits_of_the_stage_that_it_copies_also_when_it_was_saved_and_resumed(int threads)
    {
        float[] theirs = Train(Presets.AdaMuon(), threads, 0, 8, null, null), ours = Train(Mine, threads, 0, 8, null, null);
        Assert.Equal(theirs, ours);
        Assert.NotEqual(Train(Presets.Muon(), threads, 0, 8, null, null), ours);

        string file = _folder.In("mine.safetensors");
        _ = Train(Mine, threads, 0, 5, null, file);
        Assert.Equal(ours, Train(Mine, threads, 5, 8, file, null));
        // The names of the state are the same, so the built-in stage goes on with it, too.
        Assert.Equal(ours, Train(Presets.AdaMuon(), threads, 5, 8, file, null));
    }

    [Fact]
    public void A_file_of_another_optimizer_is_refused()
    {
        string file = _folder.In("muon.safetensors");
        _ = Train(Presets.AdaMuon(), 1, 0, 2, null, file);
        Assert.StartsWith("unknown optimizer state 'a/secondMoment'", Assert.Throws<ArgumentException>(() => Train(Presets.Muon(), 1, 2, 3, file, null)).Message, StringComparison.Ordinal);
        Assert.EndsWith("does not exist", Assert.Throws<InvalidDataException>(() => Train(Presets.Muon(), 1, 0, 1, _folder.In("missing"), null)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void It_makes_no_garbage_and_downloads_nothing()
    {
        using StructureRig rig = new(new ReferenceBackend<float>());
        Parameter w = rig.Add("w", [6, 9], StructureRig.Values(1, 54));
        var optimizer = new Optimizer([w], Mine, learningRate: 0.01, clipNorm: 1);
        Replay.SetGradient(w, StructureRig.Values(2, 54));
        for (int step = 0; step < 60; step++) optimizer.Step();
        (long downloads, long before) = (rig.Context.Backend.Transfers.Downloads, GC.GetAllocatedBytesForCurrentThread());
        for (int step = 0; step < 50; step++) optimizer.Step();
        Assert.Equal((0, downloads, 0), (GC.GetAllocatedBytesForCurrentThread() - before, rig.Context.Backend.Transfers.Downloads, rig.Context.Arena.LiveViews));
    }

    [Fact]
    public void It_can_be_tried_alone()
    {
        using StructureRig rig = new(new ReferenceBackend<double>());
        Parameter w = rig.Add("w", [2, 3], StructureRig.Values(1, 6));
        double[] gradient = StructureRig.Values(2, 6);
        Replay.SetGradient(w, gradient);
        var stage = new MySecondMoment(0.9);
        var context = new StageContext(w, stage, learningRate: 0.5);
        double[] moment = new double[6], update = new double[6];
        for (int step = 0; step < 3; step++)
        {
            context.Restart();
            stage.Apply(context);
            moment = [.. moment.Zip(gradient, (v, g) => (0.9 * v) + (0.1 * g * g))];
            rig.Context.Backend.Download(context.Update, update);
            Assert.All(update.Zip(gradient.Zip(moment)), e => Assert.Equal(e.Second.First / (Math.Sqrt(e.Second.Second) + 1e-8), e.First, 1e-12));
        }
        Assert.Equal((0.5, 2, 3, true), (context.LearningRate, context.Rows, context.Columns, context.Decays));
        Assert.Equal(gradient, rig.Context.DownloadDouble(context.Gradient));
    }

    [Fact]
    public void Text_keys_change_a_list_around_it_and_its_own_settings()
    {
        OptimizerOptions options = OptionReader.Read(Mine);
        Assert.Equal(Mine, options.Compile());
        Assert.Equal("momentum → nesterov → orthogonalize → my-second-moment → shape-scale → update", (options with { Preset = "adamuon" }).With(["sign=false", "nesterov=true", "scale=shape"]).Compile().Names);
        OptimizerOptions set = (options with { Preset = "adamuon" }).With("stages.my-second-moment.beta2", "0.5");
        Assert.Equal(0.5, set.Compile().Find<MySecondMoment>()!.Beta2);
        Assert.Contains("\"stages\":{\"my-second-moment\":{\"beta2\":0.5}}", set.ToJson().ToJsonString(), StringComparison.Ordinal);

        // An order that no keys give is kept whole.
        StageList odd = [new Momentum(0.9), new RmsAlign(), new Orthogonalize(), new UpdateWeights(0.1)];
        OptimizerOptions custom = OptionReader.Read(odd);
        Assert.Equal((OptimizerKind.Custom, true, 0.1), (custom.Kind, custom.Orthogonalizes, custom.WeightDecay));
        Assert.Equal(odd, custom.Compile());
        Assert.Equal(new UpdateWeights(0.2), (custom with { WeightDecay = 0.2 }).Compile()[3]);
    }

    [Theory]
    [InlineData("stages.momentum.bta", "0.5", "unknown setting of stage 'momentum' 'bta'; did you mean 'beta'?")]
    [InlineData("stages.momentun.beta", "0.5", "unknown stage 'momentun'; did you mean 'momentum'?")]
    [InlineData("stages.momentum.beta", "big", "stages.momentum.beta is \"big\"; expected a number")]
    [InlineData("stages.momentum.form", "emma", "unknown stages.momentum.form value 'emma'; did you mean 'ema'?")]
    [InlineData("stages.momentum", "1", "unknown optimizer key 'stages.momentum'; expected stages.NAME.SETTING")]
    [InlineData("stages.momentum.beta", "0.95", "stages.momentum.beta=0.95 has no effect on preset 'muon'")]
    public void A_setting_that_is_none_is_refused(string key, string value, string expected) =>
        Assert.StartsWith(expected, Assert.ThrowsAny<ArgumentException>(() => Rig.Options("muon").With(key, value)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_setting_survives_JSON()
    {
        OptimizerOptions options = Rig.Options("muon").With("stages.momentum.form", "accumulate");
        Assert.Equal(new Momentum(0.95, MomentumForm.Accumulate), options.Compile()[0]);
        OptimizerOptions again = OptimizerOptions.Parse(options.ToJson().ToJsonString());
        Assert.Equal((options, options.Compile()), (again, again.Compile()));
    }

    /// <summary>Steps on ½‖W‖²-like gradients that depend on the step alone; resumes from a file and saves to one where asked to.</summary>
    private static float[] Train(StageList stages, int threads, int first, int last, string? from, string? to)
    {
        using StructureRig rig = new(new CpuBackend(threads));
        rig.Add("a", [8, 5], StructureRig.Values(1, 40));
        rig.Add("b", [3, 12], StructureRig.Values(2, 36));
        rig.Add("e", [7, 4], StructureRig.Values(3, 28), ParameterRole.Embedding);
        rig.Add("v", [6], StructureRig.Values(4, 6), ParameterRole.Vector);
        var optimizer = new Optimizer(rig.Parameters, stages, learningRate: 0.02, clipNorm: 1);
        if (from is not null) optimizer.Load(from);
        for (int step = first; step < last; step++)
        {
            optimizer.ZeroGradients();
            foreach ((Parameter parameter, int i) in rig.Parameters.Select((p, i) => (p, i))) Replay.SetGradient(parameter, StructureRig.Values(100 * step + i, parameter.Shape.Count));
            optimizer.Step();
        }
        if (to is not null) optimizer.Save(to);
        return [.. rig.Parameters.SelectMany(p => p.Tensor.ToArray())];
    }
}
