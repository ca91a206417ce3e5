using System.Globalization;
using System.Text;

namespace MiniGrad.Experiments.Cost;

/// <summary>Table, report and data file of <c>cost</c>.</summary>
internal static class CostText
{
    /// <summary>The data file's name.</summary>
    public const string FileName = "cost.csv";

    public static string Table(CostResult result)
    {
        var text = new StringBuilder("| sweep      | size | tokens/step | µs/token | optimizer's part | MFLOP/token | GFLOP/s |  cliff |\n| ---------- | ---: | ----------: | -------: | ---------------: | ----------: | ------: | -----: |\n");
        foreach (CostRow r in result.Rows)
        {
            string cliff = double.IsNaN(r.Cliff) ? "–" : string.Create(CultureInfo.InvariantCulture, $"{r.Cliff:F2}{(r.IsCliff ? " !" : "")}");
            text.Append(CultureInfo.InvariantCulture, $"| {r.Sweep,-10} | {r.Size,4} | {r.TokensPerStep,11:N0} | {r.MicrosecondsPerToken,8:F2} | {100 * r.OptimizerSeconds / r.StepSeconds,14:F0} % | {1e3 * r.GigaflopPerToken,11:F2} | {r.GigaflopPerSecond,7:F1} | {cliff,6} |\n");
        }
        return text.ToString();
    }

    public static string Verdict(CostResult result) => result.Cliffs.Any()
        ? "Cliffs (nanoseconds per FLOP above 1.25 × the neighbours' mean): " + string.Join("; ", result.Cliffs.Select(r => string.Create(CultureInfo.InvariantCulture, $"{r.Sweep} {r.Size}, ×{r.Cliff:F2}"))) + "."
        : string.Create(CultureInfo.InvariantCulture, $"No cliff: no size's nanoseconds per FLOP exceed {result.Rows.Max(r => r.Cliff):F2} times the mean of its neighbours' (a cliff begins at {CostRow.CliffFrom:F2}).");

    /// <summary>Every odd size beside the round one just below it, per FLOP.</summary>
    public static string OddSizes(CostResult result)
    {
        string[] pairs = [.. result.Sweeps.SelectMany(sweep => sweep.Zip(sweep.Skip(1)))
            .Where(pair => pair.First.Size >= 32 && pair.Second.Size == pair.First.Size + 1)
            .Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Second.Sweep} {pair.Second.Size} costs {pair.Second.NanosecondsPerFlop / pair.First.NanosecondsPerFlop:F2} × as much as {pair.First.Size}"))];
        return pairs.Length == 0 ? "" : $" Per FLOP, {string.Join(", ", pairs)}.";
    }

    public static string Report(CostResult result, string machine) => $"""
        # {CostSweeps.Name}

        {CostSweeps.Question} {Verdict(result)}{OddSizes(result)}

        ![figure](figure.png)

        {CostSweeps.Explanation}

        ## Table

        {Table(result).TrimEnd()}

        The optimizer's part is its share of the step's time; its work, too, is in MFLOP/token, so few tokens a step mean much work a token.

        ## Figures

        {string.Join("\n\n", result.Sweeps.Select(sweep => $"![{sweep.Key}](figure-{sweep.Key}.png)"))}

        ## What to keep in mind

        - Measured on {machine} with `{result.Optimizer}`; {result.Rounds} rounds over all sizes in turn, so that the machine's drift meets all alike; a visit warms up with one step; medians over rounds.
        - Work is counted, not what kernels save: Newton–Schulz without symmetric halves or the Gram form, the backward pass as twice the forward pass, without recomputed attention scores.
        - At either end of a sweep a size has one neighbour only.

        """;

    public static string Csv(CostResult result)
    {
        var text = new StringBuilder("sweep,size,tokensPerStep,parameters,forwardBackwardSeconds,optimizerSeconds,stepSeconds,modelFlop,optimizerFlop,microsecondsPerToken,gflopPerToken,gflopPerSecond,cliff\n");
        foreach (CostRow r in result.Rows)
        {
            text.Append(CultureInfo.InvariantCulture, $"{r.Sweep},{r.Size},{r.TokensPerStep},{r.Parameters},{r.ModelSeconds:G6},{r.OptimizerSeconds:G6},{r.StepSeconds:G6},{r.ModelFlop:G17},{r.OptimizerFlop:G17},{r.MicrosecondsPerToken:G6},{r.GigaflopPerToken:G6},{r.GigaflopPerSecond:G6},{r.Cliff:G6}\n");
        }
        return text.ToString();
    }
}
