using MiniGrad.Backends;
using MiniGrad.Backends.Cpu;
using MiniGrad.Backends.Reference;
using MiniGrad.Ops;

namespace MiniGrad.Tests.Ops;

/// <summary>The ops of a mixture of experts: their gradients, and what a routing promises.</summary>
public sealed class ExpertTests : IGradientCases
{
    // Tokens, experts, experts of a token, inputs, outputs.
    private static readonly (int N, int E, int K, int C, int F)[] Sizes = [(1, 2, 2, 3, 1), (4, 3, 2, 2, 3), (5, 4, 3, 1, 4), (3, 5, 2, 4, 2), (7, 2, 1, 3, 3), (2, 4, 4, 2, 5)];

    public static IEnumerable<GradientCase> GradientCases()
    {
        foreach ((int n, int e, int k, int c, int f) in Sizes)
        {
            yield return GradientCase.Of("expert gates", [[n, e]], x => ExpertGates.Apply(x[0], Route(x[0], k))) with { Low = 0.1, High = 1, IsFlat = k == 1 };
            yield return Routed("dispatch", n, e, k, [[n, c]], (x, routing) => Dispatch.Apply(x[0], routing));
            // Of rows in the reference's layout, every expert's tokens one after the other.
            yield return Routed("expert linear", n, e, k, [[e * n, c], [e, f, c]], (x, routing) => ExpertLinear.Apply(x[0], x[1], routing));
            yield return Routed("combine", n, e, k, [[e * n, c], [n, e]], (x, routing) => Combine.Apply(x[0], x[1], routing));
            yield return Routed("combine, residual", n, e, k, [[e * n, c], [n, e], [n, c]], (x, routing) => Combine.Apply(x[0], x[1], routing, x[2]));
            yield return GradientCase.Of("experts", [[n, e], [n, c], [e, f, c]], x => Experts(x[0], x[1], x[2], k)) with { Low = 0.1, High = 1 };
        }
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void Each_token_has_k_distinct_experts_whose_gates_sum_to_1(string backend)
    {
        using var context = new ComputeContext(Create(backend));
        using StepScope step = context.BeginStep();
        foreach ((int n, int e, int k) in ((int, int, int)[])[(1, 1, 1), (9, 5, 1), (9, 5, 2), (9, 5, 5), (300, 16, 4)])
        {
            Tensor scores = context.Tensor([n, e], TestData.Uniform(n + e + k, n * e, 0.01, 1));
            ExpertRouting routing = ExpertRouting.Select(scores, context.Full([e], 0), k);
            float[] mask = context.Download(routing.Mask), gates = ExpertGates.Apply(scores, routing).ToArray(), given = scores.ToArray();
            for (int token = 0; token < n; token++)
            {
                float[] row = mask[(token * e)..((token + 1) * e)], weights = gates[(token * e)..((token + 1) * e)], score = given[(token * e)..((token + 1) * e)];
                int[] chosen = [.. Enumerable.Range(0, e).Where(i => row[i] == 1)];
                Assert.Equal(Enumerable.Range(0, e).OrderByDescending(i => score[i]).Take(k).Order(), chosen);
                Assert.All(row, m => Assert.True(m is 0 or 1));
                Assert.Equal(1, weights.Sum(), 1e-6);
                float total = chosen.Sum(i => score[i]);
                for (int i = 0; i < e; i++) Assert.Equal(row[i] * score[i] / total, weights[i], 1e-6);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void Of_equal_scores_the_expert_of_lower_index_comes_first(string backend)
    {
        using var context = new ComputeContext(Create(backend));
        using StepScope step = context.BeginStep();
        Tensor scores = context.Tensor([3, 4], [0.5, 0.5, 0.5, 0.5, 0.25, 0.5, 0.25, 0.5, 0.25, 0.75, 0.25, 0.25]);
        Assert.Equal([1, 1, 0, 0, 0, 1, 0, 1, 1, 1, 0, 0], context.Download(ExpertRouting.Select(scores, context.Full([4], 0), 2).Mask));
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void The_bias_changes_the_choice_but_not_the_gates(string backend)
    {
        using var context = new ComputeContext(Create(backend));
        using StepScope step = context.BeginStep();
        Tensor scores = context.Tensor([1, 3], [0.5, 0.25, 0.125]);
        ExpertRouting routing = ExpertRouting.Select(scores, context.Tensor([3], [-1.0, 0, 0.5]), 2);
        Assert.Equal([0, 1, 1], context.Download(routing.Mask));
        TestData.Close([0, 2 / 3.0, 1 / 3.0], ExpertGates.Apply(scores, routing), 1e-6);
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void A_backward_pass_leaves_the_load_in_place_of_the_biass_gradient_and_NoGrad_does_not(string backend)
    {
        using var context = new ComputeContext(Create(backend));
        Parameter bias = context.ExpertBias("b", 3, 0.1);
        for (int pass = 1; pass <= 2; pass++)
        {
            using StepScope step = context.BeginStep();
            Gates().Sum().Backward();
            Assert.Equal([3f * pass, pass, 2f * pass], context.Download(bias.GradientData));
        }
        bias.ZeroGradient();
        using (context.BeginStep())
        using (context.NoGrad()) Gates();
        Assert.False(bias.HasGradient);

        Tensor Gates()
        {
            Tensor scores = context.Tensor([3, 3], [0.5, 0.25, 0.75, 0.9, 0.1, 0.2, 0.4, 0.4, 0.4]);
            return ExpertGates.Apply(scores, ExpertRouting.Select(scores, bias, 2), bias);
        }
    }

    [Fact]
    public void Errors_name_the_sizes()
    {
        using var context = new ComputeContext(new CpuBackend());
        using StepScope step = context.BeginStep();
        Tensor scores = context.Full([4, 3], 0.5), bias = context.Full([3], 0);
        TestData.Refused(() => ExpertRouting.Select(scores, bias, 4), "expert_routing", "topK is 4", "3 experts");
        TestData.Refused(() => ExpertRouting.Select(scores, context.Full([4], 0), 1), "expert_routing", "the bias must have shape (3)");
        ExpertRouting routing = ExpertRouting.Select(scores, bias, 2);
        TestData.Refused(() => Dispatch.Apply(context.Full([5, 2], 0), routing), "dispatch", "(5,2)", "4 rows");
        TestData.Refused(() => ExpertLinear.Apply(context.Full([8, 2], 0), context.Full([3, 5, 4], 0), routing), "expert_linear", "(8,2) and (3,5,4)");
        TestData.Refused(() => Combine.Apply(context.Full([7, 2], 0), scores, routing), "combine", "(7,2)", "8 rows");
        TestData.Refused(() => ExpertGates.Apply(context.Full([4, 4], 1), routing), "expert_gates", "3 experts");
    }

    public static TheoryData<string> Backends => ["reference", "cpu"];

    internal static Tensor Experts(Tensor scores, Tensor x, Tensor weight, int k)
    {
        ExpertRouting routing = Route(scores, k);
        return Combine.Apply(ExpertLinear.Apply(Dispatch.Apply(x, routing), weight, routing), ExpertGates.Apply(scores, routing), routing);
    }

    private static ExpertRouting Route(Tensor scores, int k) => ExpertRouting.Select(scores, scores.Context.Full([scores.Shape[-1]], 0), k);

    private static IBackend Create(string name) => name == "cpu" ? new CpuBackend(2) : new ReferenceBackend<double>();

    private static GradientCase Routed(string label, int n, int e, int k, Shape[] inputs, Func<Tensor[], ExpertRouting, Tensor> function) => new($"{label} {n}x{e}x{k}", inputs, context =>
    {
        Tensor scores = context.Tensor([n, e], TestData.Uniform(n * e, n * e, 0.1, 1));
        return x => function(x, Route(scores, k));
    });
}
