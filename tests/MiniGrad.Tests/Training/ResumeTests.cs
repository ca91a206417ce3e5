using MiniGrad.Backends.Cpu;
using MiniGrad.IO;
using MiniGrad.Tests.Backends;
using MiniGrad.Tests.Data;
using MiniGrad.Training;

namespace MiniGrad.Tests.Training;

/// <summary>40 steps are 20 + 20 and 13 + 14 + 13, bit for bit.</summary>
public sealed class ResumeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string, int> PresetsAndThreads => [.. Presets.Names.SelectMany(name => (IEnumerable<TheoryDataRow<string, int>>)[new(name, 1), new(name, 2)])];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(PresetsAndThreads))]
    public void Every_preset_resumes_bit_for_bit(string preset, int threads)
    {
        using var unbroken = new SavedRun(_folder.In("none"), preset, new CpuBackend(threads), cadence: CheckpointCadence.Never);
        TrainingResult whole = unbroken.Train();
        Assert.Equal(TrainingOutcome.Completed, whole.Outcome);
        AssertEqual(unbroken, whole, preset, threads, [], 20);
        AssertEqual(unbroken, whole, preset, threads, [], 13, 27);
    }

    [Theory]
    [InlineData("adamuon", "stateType=bfloat16")]
    [InlineData("adamuon", "factored=both")]
    [InlineData("adamw", "stateType=bfloat16", "factored=second")]
    [InlineData("muon", "simplifiedAdEMAMix=8", "mask=cautious")]
    public void Every_kind_of_state_resumes_bit_for_bit(string preset, params string[] changes)
    {
        using var unbroken = new SavedRun(_folder.In("none"), preset, cadence: CheckpointCadence.Never, changes: changes);
        AssertEqual(unbroken, unbroken.Train(), preset, 1, changes, 13, 27);
    }

    [Fact]
    public void A_run_that_stops_early_stops_at_the_same_step_when_it_was_interrupted_before()
    {
        // A rate at which nothing is learned any more after the first evaluations.
        string[] changes = ["learningRate=0.5"];
        var training = new TrainingOptions { Steps = 60, BatchSize = 4, EvaluateEvery = 2, Patience = 3 };
        using var unbroken = new SavedRun(_folder.In("none"), "adamw", training: training, cadence: CheckpointCadence.Never, changes: changes);
        TrainingResult whole = unbroken.Train();
        Assert.Equal(TrainingOutcome.Completed, whole.Outcome);
        Assert.InRange(whole.Steps, 8, 59);
        Assert.StartsWith($"stopped early after step {whole.Steps}: ", whole.Reason, StringComparison.Ordinal);
        using (var first = new SavedRun(_folder.In("run"), "adamw", training: training, stopAfter: whole.Steps - 3, changes: changes)) Assert.Equal(TrainingOutcome.Interrupted, first.Train().Outcome);
        using var resumed = new SavedRun(_folder.In("run"), "adamw", training: training, changes: changes);
        TrainingResult rest = resumed.Train();
        Assert.Equal((whole.Steps, whole.Reason, TrainingOutcome.Completed), (rest.Steps, rest.Reason, rest.Outcome));
        Assert.Equal(unbroken.Bits(), resumed.Bits());
    }

    [Fact]
    public void A_far_device_resumes_bit_for_bit_between_logged_steps()
    {
        var training = new TrainingOptions { Steps = 12, BatchSize = 2, LogEvery = 4 };
        using var unbroken = new SavedRun(_folder.In("none"), backend: new FarMemoryBackend(), training: training, cadence: CheckpointCadence.Never);
        unbroken.Train();
        string folder = _folder.In("far");
        using (var first = new SavedRun(folder, backend: new FarMemoryBackend(), training: training, cadence: new CheckpointCadence { EverySteps = 5 }))
        {
            first.Train();
            Assert.Equal([5, 10], first.Store.Steps);
        }
        using var second = new SavedRun(folder, backend: new FarMemoryBackend(), training: training);
        Assert.Equal(10, second.From!.State.Step);
        second.Train();
        Assert.Equal(unbroken.Bits(), second.Bits());
    }

    [Fact]
    public void Another_model_optimizer_or_corpus_is_refused_with_the_fields_named()
    {
        using (var run = new SavedRun(_folder.Path, stopAfter: 3)) run.Train();
        Refused("optimizer.preset is \"adamuon\" in the checkpoint and \"muon\" here", () => new SavedRun(_folder.Path, "muon"));
        Refused("corpus.sha256 is \"abc\" in the checkpoint and \"def\" here", () => new SavedRun(_folder.Path, corpus: "def"));
        Refused("model.nLayer is 1 in the checkpoint and 2 here", () => new SavedRun(_folder.Path, model: SavedRun.Model with { NLayer = 2 }));

        static void Refused(string expected, Func<SavedRun> resume) =>
            Assert.Contains(expected, Assert.Throws<CheckpointException>(() => resume().Dispose()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_last_ones_and_the_best_stay()
    {
        // Turning the head around after every step from the ninth on makes an early checkpoint the best.
        var cadence = new CheckpointCadence { EverySteps = 4, Keep = 2, BestAndLast = true };
        using var run = new SavedRun(_folder.Path, cadence: cadence, training: new TrainingOptions { Steps = 24, BatchSize = 4, EvaluateEvery = 4 });
        run.Run.OnLogged = metrics =>
        {
            Tensor head = run.Run.Model.Parameters[^1].Tensor;
            if (metrics.Step >= 9) head.CopyFrom([.. head.ToArray().Select(x => Math.Clamp(-20 * x, -1, 1))]);
        };
        run.Train();
        long best = run.Run.History.Where(m => m.ValidationLoss is not null).MinBy(m => m.ValidationLoss)!.Step;
        Assert.Equal(8, best);
        Assert.Equal(best, run.Store.Best);
        Assert.Equal([8, 20, 24], run.Store.Steps);
        Assert.Throws<ArgumentOutOfRangeException>(() => run.Store.MarkBest(24, double.NaN));
    }

    [Fact]
    public void A_validation_loss_that_is_NaN_neither_becomes_nor_hides_the_best()
    {
        var training = new TrainingOptions { Steps = 4, BatchSize = 2, EvaluateEvery = 2, OnNonFinite = NonFinitePolicy.Skip };
        var cadence = new CheckpointCadence { EverySteps = 1, BestAndLast = true };
        using var run = new SavedRun(_folder.Path, training: training, cadence: cadence);
        float[] good = run.Run.Model.Parameters[0].Tensor.ToArray();
        run.Run.Model.Parameters[0].Tensor.CopyFrom([.. good.Select(_ => float.NaN)]);
        run.Run.OnLogged = metrics =>
        {
            if (metrics.Step == 2) run.Run.Model.Parameters[0].Tensor.CopyFrom(good);
        };
        run.Train();
        Assert.True(double.IsNaN(run.Run.History[1].ValidationLoss!.Value));
        Assert.Equal(4, run.Store.Best);
    }

    private void AssertEqual(SavedRun unbroken, TrainingResult whole, string preset, int threads, string[] changes, params int[] stops)
    {
        string folder = _folder.In($"{string.Join('-', stops)}");
        var losses = new List<StepMetrics>();
        TrainingResult? last = null;
        int begun = 0;
        foreach (int stop in (int[])[.. stops, 0])
        {
            using var part = new SavedRun(folder, preset, new CpuBackend(threads), stopAfter: stop, changes: changes);
            Assert.Equal(begun, part.From?.State.Step ?? 0);
            Assert.Equal(begun == 0 ? [] : stops.TakeWhile(s => s <= begun), part.From?.ResumedFrom ?? []);
            last = part.Train();
            Assert.Equal(stop == 0 ? TrainingOutcome.Completed : TrainingOutcome.Interrupted, last.Outcome);
            losses.AddRange(part.Run.History);
            begun = stop;
            if (stop != 0) continue;
            Dictionary<string, long[]> expected = unbroken.Bits(), actual = part.Bits();
            Assert.Equal(expected.Keys.Order(), actual.Keys.Order());
            Assert.All(expected, tensor => Assert.Equal(tensor.Value, actual[tensor.Key]));
            Assert.Equal(unbroken.Run.Context.Counters.MatricesOrthogonalized, part.Run.Context.Counters.MatricesOrthogonalized);
        }
        Assert.Equal(unbroken.Run.History.Select(m => m with { Seconds = 0 }), losses.Select(m => m with { Seconds = 0 }));
        Assert.Equal(whole with { TrainSeconds = 0 }, last! with { TrainSeconds = 0 });
    }
}
