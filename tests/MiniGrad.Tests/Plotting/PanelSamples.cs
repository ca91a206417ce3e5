using MiniGrad.Plotting;

namespace MiniGrad.Tests.Plotting;

/// <summary>Figures of several panels, sweeps and rankings, like those of the paper's experiments.</summary>
internal static class PanelSamples
{
    internal static readonly string[] Corners =
    [
        "muon", "adamuon without sign", "adamuon without sign and second moment", "adamuon without sign and alignment", "adamuon without second moment",
        "adamuon without second moment and alignment", "adamuon", "adamuon without alignment",
    ];

    private const string Caption = "Lines: means over 3 paired seeds, thin: single runs, band: 95 % interval of the mean. Profile tiny: 2×64, context 64; constant schedule after 5 warm-up steps; shared learning rate 3e-3. Corpus: API documentation, 65,536 held-out tokens.";

    /// <summary>Every kind of figure, by name.</summary>
    internal static IReadOnlyList<(string Name, Figure Figure)> All =>
    [
        ("two-by-two", Ladder(4)), ("two-by-three", Behaviour()), ("one-by-two", Ladder(2) with { Caption = null }), ("sweep", Sweep()), ("sweep-linear", LinearSweep()),
        ("sweep-panels", SweepPanels()), ("ranking", Ranking(8)), ("ranking-14", Ranking(14)), ("ranking-beside-curves", RankingBesideCurves()), ("three", Ladder(3)), ("single", FigureSamples.AblateSign()), ("corners", AllCorners()), ("slopes", Slopes()), ("uneven", Ladder(5)),
    ];

    internal static Figure Named(string name) => All.First(s => s.Name == name).Figure;

    internal static Figure Ladder(int panels) => new()
    {
        Title = "AdamW, Muon and AdaMuon at two sizes and two learning rates",
        Subtitle = "Muon ends lowest in all panels, by 0.03 to 0.17 nats below AdaMuon without sign",
        Panels = [.. Enumerable.Range(0, panels).Select(i => new Panel
        {
            Title = $"{(i < 2 ? "tiny 2×64" : "small 4×128")}, learning rate {(i % 2 == 0 ? "6e-4" : "1e-3")}",
            XLabel = "step",
            YLabel = "validation loss (nats per byte)",
            YScale = AxisScale.Logarithmic,
            Curves = FigureSamples.AblateSign(seed: i).Panels[0].Curves,
            ReferenceLines = [new("bigram model 2.40", 2.40)],
        })],
        Caption = Caption,
    };

    internal static Figure AllCorners() => Ladder(2) with
    {
        Title = "Sign, second moment and alignment, with and without, at two decay arms",
        Panels = [.. Ladder(2).Panels.Select((p, i) => p with { Title = i == 0 ? "constant learning rate" : "linear decay", YMax = 2.6, Curves = [.. Corners.Select((c, k) => FigureSamples.AblateSign(seed: 8 * i + k).Panels[0].Curves[0] with { Name = c }).Select((c, k) => c with { Mean = Up(c.Mean, k), Low = Up(c.Low!, k), High = Up(c.High!, k), Runs = [.. c.Runs.Select(r => Up(r, k))] })] })],
    };

    /// <summary>Measured points beside a dashed prediction, on two logarithmic axes.</summary>
    internal static Figure Slopes()
    {
        double[] x = [100, 1000, 10_000, 100_000];
        return new Figure
        {
            Title = "The gradient norm falls as the theorem says",
            Panels = [new Panel { XLabel = "steps", YLabel = "smallest gradient norm", XScale = AxisScale.Logarithmic, YScale = AxisScale.Logarithmic, Curves =
            [
                new Curve { Name = "predicted, slope −1/4", ColorKey = "adamuon-no-sign-no-alignment", X = x, Mean = [.. x.Select(v => Math.Pow(v, -0.25))], Dashed = true },
                new Curve { Name = "measured", ColorKey = "adamuon", X = x, Mean = [.. x.Select(v => 0.9 * Math.Pow(v, -0.26))], Low = [.. x.Select(v => 0.8 * Math.Pow(v, -0.26))], High = [.. x.Select(v => Math.Pow(v, -0.26))], Marks = true },
            ] }],
        };
    }

