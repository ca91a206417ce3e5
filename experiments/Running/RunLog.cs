using MiniGrad.Experiments.Probes;
using MiniGrad.IO;
using MiniGrad.Training;

namespace MiniGrad.Experiments.Running;

/// <summary>Keeps, writes and passes on what a run logs.</summary>
internal sealed class RunLog : ITrainingObserver, IDisposable
{
    private readonly MetricsFile? _file;
    private readonly DiagnosticsFile? _diagnostics;
    private readonly Action<StepMetrics> _shown;
    private readonly List<StepMetrics> _history;
    private readonly IReadOnlyList<IRunWatch> _watches;
    private readonly string? _traces;

    private RunLog(MetricsFile? file, DiagnosticsFile? diagnostics, IReadOnlyList<StepMetrics> history, Action<StepMetrics> shown, IReadOnlyList<IRunWatch> watches, string? traces) => (_file, _diagnostics, _history, _shown, _watches, _traces) = (file, diagnostics, [.. history], shown, watches, traces);

    /// <summary>A new log, or one cut back to a state.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <param name="from">The state, or null.</param>
    /// <param name="training">How the run trains.</param>
    /// <param name="diagnoses">Whether <c>diagnostics.jsonl</c> was asked for.</param>
    /// <param name="shown">Is told of every logged step.</param>
    /// <param name="watches">Makes what else watches the run, from the steps that were logged before.</param>
    public static RunLog Open(string folder, TrainingState? from, TrainingOptions training, bool diagnoses, Action<StepMetrics> shown, Func<IReadOnlyList<StepMetrics>, IReadOnlyList<IRunWatch>> watches)
    {
        if (from is null) return new RunLog(MetricsFile.Create(folder), diagnoses ? new DiagnosticsFile(folder) : null, [], shown, watches([]), folder);
        (MetricsFile file, IReadOnlyList<StepMetrics> history) = MetricsFile.CutBack(folder, from.Step, training);
        return new RunLog(file, diagnoses ? DiagnosticsFile.CutBack(folder, from.Step) : null, history, shown, watches(history), folder);
    }

    /// <summary>A log that writes and shows nothing, for the ranks that leave this to the first.</summary>
    public static RunLog None() => new(null, null, [], _ => { }, [], null);

    public IReadOnlyList<StepMetrics> History => _history;

    public void Logged(StepMetrics metrics)
    {
        _history.Add(metrics);
        _file?.Write(metrics);
        foreach (IRunWatch watch in _watches) watch.Logged(metrics);
        _shown(metrics);
    }

    public void Diagnosed(long step, IReadOnlyList<ParameterDiagnostics> parameters)
    {
        _diagnostics?.Write(step, parameters);
        foreach (IRunWatch watch in _watches) watch.Diagnosed(step, parameters);
    }

    public void Traced(long step, StepTrace trace)
    {
        if (_traces is not { } folder) return;
        string path = Path.Combine(folder, "trace.json");
        AtomicFile.WriteText(path, trace.ToJson().ToJsonString(Json.Lines) + "\n");
        Console.Error.WriteLine($"trace of step {step}: {Shown.OneLine(path)}; open it in Perfetto or Chrome's about:tracing");
    }

    /// <summary>What the watches have to say of the whole run.</summary>
    public IEnumerable<(string Key, double Value)> Measures() => _watches.SelectMany(watch => watch.Measures());

    public void Flush() => _file?.Flush();

    public void Dispose()
    {
        _file?.Dispose();
        _diagnostics?.Dispose();
        foreach (IRunWatch watch in _watches) watch.Dispose();
    }
}
