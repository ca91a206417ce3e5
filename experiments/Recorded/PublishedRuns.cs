using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using MiniGrad.Experiments.Commands;
using MiniGrad.Experiments.Configuration;
using MiniGrad.Experiments.Reporting;
using MiniGrad.Experiments.Running;
using MiniGrad.Training;

namespace MiniGrad.Experiments.Recorded;

/// <summary>The runs of a published entry: what its manifest says of each, and the logged steps of its curves.</summary>
internal static class PublishedRuns
{
    /// <summary>Whether a folder is a published entry of an experiment that trains, or looks like one.</summary>
    public static bool AreIn(string folder) => !RecordedCommand.IsIn(folder) && File.Exists(Path.Combine(folder, Manifest.FileName)) && File.Exists(Path.Combine(folder, CurvesFile.Name));

    /// <summary>What came out of a published experiment, read back.</summary>
    /// <param name="root">All commands.</param>
    /// <param name="folder">The entry's folder.</param>
    /// <param name="place">Puts this machine's paths into the recorded command.</param>
    /// <exception cref="CommandException">It is of another plan than this version's, or a run is missing.</exception>
    public static ExperimentResult Read(RootCommand root, string folder, Func<RecordedCommand, RecordedCommand> place)
    {
        RecordedManifest recorded = RecordedManifest.Read(folder);
        ExperimentRequest request = place(recorded.Command).Without("--shard").With("--device", Devices.Cpu).Request(root);
        var plan = new Plan(Workload.LoadAll(request.Arms), PlanBuilder.Build(request.Experiment, request.Arms, request.Seeds));
        recorded.Require(Manifest.Of(recorded.Command.Command, recorded.Command.Options, plan, [], 0), plan.Runs.Count);
        RunRecord[] records = [.. plan.Runs.Select((run, i) => Checked(run, folder, () => Record(run, recorded.Runs[i]!, recorded.Curves!)))];
        return Analysis.Analyse(request.Experiment, plan, records, folder);
    }

    // What a record should say and does not comes out as one of these.
    private static RunRecord Checked(PlannedRun run, string folder, Func<RunRecord> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException or ArgumentException or OverflowException or NullReferenceException or JsonException)
        {
            throw new InvalidDataException($"'{folder}': the record of '{run.Label}' is damaged; restore {Manifest.FileName} and {CurvesFile.Name} from where they were published", e);
        }
    }

    private static RunRecord Record(PlannedRun run, JsonNode recorded, string[] curves)
    {
        StepMetrics[] history = [.. CurvesFile.ValuesOf(curves, run).Select(Step)];
        double seconds = history.Length == 0 ? 0 : history[^1].Seconds;
        return new RunRecord
        {
            Run = run,
            History = history,
            Result = new TrainingResult
            {
                Outcome = Enum.Parse<TrainingOutcome>((string)recorded["outcome"]!, ignoreCase: true),
                Steps = (int)recorded["steps"]!,
                SkippedSteps = (int?)recorded["skippedSteps"] ?? 0,
                FinalTrainLoss = history.Length == 0 ? double.NaN : history[^1].TrainLoss,
                FinalValidationLoss = (double?)recorded["finalValidationLoss"] ?? double.NaN,
                TrainSeconds = seconds,
                BatchFingerprint = (string)recorded["batches"]!,
                Reason = (string?)recorded["reason"],
            },
            InitialSha256 = (string)recorded["initialWeights"]!,
            Routing = recorded["routing"].Deserialize<string[]>() ?? [],
            Stages = recorded["stages"].Deserialize<string[]>() ?? [],
            MatricesOrthogonalized = (long?)recorded["matricesOrthogonalized"] ?? 0,
            Backend = "",
            Measures = recorded["measures"].Deserialize<Dictionary<string, double>>() ?? [],
        };
    }

    private static StepMetrics Step(string[] values)
    {
        if (values.Length != CurvesFile.Columns.Count) throw new FormatException();
        double Number(string column) => double.Parse(values[CurvesFile.Columns.TakeWhile(c => c != column).Count()], CultureInfo.InvariantCulture);
        bool Has(string column) => values[CurvesFile.Columns.TakeWhile(c => c != column).Count()].Length > 0;
        return new StepMetrics
        {
            Step = (long)Number("step"),
            Tokens = (long)Number("tokens"),
            Seconds = Number("seconds"),
            TrainLoss = Number("trainLoss"),
            ValidationLoss = Has("validationLoss") ? Number("validationLoss") : null,
            LearningRate = double.NaN,
            GradientNorm = Number("gradientNorm"),
            UpdateRms = Has("updateRms") ? Number("updateRms") : 0,
        };
    }
}
