using MiniGrad.Backends;
using MiniGrad.Memory;
using MiniGrad.Optim;

namespace MiniGrad;

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
/// without a gradient has zeros. An optimizer of your own makes one, calls <see cref="Begin"/>, fills the views and calls <see cref="End"/>.
/// </summary>
public sealed class OptimizerDiagnostics
{
    private readonly ComputeContext _context;
    private readonly int _orthogonalized;
    private readonly ParameterSlot[]? _slots;
    private readonly BufferView _all;
    private readonly BufferView _hiddenNorms;

    /// <summary>Room for what is observed, all zero.</summary>
    /// <param name="context">Where the parameters live.</param>
    /// <param name="routing">The parameters.</param>
    public OptimizerDiagnostics(ComputeContext context, Routing routing) : this(context, routing, null)
    {
    }

    internal OptimizerDiagnostics(ComputeContext context, Routing routing, ParameterSlot[]? slots)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(routing);
        (_context, Parameters, _orthogonalized, _slots) = (context, routing.Parameters, routing.Orthogonalized.Count, slots);
        int count = Parameters.Count;
        _all = context.Persistent(3 * count);
        (UpdateNorms, OrthogonalityDistances, GradientDotUpdates) = (_all.Slice(0, count), _all.Slice(count, count), _all.Slice(2 * count, count));
        _hiddenNorms = context.Persistent(count);
        UpdateRms = context.Persistent(1);
    }

    /// <summary>The parameters, orthogonalized ones first.</summary>
    public IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>‖u‖ of every parameter, the norm of the step before learning rate and weight decay; divide by √(number of elements) for its root mean square.</summary>
    public BufferView UpdateNorms { get; }

    /// <summary>‖OOᵀ − I‖/√r of every orthogonalized matrix, r its shorter side: 0 for an exact polar factor; 0 for other parameters. Of several matrices in one parameter, the root mean square.</summary>
    public BufferView OrthogonalityDistances { get; }

    /// <summary>⟨G, ΔW⟩ of every parameter: what the whole step, decay and hook included, changes the loss by to first order. G is the unclipped gradient.</summary>
    public BufferView GradientDotUpdates { get; }

    /// <summary>The root mean square of the step before learning rate and decay, over all matrices inside the blocks, whoever optimizes them: one element.</summary>
    public BufferView UpdateRms { get; }

    /// <summary>How much of the last observed step was observed.</summary>
    public Observation Observed { get; private set; }

    /// <summary>Begins to observe a step: everything but <see cref="UpdateRms"/> is 0.</summary>
    /// <param name="observation">How much.</param>
    public void Begin(Observation observation)
    {
        Observed = observation;
        _context.Backend.Fill(_all, 0);
    }

    /// <summary>Ends it: makes <see cref="UpdateRms"/> of <see cref="UpdateNorms"/>.</summary>
    public void End()
    {
        IBackend backend = _context.Backend;
        long count = 0;
        backend.Copy(UpdateNorms, _hiddenNorms);
        for (int i = 0; i < Parameters.Count; i++)
        {
            if (!Parameters[i].IsHidden) backend.Fill(_hiddenNorms.Element(i), 0);
            else if (Parameters[i].HasGradient) count += Parameters[i].Shape.Count;
        }
        backend.Norm(_hiddenNorms, UpdateRms);
        backend.Scalar(ScalarOperation.Affine, 1 / Math.Sqrt(Math.Max(1, count)), 0, UpdateRms, UpdateRms);
    }

    /// <summary>Downloads the numbers of the last observed step in one transfer; with <see cref="Observation.Spectra"/> also the updates, whose singular values are computed here.</summary>
    public IReadOnlyList<ParameterDiagnostics> Read()
    {
        double[] values = _context.DownloadDouble(_all);
        int count = Parameters.Count;
        return [.. Enumerable.Range(0, count).Select(i => new ParameterDiagnostics
        {
            Parameter = Parameters[i].Name,
            UpdateRms = values[i] / Math.Sqrt(Parameters[i].Shape.Count),
            OrthogonalityDistance = Observed >= Observation.Everything && i < _orthogonalized ? values[count + i] : null,
            GradientDotUpdate = Observed >= Observation.Everything ? values[(2 * count) + i] : null,
            Spectrum = Observed >= Observation.Spectra && _slots is not null ? SpectrumOf(_slots[i], values[i]) : null,
            MatricesOrthogonalized = i < _orthogonalized ? _slots?[i].MatricesOrthogonalized ?? 1 : 0,
        })];
    }

    private UpdateSpectrum? SpectrumOf(ParameterSlot slot, double norm)
    {
        if (slot.Captured.IsEmpty || !(norm > 0 && double.IsFinite(norm))) return null;
        double[] update = _context.DownloadDouble(slot.Captured);
        double[] norms = slot.Norms.IsEmpty ? [norm] : _context.DownloadDouble(slot.Norms);
        return UpdateSpectrum.Of(update, slot.Matrices.Select((matrix, i) => (matrix.Piece, norms[i])));
    }
}
