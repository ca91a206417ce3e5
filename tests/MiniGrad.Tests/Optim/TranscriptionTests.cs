using MathNet.Numerics.LinearAlgebra;
using MiniGrad.Backends;
using MiniGrad.Backends.Cpu;
using MiniGrad.Backends.Reference;

namespace MiniGrad.Tests.Optim;

/// <summary>Presets against their transcriptions, at random shapes and hyper-parameters, with steps of zero gradients and steps without one.</summary>
public sealed class TranscriptionTests
{
    public static IEnumerable<TheoryDataRow<string, int>> PresetsAndSeeds =>
        from preset in Presets.Names where Transcription.Has(preset) from seed in Sample.Seeds select new TheoryDataRow<string, int>(preset, seed.Data);

    // What only this preset's equation has, or has at a fixed value.
    private static bool HasSteps(string preset) => preset is not ("adamw" or "lion" or "sgd");

    private static bool HasBeta2(string preset) => preset is not ("muon" or "muon-torch" or "muon-moonlight" or "dual-norm-muon" or "adamuon" or "adamuon-repo" or "nvidia-muon" or "polargrad" or "scion" or "sgd");

    private static bool HasEpsilon(string preset) => preset.StartsWith("adam", StringComparison.Ordinal) || preset.EndsWith("namo", StringComparison.Ordinal) || preset.EndsWith("normuon", StringComparison.Ordinal) || preset == "nvidia-adamuon";

    private static (OptimizerOptions Options, Hyper Hyper) Draw(string preset, Random random)
    {
        double Between(double low, double high) => low + ((high - low) * random.NextDouble());
        var h = new Hyper(Between(1e-3, 0.3), Between(0, 0.5), Between(0, 0.99), Between(0.1, 0.999), Math.Pow(10, Between(-12, -2)), random.Next(1, 9), Between(0, 0.99));
        OptimizerOptions options = OptimizerOptions.FromPreset(preset) with { LearningRate = h.Eta, WeightDecay = h.Lambda };
        if (preset is "adamw" or "lion") options = options with { Beta1 = h.Alpha };
        else options = options with { Momentum = h.Beta };
        if (HasSteps(preset)) options = options with { Orthogonalizer = options.Orthogonalizer with { Steps = h.Steps } };
        if (HasBeta2(preset)) options = options with { Beta2 = h.Beta2 };
        if (HasEpsilon(preset)) options = options with { Epsilon = h.Epsilon };
        return (options, h);
    }

    /// <summary>Five steps: gradients of different sizes, then none, then zeros, then one more.</summary>
    private static Matrix<double>?[] Gradients(Random random, int rows, int columns) =>
    [
        Sample.Gaussian(random, rows, columns), 30 * Sample.Gaussian(random, rows, columns), null, Matrix<double>.Build.Dense(rows, columns), 0.01 * Sample.Gaussian(random, rows, columns),
    ];

    private static void Compare(IBackend backend, string preset, int seed, double tolerance)
    {
        var random = new Random(1000 + seed);
        (int rows, int columns) = (random.Next(1, 34), random.Next(1, 34));
        (OptimizerOptions options, Hyper h) = Draw(preset, random);
        Matrix<double> initial = Sample.Gaussian(random, rows, columns);
        var transcription = new Transcription(preset, h, initial);
        using var rig = new Rig(backend, options, [("w", initial)]);
        double rounding = backend.RealSize == sizeof(float) ? 2e-7 : 1e-15;
        foreach (Matrix<double>? gradient in Gradients(random, rows, columns))
        {
            if (gradient is not null) transcription.Step(gradient);
            Matrix<double> ours = rig.Step(gradient);
            double moved = (transcription.W - initial).Enumerate().Max(Math.Abs);
            NewtonSchulzTests.AssertClose(transcription.W, ours, (tolerance * moved) + (rounding * initial.Enumerate().Max(Math.Abs)), $"{preset}, seed {seed}, {rows}×{columns}, {h}");
        }
    }

    [Theory]
    [MemberData(nameof(PresetsAndSeeds))]
    public void A_preset_is_its_equations_in_float64(string preset, int seed) => Compare(new ReferenceBackend<double>(), preset, seed, 1e-8);

    // An elementwise second moment divides a small entry of O by its own size, and with it the rounding of that entry.
    [Theory]
    [MemberData(nameof(PresetsAndSeeds))]
    public void A_preset_is_its_equations_on_the_SIMD_kernels(string preset, int seed)
    {
        bool divides = OptimizerOptions.FromPreset(preset).SecondMoment == SecondMoment.Elementwise;
        Compare(new CpuBackend(2), preset, seed, divides ? 2e-2 : 1e-4);
    }
}
