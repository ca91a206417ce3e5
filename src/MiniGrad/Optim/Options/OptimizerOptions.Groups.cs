using MiniGrad.Optim;

namespace MiniGrad;

/// <summary>The groups that options stand for.</summary>
public sealed partial record OptimizerOptions
{
    /// <summary>The groups of a model's parameters: what is orthogonalized, then everything else; either may be empty.</summary>
    /// <param name="parameters">The parameters; a tied weight may be listed more than once.</param>
    /// <exception cref="ArgumentException">An option is impossible, a pattern matches nothing, or the learning rate is missing.</exception>
    public IReadOnlyList<ParameterGroup> Groups(IEnumerable<Parameter> parameters) => Groups(ParameterRouter.Route(parameters, this));

    internal IReadOnlyList<ParameterGroup> Groups(Routing routing) =>
    [
        Group("orthogonalized", this, routing.Orthogonalized, routing.Balanced),
        Group("auxiliary", AuxiliaryGroup(), routing.Auxiliary, []),
    ];

    private static ParameterGroup Group(string name, OptimizerOptions options, IReadOnlyList<RoutedParameter> parameters, IReadOnlyList<Parameter> balanced) =>
        new(parameters, options.Compile(), options.LearningRate ?? throw new ArgumentException($"the {name} group has no learningRate; set it in the options"))
        {
            Name = name,
            Hook = options.StepHook,
            Qkv = options.Routing.Qkv,
            Vectors = options.Vectors,
            Balanced = balanced,
        };
}
