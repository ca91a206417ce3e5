using MiniGrad.Backends;
using MiniGrad.Memory;

namespace MiniGrad;

/// <summary>
/// Looks at all gradients before a step: their global norm, the factor that clips it, and the gate that is 0 when a
/// gradient is not finite. All three stay on the back end; no gradient is modified.
/// </summary>
public sealed class GradientGuard : ILaneWork
{
    // PyTorch's clip_grad_norm_ adds this to the norm.
    private const double ClipEpsilon = 1e-6;
    private readonly ComputeContext _context;
    private readonly Parameter[] _parameters;
    private readonly BufferView _norms;
    private readonly double _largest;
    private readonly double _total;

    /// <summary>A guard over parameters.</summary>
    /// <param name="context">Where they live.</param>
    /// <param name="parameters">The parameters, each once.</param>
    /// <param name="clipNorm">The largest global norm that passes unscaled, or null to leave gradients alone.</param>
    /// <exception cref="ArgumentException">The bound is not a finite number above 0.</exception>
    public GradientGuard(ComputeContext context, IReadOnlyList<Parameter> parameters, double? clipNorm)
    {
        if (clipNorm is { } bound && !(bound > 0 && double.IsFinite(bound))) throw new ArgumentException($"clipNorm is {bound}; expected a finite number > 0, or null for no clipping");
        (_context, _parameters, ClipNorm) = (context, [.. parameters], clipNorm);
        foreach (Parameter parameter in _parameters) (_largest, _total) = (Math.Max(_largest, parameter.Shape.Count), _total + parameter.Shape.Count);
        _norms = context.Persistent(_parameters.Length);
        Scalars = context.Persistent(3);
    }

    /// <summary>The parameters that it looks at.</summary>
    public ReadOnlySpan<Parameter> Parameters => _parameters;

    /// <summary>The bound, or null.</summary>
    public double? ClipNorm { get; }

    /// <summary>Norm, clip factor and gate, one after the other, for a metrics block.</summary>
    public BufferView Scalars { get; }

    /// <summary>The global norm √Σ‖G‖², before clipping.</summary>
    public BufferView Norm => Scalars.Element(0);

    /// <summary>min(1, clipNorm/(norm + 1e-6)); 1 when nothing is clipped.</summary>
    public BufferView ClipFactor => Scalars.Element(1);

    /// <summary>1 when the norm is finite, else 0.</summary>
    public BufferView Gate => Scalars.Element(2);

    /// <summary>Measures the gradients as they are now.</summary>
    public void Measure()
    {
        IBackend backend = _context.Backend;
        if (_context.LanesPay(_largest, _total)) _context.ForEach(_parameters.Length, this);
        else MeasureInTurn(backend);
        backend.Norm(_norms, Norm);
        backend.Scalar(ScalarOperation.IsFinite, 0, 0, Norm, Gate);
        if (ClipNorm is { } bound) backend.Scalar(ScalarOperation.ClipFactor, bound, ClipEpsilon, Norm, ClipFactor);
        else backend.Fill(ClipFactor, 1);
    }

    private void MeasureInTurn(IBackend backend)
    {
        backend.BeginStrands();
        for (int i = 0; i < _parameters.Length; i++)
        {
            if (i > 0) backend.NextStrand();
            Measure(backend, i);
        }
        backend.EndStrands();
    }

    void ILaneWork.Run(int item, int lane) => Measure(_context.Lane(lane).Backend, item);

    private void Measure(IBackend backend, int i)
    {
        if (_parameters[i].HasGradient) backend.Norm(_parameters[i].GradientData, _norms.Element(i));
        else backend.Fill(_norms.Element(i), 0);
    }
}
