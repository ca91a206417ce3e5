using MiniGrad.Backends;
using MiniGrad.Memory;
using MiniGrad.Optim.Stages;
using MiniGrad.Tensors;

namespace MiniGrad.Optim;

/// <summary>
/// The optimizer of a model: the preset's pipeline for the matrices inside its blocks, AdamW (or Lion) for everything
/// else, gradients clipped by their global norm first.
/// </summary>
public sealed class RoutedOptimizer : IOrthogonalizedOptimizer
{
    private readonly ComputeContext _context;
    private readonly StageContext _stages;
    private readonly ParameterGroup _orthogonalized;
    private readonly ParameterGroup _auxiliary;
    private readonly BufferView _hiddenNorms;
    private readonly QkClip? _qkClip;
    private readonly ExpertBalance _balance;
    private OptimizerDiagnostics? _diagnostics;

    /// <summary>An optimizer of a model's parameters.</summary>
    /// <param name="context">Where the parameters live.</param>
    /// <param name="parameters">The parameters; a tied weight may be listed more than once.</param>
    /// <param name="options">The hyper-parameters, with a learning rate.</param>
    /// <param name="clipNorm">The largest global gradient norm that passes unscaled, or null.</param>
    /// <param name="seed">The seed of state that is rounded stochastically.</param>
    /// <exception cref="ArgumentException">An option is impossible, here or on this back end, or the learning rate is missing.</exception>
    public RoutedOptimizer(ComputeContext context, IEnumerable<Parameter> parameters, OptimizerOptions options, double? clipNorm = null, ulong seed = 0)
        : this(context, ParameterRouter.Route(parameters, options), options, clipNorm, seed)
    {
    }

    /// <summary>An optimizer with a routing of the caller's.</summary>
    /// <param name="context">Where the parameters live.</param>
    /// <param name="routing">Which parameters are orthogonalized.</param>
    /// <param name="options">The hyper-parameters, with a learning rate.</param>
    /// <param name="clipNorm">The largest global gradient norm that passes unscaled, or null.</param>
    /// <param name="seed">The seed of state that is rounded stochastically.</param>
    public RoutedOptimizer(ComputeContext context, Routing routing, OptimizerOptions options, double? clipNorm = null, ulong seed = 0)
    {
        (_context, Routing, Options) = (context, routing, options);
        _orthogonalized = new ParameterGroup(context, "orthogonalized", options, routing.Orthogonalized, 0, seed);
        _auxiliary = new ParameterGroup(context, "auxiliary", options.AuxiliaryGroup(), routing.Auxiliary, routing.Orthogonalized.Count, seed);
        RequireHostMemoryWhereNeeded();
        Gradients = new GradientGuard(context, routing.Parameters, clipNorm);
        _stages = new StageContext(context, Gradients.Gate);
        UpdateRms = context.Persistent(1);
        _hiddenNorms = context.Persistent(routing.Parameters.Count);
        _balance = new ExpertBalance(context, routing.Balanced);
        if (options.QkClip is { } bound) _qkClip = new QkClip(context, routing.Parameters, bound);
    }

    /// <inheritdoc/>
    public OptimizerOptions Options { get; }

    /// <inheritdoc/>
    public Routing Routing { get; }

    /// <inheritdoc/>
    public GradientGuard Gradients { get; }

    /// <inheritdoc/>
    public IReadOnlyList<ParameterGroup> Groups => [_orthogonalized, _auxiliary];

    /// <inheritdoc/>
    public IReadOnlyList<Stage> Stages => _orthogonalized.Stages;

    /// <inheritdoc/>
    public IReadOnlyList<StateTensor> State => [.. _orthogonalized.State, .. _auxiliary.State];

    /// <summary>Elements of the state once all of it is made: what a checkpoint will hold besides the weights.</summary>
    public long StateCount => _orthogonalized.StateCount + _auxiliary.StateCount;

    /// <inheritdoc/>
    public int MatricesOrthogonalized { get; private set; }

    /// <inheritdoc/>
    public IParameterShare? Share { get; set; }

    /// <inheritdoc/>
    public Observation Observe { get; set; }

    /// <inheritdoc/>
    public OptimizerDiagnostics Diagnostics => _diagnostics ??= new OptimizerDiagnostics(_context, Routing.Parameters, [.. _orthogonalized.Slots, .. _auxiliary.Slots]);

    /// <inheritdoc/>
    public BufferView UpdateRms { get; }

    /// <inheritdoc/>
    public void Step(double scheduleFactor = 1)
    {
        if (!(scheduleFactor >= 0 && double.IsFinite(scheduleFactor))) throw new ArgumentOutOfRangeException(nameof(scheduleFactor), $"the schedule factor is {scheduleFactor}; expected a finite number ≥ 0");
        Gradients.Measure();
        OptimizerDiagnostics? diagnostics = Observe == Observation.Nothing ? null : Diagnostics;
        diagnostics?.Begin(Observe);
        BufferView clipFactor = Gradients.ClipNorm is null ? default : Gradients.ClipFactor;
        long matrices = _context.Counters.MatricesOrthogonalized;
        _orthogonalized.Step(_stages, scheduleFactor, clipFactor, diagnostics, Share);
        _auxiliary.Step(_stages, scheduleFactor, clipFactor, diagnostics, Share);
        _qkClip?.Apply(Gradients.Gate);
        _balance.Apply(Gradients.Gate);
        MatricesOrthogonalized = (int)(_context.Counters.MatricesOrthogonalized - matrices);
        _context.Counters.OptimizerSteps++;
        Share?.Exchange(diagnostics);
        if (diagnostics is not null) MeasureUpdateRms(diagnostics);
    }

    /// <inheritdoc/>
    public void ZeroGradients()
    {
        foreach (Parameter parameter in Gradients.Parameters) parameter.ZeroGradient();
        _balance.Forget();
    }

    /// <inheritdoc/>
    public StateTensor RequireState(string name) =>
        _orthogonalized.RequireState(_stages, name) ?? _auxiliary.RequireState(_stages, name)
        ?? throw new ArgumentException(NearestName.Message("optimizer state", name, _orthogonalized.StateNames.Concat(_auxiliary.StateNames)));

    /// <inheritdoc/>
    public StateTensor? RequireOwnState(string name) =>
        (_orthogonalized.ParameterOf(name) ?? _auxiliary.ParameterOf(name)) is { } parameter && Share?.Owns(parameter) == false ? null : RequireState(name);

    private void RequireHostMemoryWhereNeeded()
    {
        if (_context.Backend.IsHostMemory) return;
        string? reason = Groups.Where(group => group.Parameters.Any()).SelectMany(group => group.Stages).Select(stage => stage.HostMemoryReason).FirstOrDefault(reason => reason is not null);
        if (reason is not null) throw new ArgumentException($"back end '{_context.Backend.Name}' keeps its memory on a device: {reason}");
    }

    private void MeasureUpdateRms(OptimizerDiagnostics diagnostics)
    {
        IBackend backend = _context.Backend;
        IReadOnlyList<Parameter> parameters = diagnostics.Parameters;
        long count = 0;
        backend.Copy(diagnostics.UpdateNorms, _hiddenNorms);
        for (int i = 0; i < parameters.Count; i++)
        {
            if (!parameters[i].IsHidden) backend.Fill(_hiddenNorms.Element(i), 0);
            else if (parameters[i].HasGradient) count += parameters[i].Shape.Count;
        }
        backend.Norm(_hiddenNorms, UpdateRms);
        backend.Scalar(ScalarOperation.Affine, 1 / Math.Sqrt(Math.Max(1, count)), 0, UpdateRms, UpdateRms);
    }
}
