using System.Globalization;
using System.Text.Json.Nodes;
using MiniGrad.Experiments.Reporting;
using MiniGrad.Experiments.Running;
using MiniGrad.Experiments.Statistics;
using MiniGrad.IO;
using MiniGrad.Plotting;

namespace MiniGrad.Experiments.Commands;

/// <summary>What <c>train --find-learning-rate</c> leaves and says: a figure, and the rates between which to search.</summary>
internal static class RateRangeOutput
{
    private const string FileName = "learning-rates.json", FigureName = "learning-rates";

    public static int Conclude(RunRecord run, string folder, bool json)
    {
        RateRange range = RateRange.Of([.. run.History.Select(m => m.LearningRate)], [.. run.History.Select(m => m.TrainLoss)])
            ?? throw new CommandException(ExitCode.Diverged, "--find-learning-rate: too few steps ended well to tell; give more --steps, or a lower --learning-rate to end at");
        string figure = FigureFiles.Draw(() => Draw(range, run), Path.Combine(folder, FigureName)) ?? FigureFiles.None;
        var document = new JsonObject
        {
            ["optimizer"] = run.Run.Variant.Name,
            ["steepest"] = range.Steepest,
            ["lowest"] = range.Lowest,
            ["rates"] = new JsonArray([.. range.Rates.Select(r => JsonValue.Create(r))]),
            ["losses"] = new JsonArray([.. range.Losses.Select(l => JsonValue.Create(l))]),
        };
        AtomicFile.WriteText(Path.Combine(folder, FileName), document.ToJsonString(Json.Documents) + "\n");
        if (json)
        {
            document["figure"] = figure;
            document["runFolder"] = folder;
            Console.Out.WriteLine(document.ToJsonString(Json.Documents));
            return ExitCode.Done;
        }
        Line($"the loss falls fastest at   {Words.Significant(range.Steepest)}");
        Line($"and is lowest at            {Words.Significant(range.Lowest)}, where the rate begins to be too high");
        Line($"search                      --learning-rates {Words.Significant(range.Steepest / 3)},{Words.Significant(range.Steepest)},{Words.Significant(Math.Sqrt(range.Steepest * range.Lowest))}: a short test guides the search, it does not end it");
        Line($"figure                      {Shown.OneLine(figure)}");
        return ExitCode.Done;
    }

    private static Figure Draw(RateRange range, RunRecord run) => new()
    {
        Title = $"Learning-rate range test of {run.Run.Variant.Name}",
        Subtitle = string.Create(CultureInfo.InvariantCulture, $"The loss falls fastest at {Words.Significant(range.Steepest)} and is lowest at {Words.Significant(range.Lowest)}"),
        Panels =
        [
            new Panel
            {
                XLabel = "learning rate (logarithmic)",
                YLabel = "training loss, smoothed (nats per token)",
                XScale = AxisScale.Logarithmic,
                Curves = [new Curve { Name = run.Run.Variant.Name, X = range.Rates, Mean = range.Losses }],
            },
        ],
        Caption = string.Create(CultureInfo.InvariantCulture, $"One run, seed {run.Run.Seed}: the rate rises by equal ratios over {run.Result.Steps:N0} steps."),
    };

    private static void Line(FormattableString text) => Console.Out.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
