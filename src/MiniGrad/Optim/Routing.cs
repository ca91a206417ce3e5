using static System.FormattableString;

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

    /// <summary>A line a list: how many there are, and which. Those that differ in numbers only are one pattern, such as <c>h.*.mlp.c_fc.weight (12)</c>.</summary>
    public IReadOnlyList<string> Lines =>
    [
        Invariant($"orthogonalized: {Counted(Orthogonalized.Sum(MatricesIn), "matrix", "matrices")}, {OrthogonalizedCount:N0} values{Names(Orthogonalized.Select(routed => routed.Parameter))}"),
        Invariant($"auxiliary: {Counted(Auxiliary.Count, "tensor", "tensors")}, {AuxiliaryCount:N0} values{Names(Auxiliary.Select(routed => routed.Parameter))}"),
        .. Balanced.Count == 0 ? Array.Empty<string>() : [Invariant($"balanced: {Counted(Balanced.Count, "tensor", "tensors")}{Names(Balanced)}")],
    ];

    /// <summary>Who is where, for a banner: <see cref="Lines"/>.</summary>
    public override string ToString() => string.Join('\n', Lines);

    private static string Names(IEnumerable<Parameter> parameters)
    {
        // Layers of a chain have nothing but their number, and are named while they are few.
        const int Few = 4;
        IEnumerable<string> names = parameters.GroupBy(p => (Pattern: Pattern(p.Name), p.Role)).SelectMany(same => same.Count() < (same.Key.Pattern.StartsWith('*') ? Few : 2)
            ? same.Select(parameter => parameter.Name + RoleOf(same.Key.Role))
            : [Invariant($"{same.Key.Pattern} ({same.Count()}){RoleOf(same.Key.Role)}")]);
        string joined = string.Join(", ", names);
        return joined.Length == 0 ? "" : $": {joined}";
    }

    private static string Counted(int count, string one, string several) => $"{count} {(count == 1 ? one : several)}";

    private static string Pattern(string name) => string.Join('.', name.Split('.').Select(part => part.All(char.IsAsciiDigit) ? "*" : part));

    // What a hidden matrix or a vector is, its place says.
    private static string RoleOf(ParameterRole role) => role switch
    {
        ParameterRole.Embedding => " (embedding)",
        ParameterRole.Head => " (head)",
        ParameterRole.Router => " (router)",
        _ => "",
    };

    private static int MatricesIn(RoutedParameter routed) => routed.Parameter.Role == ParameterRole.ExpertMatrices ? routed.Parameter.Shape[0] : 1;

    private static long Count(IReadOnlyList<RoutedParameter> list) => list.Sum(routed => routed.Parameter.Shape.Count);
}
