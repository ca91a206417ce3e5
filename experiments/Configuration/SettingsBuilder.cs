using System.CommandLine;
using System.Globalization;
using MiniGrad.Data;
using MiniGrad.Experiments.Commands;
using MiniGrad.Experiments.Data;
using MiniGrad.IO;

namespace MiniGrad.Experiments.Configuration;

/// <summary>Resolves profile and options into <see cref="RunSettings"/>.</summary>
internal static class SettingsBuilder
{
    private const int QuickSteps = 60;
    private const int Evaluations = 6;

    /// <summary>The settings of a command line.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="options">Its options.</param>
    /// <param name="arm">What holds where the command line says nothing.</param>
    /// <param name="quick">Whether this is a smoke run: the tiny profile and few steps, unless said otherwise.</param>
    /// <param name="threads">Threads of each run where none are given.</param>
    /// <exception cref="CommandException">A name or number is wrong.</exception>
    public static RunSettings Build(ParseResult parsed, CommonOptions options, ArmSettings arm, bool quick, int threads)
    {
        string named = parsed.GetValue(options.Profile)!;
        Profile profile = Profiles.Get(named.Length > 0 ? named : quick ? "tiny" : arm.Profile);
        int steps = AtLeast(1, parsed.GetValue(options.Steps) ?? (quick ? Math.Min(QuickSteps, profile.Steps) : arm.Steps ?? profile.Steps), "--steps");
        string[] given = parsed.GetValue(options.Set)!, assignments = [.. arm.Set, .. given];
        if (given.Where(a => a.Contains('=', StringComparison.Ordinal)).GroupBy(a => a.Split('=', 2)[0]).FirstOrDefault(same => same.Count() > 1) is { } twice) throw CommandException.Usage($"--set {string.Join(" and --set ", twice)} cannot both hold; give each key once");
        string? from = NotEmpty(parsed.GetValue(options.From), "--from");
        GptOptions model = from is null ? profile.Model : StoredOptions(from, profile.Model.BlockSize, assignments);
        int longest = from is null ? int.MaxValue : StoredOptions(from).BlockSize;
        var optimizerChanges = new List<string>();
        foreach (string assignment in assignments)
        {
            (string section, string key, string value) = Split(assignment);
            if (section == "optimizer" && key == "preset") throw CommandException.Usage($"--set {assignment}: presets are chosen with 'train --optimizer NAME' or 'compare NAME NAME'");
            if (section == "optimizer") optimizerChanges.Add($"{key}={value}");
            else model = ModelKeys.Apply(model, key, value);
        }
        if (parsed.GetValue(options.Precision) is { Length: > 0 } precision) model = model with { Precision = Precisions.Named(precision) };
        int? batch = parsed.GetValue(options.Batch) ?? arm.Batch;
        ScheduleKind schedule = Choice.Of<ScheduleKind>("schedule", IsGiven(parsed, options.Schedule) ? parsed.GetValue(options.Schedule)! : arm.Schedule);
        string device = Devices.Resolve(parsed.GetValue(options.Device)!);
        RunSettings settings = new()
        {
            Profile = profile.Name,
            Quick = quick,
            Model = Precisions.Checked(Checked(model), device),
            VocabSize = assignments.Any(s => s.StartsWith("model.vocabSize=", StringComparison.Ordinal)) ? model.VocabSize : null,
            LearningRate = Rate(parsed.GetValue(options.LearningRate)) ?? arm.LearningRate ?? profile.LearningRate,
            LearningRateSource = parsed.GetValue(options.LearningRate) is not null ? "as given" : arm.LearningRate is not null ? "as the arm says" : arm.IsProfileOnly && Unchanged(parsed, options, quick) ? profile.LearningRateSource : "the profile's",
            Steps = steps,
            Batch = AtLeast(1, batch ?? profile.Batch, "--batch"),
            MicroBatch = AtLeast(0, parsed.GetValue(options.MicroBatch) ?? MicroBatch(profile, batch), "--micro-batch"),
            Schedule = schedule,
            WarmupSteps = ScheduleOptions.Warmup(parsed.GetValue(options.Warmup) ?? arm.Warmup, steps) ?? (steps == profile.Steps ? profile.WarmupSteps : Profiles.DefaultWarmup(steps)),
            DecaySteps = ScheduleOptions.Decay(parsed.GetValue(options.Decay) ?? arm.Decay, schedule, steps),
            FinalRate = ScheduleOptions.FinalRate(parsed.GetValue(options.FinalRate) ?? arm.FinalRate, schedule),
            WeightDecay = NotNegative(parsed.GetValue(options.WeightDecay) ?? arm.WeightDecay ?? 0.1, "--weight-decay"),
            MaxGradientNorm = arm.Clip ?? 1,
            LogEvery = AtLeast(1, parsed.GetValue(options.LogEvery) ?? DefaultLogEvery(device), "--log-every"),
            EvaluateEvery = (quick ? null : arm.EvaluateEvery) ?? (steps - 1) / Evaluations + 1,
            ValidationTokens = quick ? 16_384 : ValidationWindows.DefaultTokens,
            Tokenizer = TokenizerChoice.Checked(parsed.GetValue(options.Tokenizer)!),
            From = from,
            CorpusPath = NotEmpty(parsed.GetValue(options.Corpus) ?? arm.Corpus, "--corpus"),
            Threads = threads,
            Device = device,
            LogEveryIsDefault = parsed.GetValue(options.LogEvery) is null,
            Checkpoints = Cadence.Parse(parsed.GetValue(options.CheckpointEvery)!, parsed.GetValue(options.Keep) ?? 2, always: parsed.CommandResult.Command.Name == "train"),
            OptimizerChanges = optimizerChanges,
        };
        settings = options.Settings.Apply(parsed, settings);
        ScheduleOptions.RequireApart(parsed.GetValue(options.Warmup) ?? arm.Warmup, settings.WarmupSteps, parsed.GetValue(options.Decay) ?? arm.Decay, settings.DecaySteps, steps);
        if ((long)settings.Batch * settings.Model.BlockSize > int.MaxValue) throw CommandException.Usage($"--batch {settings.Batch}: with sequences of {settings.Model.BlockSize} tokens a step has more than {int.MaxValue:N0}; give a smaller one");
        if (settings.Model.BlockSize > longest) throw CommandException.Usage($"model.blockSize={settings.Model.BlockSize}: the model in '{from}' takes at most {longest} tokens");
        try
        {
            _ = settings.Training;
        }
        catch (ArgumentException e)
        {
            throw CommandException.Usage($"--{e.Message}");
        }
        return settings;
    }

