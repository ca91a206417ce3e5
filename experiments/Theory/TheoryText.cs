using System.Globalization;
using System.Text;
using MiniGrad.Experiments.Statistics;
using MiniGrad.Experiments.Toys;

namespace MiniGrad.Experiments.Theory;

/// <summary>Tables, report and data files of <c>theory</c>.</summary>
internal static class TheoryText
{
    public static string Claims(TheoryResult result) => string.Concat(result.Claims.Select(c => $"- **{c.Outcome}** ({c.Statement.Title}). {char.ToUpperInvariant(c.Reason[0])}{c.Reason[1..]}.\n"));

    public static string Slopes(TheoryResult result)
    {
        List<string[]> rows = [["exponent of", "function, gradients", "predicted", "measured", "95 % interval", "n", "outcome"]];
        foreach (SlopeCheck s in result.Slopes)
        {
            rows.Add([s.Quantity, s.Arm.ToString(), double.IsNaN(s.Predicted) ? "–" : Signed(s.Predicted, "0.0"), Signed(s.Sample.Mean), s.Interval is { } i ? $"[{Signed(i.Lower)}, {Signed(i.Upper)}]" : "–", s.Values.Count.ToString(CultureInfo.InvariantCulture), s.Outcome?.ToString().ToLowerInvariant() ?? "–"]);
        }
        return MarkdownTable.Of(rows, left: 2);
    }

    public static string Plateaus(TheoryResult result)
    {
        List<string[]> rows = [["η", "function, gradients", "mean ‖∇f‖ at the end", "mean/η", "largest", "cosine, first tenth", "cosine, last half"]];
        foreach (TheoryArm arm in TheoryRecord.Arms)
        {
            rows.Add(Row("0.1/√t", arm, double.NaN, result.Decaying(arm)));
            foreach (double eta in result.Settings.Constants) rows.Add(Row(eta.ToString(CultureInfo.InvariantCulture), arm, eta, result.Constant(arm, eta)));
        }
        return MarkdownTable.Of(rows, left: 2);
    }

    public static string Table(TheoryResult result) => $"{Slopes(result)}\n{Plateaus(result)}";

    public static string Report(TheoryResult result) => $"""
        # {TheoryRecord.Toy.Name}

        {TheoryRecord.Toy.Question}

        {Claims(result)}
        ![figure](figure.png)

        {TheoryRecord.Toy.Explanation}

        ## Exponents

        {Slopes(result).TrimEnd()}

        ## Ends and directions

        {Plateaus(result).TrimEnd()}

        The cosine is between the step and steepest descent, averaged over steps and seeds.

        ## What to keep in mind

        - The statements are derived in `docs/theory.md`; the paper has its own under these names, whose wording and assumptions are not confirmed to us. Whether it means exact or noisy gradients is not confirmed either: both are measured.
        - *holds* and *violated* are about the code: what is proven of every step. *confirmed* and *refuted* are about what may be otherwise.
        - The inequality bounds the mean of ⟨∇f, U⟩. It says something about the gradient's norm only through the cosine between step and gradient, which is measured here ({Cosines(result)}), not proven: orthogonalizing signs need not give a direction of descent.
        - The bound is an upper bound: a gradient norm that falls faster contradicts nothing. The least norm so far is helped by lucky dips, the norm itself is not.
        - On the quadratic the exponents follow from scaling: multiplying η and the distance from the solution by one number multiplies every gradient alike. They are a check of the measurement, and no statement rests on them.
        - This is the third record (`docs/theory.md`).
        - Two functions (12×8 with a Gaussian 24×12 A), momentum 0.95, no weight decay. Seeds draw the problem as well as the noise.
        - `curves.csv` has {TheorySummary.PointsPerRun} steps of every run at equal ratios; `steps.csv` in the run folder every step of the first seed, one run a schedule, with both sides of the inequality.

        """;

    public static string Curves(TheoryResult result)
    {
        var text = new StringBuilder("function,seed,noise,schedule,eta,t,gradientNorm,leastGradientNorm,averageGradientNorm,averageDescent,averageBound,lossAboveBound\n");
        foreach (TheorySummary run in result.Runs)
        {
            foreach (TheoryPoint p in run.Curve) text.Append(CultureInfo.InvariantCulture, $"{run.Plan.Arm.FunctionName},{run.Plan.Seed},{run.Plan.Arm.Noise},{run.Plan.Schedule},{run.Plan.Eta},{p.T},{p.GradientNorm:G8},{p.Least:G8},{p.Average:G8},{p.AverageDescent:G8},{p.AverageBound:G8},{p.Loss:G8}\n");
        }
        return text.ToString();
    }

    public static string Steps(TheoryResult result)
    {
        var text = new StringBuilder("schedule,t,eta,loss,gradientNorm,descent,left,right,stepNorm,predictedNorm,largestRootV,largestRatio\n");
        foreach (TheorySummary run in result.Runs)
        {
            foreach (TheoryStep s in run.Steps) text.Append(CultureInfo.InvariantCulture, $"{run.Plan.Schedule},{s.T},{s.Eta:R},{s.Loss:R},{s.GradientNorm:R},{s.Descent:R},{s.NextLoss:R},{s.Bound:R},{s.StepNorm:R},{s.PredictedNorm:R},{s.LargestRoot:R},{s.LargestRatio:R}\n");
        }
        return text.ToString();
    }

    /// <summary>The cosines on the last half of the decaying runs, by arm.</summary>
    private static string Cosines(TheoryResult result) => string.Join(", ", TheoryRecord.Arms.Select(arm => string.Create(CultureInfo.InvariantCulture, $"{arm}: {result.Decaying(arm).Average(r => r.LateAlignment):F2}")));

    private static string[] Row(string eta, TheoryArm arm, double rate, TheorySummary[] runs)
    {
        Sample plateau = Sample.Of([.. runs.Select(r => r.Plateau)]);
        return
        [
            eta, arm.ToString(),
            string.Create(CultureInfo.InvariantCulture, $"{plateau.Mean:G3}"), double.IsNaN(rate) ? "–" : string.Create(CultureInfo.InvariantCulture, $"{plateau.Mean / rate:F2}"),
            string.Create(CultureInfo.InvariantCulture, $"{runs.Average(r => r.Limsup):G3}"),
            Signed(runs.Average(r => r.EarlyAlignment)), Signed(runs.Average(r => r.LateAlignment)),
        ];
    }

    private static string Signed(double value, string digits = "0.000") => value.ToString($"+{digits};−{digits};{digits}", CultureInfo.InvariantCulture);
}
