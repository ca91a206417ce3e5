namespace MiniGrad;

/// <summary>What a context did, counted: Newton–Schulz that silently does not run is seen here.</summary>
public sealed class ComputeCounters
{
    /// <summary>Matrices that were orthogonalized.</summary>
    public long MatricesOrthogonalized { get; set; }

    /// <summary>Newton–Schulz iterations run (steps × matrices).</summary>
    public long NewtonSchulzIterations { get; set; }

    /// <summary>Optimizer steps taken.</summary>
    public long OptimizerSteps { get; set; }

    /// <summary>Adds what a lane counted, and sets it back.</summary>
    internal void Take(ComputeCounters lane)
    {
        MatricesOrthogonalized += lane.MatricesOrthogonalized;
        NewtonSchulzIterations += lane.NewtonSchulzIterations;
        OptimizerSteps += lane.OptimizerSteps;
        lane.MatricesOrthogonalized = lane.NewtonSchulzIterations = lane.OptimizerSteps = 0;
    }
}
