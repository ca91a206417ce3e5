using MiniGrad.Backends;
using MiniGrad.Ops;

namespace MiniGrad.Tests.Ops;

/// <summary>
/// Every op of the library is checked against central differences on at least five shapes. What counts is what a case
/// leaves on the tape, so a registered case that does not use the op, or that lets no gradient through it, does not count.
/// </summary>
public sealed class OpCoverageTests
{
    private const int FewestShapes = 5;

    public static TheoryData<string> OpTypes => [.. OpsOf(typeof(Op)).Select(type => type.Name)];

    [Theory]
    [Trait("Property", "43")]
    [MemberData(nameof(OpTypes))]
    public void Every_op_passes_gradient_checks_on_five_shapes(string opType)
    {
        Type type = OpsOf(typeof(Op)).Single(candidate => candidate.Name == opType);
        List<GradientCase> cases = [.. GradientBench.All.Where(@case => GradientBench.OpsOf(@case).Any(op => op.Type == type))];
        Assert.Equal("", Lacking(type, cases));
        foreach (GradientCase @case in cases) GradientBench.Check(@case);
    }

    [Fact]
    public void Labels_are_unique() => Assert.Equal(GradientBench.All.Count, GradientBench.All.Select(@case => @case.ToString()).Distinct().Count());

    [Fact]
    public void The_list_of_ops_is_not_empty_and_has_the_ones_that_a_GPT_is_made_of()
    {
        string[] needed = ["MatMul", "LinearOp", "LayerNormOp", "Attention", "Rope", "EmbeddingOp", "CrossEntropy", "Unary"];
        Assert.Empty(needed.Except(OpTypes.Select(row => row.Data)));
    }

    [Fact]
    public void An_op_without_cases_is_found() => Assert.Contains("WrongSign", Lacking(typeof(Autograd.WrongSign), GradientBench.All), StringComparison.Ordinal);

    [Fact]
    public void An_op_with_four_shapes_is_found()
    {
        IEnumerable<GradientCase> four = Enumerable.Range(1, 4).Select(n => GradientCase.Of("four", [[n]], x => x[0] * 2));
        IEnumerable<GradientCase> repeated = Enumerable.Repeat(GradientCase.Of("again", [[1]], x => x[0] * 2), 9);
        Assert.Contains("4", Lacking(typeof(Scale), [.. four, .. repeated]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_case_that_lets_no_gradient_through_does_not_count()
    {
        static Tensor Detached(Tensor[] x)
        {
            using NoGradScope noGrad = x[0].Context.NoGrad();
            return x[0] * 2;
        }
        Assert.Contains("0", Lacking(typeof(Scale), [.. Enumerable.Range(1, 9).Select(n => GradientCase.Of("detached", [[n]], Detached))]), StringComparison.Ordinal);
    }

    private static List<Type> OpsOf(Type root) => [.. root.Assembly.GetTypes().Where(type => type.IsSubclassOf(root) && !type.IsAbstract).OrderBy(type => type.Name, StringComparer.Ordinal)];

    /// <summary>What is missing for an op, or nothing. The functions of <see cref="Unary"/> count one by one.</summary>
    private static string Lacking(Type type, IReadOnlyList<GradientCase> cases)
    {
        Dictionary<string, int> shapes = cases.SelectMany(GradientBench.OpsOf).Where(op => op.Type == type).Distinct()
            .GroupBy(op => op.Name).ToDictionary(group => group.Key, group => group.Count());
        string[] names = type == typeof(Unary) ? [.. Enum.GetNames<UnaryOperation>().Select(name => name.ToLowerInvariant())] : [.. shapes.Keys.DefaultIfEmpty(type.Name)];
        return string.Join("; ", names.Where(name => shapes.GetValueOrDefault(name) < FewestShapes)
            .Select(name => $"{type.Name} '{name}' has gradient cases on {shapes.GetValueOrDefault(name)} shapes, fewer than {FewestShapes}"));
    }
}
