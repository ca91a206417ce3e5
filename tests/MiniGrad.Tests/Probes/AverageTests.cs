using System.Globalization;
using System.Text.Json.Nodes;
using MiniGrad.Experiments.Probes;
using MiniGrad.Experiments.Running;
using MiniGrad.Tests.Data;
using MiniGrad.Tests.Experiments;
using MiniGrad.Training;

namespace MiniGrad.Tests.Probes;

/// <summary>The exponential moving average of the weights.</summary>
public sealed class AverageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void It_is_that_of_the_formula_and_changes_no_number_of_the_run()
    {
        using TrainingSession plain = ProbeRig.Session(ProbeRig.Workload()), averaged = ProbeRig.Session(ProbeRig.Workload(ProbeRig.Settings with { Ema = 0.75 }));
        double[] expected = Weights(averaged);
        var follow = new Following(() =>
        {
            double[] now = Weights(averaged);
            for (int i = 0; i < expected.Length; i++) expected[i] = (0.75 * expected[i]) + (0.25 * now[i]);
        });
        plain.Trainer.Run(new ProbeRig.Silent(), TestContext.Current.CancellationToken);
        averaged.Trainer.Run(follow, TestContext.Current.CancellationToken);
        Assert.Equal(12, follow.Steps);
        Assert.Equal(Weights(plain), Weights(averaged));
        double[] trained = Weights(averaged), average;
        using (averaged.Optimizer.Average!.Apply()) average = Weights(averaged);
        Assert.Equal(trained, Weights(averaged));
        Assert.True(expected.Zip(average).Max(p => Math.Abs(p.First - p.Second)) < 1e-6);
        Assert.True(average.Zip(trained).Max(p => Math.Abs(p.First - p.Second)) > 1e-3);
        Assert.Throws<ArgumentOutOfRangeException>(() => plain.Optimizer.AverageWeights(1));
    }

    [Fact]
    public void An_interrupted_run_ends_with_the_same_average()
    {
        Workload workload = ProbeRig.Workload(ProbeRig.Settings with { Ema = 0.9, Checkpoints = new CheckpointCadence { EverySteps = 1000 } });
        PlannedRun run = ProbeRig.Run();
        RunRecord whole = ProbeRig.Execute(_folder.In("whole"), workload, run, stop: false), first = ProbeRig.Execute(_folder.In("broken"), workload, run, stop: true), second = ProbeRig.Execute(_folder.In("broken"), workload, run, stop: false);
        Assert.Equal((TrainingOutcome.Interrupted, 6), (first.Result.Outcome, second.ResumedFrom.Single()));
        Assert.Equal(whole.Measures["ema.validationLoss"], second.Measures["ema.validationLoss"]);
        Assert.NotEqual(whole.Result.FinalValidationLoss, whole.Measures["ema.validationLoss"]);
        Assert.Equal(File.ReadAllText(Path.Combine(_folder.In("whole"), run.Folder, AverageWatch.FileName)), File.ReadAllText(Path.Combine(_folder.In("broken"), run.Folder, AverageWatch.FileName)));
    }

    [Fact]
    public async Task Evaluate_takes_it_where_it_is_asked_for()
    {
        string text = _folder.File("text.txt", string.Concat(Enumerable.Range(0, 400).Select(i => string.Create(CultureInfo.InvariantCulture, $"The method returns item {i * i % 97} when it is called {i} times.\n")))), run = _folder.In("run");
        string[] small = ["--corpus", text, "--profile", "tiny", "--batch", "2", "--steps", "6", "--set", "model.nLayer=1", "--set", "model.nEmbd=16", "--set", "model.nHead=2", "--set", "model.blockSize=16", "--no-progress"];
        ExperimentsProgram.Outcome trained = await ExperimentsProgram.RunAsync(_folder.Path, ["train", .. small, "--ema", "0.5", "--out", run, "--json"]);
        Assert.True(trained.ExitCode == 0, trained.Error);
        JsonNode result = JsonNode.Parse(trained.Output)!["variants"]![0]!;
        double raw = await Loss("raw"), average = await Loss("ema");
        Assert.Equal((double)result["finalValidationLoss"]!["mean"]!, raw, 1e-6);
        Assert.Equal((double)result["measures"]!["ema.validationLoss"]!["mean"]!, average, 1e-6);
        Assert.NotEqual(raw, average);

        Assert.Equal(0, (await ExperimentsProgram.RunAsync(_folder.Path, ["train", .. small, "--out", _folder.In("none")])).ExitCode);
        ExperimentsProgram.Outcome refused = await ExperimentsProgram.RunAsync(_folder.Path, "evaluate", "--checkpoint", _folder.In("none"), "--corpus", text, "--weights", "ema");
        Assert.True(refused.ExitCode == 3 && refused.ErrorLine.Contains("holds no average of the weights; train with --ema", StringComparison.Ordinal), refused.Error);
        ExperimentsProgram.Outcome wrong = await ExperimentsProgram.RunAsync(_folder.Path, ["train", .. small, "--ema", "1", "--out", _folder.In("wrong")]);
        Assert.True(wrong.ExitCode == 2 && wrong.ErrorLine.Contains("--ema 1", StringComparison.Ordinal), wrong.Error);

        async Task<double> Loss(string weights)
        {
            ExperimentsProgram.Outcome outcome = await ExperimentsProgram.RunAsync(_folder.Path, "evaluate", "--checkpoint", run, "--corpus", text, "--weights", weights, "--json");
            Assert.True(outcome.ExitCode == 0, outcome.Error);
            return (double)JsonNode.Parse(outcome.Output)!["loss"]!;
        }
    }

    private static double[] Weights(TrainingSession session) => [.. session.Model.Parameters.SelectMany(p => p.Tensor.ToArray()).Select(w => (double)w)];

    private sealed class Following(Action after) : ITrainingObserver
    {
        public int Steps { get; private set; }

        public void Logged(StepMetrics metrics)
        {
            Steps++;
            after();
        }
    }
}
