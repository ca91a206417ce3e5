using MiniGrad.Memory;
using MiniGrad.Tensors;

namespace MiniGrad.Optim;

/// <summary>How much of a step is observed; each level includes those before it.</summary>
public enum Observation
{
    /// <summary>Nothing.</summary>
    Nothing,

    /// <summary>The norms of the updates: one more pass over each.</summary>
    Norms,

    /// <summary>Also the distances from orthogonality, one more symmetric product a matrix, and ⟨G, ΔW⟩, three more passes a parameter.</summary>
    Everything,

    /// <summary>Also a copy of the update of every matrix inside the blocks, of which <see cref="OptimizerDiagnostics.Read"/> computes the singular values on the host.</summary>
    Spectra,
}

/// <summary>
/// What the last observed step did, parameter by parameter in the order of <see cref="Parameters"/>. The numbers stay on
/// the back end; whoever logs them downloads the views with its own metrics, or calls <see cref="Read"/>. A parameter
/// without a gradient has zeros.
/// </summary>
public sealed class OptimizerDiagnostics
{
    private readonly ComputeContext _context;
    private readonly ParameterSlot[] _slots;
    private readonly BufferView _all;

    internal OptimizerDiagnostics(ComputeContext context, IReadOnlyList<Parameter> parameters, ParameterSlot[] slots)
    {
        (_context, Parameters, _slots) = (context, parameters, slots);
        int count = parameters.Count;
        _all = context.Persistent(3 * count);
        (UpdateNorms, OrthogonalityDistances, GradientDotUpdates) = (_all.Slice(0, count), _all.Slice(count, count), _all.Slice(2 * count, count));
    }

    /// <summary>The parameters, orthogonalized ones first.</summary>
    public IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>‖u‖ of every parameter, the norm of the step before learning rate and weight decay; divide by √(number of elements) for its root mean square.</summary>
    public BufferView UpdateNorms { get; }

    /// <summary>‖OOᵀ − I‖/√r of every orthogonalized matrix, r its shorter side: 0 for an exact polar factor; 0 for other parameters. Of several matrices in one parameter, the root mean square.</summary>
    public BufferView OrthogonalityDistances { get; }

    /// <summary>⟨G, ΔW⟩ of every parameter: what the whole step, decay and hook included, changes the loss by to first order. G is the unclipped gradient.</summary>
    public BufferView GradientDotUpdates { get; }

    /// <summary>How much of the last observed step was observed.</summary>
    public Observation Observed { get; private set; }

    /// <summary>Downloads the numbers of the last observed step in one transfer; with <see cref="Observation.Spectra"/> also the updates, whose singular values are computed here.</summary>
    public IReadOnlyList<ParameterDiagnostics> Read()
    {
        double[] values = _context.DownloadDouble(_all);
        int count = Parameters.Count;
        return [.. Enumerable.Range(0, count).Select(i => new ParameterDiagnostics
        {
            Parameter = Parameters[i].Name,
            UpdateRms = values[i] / Math.Sqrt(Parameters[i].Shape.Count),
            OrthogonalityDistance = Observed >= Observation.Everything && _slots[i].Orthogonalizes ? values[count + i] : null,
            GradientDotUpdate = Observed >= Observation.Everything ? values[(2 * count) + i] : null,
            Spectrum = Observed >= Observation.Spectra ? SpectrumOf(_slots[i], values[i]) : null,
            MatricesOrthogonalized = _slots[i].Orthogonalizes ? _slots[i].Matrices.Length : 0,
        })];
    }

    internal void Begin(Observation observation)
    {
        Observed = observation;
        _context.Backend.Fill(_all, 0);
    }

    private UpdateSpectrum? SpectrumOf(ParameterSlot slot, double norm)
    {
        if (slot.Captured.IsEmpty || !(norm > 0 && double.IsFinite(norm))) return null;
        double[] update = _context.DownloadDouble(slot.Captured);
        double[] norms = slot.Norms.IsEmpty ? [norm] : _context.DownloadDouble(slot.Norms);
        return UpdateSpectrum.Of(update, slot.Matrices.Select((matrix, i) => (matrix.Piece, norms[i])));
    }
}
