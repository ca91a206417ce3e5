namespace MiniGrad;

/// <summary>A parameter and how it is treated.</summary>
/// <param name="Parameter">The parameter.</param>
/// <param name="Decays">Whether weight decay applies: vectors never decay.</param>
public readonly record struct RoutedParameter(Parameter Parameter, bool Decays);

/// <summary>Who optimizes which parameter: every one that is trained by its gradient is in exactly one of two lists.</summary>
/// <param name="Orthogonalized">Parameters whose matrices are orthogonalized, usually those inside the blocks.</param>
/// <param name="Auxiliary">Embeddings, the output head, vectors; everything, when the optimizer does not orthogonalize.</param>
public sealed record Routing(IReadOnlyList<RoutedParameter> Orthogonalized, IReadOnlyList<RoutedParameter> Auxiliary)
{
    /// <summary>The base learning rate that logs tell: the orthogonalized parameters', or the only one.</summary>
    public double LearningRate { get; init; }

    /// <summary>Biases of choices of experts, which a rule of their own moves: in neither list.</summary>
    public IReadOnlyList<Parameter> Balanced { get; init; } = [];

    /// <summary>Number of values that are orthogonalized.</summary>
    public long OrthogonalizedCount => Count(Orthogonalized);

    /// <summary>Number of values that are not.</summary>
    public long AuxiliaryCount => Count(Auxiliary);

    /// <summary>The parameters of both lists, orthogonalized ones first.</summary>
    public IReadOnlyList<Parameter> Parameters => [.. Orthogonalized.Concat(Auxiliary).Select(routed => routed.Parameter)];

    /// <summary>The counts, for a banner.</summary>
    public override string ToString() =>
        $"orthogonalized: {Orthogonalized.Sum(MatricesIn)} matrices, {OrthogonalizedCount:N0} values; auxiliary: {Auxiliary.Count} tensors, {AuxiliaryCount:N0} values";

    private static int MatricesIn(RoutedParameter routed) => routed.Parameter.Role == ParameterRole.ExpertMatrices ? routed.Parameter.Shape[0] : 1;

    private static long Count(IReadOnlyList<RoutedParameter> list) => list.Sum(routed => routed.Parameter.Shape.Count);
}
