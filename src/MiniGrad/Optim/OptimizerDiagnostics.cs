using MiniGrad.Memory;
using MiniGrad.Tensors;

namespace MiniGrad.Optim;

/// <summary>How much of a step is observed.</summary>
public enum Observation
{
    /// <summary>Nothing.</summary>
    Nothing,

    /// <summary>The norms of the updates: one more pass over each.</summary>
    Norms,

    /// <summary>Also the distances from orthogonality: one more symmetric product a matrix.</summary>
    Everything,
}

/// <summary>
/// What the last observed step did, parameter by parameter in the order of <see cref="Parameters"/>. The numbers stay on
/// the back end; whoever logs them downloads the views with its own metrics. A parameter without a gradient has zeros.
/// </summary>
public sealed class OptimizerDiagnostics
{
    private readonly ComputeContext _context;

    internal OptimizerDiagnostics(ComputeContext context, IReadOnlyList<Parameter> parameters)
    {
        _context = context;
        Parameters = parameters;
        UpdateNorms = context.Persistent(parameters.Count);
        OrthogonalityDistances = context.Persistent(parameters.Count);
    }

    /// <summary>The parameters, orthogonalized ones first.</summary>
    public IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>‖u‖ of every parameter, the norm of the step before learning rate and weight decay; divide by √(number of elements) for its root mean square.</summary>
    public BufferView UpdateNorms { get; }

    /// <summary>‖OOᵀ − I‖/√r of every orthogonalized matrix, r its shorter side: 0 for an exact polar factor; 0 for other parameters.</summary>
    public BufferView OrthogonalityDistances { get; }

    /// <summary>How much of the last observed step was observed.</summary>
    public Observation Observed { get; private set; }

    internal void Begin(Observation observation)
    {
        Observed = observation;
        _context.Backend.Fill(UpdateNorms, 0);
        _context.Backend.Fill(OrthogonalityDistances, 0);
    }
}
