using MiniGrad.Memory;
using MiniGrad.Optim;

namespace MiniGrad;

/// <summary>
/// An optimizer made of groups, each with its parameters, its stages and its learning rate. Gradients are clipped by their
/// global norm first; a step whose gradients are not finite changes nothing.
/// </summary>
public sealed class Optimizer : IOrthogonalizedOptimizer
{
    private readonly ComputeContext _context;
    private readonly StageContext _stages;
    private readonly GroupStepper[] _groups;
    private readonly QkClip? _qkClip;
    private readonly ExpertBalance _balance;
    private OptimizerDiagnostics? _diagnostics;
    private bool _stepped;

    /// <summary>
    /// An optimizer of a model's parameters. If the stages orthogonalize, they are for the matrices inside its blocks, and
    /// everything else (embeddings, the output head, vectors) is left to the auxiliary stages; if not, they are for all.
    /// </summary>
    /// <param name="parameters">The parameters; a tied weight may be listed more than once.</param>
    /// <param name="stages">A preset such as <c>Presets.AdaMuon()</c>, or a list of your own.</param>
    /// <param name="learningRate">The base learning rate of both, which the schedule scales.</param>
    /// <param name="clipNorm">The largest global gradient norm that passes unscaled, or null.</param>
    /// <param name="auxiliary">The stages for everything else; AdamW with the same weight decay where nothing is said.</param>
    /// <exception cref="ArgumentException">There is no parameter, or the list cannot train.</exception>
    public Optimizer(IEnumerable<Parameter> parameters, StageList stages, double learningRate, double? clipNorm = null, StageList? auxiliary = null)
        : this(ParameterRouter.Groups(parameters, stages, learningRate, auxiliary), clipNorm)
    {
    }

    /// <summary>An optimizer whose hyper-parameters were given as text or options.</summary>
    /// <param name="parameters">The parameters; a tied weight may be listed more than once.</param>
    /// <param name="options">The hyper-parameters, with a learning rate.</param>
    /// <param name="clipNorm">The largest global gradient norm that passes unscaled, or null.</param>
    /// <param name="seed">The seed of state that is rounded stochastically.</param>
    /// <exception cref="ArgumentException">An option is impossible, here or on this back end, or the learning rate is missing.</exception>
    public Optimizer(IEnumerable<Parameter> parameters, OptimizerOptions options, double? clipNorm = null, ulong seed = 0)
        : this(ParameterRouter.Route(parameters, options), options, clipNorm, seed)
    {
    }

    internal Optimizer(Routing routing, OptimizerOptions options, double? clipNorm = null, ulong seed = 0)
        : this(options.Groups(routing), clipNorm, options.QkClipOf(routing), seed)
    {
    }

    /// <summary>An optimizer made of groups. Groups that orthogonalize come first, whatever their place.</summary>
    /// <param name="groups">The groups; no parameter is in two.</param>
    /// <param name="clipNorm">The largest global gradient norm that passes unscaled, or null.</param>
    /// <param name="qkClip">The bound of QK-clip on every head's largest attention logit, or null (MuonClip; Kimi K2 uses 100).</param>
    /// <param name="seed">The seed of state that is rounded stochastically.</param>
    /// <exception cref="ArgumentException">There is no parameter, one is in two groups, or a stage cannot run on this back end.</exception>
    public Optimizer(IEnumerable<ParameterGroup> groups, double? clipNorm = null, double? qkClip = null, ulong seed = 0)
    {
        Groups = [.. groups.OrderByDescending(group => group.Orthogonalizes)];
        Routing = ParameterRouter.RoutingOf(Groups);
        IReadOnlyList<Parameter> parameters = Routing.Parameters;
        if (parameters.Count == 0) throw new ArgumentException("an optimizer needs at least one parameter; give it model.Parameters");
        _context = parameters[0].Tensor.Context;
        RequireHostMemoryWhereNeeded();
        _groups = new GroupStepper[Groups.Count];
        for (int i = 0, first = 0; i < _groups.Length; first += Groups[i++].Routed.Count) _groups[i] = new GroupStepper(_context, Groups[i], first, seed);
        Gradients = new GradientGuard(_context, parameters, clipNorm);
        _stages = new StageContext(_context, Gradients.Gate);
        _balance = new ExpertBalance(_context, Routing.Balanced);
        if (qkClip is { } bound) _qkClip = new QkClip(_context, parameters, bound);
    }

    /// <summary>The groups, those that orthogonalize first.</summary>
    public IReadOnlyList<ParameterGroup> Groups { get; }

    /// <inheritdoc/>
    public Routing Routing { get; }

    /// <inheritdoc/>
    public GradientGuard Gradients { get; }

    /// <inheritdoc/>
    public IReadOnlyList<StateTensor> State => [.. _groups.SelectMany(group => group.State), .. Average?.State ?? []];

    /// <summary>Elements of the state once all of it is made: what a checkpoint will hold besides the weights.</summary>
    public long StateCount => _groups.Sum(group => group.StateCount) + (Average?.State.Sum(state => (long)state.Shape.Count) ?? 0);

    /// <summary>Matrices that the last step orthogonalized.</summary>
    public int MatricesOrthogonalized { get; private set; }

