using MiniGrad.Backends.Reference;
using MiniGrad.Randomness;

namespace MiniGrad.Experiments.Theory;

/// <summary>
/// Theorem 1's invariance: whether an optimizer takes the same steps when every entry of every gradient is multiplied by a positive number
/// of that entry's own, between 1/100 and 100.
/// </summary>
internal static class Invariance
{
    private const int Steps = 20;
    private const double LargestScale = 100;

    /// <summary>What stands before the orthogonalization, as ablate-transform has it; the sign first.</summary>
    public static IReadOnlyList<(string Name, string[] Changes)> Transforms { get; } =
        [("sign", []), ("none", ["sign=false"]), ("tanh", ["sign=false", "transform=tanh"]), ("signed square root", ["sign=false", "projection=1.5"])];

    /// <summary>The mean cosine between the steps with and without the scales, over the steps of one seed's gradients; 1 where they are the same.</summary>
    public static double Cosine(string[] changes, ulong seed)
    {
        var random = new CounterRandom(seed, 6);
        double[] scales = [.. Enumerable.Range(0, TheoryRecord.M * TheoryRecord.N).Select(i => Math.Pow(LargestScale, (2 * random.Double((ulong)i)) - 1))];
        double[][] plain = Updates(changes, seed, null), scaled = Updates(changes, seed, scales);
        return plain.Zip(scaled, (a, b) => a.AsSpan().SequenceEqual(b) ? 1 : a.Zip(b, (x, y) => x * y).Sum() / Math.Sqrt(a.Sum(x => x * x) * b.Sum(x => x * x))).Average();
    }

    // Gradients with a common part, so that their momentum has a direction; they do not depend on X.
    private static double[][] Updates(string[] changes, ulong seed, double[]? scales)
    {
        (int m, int n) = (TheoryRecord.M, TheoryRecord.N);
        using var context = new ComputeContext(new ReferenceBackend<double>());
        Parameter x = context.Parameter("x", [m, n], ParameterRole.HiddenMatrix);
        Tensor gradient = context.Tensor([m, n], new double[m * n]);
        var optimizer = new Optimizer([x], TheoryRun.Options(1).With(changes));
        CounterRandom common = new(seed, 7), own = new(seed, 8);
        var updates = new double[Steps][];
        double[] before = x.Tensor.ToDoubleArray();
        for (int t = 0; t < Steps; t++)
        {
            gradient.CopyFrom([.. Enumerable.Range(0, m * n).Select(i => (common.Normal((ulong)i) + own.Normal((ulong)((t * m * n) + i))) * (scales?[i] ?? 1))]);
            optimizer.ZeroGradients();
            using (context.BeginStep()) (gradient * x.Tensor).Sum().Backward();
            optimizer.Step(1);
            double[] after = x.Tensor.ToDoubleArray();
            updates[t] = [.. after.Zip(before, (a, b) => a - b)];
            before = after;
        }
        return updates;
    }
}
