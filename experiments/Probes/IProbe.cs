using MiniGrad.Experiments.Running;

namespace MiniGrad.Experiments.Probes;

/// <summary>Something measured on a trained model, at the end of its run.</summary>
internal interface IProbe
{
    /// <summary>What it is called; its measures' keys begin with it.</summary>
    string Name { get; }

    /// <summary>Measures the model of a session; nothing that is reported of the run comes after it.</summary>
    IEnumerable<(string Key, double Value)> Measure(TrainingSession session, Workload workload);

    /// <summary>Whether it will be able to measure: called before anything is trained.</summary>
    /// <exception cref="InvalidDataException">Something that it needs is missing.</exception>
    void Check(Workload workload)
    {
    }
}
