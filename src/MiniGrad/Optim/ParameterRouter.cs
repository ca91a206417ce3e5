
namespace MiniGrad.Optim;

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
            (IsOrthogonalized(parameter, options) ? orthogonalized : auxiliary).Add(Routed(parameter));
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

    /// <summary>The groups of a model's parameters: the stages for the matrices inside its blocks if they orthogonalize, else for all.</summary>
    internal static IReadOnlyList<ParameterGroup> Groups(IEnumerable<Parameter> parameters, StageList stages, double learningRate, StageList? auxiliary)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(stages);
        List<Parameter> all = [.. parameters];
        if (!stages.Orthogonalizes) return [new ParameterGroup(all, stages, learningRate)];
        bool hidden(Parameter parameter) => parameter.Shape.Rank >= 2 && parameter.IsHidden;
        return
        [
            new ParameterGroup(all.Where(hidden), stages, learningRate),
            new ParameterGroup(all.Where(parameter => !hidden(parameter)), auxiliary ?? Presets.AdamW(weightDecay: Decay.Of(stages)), learningRate),
        ];
    }

    /// <summary>Who is where among groups.</summary>
    /// <exception cref="ArgumentException">A parameter is in two groups, or two have one name.</exception>
    internal static Routing RoutingOf(IReadOnlyList<ParameterGroup> groups)
    {
        var names = new HashSet<string>();
        foreach (Parameter parameter in groups.SelectMany(group => group.Parameters))
        {
            if (!names.Add(parameter.Name)) throw new ArgumentException($"parameter '{parameter.Name}' is in two groups, or two parameters have that name; every one is in exactly one group, and state is stored under its name");
        }
        return new Routing([.. groups.Where(g => g.Orthogonalizes).SelectMany(g => g.Routed)], [.. groups.Where(g => !g.Orthogonalizes).SelectMany(g => g.Routed)])
        {
            LearningRate = groups.Count > 0 ? groups[0].LearningRate : 0,
            Balanced = [.. groups.SelectMany(group => group.Balanced)],
        };
    }

    /// <summary>A parameter as it is treated by default: vectors never decay.</summary>
    internal static RoutedParameter Routed(Parameter parameter) => new(parameter, parameter.Shape.Rank >= 2 && parameter.Role != ParameterRole.Vector);

    internal static IEnumerable<Parameter> Distinct(IEnumerable<Parameter> parameters)
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
