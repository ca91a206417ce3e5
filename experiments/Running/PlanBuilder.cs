using MiniGrad.Experiments.Catalog;
using MiniGrad.Experiments.Configuration;
using MiniGrad.Optim;

namespace MiniGrad.Experiments.Running;

/// <summary>Lays out the runs of an experiment: seed by seed, so that early results are paired.</summary>
internal static class PlanBuilder
{
    public static IReadOnlyList<PlannedRun> Build(Experiment experiment, RunSettings settings, IReadOnlyList<double> learningRates, IReadOnlyList<ulong> seeds)
    {
        if (learningRates.Count > 1 && settings.OptimizerChanges.Any(change => change.StartsWith("learningRate=", StringComparison.Ordinal)))
            throw CommandException.Usage("--set optimizer.learningRate would overwrite every rate of --learning-rates; give one of the two");
        var plan = new List<PlannedRun>();
        foreach (ulong seed in seeds)
        {
            foreach (double rate in learningRates)
            {
                foreach (Variant variant in experiment.Variants)
                {
                    OptimizerOptions optimizer = Resolve(variant, settings, rate);
                    plan.Add(new PlannedRun(variant, optimizer, optimizer.LearningRate ?? rate, seed) { NamesRate = learningRates.Count > 1 });
                }
            }
        }
        return plan;
    }

    /// <summary>The optimizer of a variant: its preset at the run's rate and decay, its own changes, then the user's.</summary>
    /// <exception cref="CommandException">A preset, key or value is wrong.</exception>
    public static OptimizerOptions Resolve(Variant variant, RunSettings settings, double learningRate)
    {
        try
        {
            OptimizerOptions options = OptimizerOptions.FromPreset(variant.Preset) with { LearningRate = learningRate, WeightDecay = settings.WeightDecay };
            options = options.With(variant.Changes).With(settings.OptimizerChanges);
            options.Validate();
            return options;
        }
        catch (ArgumentException e)
        {
            throw CommandException.Usage(e.Message);
        }
    }
}
