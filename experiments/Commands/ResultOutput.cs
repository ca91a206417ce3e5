using MiniGrad.Experiments.Display;
using MiniGrad.Experiments.Reporting;

namespace MiniGrad.Experiments.Commands;

/// <summary>What a finished experiment says: one JSON document, or table and verdict, on standard output.</summary>
internal static class ResultOutput
{
    public static void Print(ExperimentResult result, bool json)
    {
        if (json)
        {
            Console.Out.WriteLine(ResultJson.Of(result).ToJsonString(Json.Documents));
            return;
        }
        Console.Out.WriteLine();
        Console.Out.WriteLine(ReportText.Table(result, a => TerminalTable.Of(a.Variants, v => a.EdgeOf(v) is null ? "" : " *", TerminalSize.ColumnsOfOutput())).Replace("**", "", StringComparison.Ordinal).Replace("\\*", "*", StringComparison.Ordinal));
        Console.Out.WriteLine(ReportText.References(result));
        Console.Out.WriteLine();
        Console.Out.WriteLine(result.Experiment.ClaimInWords is null ? ReportText.Comparisons(result) : ResultTable.Sentence(result.Verdict, result.Experiment.Claim?.Measure, result.Experiment.Factorial is not null).Replace("**", "", StringComparison.Ordinal));
        if (result.Effects.Count > 0) Console.Out.WriteLine($"\n{EffectTable.Of(result)}");
        if (result.Primary.Settings.Quick) Console.Out.WriteLine(ReportText.SmokeRun);
        if (result.Experiment.OthersFound is { } others) Console.Out.WriteLine($"Others: {others}");
        Console.Out.WriteLine();
        Console.Out.WriteLine($"run     {Shown.OneLine(result.RunFolder)}");
        Console.Out.WriteLine($"figure  {Shown.OneLine(result.Figure ?? "none: no run was evaluated")}");
    }
}