    private static double[] Up(IReadOnlyList<double> values, int rank) => [.. values.Select(v => v + 0.06 * rank)];

    internal static Figure Behaviour()
    {
        string[] titles = ["update RMS", "weight RMS", "singular-value spread of the update", "stable rank of the update", "largest attention logit", "share of steps clipped"];
        return new Figure
        {
            Title = "How the update behaves while AdaMuon trains",
            Subtitle = "The update's RMS stays at 0.2 by construction; the stable rank falls without the sign",
            Panels = [.. titles.Select((t, i) => new Panel { Title = t, XLabel = "step", YScale = i == 4 ? AxisScale.Logarithmic : AxisScale.Linear, Curves = Scaled(i) })],
            Caption = Caption,
        };

        static Curve[] Scaled(int i) => [.. FigureSamples.AblateSign(seed: i).Panels[0].Curves.Select(c => Curve.OverSeeds(c.Name, c.X, [.. c.Runs.Select(r => r.Select(v => v * Math.Pow(10, i - 3)).ToArray())]))];
    }

    internal static Figure Sweep() => new()
    {
        Title = "Which learning rate suits which optimizer?",
        Subtitle = "AdamW is best at 3e-3, Muon and AdaMuon without sign at 6e-3",
        Panels = [new Panel { XLabel = "learning rate", YLabel = "final validation loss (nats per byte)", XScale = AxisScale.Logarithmic, EndValueFormat = "F2", Curves = SweepCurves([6e-4, 1e-3, 3e-3, 6e-3, 1e-2], FigureSamples.AblateSignVariants, 3), ReferenceLines = [new("bigram model 2.40", 2.40)] }],
        Caption = Caption,
    };

    internal static Figure LinearSweep() => new()
    {
        Title = "How many Newton–Schulz steps does AdaMuon need?",
        Panels = [new Panel { XLabel = "Newton–Schulz steps", YLabel = "final validation loss (nats per byte)", Curves = SweepCurves([1, 2, 3, 5, 8, 10], ["muon", "adamuon without sign and second moment", "adamuon without second moment and alignment"], 2) }],
    };

    internal static Figure SweepPanels() => new()
    {
        Title = "Where does the sign help? Batch size × training length",
        Subtitle = "Nowhere in the range that was measured; the gap closes with training",
        Panels = [.. new[] { 100, 300, 1000 }.Select(steps => new Panel
        {
            Title = $"{steps} steps",
            XLabel = "tokens a step",
            YLabel = "final validation loss (nats per byte)",
            XScale = AxisScale.Logarithmic,
            Curves = SweepCurves([512, 1024, 2048, 4096], ["adamuon without sign", "adamuon"], 3, steps),
            ReferenceLines = [new("bigram model 2.40", 2.40)],
        })],
        Caption = Caption,
    };

    internal static Figure Ranking(int rows) => new()
    {
        Title = "Which parts of AdaMuon lower the loss?",
        Subtitle = "Each corner of sign × second moment × alignment; the empty one, Muon, ends lowest",
        Panels = [new Panel { XLabel = "final validation loss (nats per byte)", EndValueFormat = "F3", Rows = Rows(rows), ReferenceLines = [new("muon 1.530", 1.530)] }],
        Caption = Caption,
    };

    internal static Figure RankingBesideCurves() => new()
    {
        Title = "Which parts of AdaMuon lower the loss?",
        Subtitle = "Each corner of sign × second moment × alignment; the empty one, Muon, ends lowest",
        Panels =
        [
            new Panel { XLabel = "step", YLabel = "validation loss (nats per byte)", YScale = AxisScale.Logarithmic, YMax = 2.8, Curves = FigureSamples.AblateSign().Panels[0].Curves },
            new Panel { Title = "Final loss against Muon's", XLabel = "difference (nats per byte)", EndValueFormat = "+0.000;−0.000;0", Rows = [.. Rows(8).Select(r => r with { Value = r.Value - 1.53, Low = r.Low - 1.53, High = r.High - 1.53, Runs = [.. r.Runs.Select(v => v - 1.53)] })], ReferenceLines = [new("muon", 0)] },
        ],
        Caption = Caption,
    };

