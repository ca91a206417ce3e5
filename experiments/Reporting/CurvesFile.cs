using System.Globalization;
using System.Text;
using MiniGrad.Experiments.Running;
using MiniGrad.Training;

namespace MiniGrad.Experiments.Reporting;

/// <summary><c>curves.csv</c>: a line per run and logged step.</summary>
internal static class CurvesFile
{
    public const string Name = "curves.csv";

    /// <summary>The only column that another run of the same plan does not repeat.</summary>
    public const string Seconds = "seconds";

    private const string Header = "arm,variant,learningRate,seed,step,tokens,seconds,trainLoss,validationLoss,gradientNorm,updateRms";

    /// <summary>The columns behind those that name a run.</summary>
    public static IReadOnlyList<string> Columns { get; } = Header.Split(',')[4..];

    public static string Text(IEnumerable<RunRecord> records)
    {
        var text = new StringBuilder($"{Header}\n");
        foreach (RunRecord record in records)
        {
            foreach (StepMetrics metrics in record.History) text.Append(RunPart(record.Run)).AppendJoin(',', Values(metrics)).Append('\n');
        }
        return text.ToString();
    }

    /// <summary>The values of a run's lines in such a text, as printed: one array a line, in the order of <see cref="Columns"/>.</summary>
    public static IReadOnlyList<string[]> ValuesOf(string[] lines, PlannedRun run)
    {
        string part = RunPart(run);
        return [.. lines.Where(line => line.StartsWith(part, StringComparison.Ordinal)).Select(line => line[part.Length..].Split(','))];
    }

    /// <summary>A step's values as they are printed.</summary>
    public static string[] Values(StepMetrics m) =>
    [
        Printed($"{m.Step}"), Printed($"{m.Tokens}"), Printed($"{m.Seconds:F4}"), Printed($"{m.TrainLoss:G9}"), Printed($"{m.ValidationLoss:G9}"), Printed($"{m.GradientNorm:G9}"), Printed($"{m.UpdateRms:G9}"),
    ];

    private static string RunPart(PlannedRun run) => Printed($"\"{run.Arm.Name}\",\"{run.Variant.Name}{(run.Setting.Length > 0 ? $" · {run.Setting}" : "")}\",{run.LearningRate:G},{run.Seed},");

    private static string Printed(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
