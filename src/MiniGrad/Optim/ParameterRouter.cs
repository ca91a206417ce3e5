using MiniGrad.Tensors;

namespace MiniGrad.Optim;

/// <summary>A parameter and how it is treated.</summary>
/// <param name="Parameter">The parameter.</param>
/// <param name="Decays">Whether weight decay applies: vectors never decay.</param>
public readonly record struct RoutedParameter(Parameter Parameter, bool Decays);

/// <summary>The router's decision: every parameter that is trained by its gradient is in exactly one of two groups.</summary>
/// <param name="Orthogonalized">Matrices inside the blocks.</param>
/// <param name="Auxiliary">Embeddings, the output head, vectors; everything, when the optimizer does not orthogonalize.</param>
public sealed record Routing(IReadOnlyList<RoutedParameter> Orthogonalized, IReadOnlyList<RoutedParameter> Auxiliary)
{
    /// <summary>Biases of choices of experts, which a rule of their own moves: in neither group.</summary>
    public IReadOnlyList<Parameter> Balanced { get; init; } = [];

    /// <summary>Number of values in the orthogonalized group.</summary>
    public long OrthogonalizedCount => Count(Orthogonalized);

    /// <summary>Number of values in the auxiliary group.</summary>
    public long AuxiliaryCount => Count(Auxiliary);

    /// <summary>The parameters of both groups, orthogonalized ones first.</summary>
    public IReadOnlyList<Parameter> Parameters => [.. Orthogonalized.Concat(Auxiliary).Select(routed => routed.Parameter)];

    /// <summary>The counts, for a banner.</summary>
    public override string ToString() =>
        $"orthogonalized: {Orthogonalized.Sum(MatricesIn)} matrices, {OrthogonalizedCount:N0} values; auxiliary: {Auxiliary.Count} tensors, {AuxiliaryCount:N0} values";

    private static int MatricesIn(RoutedParameter routed) => routed.Parameter.Role == ParameterRole.ExpertMatrices ? routed.Parameter.Shape[0] : 1;

    private static long Count(IReadOnlyList<RoutedParameter> group) => group.Sum(routed => routed.Parameter.Shape.Count);
}

/// <summary>Decides who optimizes a parameter, by its role and shape.</summary>
public static class ParameterRouter
{
    /// <summary>
    /// Matrices inside the blocks are orthogonalized (with <c>vectors: reshape</c> vectors, too); embeddings, the output head, routers
    /// of experts and vectors go to the auxiliary group. <c>routing.include</c> adds parameters whatever their role,
    /// <c>routing.exclude</c> takes away and is stronger. A tied weight, listed more than once, counts once. For an optimizer
    /// that does not orthogonalize, all are auxiliary.
    /// </summary>
    /// <param name="parameters">The model's parameters.</param>
    /// <param name="options">The optimizer's options.</param>
    /// <exception cref="ArgumentException">Two parameters have one name, or a pattern matches none.</exception>
    public static Routing Route(IEnumerable<Parameter> parameters, OptimizerOptions options)
    {
        List<RoutedParameter> orthogonalized = [], auxiliary = [];
        ILookup<bool, Parameter> all = Distinct(parameters).ToLookup(parameter => parameter.IsTrained);
        List<Parameter> distinct = [.. all[true]];
        if (options.Orthogonalizes) CheckPatterns(options.Routing, distinct);
        foreach (Parameter parameter in distinct)
        {
            bool matrix = parameter.Shape.Rank >= 2;
            var routed = new RoutedParameter(parameter, matrix && parameter.Role != ParameterRole.Vector);
            (IsOrthogonalized(parameter, options) ? orthogonalized : auxiliary).Add(routed);
        }
        return new Routing(orthogonalized, auxiliary) { Balanced = [.. all[false]] };
    }

    private static bool IsOrthogonalized(Parameter parameter, OptimizerOptions options)
    {
        if (!options.Orthogonalizes || NamePattern.AnyMatches(options.Routing.Exclude.AsSpan(), parameter.Name)) return false;
        if (NamePattern.AnyMatches(options.Routing.Include.AsSpan(), parameter.Name)) return true;
        if (parameter.Shape.Rank < 2) return options.Vectors == VectorRouting.Reshape && (parameter.IsHidden || parameter.Role == ParameterRole.Vector);
        return parameter.IsHidden;
    }

    private static void CheckPatterns(RoutingOptions routing, List<Parameter> parameters)
    {
        List<string> names = [.. parameters.Select(parameter => parameter.Name)];
        NamePattern.Check("routing.include", routing.Include.AsSpan(), names);
        NamePattern.Check("routing.exclude", routing.Exclude.AsSpan(), names);
        if (routing.Qkv == QkvRouting.Fused || parameters.Exists(parameter => parameter.Heads is not null)) return;
        throw new ArgumentException($"routing.qkv '{OptionNames.Of(routing.Qkv)}' finds no attention projection that declares its heads; leave it out");
    }

    /// <summary>Puts every parameter in the main group and lets it decay, whatever its role: what a replay of recorded gradients wants.</summary>
    /// <param name="parameters">The parameters.</param>
    /// <param name="options">The optimizer's options.</param>
    internal static Routing Everything(IEnumerable<Parameter> parameters, OptimizerOptions options)
    {
        List<RoutedParameter> all = [.. Distinct(parameters).Select(parameter => new RoutedParameter(parameter, Decays: true))];
        return options.Orthogonalizes ? new Routing(all, []) : new Routing([], all);
    }

    private static IEnumerable<Parameter> Distinct(IEnumerable<Parameter> parameters)
    {
        var tensors = new HashSet<Tensor>();
        var names = new HashSet<string>();
        foreach (Parameter parameter in parameters)
        {
            if (!tensors.Add(parameter.Tensor)) continue;
            if (!names.Add(parameter.Name)) throw new ArgumentException($"two parameters are named '{parameter.Name}'; names must be unique, since optimizer state is stored under them");
            yield return parameter;
        }
    }
}
