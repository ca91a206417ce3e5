using MiniGrad.Experiments.Running;
using MiniGrad.Training;

namespace MiniGrad.Experiments.Probes;

/// <summary>
/// What training does to every layer: update and weight RMS, singular values of the update, attention logits, clipping. All
/// of it over the run in <c>layers.jsonl</c> (<see cref="LayersFile"/>), and in short at its end. The run's numbers are
/// those of a run that is not watched. Singular values are computed on the host: dear for wide models.
/// </summary>
/// <param name="looks">About how often a run is looked at; always at its end.</param>
internal sealed class LayersProbe(int looks = 20) : IWatchingProbe
{
    public string Name => "layers";

    public TrainingOptions Asks(TrainingOptions training)
    {
        int every = Math.Max(1, training.Steps / looks), log = training.LogEvery;
        return training with { Observe = Observation.Spectra, TellParameters = true, TellEvery = (every + log - 1) / log * log };
    }

    public IRunWatch Watch(TrainingSession session, Workload workload, TrainingOptions training, string folder, IReadOnlyList<StepMetrics> history, ulong seed) =>
        new LayerWatch(session, workload, training, folder, history, seed);

    /// <summary>
    /// Over the blocks' matrices at the end: the means <c>updateRms</c>, <c>weightRms</c> and <c>stableRank</c>, the geometric mean
    /// <c>spread</c> of σmax/σmin; and <c>largestLogit</c> of all layers. Reads the last step's diagnostics, so it comes before
    /// probes that take steps.
    /// </summary>
    public IEnumerable<(string Key, double Value)> Measure(TrainingSession session, Workload workload)
    {
        var measurement = new LayerMeasurement(session, workload.Windows);
        IReadOnlyList<LayerMeasure> all = measurement.Take(workload.Settings.Steps, session.Optimizer.Diagnostics.Read());
        LayerMeasure[] inside = [.. all.Where(m => m is { Layer: not null, Matrix: not null })];
        var means = new (string Key, IEnumerable<double?> Values, Func<IEnumerable<double>, double> Of)[]
        {
            ("updateRms", inside.Select(m => m.UpdateRms), Enumerable.Average),
            ("weightRms", inside.Select(m => m.WeightRms), Enumerable.Average),
            ("spread", inside.Select(m => m.Spread), values => Math.Exp(values.Average(Math.Log))),
            ("stableRank", inside.Select(m => m.StableRank), Enumerable.Average),
            ("largestLogit", all.Select(m => m.LargestLogit), Enumerable.Max),
        };
        return [.. from mean in means let values = mean.Values.OfType<double>().Where(double.IsFinite).ToArray() where values.Length > 0 select ($"{Name}.{mean.Key}", mean.Of(values))];
    }
}
