using MiniGrad.Experiments.Running;
using MiniGrad.Training;

namespace MiniGrad.Experiments.Probes;

/// <summary>A probe that also looks on while a run trains, and writes what it sees into the run's folder.</summary>
internal interface IWatchingProbe : IProbe
{
    /// <summary>How the run is to train so that there is something to see: which steps are observed, never what they do.</summary>
    TrainingOptions Asks(TrainingOptions training);

    /// <summary>Begins to watch.</summary>
    /// <param name="session">The run's session.</param>
    /// <param name="workload">What it trains on.</param>
    /// <param name="training">How it trains, as <see cref="Asks"/> has asked.</param>
    /// <param name="folder">The run's folder.</param>
    /// <param name="history">The steps logged before: empty for a new run, and what was written of later steps is to be dropped.</param>
    /// <param name="seed">The run's seed.</param>
    IRunWatch Watch(TrainingSession session, Workload workload, TrainingOptions training, string folder, IReadOnlyList<StepMetrics> history, ulong seed);
}

/// <summary>Watches one run; disposed when it ends.</summary>
internal interface IRunWatch : ITrainingObserver, IDisposable
{
    /// <summary>What the whole run comes to, in the measures' keys; called once, after its last step.</summary>
    IEnumerable<(string Key, double Value)> Measures() => [];
}
