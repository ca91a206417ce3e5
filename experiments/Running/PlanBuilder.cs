using MiniGrad.Experiments.Catalog;
using MiniGrad.Experiments.Configuration;
using MiniGrad.Optim;

namespace MiniGrad.Experiments.Running;

/// <summary>Lays out the runs of an experiment: seed by seed, so that early results are paired.</summary>
internal static class PlanBuilder
{
    public static IReadOnlyList<PlannedRun> Build(Experiment experiment, RunSettings settings, IReadOnlyList<double> learningRates, IReadOnlyList<ulong> seeds)
    {
        var plan = new List<PlannedRun>();
        foreach (ulong seed in seeds)
        {
            foreach (double rate in learningRates)
            {
                foreach (Variant variant in experiment.Variants) plan.Add(new PlannedRun(variant, Resolve(variant, settings, rate), rate, seed));
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
