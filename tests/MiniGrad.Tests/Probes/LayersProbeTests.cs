using MiniGrad.Experiments.Probes;
using MiniGrad.Experiments.Running;
using MiniGrad.Tests.Data;
using MiniGrad.Training;

namespace MiniGrad.Tests.Probes;

public sealed class LayersProbeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("adamuon")]
    [InlineData("muon", "qkClip=0.01")]
    public void Watching_changes_no_number_of_a_run_and_tells_of_every_layer(string preset, params string[] changes)
    {
        PlannedRun run = ProbeRig.Run(preset, changes);
        // A bound that some gradients pass.
        double bound = ProbeRig.Execute(_folder.In("first"), ProbeRig.Workload(), run, stop: false).History.Average(m => m.GradientNorm);
        Workload workload = ProbeRig.Workload(ProbeRig.Settings with { MaxGradientNorm = bound });
        RunRecord plain = ProbeRig.Execute(_folder.In("plain"), workload, run, stop: false), watched = ProbeRig.Execute(_folder.In("watched"), workload, run, stop: false, new LayersProbe(looks: 3));
        Assert.Equal(plain.History.Select(m => m with { Seconds = 0 }), watched.History.Select(m => m with { Seconds = 0 }));
        Assert.Equal(plain.Result.FinalValidationLoss, watched.Result.FinalValidationLoss);
        Assert.Empty(LayersFile.Read(Path.Combine(_folder.In("plain"), run.Folder)));
        Assert.False(File.Exists(Path.Combine(_folder.In("watched"), run.Folder, "diagnostics.jsonl")));

        IReadOnlyList<LayerMeasure> lines = LayersFile.Read(Path.Combine(_folder.In("watched"), run.Folder));
        Assert.Equal([4, 8, 12], lines.Select(l => (int)l.Step).Distinct());
        // Four matrices in each of two blocks, embedding and head, two layers' attention, the clip rate.
        Assert.All(lines.GroupBy(l => l.Step), at => Assert.Equal((10, 2, 1), (at.Count(l => l.Matrix is not null), at.Count(l => l.LargestLogit is not null), at.Count(l => l.ClipRate is not null))));
        Assert.Equal(["attn.c_attn", "attn.c_proj", "mlp.c_fc", "mlp.c_proj"], lines.Where(l => l is { Step: 4, Layer: 1, Matrix: not null }).Select(l => l.Matrix));
        Assert.Equal([(null, "wte"), (null, "lm_head")], lines.Where(l => l is { Step: 4, Layer: null, Matrix: not null }).Select(l => (l.Layer, l.Matrix!)));
        Assert.All(lines.Where(l => l is { Layer: not null, Matrix: not null }), l => Assert.True(l.SigmaMax >= l.SigmaMin && l.StableRank >= 1 && l.UpdateRms > 0 && l.WeightRms > 0 && l.Spread >= 1));
        foreach (LayerMeasure clip in lines.Where(l => l.ClipRate is not null))
            Assert.Equal(plain.History.Count(m => m.Step > clip.Step - 4 && m.Step <= clip.Step && m.GradientNorm > bound) / 4.0, clip.ClipRate);
        Assert.True(lines.Where(l => l.ClipRate is not null).Select(l => l.ClipRate).Distinct().Count() > 1);
    }

    [Fact]
    public void An_interrupted_run_goes_on_in_its_file()
    {
        Workload workload = ProbeRig.Workload(ProbeRig.Settings with { Checkpoints = new CheckpointCadence { EverySteps = 1000 } });
        PlannedRun run = ProbeRig.Run();
        string whole = _folder.In("whole"), broken = _folder.In("broken");
        ProbeRig.Execute(whole, workload, run, stop: false, new LayersProbe(looks: 3));
        RunRecord first = ProbeRig.Execute(broken, workload, run, stop: true, new LayersProbe(looks: 3));
        Assert.Equal((TrainingOutcome.Interrupted, 6), (first.Result.Outcome, first.Result.Steps));
        string file = Path.Combine(broken, run.Folder, "layers.jsonl");
        // What a kill leaves behind the checkpoint goes.
        File.AppendAllText(file, "{\"step\":8,\"clipRate\":9}\n{\"step\":8,\"lay");
        RunRecord second = ProbeRig.Execute(broken, workload, run, stop: false, new LayersProbe(looks: 3));
        Assert.Equal([6], second.ResumedFrom);
        Assert.Equal(File.ReadAllText(Path.Combine(whole, run.Folder, "layers.jsonl")), File.ReadAllText(file));
    }

    [Fact]
    public void A_damaged_line_is_named()
    {
        _folder.File("layers.jsonl", "{\"step\":8,\"clipRate\":0.5}\n{\"step\":8,\"lay\n");
        BadInput.Throws(_folder.In("layers.jsonl"), () => LayersFile.Read(_folder.Path), "line 2 is damaged");
        new LayersFile(_folder.Path, 8).Dispose();
        Assert.Equal(0.5, Assert.Single(LayersFile.Read(_folder.Path)).ClipRate);
        new LayersFile(_folder.Path, 7).Dispose();
        Assert.Empty(LayersFile.Read(_folder.Path));
    }

    [Fact]
    public void Weights_and_logits_are_those_of_the_model()
    {
        Workload workload = ProbeRig.Workload();
        using TrainingSession session = ProbeRig.Session(workload);
        var measurement = new LayerMeasurement(session, workload.Windows);
        Parameter qkv = session.Model.Parameters.Single(p => p.Name == "h.0.attn.c_attn.weight");
        float[] weights = qkv.Tensor.ToArray();
        LayerMeasure[] before = [.. measurement.Take(1, [])];
        Assert.Equal(Math.Sqrt(weights.Sum(w => (double)w * w) / weights.Length), before.Single(m => m is { Layer: 0, Matrix: "attn.c_attn" }).WeightRms!.Value, 1e-12);
        Assert.All(before.Where(m => m.Matrix is not null), m => Assert.True(m is { UpdateRms: null, StableRank: null }));

        // Twice the weights of queries and keys: exactly four times every logit of that layer.
        qkv.Tensor.CopyFrom([.. weights.Select(w => 2 * w)]);
        double[] logits = [Logit(before, 0), Logit(measurement.Take(1, []), 0)];
        Assert.True(logits[0] > 0);
        Assert.Equal(4 * logits[0], logits[1]);
        qkv.Tensor.CopyFrom(new float[weights.Length]);
        Assert.Equal(0, Logit(measurement.Take(1, []), 0));
        Assert.NotEqual(0, Logit(measurement.Take(1, []), 1));

        static double Logit(IEnumerable<LayerMeasure> measures, int layer) => measures.Single(m => m.Layer == layer && m.Matrix is null).LargestLogit!.Value;
    }

    [Fact]
    public void At_the_end_of_a_run_there_are_its_means()
    {
        Workload workload = ProbeRig.Workload();
        PlannedRun run = ProbeRig.Run();
        IReadOnlyDictionary<string, double> measures = ProbeRig.Execute(_folder.Path, workload, run, stop: false, new LayersProbe(), new TimeSplitProbe()).Measures;
        Assert.Equal(["layers.updateRms", "layers.weightRms", "layers.spread", "layers.stableRank", "layers.largestLogit"], measures.Keys.Take(5));
        LayerMeasure[] last = [.. LayersFile.Read(Path.Combine(_folder.Path, run.Folder)).Where(l => l.Step == 12)], matrices = [.. last.Where(l => l is { Layer: not null, Matrix: not null })];
        Assert.Equal(matrices.Average(m => m.UpdateRms!.Value), measures["layers.updateRms"], 1e-12);
        Assert.Equal(matrices.Average(m => m.StableRank!.Value), measures["layers.stableRank"], 1e-9);
        Assert.Equal(Math.Exp(matrices.Average(m => Math.Log(m.Spread!.Value))), measures["layers.spread"], 1e-9);
        Assert.Equal(last.Max(m => m.LargestLogit), measures["layers.largestLogit"]);
        // AdaMuon aligns every update's RMS to 0.2.
        Assert.All(matrices, m => Assert.Equal(0.2, m.UpdateRms!.Value, 0.005));
    }

    [Theory]
    [InlineData("h.3.attn.c_attn.weight", 3, "attn.c_attn")]
    [InlineData("model.layers.11.self_attn.q_proj.weight", 11, "self_attn.q_proj")]
    [InlineData("wte.weight", null, "wte")]
    public void A_name_tells_layer_and_matrix(string name, int? layer, string matrix) => Assert.Equal((layer, matrix), LayerMeasurement.Place(name));

    [Theory]
    [InlineData(300, 1, 20, 15)]
    [InlineData(12, 1, 20, 1)]
    [InlineData(100, 10, 20, 10)]
    [InlineData(100, 3, 20, 6)]
    public void Looks_fall_on_logged_steps(int steps, int logEvery, int looks, int every)
    {
        TrainingOptions asked = new LayersProbe(looks).Asks(new TrainingOptions { Steps = steps, BatchSize = 1, LogEvery = logEvery });
        Assert.Equal((every, Observation.Spectra, true), (asked.TellEvery, asked.Observe, asked.TellParameters));
        Assert.True(asked.IsTold(steps));
        Assert.Equal(Observation.Spectra, asked.ObservationAt(every));
        if (every > 1) Assert.Equal(logEvery == 1 ? Observation.Norms : Observation.Nothing, asked.ObservationAt(every + 1));
        Assert.Equal(steps / every + (steps % every == 0 ? 0 : 1), Enumerable.Range(1, steps).Count(asked.IsTold));
    }

    [Fact]
    public void The_clip_rate_is_the_share_above_the_bound()
    {
        StepMetrics[] steps = [.. ((double[])[0.5, 1, 1.5, 3, double.NaN]).Select((norm, i) => new StepMetrics { Step = i + 1, Tokens = 0, Seconds = 0, TrainLoss = 0, LearningRate = 0, GradientNorm = norm, UpdateRms = 0 })];
        Assert.Equal(0.4, ClipRate.Of(steps, 1));
        Assert.True(double.IsNaN(ClipRate.Of([], 1)));
    }
}
