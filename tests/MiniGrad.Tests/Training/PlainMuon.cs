using MiniGrad.Backends;
using MiniGrad.Memory;

namespace MiniGrad.Tests.Training;

/// <summary>
/// Muon written on kernels alone, as somebody would who wants none of our stages: momentum, thirty steps of the convergent
/// iteration on hidden matrices, gradient descent with momentum for everything else.
/// </summary>
internal sealed class PlainMuon : IOrthogonalizedOptimizer
{
    private const double Beta = 0.9;
    private readonly ComputeContext _context;
    private readonly double _rate;
    private readonly Dictionary<string, StateTensor> _momentum = [];

    public PlainMuon(ComputeContext context, IReadOnlyList<Parameter> parameters, double rate)
    {
        (_context, _rate) = (context, rate);
        RoutedParameter[] routed = [.. parameters.Distinct().Select(p => new RoutedParameter(p, Decays: false))];
        Routing = new Routing([.. routed.Where(r => r.Parameter.IsHidden)], [.. routed.Where(r => !r.Parameter.IsHidden)]) { LearningRate = rate };
        Gradients = new GradientGuard(context, Routing.Parameters, clipNorm: 1);
        Diagnostics = new OptimizerDiagnostics(context, Routing);
    }

    public Routing Routing { get; }

    public GradientGuard Gradients { get; }

    public OptimizerDiagnostics Diagnostics { get; }

    public IReadOnlyList<StateTensor> State => [.. _momentum.Values];

    public StateTensor RequireState(string name)
    {
        if (_momentum.TryGetValue(name, out StateTensor known)) return known;
        Parameter parameter = Routing.Parameters.FirstOrDefault(p => NameOf(p) == name) ?? throw new ArgumentException($"unknown optimizer state '{name}'");
        return _momentum[name] = new StateTensor(name, parameter.Shape, _context.Persistent(parameter.Shape.Count));
    }

    public void ZeroGradients()
    {
        foreach (Parameter parameter in Routing.Parameters) parameter.ZeroGradient();
    }

    public void Step(double scheduleFactor = 1, Observation observe = Observation.Nothing)
    {
        Gradients.Measure();
        if (observe != Observation.Nothing) Diagnostics.Begin(observe);
        for (int i = 0; i < Routing.Parameters.Count; i++)
        {
            Parameter parameter = Routing.Parameters[i];
            if (parameter.HasGradient) Step(parameter, i, scheduleFactor * _rate, observe);
        }
        if (observe != Observation.Nothing) Diagnostics.End();
    }

    private static string NameOf(Parameter parameter) => $"{parameter.Name}/velocity";

    private void Step(Parameter parameter, int index, double rate, Observation observe)
    {
        IBackend backend = _context.Backend;
        BufferView velocity = RequireState(NameOf(parameter)).Data, update = _context.Arena.Allocate(velocity.Length);
        backend.Axpby(1 - Beta, Gradients.ClipFactor, parameter.GradientData, Beta, velocity, velocity, Gradients.Gate);
        backend.Copy(velocity, update);
        if (parameter.IsHidden) Orthogonalize(parameter.Shape[0], parameter.Shape[1], update);
        if (observe != Observation.Nothing) backend.Norm(update, Diagnostics.UpdateNorms.Element(index));
        backend.ApplyUpdate(parameter.IsHidden ? rate : 10 * rate, default, update, 0, false, parameter.Data, Gradients.Gate);
        _context.Arena.Release(update);
    }

    /// <summary>X ← X/‖X‖, then thirty times X ← 1.5X − 0.5(XXᵀ)X.</summary>
    private void Orthogonalize(int m, int n, BufferView x)
    {
        IBackend backend = _context.Backend;
        BufferView gram = _context.Arena.Allocate((long)m * m), next = _context.Arena.Allocate(x.Length), norm = _context.Arena.Allocate(1);
        backend.Norm(x, norm);
        backend.Scalar(ScalarOperation.DivideAdd, 1, 1e-12, norm, norm);
        backend.Axpby(1, norm, x, 0, default, x, default);
        for (int i = 0; i < 30; i++)
        {
            backend.Gemm(new GemmCall { A = x, B = x, C = gram, M = m, N = m, K = n, TransposeB = true, LeadingA = n, LeadingB = n, LeadingC = m });
            backend.Gemm(new GemmCall { A = gram, B = x, C = next, M = m, N = n, K = m, LeadingA = m, LeadingB = n, LeadingC = n });
            backend.Axpby(1.5, default, x, -0.5, next, x, default);
        }
        _context.Arena.Release(norm);
        _context.Arena.Release(next);
        _context.Arena.Release(gram);
    }
}
