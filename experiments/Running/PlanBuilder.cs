using MiniGrad.Experiments.Catalog;
using MiniGrad.Experiments.Configuration;

namespace MiniGrad.Experiments.Running;

/// <summary>Lays out the runs of an experiment: seed by seed, so that early results are paired.</summary>
internal static class PlanBuilder
{
    private const double NoRate = 0.123456789;

    /// <summary>The plan of a request: checked before anything is loaded.</summary>
    public static IReadOnlyList<PlannedRun> Build(Experiment experiment, IReadOnlyList<RequestedArm> arms, IReadOnlyList<ulong> seeds)
    {
        bool namesRate = arms.SelectMany(a => a.LearningRates).Distinct().Count() > 1;
        var plan = new List<PlannedRun>();
        foreach ((int index, ulong seed) in seeds.Index())
        {
            foreach (RequestedArm arm in arms.Where(a => index < (a.Arm.Seeds ?? seeds.Count))) plan.AddRange(Runs(experiment, arm, seed, namesRate));
        }
        return plan.DistinctBy(run => run.Folder).Count() == plan.Count ? plan : throw CommandException.Usage("two runs of the plan have the same name; give arms that differ in more than punctuation");
    }

    private static IEnumerable<PlannedRun> Runs(Experiment experiment, RequestedArm arm, ulong seed, bool namesRate)
    {
        if (arm.LearningRates.Count > 1 && arm.Settings.OptimizerChanges.Any(change => change.StartsWith("learningRate=", StringComparison.Ordinal)))
            throw CommandException.Usage("--set optimizer.learningRate would overwrite every rate of --learning-rates; give one of the two");
        foreach (double rate in arm.LearningRates)
        {
            foreach (Variant variant in experiment.Variants)
            {
                string[] moot = WithoutEffect(variant, arm);
                foreach (PlannedRun run in arm.Points.Select(point => At(point, moot)).DistinctBy(run => run.Setting)) yield return run;

                PlannedRun At(GridPoint point, string[] without)
                {
                    string[] changes = [.. point.Optimizer.Where(change => !without.Contains(KeyOf(change)))];
                    OptimizerOptions optimizer = Resolve(variant, point.Settings, rate, changes);
                    string setting = string.Join(", ", changes.Prepend(point.Conditions).Where(part => part.Length > 0));
                    return new PlannedRun(arm.Arm, variant, optimizer, optimizer.LearningRate ?? rate, seed) { NamesRate = namesRate, Setting = setting, Conditions = point.Conditions };
                }
            }
        }
    }

    // A variant that does not have a key is not run again for each of its values: AdamW has no orthogonalizer.
    private static string[] WithoutEffect(Variant variant, RequestedArm arm)
    {
        if (arm.Points.All(point => point.Optimizer.Count == 0)) return [];
        OptimizerOptions options = Resolve(variant, arm.Settings, NoRate);
        try
        {
            return [.. arm.Points.SelectMany(point => point.Optimizer).Distinct().Where(change => !options.HasEffect(KeyOf(change), change[(KeyOf(change).Length + 1)..])).Select(KeyOf).Distinct()];
        }
        catch (ArgumentException e)
        {
            throw CommandException.Usage($"--grid: {e.Message}");
        }
    }

    private static string KeyOf(string change) => change[..change.IndexOf('=', StringComparison.Ordinal)];

    /// <summary>The optimizer of a variant: its preset at the run's rate and decay, its own changes, then the user's.</summary>
    /// <exception cref="CommandException">A preset, key or value is wrong.</exception>
    public static OptimizerOptions Resolve(Variant variant, RunSettings settings, double learningRate, IReadOnlyList<string>? gridChanges = null)
    {
        try
        {
            // A change without effect is refused, and a rate of the grid may happen to be a variant's auxiliary one: so the rate comes after.
            OptimizerOptions options = OptimizerOptions.FromPreset(variant.Preset) with { LearningRate = NoRate, WeightDecay = settings.WeightDecay };
            options = options.With(variant.Changes).With([.. settings.OptimizerChanges, .. gridChanges ?? []]);
            if (options.LearningRate == NoRate) options = options with { LearningRate = learningRate };
            options.Validate();
            return options;
        }
        catch (ArgumentException e)
        {
            throw CommandException.Usage(e.Message);
        }
    }
}
