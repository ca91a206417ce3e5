using MiniGrad.Distributed;
using MiniGrad.IO;
using MiniGrad.Memory;

namespace MiniGrad.Training;

/// <summary>
/// A rank's part in a data-parallel run: it computes the gradient of its rows of every batch, the gradients are summed,
/// it updates the parameters that it owns, and the weights are gathered. Optimizer state exists for owned parameters only.
/// </summary>
/// <remarks>
/// Parameters are dealt by the cost of their update (<see cref="UpdateCost"/>), the longest first, as the original
/// distributed Muon deals whole matrices. With N ranks the state of a rank is about 1/N of the whole.
/// </remarks>
public sealed class DataParallel : IParameterShare
{
    /// <summary>Elements of a bucket: 4 MiB in float32, enough to make latency small, little enough to be no burden.</summary>
    public const int DefaultBucket = 1 << 20;

    private readonly Optimizer _optimizer;
    private readonly Dictionary<Parameter, int> _owners = [];
    private readonly IReadOnlyList<Parameter> _parameters;
    private readonly GradientReducer _reducer;
    private readonly WeightExchange _weights;
    private readonly ReductionBuffer _norms;

    /// <summary>A rank's part.</summary>
    /// <param name="ranks">The ranks.</param>
    /// <param name="context">Where the parameters live.</param>
    /// <param name="optimizer">The optimizer, which takes its share from here.</param>
    /// <param name="bucket">Elements that are sent at once.</param>
    /// <exception cref="ArgumentException">The optimizer does what a rank cannot do with its own rows alone.</exception>
    public DataParallel(ICommunicator ranks, ComputeContext context, Optimizer optimizer, int bucket = DefaultBucket)
    {
        ArgumentNullException.ThrowIfNull(ranks);
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bucket);
        if (ranks.Size > 1 && optimizer.ClipsLogits) throw new ArgumentException($"qkClip looks at the largest logits of one process's rows, and {ranks.Size} ranks would clip differently; leave qkClip out, or train with one rank");
        (_optimizer, Ranks) = (optimizer, ranks);
        Routing routing = optimizer.Routing;
        IReadOnlyList<Parameter> parameters = routing.Parameters;
        double[] costs = [.. optimizer.Groups.SelectMany(group => group.Parameters.Select(p => UpdateCost.Of(p, group.Stages)))];
        int[] owners = WorkShares.Balance(costs, ranks.Size);
        _parameters = parameters;
        for (int i = 0; i < owners.Length; i++) _owners.Add(parameters[i], owners[i]);
        _reducer = new GradientReducer(context, ranks, [.. parameters, .. routing.Balanced], bucket);
        _weights = new WeightExchange(context, ranks, parameters, owners, bucket);
        _norms = new ReductionBuffer(context.Backend, Math.Max(1, parameters.Count));
        optimizer.Share = this;
    }

    /// <summary>The ranks.</summary>
    public ICommunicator Ranks { get; }

    /// <inheritdoc/>
    public bool Owns(Parameter parameter) => OwnerOf(parameter) == Ranks.Rank;

    /// <summary>The rank that updates a parameter and has its state.</summary>
    /// <param name="parameter">The parameter.</param>
    public int OwnerOf(Parameter parameter) => _owners[parameter];

    /// <summary>Whether a state of this name is of a parameter that another rank updates.</summary>
    /// <param name="state">A name such as <c>h.0.attn.qkv.weight/momentum</c>.</param>
    public bool IsAnothers(string state) => _optimizer.ParameterOf(state) is { } parameter && !Owns(parameter);

    /// <inheritdoc/>
    public void Exchange(OptimizerDiagnostics? diagnostics)
    {
        _weights.Run();
        if (diagnostics is null) return;
        Sum(diagnostics.UpdateNorms);
        if (diagnostics.Observed < Observation.Everything) return;
        Sum(diagnostics.OrthogonalityDistances);
        Sum(diagnostics.GradientDotUpdates);
    }

    /// <summary>Sums gradients and loss over the ranks, and agrees on what is asked for.</summary>
    /// <param name="loss">This rank's part of the loss, and then the sum.</param>
    /// <param name="stop">Whether this rank was asked to stop.</param>
    /// <param name="save">Whether this rank wants a checkpoint.</param>
    /// <returns>Whether any rank was asked to stop, and whether any wants a checkpoint.</returns>
    public (bool Stop, bool Save) Reduce(BufferView loss, bool stop, bool save) => _reducer.Reduce(loss, stop, save);

    /// <summary>Gives another rank, which saves, the state that it asks for tensor by tensor; called on all ranks that do not save.</summary>
    /// <param name="content">What was captured, by all ranks at once.</param>
    public static void Give(CheckpointContent content)
    {
        ArgumentNullException.ThrowIfNull(content);
        foreach (SafetensorsSource tensor in content.Optimizer) tensor.Write(Stream.Null);
    }

    internal IReadOnlyList<SafetensorsSource> Capture(ComputeContext context, IReadOnlyList<StateTensor> mine) => SharedState.Sources(context, Ranks, _parameters, mine);

    /// <summary>Sums a number over the ranks.</summary>
    /// <param name="value">This rank's.</param>
    public double Sum(double value)
    {
        Span<double> one = [value];
        Ranks.AllReduce(one);
        return one[0];
    }

    // Of every parameter one rank has a norm and the others have zero: the sums are exact.
    private void Sum(BufferView norms)
    {
        _norms.Load(norms, 0);
        _norms.Reduce(Ranks, (int)norms.Length);
        _norms.Store(0, norms);
    }
}
