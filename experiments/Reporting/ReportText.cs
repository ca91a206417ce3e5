using System.Globalization;
using System.Text;
using MiniGrad.Optim;

namespace MiniGrad.Experiments.Reporting;

/// <summary><c>report.md</c>: the question, the answer, the table, the figure and what to keep in mind.</summary>
internal static class ReportText
{
    public static string Of(ExperimentResult result)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# {result.Experiment.Name}\n\n{result.Experiment.Question}\n\n{result.Experiment.Explanation}\n\nPaper: {result.Experiment.Paper}.\n\n");
        if (result.Experiment.Claim is not null) text.Append(CultureInfo.InvariantCulture, $"## Verdict\n\n{ResultTable.Sentence(result.Verdict)}\n\n");
        if (result.Experiment.OthersFound is { } others) text.Append(CultureInfo.InvariantCulture, $"Others: {others}\n\n");
        text.Append(CultureInfo.InvariantCulture, $"## Table\n\n{Table(result)}\n");
        text.Append(CultureInfo.InvariantCulture, $"{References(result)}\n\n");
        if (result.Grid.Count > result.Variants.Count) text.Append(CultureInfo.InvariantCulture, $"## The whole grid\n\n{ResultTable.Rows(result.Grid, _ => "")}\n");
        if (result.Others.Count > 0) text.Append(CultureInfo.InvariantCulture, $"## {(result.Experiment.Claim is null ? "Comparisons" : "Other comparisons")}\n\nPaired differences of final validation losses; p adjusted by Holm's method.\n\n{Comparisons(result)}\n");
        if (result.Figure is not null) text.Append("## Figure\n\n![figure](figure.png)\n\n");
        text.Append(CultureInfo.InvariantCulture, $"## What to keep in mind\n\n{Caveats(result)}");
        return text.ToString();
    }

    /// <summary>The table, with rates at an end of the grid marked.</summary>
    public static string Table(ExperimentResult result)
    {
        string table = ResultTable.Rows(result.Variants, v => result.AtGridEdge(v) ? " *" : "");
        return result.Variants.Any(result.AtGridEdge) ? table + "\n\\* the best rate lies at an end of the grid; the optimum may lie outside.\n" : table;
    }

    public static string References(ExperimentResult result) => string.Create(CultureInfo.InvariantCulture,
        $"On the same held-out text: unigram model {result.References.Unigram.NatsPerToken:F3} nats ({result.References.Unigram.BitsPerByte:F3} bits/byte), bigram model {result.References.Bigram.NatsPerToken:F3} nats ({result.References.Bigram.BitsPerByte:F3} bits/byte), gzip, which adapts to the text it compresses, {result.References.GzipBitsPerByte:F3} bits/byte.");

    /// <summary>Paired differences of final validation losses as a table; empty where there is one variant only.</summary>
    public static string Comparisons(ExperimentResult result)
    {
        if (result.Others.Count == 0) return "";
        var text = new StringBuilder("| first | second | first − second | 95 % interval | adjusted p |\n| --- | --- | ---: | ---: | ---: |\n");
        foreach (Comparison c in result.Others)
        {
            string difference = c.Test is { } t
                ? string.Create(CultureInfo.InvariantCulture, $"{t.Difference:+0.000;−0.000} | [{t.Lower:+0.000;−0.000}, {t.Upper:+0.000;−0.000}] | {c.AdjustedP:G2}")
                : "– | – | –";
            text.Append(CultureInfo.InvariantCulture, $"| {c.First} | {c.Second} | {difference} |\n");
        }
        return text.ToString();
    }

    private static string Caveats(ExperimentResult result)
    {
        string protocol = result.Protocol == "shared"
            ? $"Protocol *shared*: {result.RateInWords}{(result.Variants.Count > 1 ? "; variants may have better ones of their own" : "")}."
            : $"Protocol *tuned*: {result.RateInWords}, chosen by the very losses that the table shows: a variant whose losses scatter more gains a little by that.";
        return string.Create(CultureInfo.InvariantCulture, $"""
            - {protocol}
            - The statement holds for this size: {result.Settings.Model.NLayer} layers of width {result.Settings.Model.NEmbd}, {result.Settings.Steps:N0} steps of {result.Settings.TokensPerStep:N0} tokens, {result.Settings.Schedule.ToString().ToLowerInvariant()} learning rate after {result.Settings.WarmupSteps} warm-up steps. The paper trained on 49 billion tokens.
            - Curves cross when the learning rate decays; {(result.Settings.Schedule == ScheduleKind.Constant ? "`--schedule linear` runs the same comparison with decay to 0" : "this is an arm with decay")}.
            - Completed runs of a seed saw the same batches and began from the same weights; both were checked by hash.

            """);
    }
}
