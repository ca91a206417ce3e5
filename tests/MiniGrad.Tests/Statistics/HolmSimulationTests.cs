using MiniGrad.Experiments.Statistics;
using MiniGrad.Randomness;

namespace MiniGrad.Tests.Statistics;

/// <summary>Holm's promise on simulated experiments: five seeds, four variants against one baseline, so that the tests depend on each other as they do in a report.</summary>
public sealed class HolmSimulationTests
{
    private const int Simulations = 2000;
    private const int Seeds = 5;
    private const int Variants = 4;
    private const ulong Seed = 20250711;

    // 5 % and three standard errors of a share of 2,000.
    private static readonly double Bound = 0.05 + 3 * Math.Sqrt(0.05 * 0.95 / Simulations);

    [Fact]
    public void Four_null_effects_give_a_false_alarm_in_at_most_5_of_100_and_without_adjustment_in_more()
    {
        int adjusted = 0, plain = 0;
        for (int simulation = 0; simulation < Simulations; simulation++)
        {
            double[] p = Experiment(simulation, effects: [0, 0, 0, 0]);
            plain += p.Any(value => value < 0.05) ? 1 : 0;
            adjusted += Holm.Adjust(p).Any(value => value < 0.05) ? 1 : 0;
        }

        Assert.True(adjusted <= Bound * Simulations, $"seed {Seed}: {adjusted} of {Simulations} experiments with a false alarm");
        Assert.True(adjusted >= 0.02 * Simulations, $"seed {Seed}: {adjusted} of {Simulations}; an adjustment that never rejects proves nothing");
        Assert.True(plain >= 0.10 * Simulations, $"seed {Seed}: only {plain} of {Simulations} without the adjustment: there is nothing to adjust");
    }

    [Fact]
    public void Beside_true_effects_the_null_ones_keep_the_bound_and_the_true_ones_are_found()
    {
        int falseAlarms = 0, found = 0;
        for (int simulation = 0; simulation < Simulations; simulation++)
        {
            double[] p = Holm.Adjust(Experiment(simulation, effects: [0.3, -0.3, 0, 0]));
            falseAlarms += p[2] < 0.05 || p[3] < 0.05 ? 1 : 0;
            found += p[0] < 0.05 && p[1] < 0.05 ? 1 : 0;
        }

        Assert.True(falseAlarms <= Bound * Simulations, $"seed {Seed}: {falseAlarms} of {Simulations} experiments with a false alarm");
        Assert.True(found >= 0.9 * Simulations, $"seed {Seed}: both effects found in {found} of {Simulations}");
    }

    // Losses are 1.5 + what the seed does to every variant + noise of standard deviation 0.05 + the variant's effect.
    private static double[] Experiment(int simulation, double[] effects)
    {
        var random = new CounterRandom(Seed, (ulong)simulation);
        double[] Losses(int variant, double effect) =>
            [.. Enumerable.Range(0, Seeds).Select(s => 1.5 + 0.2 * random.Normal((ulong)s) + 0.05 * random.Normal((ulong)((variant + 1) * Seeds + s)) + effect)];
        double[] baseline = Losses(0, 0);
        return [.. Enumerable.Range(0, Variants).Select(i => PairedT.Test(Losses(i + 1, effects[i]), baseline)!.P)];
    }
}