    /// <summary>The parameters that this process updates, or null for all of them. Set before the first step.</summary>
    public IParameterShare? Share { get; set; }

    /// <summary>The average of the weights, or null where none is kept.</summary>
    public WeightAverage? Average { get; private set; }

    /// <summary>Whether it looks at the attention logits of the step's forward passes.</summary>
    public bool ClipsLogits => _qkClip is not null;

    /// <inheritdoc/>
    public OptimizerDiagnostics Diagnostics => _diagnostics ??= new OptimizerDiagnostics(_context, Routing, [.. _groups.SelectMany(group => group.Slots.ToArray())]);

    /// <inheritdoc/>
    /// <remarks>Opens a step of the context where none is open.</remarks>
    /// <exception cref="InvalidOperationException">No parameter ever had a gradient, or the last matrix before the loss would be orthogonalized and nobody said that it is no head.</exception>
    public void Step(double scheduleFactor = 1, Observation observe = Observation.Nothing)
    {
        if (!(scheduleFactor >= 0 && double.IsFinite(scheduleFactor))) throw new ArgumentOutOfRangeException(nameof(scheduleFactor), $"the schedule factor is {scheduleFactor}; expected a finite number ≥ 0");
        RequireGradients();
        if (_context.InStep)
        {
            StepInside(scheduleFactor, observe);
            return;
        }
        using StepScope step = _context.BeginStep();
        StepInside(scheduleFactor, observe);
    }

    /// <summary>Keeps an exponential moving average of all weights from now on.</summary>
    /// <param name="decay">The share of the average that a step leaves, such as 0.999.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is not in [0, 1).</exception>
    public WeightAverage AverageWeights(double decay) => Average = new WeightAverage(_context, [.. Routing.Parameters, .. Routing.Balanced], decay);

    /// <inheritdoc/>
    public void ZeroGradients()
    {
        foreach (Parameter parameter in Gradients.Parameters) parameter.ZeroGradient();
        _balance.Forget();
    }

    /// <inheritdoc/>
    public StateTensor RequireState(string name)
    {
        foreach (GroupStepper group in _groups)
        {
            if (group.RequireState(_stages, name) is { } state) return state;
        }
        if (Average?.State.FirstOrDefault(state => state.Name == name) is { Name: not null } average) return average;
        throw new ArgumentException(NearestName.Message("optimizer state", name, _groups.SelectMany(group => group.StateNames)));
    }

    /// <summary>The parameter that a state of this name belongs to, or null.</summary>
    internal Parameter? ParameterOf(string state) => _groups.Select(group => group.ParameterOf(state)).FirstOrDefault(parameter => parameter is not null) ?? Average?.ParameterOf(state);

    private void StepInside(double scheduleFactor, Observation observe)
    {
        Gradients.Measure();
        OptimizerDiagnostics? diagnostics = observe == Observation.Nothing ? null : Diagnostics;
        diagnostics?.Begin(observe);
        BufferView clipFactor = Gradients.ClipNorm is null ? default : Gradients.ClipFactor;
        long matrices = _context.Counters.MatricesOrthogonalized;
        foreach (GroupStepper group in _groups) group.Step(_stages, scheduleFactor, clipFactor, diagnostics, Share);
        _qkClip?.Apply(Gradients.Gate);
        _balance.Apply(Gradients.Gate);
        foreach (Parameter parameter in Gradients.Parameters) parameter.MarkGradientUsed();
        MatricesOrthogonalized = (int)(_context.Counters.MatricesOrthogonalized - matrices);
        _context.Counters.OptimizerSteps++;
        Share?.Exchange(diagnostics);
        Average?.Update(Gradients.Gate);
        diagnostics?.End();
    }

    // Only before the first one: later, a step may do without, as a parameter may.
    private void RequireGradients()
    {
        if (_stepped) return;
        foreach (Parameter parameter in Gradients.Parameters) _stepped |= parameter.HasGradient;
        if (!_stepped) throw new InvalidOperationException("Step: no parameter has a gradient; call Backward() on the loss first, and give the optimizer the parameters of the model that made it");
        RequireNoUnknownHead();
    }

    // A layer of the user's own model is hidden unless it says otherwise, and a head that is orthogonalized is the commonest mistake with Muon.
    private void RequireNoUnknownHead()
    {
        if (Routing.Orthogonalized.Select(routed => routed.Parameter).FirstOrDefault(p => p.RoleIsAssumed && p.Tensor.Slot == _context.LastMatrix) is not { } head) return;
        _stepped = false;
        throw new InvalidOperationException($"Step: '{head.Name}' {head.Shape} is the last matrix before the loss, and would be orthogonalized; if it is the head, make that layer with Linear.Head({head.Shape[1]}, {head.Shape[0]}), else with role: ParameterRole.HiddenMatrix");
    }

    private void RequireHostMemoryWhereNeeded()
    {
        if (_context.Backend.IsHostMemory) return;
        string? reason = Groups.Where(group => group.Routed.Count > 0).SelectMany(group => group.Stages).Select(stage => stage.HostMemoryReason).FirstOrDefault(reason => reason is not null);
        if (reason is not null) throw new ArgumentException($"back end '{_context.Backend.Name}' keeps its memory on a device: {reason}");
    }
}