    /// <summary>The settings of a profile where nobody says anything.</summary>
    public static RunSettings Defaults(string profile, bool quick, int threads)
    {
        var options = new CommonOptions();
        var nothing = new Command("nothing");
        foreach (Option option in options.All) nothing.Add(option);
        return Build(nothing.Parse([]), options, new ArmSettings { Profile = profile }, quick, threads);
    }

    // A rate that was best for the profile need not be for another length, batch, schedule, model or text.
    private static bool Unchanged(ParseResult parsed, CommonOptions options, bool quick) =>
        !quick && ((Option[])[options.Steps, options.Batch, options.Warmup, options.Schedule, options.WeightDecay, options.Corpus, options.Tokenizer, options.From, options.Set, .. options.Settings.Retuning]).All(o => !IsGiven(parsed, o));

    private static bool IsGiven(ParseResult parsed, Option option) => parsed.GetResult(option) is { Implicit: false };

    /// <summary>Steps between logged steps where nobody says: on a GPU a logged step waits for the device.</summary>
    public static int DefaultLogEvery(string device) => device == Devices.Cpu ? 1 : 10;

    private static int MicroBatch(Profile profile, int? batch) => batch is null || (profile.MicroBatch > 0 && batch % profile.MicroBatch == 0) ? profile.MicroBatch : 0;

    private static GptOptions Checked(GptOptions model)
    {
        try
        {
            return model.Validated();
        }
        catch (ArgumentException e)
        {
            throw CommandException.Usage(e.Message);
        }
    }

    private static (string Section, string Key, string Value) Split(string assignment)
    {
        int equals = assignment.IndexOf('=', StringComparison.Ordinal);
        if (equals < 1) throw CommandException.Usage($"--set {assignment}: expected section.key=value, such as optimizer.momentum=0.9 or model.nLayer=6");
        (string section, string key) = SettingKeys.Require(assignment[..equals], "--set");
        return (section, key, assignment[(equals + 1)..]);
    }

    /// <summary>A path that was given, or null.</summary>
    /// <exception cref="CommandException">It is the empty string, as an unset shell variable gives.</exception>
    public static string? NotEmpty(string? path, string option) => path is "" ? throw CommandException.Usage($"{option} is empty; give a path") : path;

    private static int AtLeast(int least, int value, string option) => value >= least ? value : throw CommandException.Usage($"{option} {value}: must be at least {least}");

    private static double NotNegative(double value, string option) => value >= 0 ? value : throw CommandException.Usage(string.Create(CultureInfo.InvariantCulture, $"{option} {value}: must be at least 0"));

    private static double? Rate(double? value) => value is null or > 0 ? value : throw CommandException.Usage(string.Create(CultureInfo.InvariantCulture, $"--learning-rate {value}: must be above 0, such as 3e-3"));

    // A stored model has its sizes; only how much of its context is used can be chosen.
    private static GptOptions StoredOptions(string from, int blockSize, string[] assignments)
    {
        if (assignments.FirstOrDefault(a => a.StartsWith("model.", StringComparison.Ordinal) && !a.StartsWith("model.blockSize=", StringComparison.Ordinal)) is { } other)
            throw CommandException.Usage($"--set {other}: the model in '{from}' has its sizes; only model.blockSize can be set beside --from");
        GptOptions stored = StoredOptions(from);
        return stored with { BlockSize = Math.Min(blockSize, stored.BlockSize) };
    }

    private static GptOptions StoredOptions(string from)
    {
        using StoredModel stored = StoredModel.Open(from);
        return stored.Options;
    }
}
