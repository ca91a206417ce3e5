using MiniGrad.Experiments.Running;
using MiniGrad.Training;

namespace MiniGrad.Experiments.Probes;

/// <summary>Writes the measures of every layer of one run as it trains.</summary>
internal sealed class LayerWatch : IRunWatch
{
    private readonly LayerMeasurement _measurement;
    private readonly LayersFile _file;
    private readonly TrainingOptions _training;
    private ClipRate _clipped;
    private IReadOnlyList<ParameterDiagnostics>? _updates;

    public LayerWatch(TrainingSession session, Workload workload, TrainingOptions training, string folder, IReadOnlyList<StepMetrics> history)
    {
        (_measurement, _training, _clipped) = (new LayerMeasurement(session, workload.Windows), training, new ClipRate(workload.Settings.MaxGradientNorm));
        _file = new LayersFile(folder, history.Count > 0 ? history[^1].Step : 0);
        foreach (StepMetrics step in history) Count(step);
    }

    public void Diagnosed(long step, IReadOnlyList<ParameterDiagnostics> parameters) => _updates = parameters;

    public void Logged(StepMetrics metrics)
    {
        double share = Count(metrics);
        if (_updates is null) return;
        _file.Write([.. _measurement.Take(metrics.Step, _updates), new LayerMeasure { Step = metrics.Step, ClipRate = share }]);
        _updates = null;
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
