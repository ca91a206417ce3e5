using MiniGrad.Optim;

namespace MiniGrad;

/// <summary>The coefficient sets that can be named.</summary>
public static class CoefficientSets
{
    /// <summary>Keller Jordan's quintic: fast at 0, never converging; singular values end in [0.68, 1.13].</summary>
    public static CoefficientSet Jordan { get; } = new("jordan", "KellerJordan/Muon; torch.optim.Muon, optax, AdaMuon", CoefficientOrder.Cycle, [new(3.4445, -4.7750, 2.0315)]);

    /// <summary>Every set, in the order of the documentation.</summary>
    public static IReadOnlyList<CoefficientSet> All { get; } =
    [
        Jordan,
        new("quintic", "YouJiacheng's five steps; NVIDIA Emerging-Optimizers' and timm's default, optax 'dion'", CoefficientOrder.Cycle,
        [
            new(4.0848, -6.8946, 2.9270), new(3.9505, -6.3029, 2.6377), new(3.7418, -5.5913, 2.3037),
            new(2.8769, -3.1427, 1.2046), new(2.8366, -3.0525, 1.2012),
        ]),
        new("polar-express", "arXiv 2505.16932 with a safety of 1.01, as in NVIDIA Emerging-Optimizers", CoefficientOrder.RepeatLast,
        [
            new(8.2051, -22.9019, 16.4607), new(4.0664, -2.8612, 0.5184), new(3.9096, -2.8234, 0.5250), new(3.2856, -2.4153, 0.4853),
            new(2.2779, -1.6198, 0.3985), new(1.8726, -1.2307, 0.3585), new(1.8564, -1.2132, 0.3568), new(1.8750, -1.2500, 0.3750),
        ]),
        new("cans", "arXiv 2506.10935, as in NVIDIA Emerging-Optimizers", CoefficientOrder.RepeatLast,
        [
            new(8.4703, -25.1081, 18.6293), new(4.1828, -3.1087, 0.5806), new(3.9619, -2.9541, 0.5630),
            new(3.2866, -2.4647, 0.5074), new(2.2737, -1.6447, 0.4162),
        ]),
        new("aol", "flash-newton-schulz, for almost-orthogonal-layer normalization", CoefficientOrder.Cycle,
        [
            new(4.6051, -9.6552, 5.6769), new(4.7505, -6.0861, 2.1790), new(2.7763, -2.3190, 0.5523), new(2.4231, -2.2861, 0.8193),
        ]),
        new("aol-nvidia", "NVIDIA Emerging-Optimizers 'aol'; refused", CoefficientOrder.Cycle,
        [
            new(4.0098, -7.0585, 2.4635), new(3.4585, -5.5479, 2.5959), new(2.7573, -3.2939, 1.4254), new(2.7215, -3.0494, 1.3169),
        ]),
        new("deepseek-v4", "eight fast steps, then two that converge; meant for steps = 10", CoefficientOrder.RepeatLast,
        [
            .. Enumerable.Repeat(new Coefficients(3.4445, -4.7750, 2.0315), 8), new(2, -1.5, 0.5), new(2, -1.5, 0.5),
        ]),
        new("cubic5", "arXiv 2606.00371: five cubics, to be used as a whole", CoefficientOrder.Exact,
        [
            new(3.3656576, -3.3420992, 0), new(2.5744352, -1.4957376, 0), new(2.5368962, -1.4312570, 0),
            new(2.4418906, -1.2764040, 0), new(2.2230472, -0.9630650, 0),
        ]),
        new("classic", "the convergent quintic of Newton–Schulz", CoefficientOrder.Cycle, [new(1.875, -1.25, 0.375)]),
        new("leloykun", "the README of leloykun/adaptive-muon", CoefficientOrder.Cycle,
        [
            new(2.9145, -4.3663, 2.4515), new(2.9131, -4.3582, 2.4446), new(2.9030, -4.3145, 2.4106),
            new(2.8317, -4.0251, 2.1928), new(2.8392, -3.3535, 1.5149),
        ]),
    ];

    /// <summary>The number of steps that a set is meant for: a list of several as a whole (of <c>polar-express</c> the first five), a single polynomial five times.</summary>
    /// <param name="set">A set that ships.</param>
    public static int StepsOf(CoefficientSet set)
    {
        ArgumentNullException.ThrowIfNull(set);
        return set.Triples.Length == 1 || set.Name == "polar-express" ? 5 : set.Triples.Length;
    }

    /// <summary>The set of a name.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="ArgumentException">There is no such set; the message names the nearest.</exception>
    public static CoefficientSet Get(string name) =>
        All.FirstOrDefault(set => set.Name == name) ?? throw new ArgumentException(NearestName.Message("orthogonalizer.coefficients value", name, All.Select(set => set.Name)));
}
