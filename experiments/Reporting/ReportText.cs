using System.Globalization;
using System.Text;
using MiniGrad.Experiments.Catalog;
using MiniGrad.Experiments.Statistics;

namespace MiniGrad.Experiments.Reporting;

/// <summary><c>report.md</c>: the question, the answer, the table, the figure and what to keep in mind.</summary>
internal static class ReportText
{
    /// <summary>What a smoke run says of itself.</summary>
    public const string SmokeRun = "This was a smoke run (--quick): it shows that everything works. The model has hardly begun to learn; the verdict means nothing.";

    public static string Of(ExperimentResult result)
    {
        var text = new StringBuilder();
        string? measure = result.Experiment.Claim?.Measure;
        text.Append(CultureInfo.InvariantCulture, $"# {result.Experiment.Name}\n\n{result.Experiment.Question}\n\n{result.Experiment.Explanation}\n\nPaper: {result.Experiment.Paper}.\n\n");
        if (result.Experiment.ClaimInWords is not null) text.Append(CultureInfo.InvariantCulture, $"## Verdict\n\n{ResultTable.Sentence(result.Verdict, measure, result.Experiment.Factorial is not null)}\n\n");
        if (result.Experiment.OthersFound is { } others) text.Append(CultureInfo.InvariantCulture, $"Others: {others}\n\n");
        text.Append(CultureInfo.InvariantCulture, $"## Table\n\n{Table(result)}\n");
        text.Append(CultureInfo.InvariantCulture, $"{References(result)}\n\n");
        if (result.Arms.Any(a => a.Grid.Count > a.Variants.Count)) text.Append(CultureInfo.InvariantCulture, $"## The whole grid\n\n{PerArm(result, a => ResultTable.Rows(a.Grid, _ => ""))}\n");
        if (result.Experiment.Drawing == Drawing.Scaling) text.Append(CultureInfo.InvariantCulture, $"## Over the sizes\n\n{Scaling.Section(result)}\n");
        if (MeasureTable.Of(result) is { } measures) text.Append(CultureInfo.InvariantCulture, $"## Measured on the trained models\n\n{measures}\n");
        if (result.Effects.Count > 0) text.Append(CultureInfo.InvariantCulture, $"## Effects\n\n{EffectTable.Explanation(result)}\n\n{EffectTable.Of(result)}\n");
        if (result.Others.Count > 0) text.Append(CultureInfo.InvariantCulture, $"## {(result.Experiment.Claim is null ? "Comparisons" : "Other comparisons")}\n\nPaired differences: {Measures.InWords(measure)}, in {Measures.UnitOf(measure)}; p adjusted by Holm's method over all of them. {WhatComparisonsSay(result)}{(result.Experiment.Variants.Count > Analysis.MostPaired ? " Of so many variants, those with one of the claim's two." : "")}\n\n{Comparisons(result)}\n");
        if (result.Figure is not null) text.Append("## Figure\n\n![figure](figure.png)\n\n");
        text.Append(CultureInfo.InvariantCulture, $"## What to keep in mind\n\n{Caveats(result)}");
        return text.ToString();
    }

    /// <summary>The table of every arm, with a warning for each best rate at an end of its grid.</summary>
    public static string Table(ExperimentResult result) => Table(result, a => ResultTable.Rows(a.Variants, v => a.EdgeOf(v) is null ? "" : " *"));

    /// <summary>The same with the rows written in another way.</summary>
    public static string Table(ExperimentResult result, Func<ArmResult, string> rows)
    {
        string table = PerArm(result, rows);
        string[] warnings = [.. result.Arms.SelectMany(a => a.Variants.Select(a.EdgeOf).OfType<GridEdge>().Select(edge => $"\\* {(a.Arm.Name.Length > 0 ? $"{a.Arm.Name}, " : "")}{edge.Warning}.\n"))];
        string[] censored = result.Arms.Any(a => a.Variants.Any(v => v.ToBaseline is { IsComplete: false }))
            ? ["Where the table says > N (k of n), k of n runs come down to AdamW's final training loss. A run that never does is a censored observation: it counts with the tokens that it trained for, so that the mean over all runs is a lower bound.\n"] : [];
        return string.Join('\n', [table, .. warnings, .. censored]);
    }

    /// <summary>Something of every arm, each under its name.</summary>
    public static string PerArm(ExperimentResult result, Func<ArmResult, string> of) => string.Join('\n', result.Arms.Select(a => a.Arm.Name.Length > 0 ? $"**{a.Arm.Name}**\n\n{of(a)}" : of(a)));

    /// <summary>What models without training come to, for every text that the arms have.</summary>
    public static string References(ExperimentResult result) => string.Join('\n', result.Arms.DistinctBy(a => (a.Data.Corpus.Sha256, a.Settings.Model.BlockSize)).Select(a => string.Create(CultureInfo.InvariantCulture,
        $"On the same held-out text ({a.Data.Corpus.Name}): unigram model {a.References.Unigram.NatsPerToken:F3} nats ({a.References.Unigram.BitsPerByte:F3} bits/byte), bigram model {a.References.Bigram.NatsPerToken:F3} nats ({a.References.Bigram.BitsPerByte:F3} bits/byte), gzip, which adapts to the text it compresses, {a.References.GzipBitsPerByte:F3} bits/byte.")));

    /// <summary>Paired differences of final validation losses as a table; empty where there is one variant only.</summary>
    public static string Comparisons(ExperimentResult result)
    {
        if (result.Others.Count == 0) return "";
        bool arms = result.Arms.Count > 1;
        var text = new StringBuilder($"{(arms ? "| arm " : "")}| first | second | first − second | 95 % interval | adjusted p | error | first is |\n{(arms ? "| --- " : "")}| --- | --- | ---: | ---: | ---: | --- | --- |\n");
        foreach (Comparison c in result.Others)
        {
            string difference = c.Test is { } t ? string.Create(CultureInfo.InvariantCulture, $"{Signed(t.Difference)} | [{Signed(t.Lower)}, {Signed(t.Upper)}] | {c.AdjustedP:G2} | {(t.Pooled ? "pooled" : "own")}") : "– | – | – | –";
            text.Append(CultureInfo.InvariantCulture, $"{(arms ? $"| {c.Arm} " : "")}| {c.First} | {c.Second} | {difference} | {c.Outcome} |\n");
        }
        return text.ToString();

        string Signed(double value) => value.ToString(Measures.FormatOf(result.Experiment.Claim?.Measure, signed: true), CultureInfo.InvariantCulture);
    }

    private static string WhatComparisonsSay(ExperimentResult result)
    {
        string margin = Analysis.MarginOf(result.Experiment) is { } m ? $"*equivalent*: the whole 90 % interval lies within {m}; " : "";
        return $"{margin}*lower*, *higher*: adjusted p below 0.05; *open*: neither; *none*: both end above the bigram model, or a run diverged. The error of a difference is *pooled* from the residuals of all variants of the arm where their variances may be equal (Brown–Forsythe, p ≥ 0.1) and the pair scatters no more than the rest (F test, p ≥ 0.25); else it is the pair's *own*.";
    }

    private static string Caveats(ExperimentResult result)
    {
        ArmResult first = result.Primary;
        string protocol = first.Protocol == "shared"
            ? $"Protocol *shared*: {first.RateInWords}{(first.Variants.Count > 1 ? "; variants may have better ones of their own" : "")}."
            : $"Protocol *tuned*: {first.RateInWords}, chosen by the very losses that the table shows: a variant whose losses scatter more gains a little by that.";
        string arms = result.Arms.Count > 1 ? $"- The claim is decided in the first arm, {first.Arm.Name}; the comparisons of all others are adjusted together.\n" : "";
        string decay = result.Arms.Any(a => a.Settings.Schedule != ScheduleKind.Constant) ? "an arm here has such a decay" : "`--schedule linear` runs the same comparison with decay to 0";
        string smoke = first.Settings.Quick ? $"- {SmokeRun}\n" : "";
        return string.Create(CultureInfo.InvariantCulture, $"""
            {smoke}- {protocol}
            {arms}- The statement holds for this size: {first.Settings.Model.NLayer} layers of width {first.Settings.Model.NEmbd}, {first.SizeInWords}, {first.Settings.ScheduleInWords} learning rate after {first.Settings.WarmupSteps} warm-up steps. The paper trained on 49 billion tokens.
            - Curves cross when the learning rate decays; {decay}.
            - Completed runs of a seed saw the same batches and began from the same weights; both were checked by hash.

            """);
    }
}
