using MiniGrad.Experiments.Running;
using MiniGrad.Training;

namespace MiniGrad.Experiments.Probes;

/// <summary>Writes the measures of every layer of one run as it trains.</summary>
internal sealed class LayerWatch : IRunWatch
{
    private readonly LayerMeasurement _measurement;
    private readonly LayersFile _file;
    private readonly LargeBatch _large;
    private readonly string _folder;
    private readonly TrainingOptions _training;
    private ClipRate _clipped;
    private IReadOnlyList<ParameterDiagnostics>? _updates;

    public LayerWatch(TrainingSession session, Workload workload, TrainingOptions training, string folder, IReadOnlyList<StepMetrics> history, ulong seed)
    {
        (_measurement, _training, _clipped) = (new LayerMeasurement(session, workload.Windows), training, new ClipRate(workload.Settings.MaxGradientNorm));
        _file = new LayersFile(folder, history.Count > 0 ? history[^1].Step : 0);
        _folder = folder;
        _large = new LargeBatch(session, workload, seed);
        foreach (StepMetrics step in history) Count(step);
        Prepare(history.Count > 0 ? history[^1].Step : 0);
    }

    public void Diagnosed(long step, IReadOnlyList<ParameterDiagnostics> parameters) => _updates = parameters;

    public void Logged(StepMetrics metrics)
    {
        double share = Count(metrics);
        if (_updates is not null)
        {
            _file.Write([.. _measurement.Take(metrics.Step, _updates, _large), new LayerMeasure { Step = metrics.Step, ClipRate = share }]);
            _updates = null;
            _large.Forget();
        }
        Prepare(metrics.Step);
    }

    // Where steps in between are not logged, the one before the step that is told of is missed, and there is no cosine.
    private void Prepare(long step)
    {
        if (step < _training.Steps && _training.IsTold((int)step + 1)) _large.Before(step + 1);
    }

    /// <summary><c>cosine</c>: its mean over the run and the blocks' matrices.</summary>
    public IEnumerable<(string Key, double Value)> Measures()
    {
        double[] cosines = [.. LayersFile.Read(_folder).Where(m => m.Layer is not null).Select(m => m.Cosine).OfType<double>()];
        return cosines.Length == 0 ? [] : [("layers.cosine", cosines.Average())];
    }

    public void Dispose() => _file.Dispose();

    // The share is that of the steps since the last one that was written.
    private double Count(StepMetrics step)
    {
        _clipped.Count(step);
        double share = _clipped.Share;
        if (_training.IsTold((int)step.Step)) _clipped.Clear();
        return share;
    }
}