    /// <summary>A random figure of 1 to 4 panels: curves, sweeps and rankings of any magnitude, with gaps, beside one another.</summary>
    internal static Figure Random(int seed)
    {
        var random = new Random(seed);
        return new Figure
        {
            Title = FigureSamples.Words(random, random.Next(1, 90)),
            Subtitle = random.Next(2) == 0 ? null : FigureSamples.Words(random, random.Next(1, 100)),
            Caption = random.Next(4) == 0 ? null : FigureSamples.Words(random, random.Next(1, 400)),
            Panels = [.. Enumerable.Range(0, random.Next(1, 5)).Select(i => RandomPanel(random, 100 * seed + i))],
        };
    }

    private static Panel RandomPanel(Random random, int seed)
    {
        var panel = new Panel { Title = random.Next(4) == 0 ? null : FigureSamples.Words(random, random.Next(1, 60)), XLabel = FigureSamples.Words(random, random.Next(1, 40)), YLabel = FigureSamples.Words(random, random.Next(1, 50)) };
        double magnitude = Math.Pow(10, random.Next(-6, 7));
        string[] names = [.. Enumerable.Range(0, random.Next(1, 4)).Select(i => $"{i} {Corners[random.Next(Corners.Length)]}")];
        if (random.Next(3) == 0)
            return panel with { Curves = [.. FigureSamples.Random(seed).Panels[0].Curves.Take(3).Select((c, i) => c with { Name = names[i % names.Length] })] };
        if (random.Next(2) == 0)
        {
            double[] x = [.. Enumerable.Range(0, random.Next(1, 9)).Select(i => Math.Pow(2, i))];
            return panel with { XScale = AxisScale.Logarithmic, Curves = [.. names.Select(n => Curve.OverSeeds(n, x, [.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => x.Select((_, i) => i > 0 && random.Next(9) == 0 ? double.NaN : magnitude * random.NextDouble()).ToArray())]) with { Marks = true })], ReferenceLines = random.Next(2) == 0 ? [] : [new("line", magnitude)] };
        }

        RankRow[] rows = [.. Enumerable.Range(0, random.Next(1, 12)).Select(i => RankRow.OverSeeds(FigureSamples.Words(random, random.Next(1, 60)), [.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => i > 0 && random.Next(20) == 0 ? double.NaN : magnitude * (1 + random.NextDouble()))]))];
        return panel with { Rows = rows, EndValueFormat = random.Next(3) == 0 ? null : "G4", ReferenceLines = [.. Enumerable.Range(0, random.Next(0, 3)).Select(i => new ReferenceLine($"line {i}", magnitude * 2 * random.NextDouble()))] };
    }

    private static RankRow[] Rows(int count)
    {
        var random = new Random(3);
        return [.. Enumerable.Range(0, count).Select(i => RankRow.OverSeeds(i < 8 ? Corners[i] : $"adamuon as preset number {i} has it", [.. Enumerable.Range(0, 5).Select(_ => 1.52 + 0.04 * i + 0.03 * random.NextDouble())], i < 8 ? null : "adamuon"))];
    }

    private static Curve[] SweepCurves(double[] x, string[] names, int seeds, int steps = 300)
    {
        var random = new Random(steps);
        return [.. names.Select((name, v) => Curve.OverSeeds(name, x, [.. Enumerable.Range(0, seeds).Select(_ => x.Select(s => 1.5 + 20.0 / steps + 0.03 * v + 0.15 * Math.Pow(Math.Log(s / x[x.Length / 2]), 2) + 0.08 * random.NextDouble()).ToArray())]) with { Marks = true })];
    }
}
