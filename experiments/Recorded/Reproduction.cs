using System.Globalization;
using System.Text.Json.Nodes;
using MiniGrad.Experiments.Probes;
using MiniGrad.Experiments.Reporting;
using MiniGrad.Experiments.Running;

namespace MiniGrad.Experiments.Recorded;

/// <summary>A number of a run that came out otherwise.</summary>
/// <param name="What">Which one.</param>
/// <param name="Recorded">As recorded, in the record's digits.</param>
/// <param name="Here">As it came out.</param>
internal sealed record NumberDifference(string What, string Recorded, string Here)
{
    public override string ToString() => $"{What} {Recorded} recorded, {Here} here";
}

/// <summary>A repeated run beside its record.</summary>
/// <param name="Label">What it is called.</param>
/// <param name="LoggedSteps">Logged steps that were compared; 0 where the record has no curves.</param>
/// <param name="Differences">What differs; empty where all is equal.</param>
internal sealed record Reproduction(string Label, int LoggedSteps, IReadOnlyList<NumberDifference> Differences)
{
    private static readonly (string Key, string Words)[] Facts =
    [
        ("initialWeights", "initial weights"), ("batches", "batches"), ("outcome", "outcome"), ("steps", "steps"), ("skippedSteps", "skipped steps"),
        ("matricesOrthogonalized", "matrices orthogonalized"), ("finalValidationLoss", "final validation loss"),
    ];

    /// <summary>Compares every digit that was printed.</summary>
    /// <param name="recorded">The run in the manifest.</param>
    /// <param name="curves">The lines of the recorded curves, or null.</param>
    /// <param name="record">The run as repeated.</param>
    public static Reproduction Of(JsonNode recorded, string[]? curves, RunRecord record)
    {
        var differences = new List<NumberDifference>();
        JsonObject here = Manifest.Run(record.Run, record);
        foreach ((string key, string words) in Facts) Compare(words, recorded[key], here[key]);
        foreach ((string key, JsonNode? value) in recorded["measures"]?.AsObject() ?? [])
        {
            // Times are another machine's, or another day's.
            if (!key.StartsWith(TimeSplitProbe.Key, StringComparison.Ordinal)) Compare(key, value, here["measures"]?[key]);
        }
        int steps = curves is null ? 0 : CompareCurves(CurvesFile.ValuesOf(curves, record.Run), record, differences);
        return new Reproduction(record.Run.Label, steps, differences);

        void Compare(string what, JsonNode? was, JsonNode? now)
        {
            if (!JsonNode.DeepEquals(was, now)) differences.Add(new NumberDifference(Shown.Quote(what), Shown.Quote(was?.ToString() ?? "none"), now?.ToString() ?? "none"));
        }
    }

    // "1.50" and "1.5" are one number; what is not finite is known by its name.
    private static bool Same(string recorded, string here) => recorded == here
        || (double.TryParse(recorded, NumberStyles.Float, CultureInfo.InvariantCulture, out double was) && double.TryParse(here, NumberStyles.Float, CultureInfo.InvariantCulture, out double now) && was.Equals(now));

    private static int CompareCurves(IReadOnlyList<string[]> recorded, RunRecord record, List<NumberDifference> differences)
    {
        // A published curve may be thinned; the steps that it has must be the same ones.
        Dictionary<string, string[]> byStep = record.History.Select(CurvesFile.Values).ToDictionary(values => values[0]);
        string[] missing = [.. recorded.Select(values => values[0]).Where(step => !byStep.ContainsKey(step))];
        if (missing.Length > 0 || recorded.Count == 0 || recorded[^1][0] != CurvesFile.Values(record.History[^1])[0]) differences.Add(new NumberDifference("logged steps", $"up to {(recorded.Count == 0 ? "none" : Shown.Quote(recorded[^1][0]))}", $"up to {record.History[^1].Step}"));
        int compared = recorded.Count - missing.Length;
        for (int line = 0; line < recorded.Count; line++)
        {
            if (!byStep.TryGetValue(recorded[line][0], out string[]? here)) continue;
            for (int column = 0; column < here.Length; column++)
            {
                if (CurvesFile.Columns[column] == CurvesFile.Seconds || (column < recorded[line].Length && Same(recorded[line][column], here[column]))) continue;
                differences.Add(new NumberDifference($"from step {here[0]} on {CurvesFile.Columns[column]}", Shown.Quote(recorded[line].ElementAtOrDefault(column) ?? "none"), here[column]));
                return compared;
            }
        }
        return compared;
    }
}
