using System.Globalization;
using System.Text.Json.Nodes;

namespace MiniGrad.Tests.Board;

/// <summary>Run folders as a training leaves them, with numbers that a test can foretell.</summary>
internal static class MadeRuns
{
    public static readonly string[] Variants = ["adamuon", "muon", "adamw"];

    /// <summary>A run folder of <paramref name="count"/> runs: variants in turn, a seed more after each round.</summary>
    public static string Make(string folder, int count, int steps)
    {
        var runs = new JsonArray();
        for (int i = 0; i < count; i++)
        {
            string own = $"{Variants[i % Variants.Length]}/seed-{i / Variants.Length}";
            runs.Add(new JsonObject
            {
                ["arm"] = null,
                ["variant"] = Variants[i % Variants.Length],
                ["optimizer"] = new JsonObject { ["preset"] = Variants[i % Variants.Length], ["momentum"] = 0.9 + (0.01 * i) },
                ["learningRate"] = 0.001,
                ["seed"] = i / Variants.Length,
                ["folder"] = own,
            });
            Directory.CreateDirectory(Path.Combine(folder, own));
            Append(Path.Combine(folder, own), i, 1, steps);
        }
        File.WriteAllText(Path.Combine(folder, "manifest.json"), new JsonObject
        {
            ["format"] = 1,
            ["command"] = "ablate-sign",
            ["settings"] = new JsonObject { ["steps"] = steps, ["model"] = new JsonObject { ["nLayer"] = 2 } },
            ["runs"] = runs,
        }.ToJsonString());
        return folder;
    }

    /// <summary>Logs further steps of a run.</summary>
    public static void Append(string run, int number, int first, int last) =>
        File.AppendAllLines(Path.Combine(run, "metrics.jsonl"), Enumerable.Range(first, last - first + 1).Select(step => Line(number, step)));

    public static double Loss(int number, int step) => 1 + number + (4.0 / step);

    private static string Line(int number, int step) => string.Create(
        CultureInfo.InvariantCulture,
        $"{{\"step\":{step},\"tokens\":{step * 64L},\"seconds\":{step * 0.5:R},\"trainLoss\":{Loss(number, step):R},\"validationLoss\":{(step % 10 == 0 ? (Loss(number, step) + 0.1).ToString("R", CultureInfo.InvariantCulture) : "null")},\"learningRate\":0.001,\"gradientNorm\":1.5,\"updateRms\":0.2,\"skipped\":false}}");
}
