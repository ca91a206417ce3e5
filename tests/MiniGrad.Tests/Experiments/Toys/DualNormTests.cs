using MiniGrad.Experiments.DualNorm;

namespace MiniGrad.Tests.Experiments.Toys;

/// <summary>The toy problem of <c>dual-norm</c>: its first matrices, what bfloat16 does to it, and when the bound on s acts.</summary>
public sealed class DualNormTests
{
    private static DualNormVariant Muon => DualNormRecord.Variants[0];

    private static DualNormVariant DualNorm => DualNormRecord.Variants[1];

    private static double[] Losses(DualNormVariant variant, DualNormCondition condition, int steps, ulong seed = 0)
    {
        using var run = new DualNormRun(new DualNormPlan(condition, variant, seed, steps));
        return run.Losses();
    }

    [Fact]
    public void The_first_loss_is_that_of_the_first_matrix()
    {
        float[] x = DualNormRun.Start(2, 3);
        Assert.All(x, value => Assert.InRange(value, 0, 0.9999999f));
        double a = x[0], b = x[1], c = x[2], d = x[3];
        double expected = Math.Pow(1 - a * a - c * c, 2) + 2 * Math.Pow(a * b + c * d, 2) + Math.Pow(1 - b * b - d * d, 2);
        Assert.Equal(expected, Losses(Muon, new(2, 0, 0.1, BFloat16: false), 1, seed: 3)[0], 1e-5);
        Assert.InRange(DualNormRun.Start(128, 0).Max(), 0.0155f, 2f / 128);
    }

    [Fact]
    public void Far_from_the_minimum_the_bound_makes_the_two_the_same_and_near_it_the_dual_norm_goes_on()
    {
        var condition = new DualNormCondition(2, 0, 0.1, BFloat16: false);
        double[] muon = Losses(Muon, condition, 200), dual = Losses(DualNorm, condition, 200);
        Assert.Equal(muon[..3], dual[..3]);
        Assert.True(muon[^1] > 1e-3 && dual[^1] < 1e-9, $"muon {muon[^1]}, dual norm {dual[^1]}");
    }

    [Fact]
    public void In_bfloat16_small_steps_are_lost()
    {
        // A step of 1e-6 is less than half of what bfloat16 can tell apart near 0.1, so nothing moves; float32 does.
        double[] half = Losses(Muon, new(16, 0, 1e-6, BFloat16: true), 10), single = Losses(Muon, new(16, 0, 1e-6, BFloat16: false), 10);
        Assert.All(half, loss => Assert.Equal(half[0], loss));
        Assert.True(single[^1] < single[0]);
    }

    [Fact]
    public void Two_runs_have_the_same_bits()
    {
        foreach (DualNormVariant variant in DualNormRecord.Variants)
        {
            var condition = new DualNormCondition(16, 0.95, 0.01, BFloat16: true);
            double[] first = Losses(variant, condition, 40);
            Assert.Equal(first, Losses(variant, condition, 40));
            Assert.True(first[^1] < first[0], variant.Name);
        }
    }

    [Fact]
    public void Variants_differ_by_what_their_names_say()
    {
        OptimizerOptions[] options = [.. DualNormRecord.Variants.Select(v => DualNormRun.Options(new(DualNormRecord.Primary, v, 0, 1)))];
        Assert.Equal([false, true, true, false], options.Select(o => o.DualNorm));
        Assert.Equal([null, 1.0, null, null], options.Select(o => o.DualNormClip));
        Assert.All(options[..3], o => Assert.Equal((0.95, 0.001, 0.0, true), (o.Momentum, o.LearningRate!.Value, o.WeightDecay, o.Nesterov)));
        Assert.Equal((OptimizerKind.AdamW, 0.95, 0.999), (options[3].Kind, options[3].Beta1, options[3].EffectiveBeta2));
    }

    [Fact]
    public void A_run_is_summed_up_by_its_last_losses()
    {
        DualNormOutcome Of(params double[] losses) => new(new DualNormPlan(DualNormRecord.Primary, Muon, 0, losses.Length - 1), losses);
        // 41 losses: the last 5 % are two of them, 1e-4 and 1e-6.
        DualNormOutcome outcome = Of([.. Enumerable.Repeat(1.0, 30), .. Enumerable.Repeat(0.01, 9), 1e-4, 1e-6]);
        Assert.Equal(-5, outcome.LogFinal, 1e-12);
        Assert.Equal(30, outcome.StepsToOnePercent);
        Assert.True(double.IsNaN(Of(1, 5, 11).LogFinal));
        Assert.True(Of(1, double.NaN, 0.5).Diverged);
        Assert.Null(Of(1, 0.5).StepsToOnePercent);
        Assert.Equal(-16, Of(1, 0).LogFinal);
    }
}
