using System.Text.Json.Nodes;
using MiniGrad.IO;

namespace MiniGrad.Experiments.Cost;

/// <summary>What <c>cost</c> measured, read back from a run folder or a published entry.</summary>
internal static class RecordedCost
{
    private const string FileName = "result.json";

    /// <summary>Whether a folder holds measurements of <c>cost</c>.</summary>
    public static bool IsIn(string folder) => File.Exists(Path.Combine(folder, FileName)) && File.Exists(Path.Combine(folder, CostText.FileName));

    /// <summary>The measurements.</summary>
    /// <exception cref="CommandException">The file is damaged.</exception>
    public static CostResult Read(string folder)
    {
        string path = Path.Combine(folder, FileName);
        try
        {
            JsonObject json = JsonInput.ReadObject(path);
            CostRow[] rows = [.. json["rows"]!.AsArray().Select(row => Row(row!)).GroupBy(row => row.Sweep).SelectMany(sweep => CostRow.WithCliffs([.. sweep]))];
            if (rows.Length == 0 || rows.Any(row => !IsWhole(row))) throw new InvalidDataException("a row is missing or of a size that no sweep has");
            return new CostResult(rows, (string)json["backend"]!, (string)json["optimizer"]!, (int)json["threads"]!, (int)json["rounds"]!);
        }
        catch (Exception e) when (e is InvalidDataException or InvalidOperationException or FormatException or NullReferenceException)
        {
            throw new CommandException(ExitCode.InvalidData, $"plot: '{path}' is damaged; run '{CostSweeps.Name}' again, or restore the file");
        }
    }

    private static bool IsWhole(CostRow row) =>
        CostSweeps.All.FirstOrDefault(s => s.Name == row.Sweep) is { } sweep && sweep.Sizes.Contains(row.Size) && row.StepSeconds > 0 && row.Flop > 0 && row.TokensPerStep > 0;

    private static CostRow Row(JsonNode row)
    {
        (JsonNode times, JsonNode work) = (row["milliseconds"]!, row["flop"]!);
        return new CostRow(
            (string)row["sweep"]!,
            (int)row["size"]!,
            (int)row["tokensPerStep"]!,
            (long)row["parameters"]!,
            (double)times["forwardBackward"]! / 1e3,
            (double)times["optimizer"]! / 1e3,
            (double)times["step"]! / 1e3,
            (double)work["model"]!,
            (double)work["optimizer"]!);
    }
}
