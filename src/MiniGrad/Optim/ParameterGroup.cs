using MiniGrad.Optim;

namespace MiniGrad;

/// <summary>Parameters that take the same stages at the same learning rate.</summary>
public sealed class ParameterGroup
{
    // Sizes that no smaller state of a matrix has.
    private static readonly Shape Probe = [5, 7];

    /// <summary>A group.</summary>
    /// <param name="parameters">The parameters; a tied weight may be listed more than once. Vectors take no weight decay.</param>
    /// <param name="stages">What a step does with each of them, the last stage being one that updates the weights.</param>
    /// <param name="learningRate">The base learning rate, which the schedule scales.</param>
    /// <exception cref="ArgumentException">The list cannot train, two stages keep state of one name, or the learning rate is negative or not finite.</exception>
    public ParameterGroup(IEnumerable<Parameter> parameters, StageList stages, double learningRate)
        : this([.. ParameterRouter.Distinct(parameters).Where(p => p.IsTrained).Select(ParameterRouter.Routed)], stages, learningRate) =>
        Balanced = [.. parameters.Where(p => !p.IsTrained)];

    internal ParameterGroup(IReadOnlyList<RoutedParameter> parameters, StageList stages, double learningRate)
    {
        ArgumentNullException.ThrowIfNull(stages);
        (Routed, Stages, LearningRate) = (parameters, stages, learningRate);
        Name = Orthogonalizes ? "orthogonalized" : "auxiliary";
        if (!(learningRate >= 0 && double.IsFinite(learningRate))) throw new ArgumentException($"learningRate is {learningRate}; expected a finite number ≥ 0");
        Check(stages);
    }

    /// <summary>What the group is called in messages and manifests: <c>orthogonalized</c> or <c>auxiliary</c> unless said otherwise.</summary>
    public string Name { get; init; }

    /// <summary>The stages of a step.</summary>
    public StageList Stages { get; }

    /// <summary>The base learning rate, which the schedule scales.</summary>
    public double LearningRate { get; }

    /// <summary>What is done around every step of a matrix, or null.</summary>
    public IStepHook? Hook { get; init; }

    /// <summary>How fused query–key–value projections are orthogonalized.</summary>
    public QkvRouting Qkv { get; init; }

    /// <summary>Whether 1-D parameters may be orthogonalized, as near-square matrices.</summary>
    public VectorRouting Vectors { get; init; }

    /// <summary>The parameters.</summary>
    public IEnumerable<Parameter> Parameters => Routed.Select(routed => routed.Parameter);

    /// <summary>Whether the group's matrices are orthogonalized.</summary>
    public bool Orthogonalizes => Stages.Orthogonalizes;

    internal IReadOnlyList<RoutedParameter> Routed { get; }

    internal IReadOnlyList<Parameter> Balanced { get; init; } = [];

    private static void Check(StageList stages)
    {
        if (stages.Count == 0) throw new ArgumentException("the list of stages is empty; expected at least one that updates the weights, such as UpdateWeights");
        if (!stages.Any(stage => stage.UpdatesWeights)) throw new ArgumentException($"no stage updates the weights in {stages.Names}; end the list with UpdateWeights");
        var keepers = new Dictionary<string, Stage>();
        foreach (Stage stage in stages)
        {
            foreach (StateSchema state in stage.State(Probe))
            {
                if (!keepers.TryAdd(state.Name, stage)) throw new ArgumentException($"stages '{keepers[state.Name].Name}' and '{stage.Name}' both keep '{state.Name}'; state is stored by name, so give one of them another");
            }
        }
    }
}
