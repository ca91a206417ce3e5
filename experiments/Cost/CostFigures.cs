using System.Globalization;
using MiniGrad.Experiments.Reporting;
using MiniGrad.Plotting;

namespace MiniGrad.Experiments.Cost;

/// <summary>The figures of <c>cost</c>: one of all sweeps relative to the work, and the time per token of each.</summary>
internal static class CostFigures
{
    /// <summary>Colours far apart, none of them a headline optimizer's.</summary>
    private static readonly string[] Colors = ["normuon", "adamuon-no-sign-no-alignment", "adamuon-no-sign", "adamuon-no-alignment", "adamuon-no-second-moment"];

    /// <summary>Draws them into a folder.</summary>
    /// <returns>The figure of all sweeps, or null where it is missing, which a warning has said.</returns>
    public static string? Draw(CostResult result, string folder)
    {
        string? overview = FigureFiles.Draw(() => Overview(result), Path.Combine(folder, "figure"), svg: false);
        foreach (IGrouping<string, CostRow> sweep in result.Sweeps)
            FigureFiles.Draw(() => Sweep(result, sweep.Key, [.. sweep]), Path.Combine(folder, $"figure-{sweep.Key}"), svg: false);
        return overview;
    }

    private static Figure Overview(CostResult result) => new()
    {
        Title = "Time per unit of work while one size varies",
        Subtitle = Finding(result),
        Panels =
        [
            new Panel
            {
                XLabel = "width, depth, context, batch or vocabulary, reference = 1",
                YLabel = "time per FLOP, reference = 1",
                XScale = AxisScale.Logarithmic,
                YMin = 0,
                YMax = Math.Max(2, 1.05 * result.Sweeps.Max(sweep => Relative([.. sweep]).Max())),
                Curves = [.. result.Sweeps.Select(sweep => new Curve { Name = sweep.Key, ColorKey = Colors[CostSweeps.All.TakeWhile(s => s.Name != sweep.Key).Count()], X = [.. sweep.Select(r => (double)r.Size / Reference([.. sweep]).Size)], Mean = Relative([.. sweep]) })],
                ReferenceLines = [new ReferenceLine("time grows as the work", 1)],
            },
        ],
        Caption = Caption(result) + " A cliff would be a peak." + (OptimizerLeads(result) ? " Few sequences leave most of the work to Newton–Schulz, the faster part." : ""),
    };

    private static Figure Sweep(CostResult result, string name, CostRow[] rows)
    {
        CostRow reference = Reference(rows);
        double[] sizes = [.. rows.Select(r => (double)r.Size)];
        bool wide = rows.Max(r => r.MicrosecondsPerToken) > 10 * rows.Min(r => r.MicrosecondsPerToken);
        return new Figure
        {
            Title = $"Time per token against {name}",
            Subtitle = rows.Any(r => r.IsCliff) ? "Cliff at " + string.Join(", ", rows.Where(r => r.IsCliff).Select(r => r.Size)) : $"No cliff among {string.Join(", ", rows.Select(r => r.Size))}",
            Panels =
            [
                new Panel
                {
                    XLabel = CostSweeps.All.First(s => s.Name == name).Unit,
                    YLabel = "microseconds per token",
                    XScale = AxisScale.Logarithmic,
                    YScale = wide ? AxisScale.Logarithmic : AxisScale.Linear,
                    YMin = wide ? null : 0,
                    Curves =
                    [
                        new Curve { Name = "as the work", ColorKey = "adamuon-no-sign-no-alignment", X = sizes, Mean = [.. rows.Select(r => reference.MicrosecondsPerToken * r.GigaflopPerToken / reference.GigaflopPerToken)], Dashed = true },
                        new Curve { Name = "measured", ColorKey = "adamuon-no-sign", X = sizes, Mean = [.. rows.Select(r => r.MicrosecondsPerToken)] },
                    ],
                },
            ],
            Caption = string.Create(CultureInfo.InvariantCulture, $"{Caption(result)} Dashed: the time at {reference.Size} × counted work over the work at {reference.Size}."),
        };
    }

    private static string Finding(CostResult result) => result.Cliffs.Any()
        ? "Cliffs: " + string.Join(", ", result.Cliffs.Select(r => string.Create(CultureInfo.InvariantCulture, $"{r.Sweep} {r.Size} (×{r.Cliff:F2})")))
        : string.Create(CultureInfo.InvariantCulture, $"No cliff: no size costs more than {result.Rows.Max(r => r.Cliff):F2} times its neighbours' mean per FLOP");

    private static string Caption(CostResult result) => string.Create(CultureInfo.InvariantCulture,
        $"Reference: {CostSweeps.Reference.Layers} blocks of width {CostSweeps.Reference.Dim}, context {CostSweeps.Reference.Context}, batch {CostSweeps.Reference.Batch}, vocabulary {CostSweeps.Reference.Vocab}. Training steps with {result.Optimizer}, {result.Threads} thread{(result.Threads == 1 ? "" : "s")}; medians of {result.Rounds} interleaved rounds. Work: matrix products.");

    /// <summary>Whether, at the smallest batch, the optimizer has most of the work and does it faster; it explains the slope of that sweep.</summary>
    private static bool OptimizerLeads(CostResult result) =>
        result.Rows.FirstOrDefault(r => r.Sweep == "batch") is { } r && r.OptimizerFlop > r.ModelFlop && r.OptimizerFlop / r.OptimizerSeconds > r.ModelFlop / r.ModelSeconds;

    private static double[] Relative(CostRow[] rows) => [.. rows.Select(r => r.NanosecondsPerFlop / Reference(rows).NanosecondsPerFlop)];

    /// <summary>The row at the reference model's size, which every sweep contains.</summary>
    private static CostRow Reference(CostRow[] rows)
    {
        CostSweep sweep = CostSweeps.All.First(s => s.Name == rows[0].Sweep);
        return rows.First(r => sweep.At(r.Size) with { Heads = CostSweeps.Reference.Heads } == CostSweeps.Reference);
    }
}
