using System.CommandLine;
using MiniGrad.Experiments.Catalog;
using MiniGrad.Experiments.Configuration;
using MiniGrad.Experiments.Probes;
using MiniGrad.Experiments.Statistics;
using MiniGrad.Mpi;

namespace MiniGrad.Experiments.Commands;

/// <summary><c>train</c>: one run of one preset.</summary>
internal static class TrainCommand
{
    public static Command Create(Option<bool> json)
    {
        var common = new CommonOptions();
        var optimizer = new Option<string>("--optimizer") { Description = "A preset ('list' shows them)", DefaultValueFactory = _ => "adamuon" };
        Option<int?> seed = CommonOptions.Number("--seed", "Seed of the initial weights and the batches (default: 0)");
        var diagnostics = new Option<string>("--diagnostics") { Description = "Write diagnostics.jsonl, a line a parameter and logged step: norms, full or spectra (singular values, slow)", DefaultValueFactory = _ => "none" };
        Option<int?> sampleEvery = CommonOptions.Number("--sample-every", "Write what the model says every N steps into samples.jsonl");
        var samplePrompt = new Option<string?>("--sample-prompt") { Description = "The beginning that samples continue (default: that of the held-out text)" };
        Option<int?> patience = CommonOptions.Number("--early-stopping", "End the run after N evaluations in a row without a lower validation loss");
        var find = new Option<bool>("--find-learning-rate") { Description = "A range test: the rate rises step by step from a 100,000th of --learning-rate (1 where none is given) to it, and the loss over it is drawn" };
        var command = new TrainingCommand("train", "One training run", p => Build(p, Environment.ProcessorCount));
        foreach (Option option in common.All.Concat([optimizer, seed, diagnostics, sampleEvery, samplePrompt, patience, find])) command.Add(option);
        command.SetAction(int (ParseResult parsed) =>
        {
            MpiLauncher? launcher = MpiLauncher.Detect();
            return launcher is null ? Resumption.Execute(parsed, common, command.Build) : RankedTrain.Execute(launcher, () => Resumption.Resolve(parsed, common, p => Build(p, launcher.Threads)));
        });
        return command;

        ExperimentRequest Build(ParseResult p, int threads) => Request(p, common, p.GetValue(optimizer)!, p.GetValue(seed) ?? 0, p.GetValue(diagnostics)!, Samples(p.GetValue(sampleEvery), p.GetValue(samplePrompt)), p.GetValue(find), Patience(p.GetValue(patience)), p.GetValue(json), threads);
    }

    private static SamplesProbe? Samples(int? every, string? prompt) => every switch
    {
        null => prompt is null ? null : throw CommandException.Usage("--sample-prompt: give --sample-every N, too"),
        < 1 => throw CommandException.Usage($"--sample-every {every}: must be at least 1"),
        { } steps => new SamplesProbe(steps, prompt),
    };

    private static int Patience(int? evaluations) =>
        evaluations is < 1 ? throw CommandException.Usage($"--early-stopping {evaluations}: must be at least 1") : evaluations ?? 0;

    private static ExperimentRequest Request(ParseResult parsed, CommonOptions common, string preset, int seed, string diagnostics, SamplesProbe? samples, bool find, int patience, bool json, int threads)
    {
        if (seed < 0) throw CommandException.Usage($"--seed {seed}: must be at least 0");
        var experiment = new Experiment
        {
            Name = "train",
            Question = $"One run of {preset}",
            Paper = "none",
            Explanation = $"One run of the preset {preset}.",
            Variants = [new Variant(preset, preset)],
            Probes = samples is null ? [] : [samples],
        };
        RunSettings settings = SettingsBuilder.Build(parsed, common, ArmSettings.Of(experiment, Arm.Only), quick: false, threads) with { Diagnostics = Named(diagnostics), EarlyStopping = patience };
        // The run is there for its training losses; a validation on the way would only cost time.
        if (find) settings = settings with { RateRisesFrom = RateRange.From, LearningRate = parsed.GetValue(common.LearningRate) ?? RateRange.Highest, EvaluateEvery = settings.Steps, EarlyStopping = 0, Schedule = ScheduleKind.Constant, LogEvery = 1 };
        return new ExperimentRequest
        {
            Experiment = experiment,
            Arms = [new RequestedArm(Arm.Only, settings, [settings.LearningRate])],
            Seeds = [(ulong)seed],
            Jobs = 1,
            JobsAsked = 1,
            Out = SettingsBuilder.NotEmpty(parsed.GetValue(common.Out), "--out"),
            DryRun = parsed.GetValue(common.DryRun),
            Live = !parsed.GetValue(common.NoProgress),
            Json = json,
        };
    }

    private static Observation? Named(string diagnostics) => diagnostics switch
    {
        "none" => null,
        "norms" => Observation.Norms,
        "full" => Observation.Everything,
        "spectra" => Observation.Spectra,
        _ => throw CommandException.Unknown("--diagnostics level", diagnostics, ["none", "norms", "full", "spectra"]),
    };
}
