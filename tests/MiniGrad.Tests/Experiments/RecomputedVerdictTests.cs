using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MiniGrad.Tests.Data;

namespace MiniGrad.Tests.Experiments;

/// <summary>
/// The numbers of a finished experiment, computed again from its curves.csv by a program of its own: no statistics of the product and no
/// statistics of a library, Student's distribution by integrating its density.
/// </summary>
public sealed partial class RecomputedVerdictTests : IDisposable
{
    private const int Seeds = 3;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Verdict_comparisons_and_table_follow_from_the_curves()
    {
        string run = _folder.In("run");
        ExperimentsProgram.Outcome outcome = await ExperimentsProgram.RunAsync(_folder.Path, "ablate-sign", "--profile", "tiny", "--steps", "12", "--batch", "2", "--eval-every", "6", "--set", "model.nEmbd=32", "--set", "model.nLayer=1", "--set", "model.blockSize=16", "--seeds", $"{Seeds}", "--no-progress", "--out", run);
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Dictionary<string, double[]> losses = FinalLosses(await File.ReadAllLinesAsync(Path.Combine(run, "curves.csv"), TestContext.Current.CancellationToken));
        Assert.Equal(4, losses.Count);
        JsonNode result = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(run, "result.json"), TestContext.Current.CancellationToken))!;
        string report = await File.ReadAllTextAsync(Path.Combine(run, "report.md"), TestContext.Current.CancellationToken);

        foreach (JsonNode? variant in result["variants"]!.AsArray())
        {
            double[] own = losses[(string)variant!["name"]!];
            double mean = own.Sum() / Seeds, deviation = Math.Sqrt(own.Sum(x => (x - mean) * (x - mean)) / (Seeds - 1));
            Near(mean, variant["finalValidationLoss"]!["mean"]);
            Near(deviation, variant["finalValidationLoss"]!["sd"]);
            Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"{mean:F3} ± {deviation:F3}"), report, StringComparison.Ordinal);
        }

        JsonNode verdict = result["verdict"]!;
        Match claim = Sentence().Match(report);
        Check(verdict, losses, result["variants"]![0]!, result["variants"]![1]!, claim.Groups[1].Value, claim.Groups[2].Value, claim.Groups[3].Value);
        (double low, double high) = Interval(losses, (string)result["variants"]![0]!["name"]!, (string)result["variants"]![1]!["name"]!, (bool)verdict["pooled"]!, 0.90);
        Near(low, verdict["interval90"]![0]);
        Near(high, verdict["interval90"]![1]);
        Assert.Equal((bool)verdict["pooled"]! ? 6 : 2, (int)verdict["freedom"]!);

        Match[] rows = [.. Row().Matches(report).Cast<Match>()];
        Assert.Equal(5, rows.Length);
        foreach ((JsonNode? comparison, Match row) in result["comparisons"]!.AsArray().Zip<JsonNode?, Match>(rows))
        {
            Assert.Equal(((string)comparison!["first"]!, (string)comparison["second"]!), (row.Groups[1].Value, row.Groups[2].Value));
            Check(comparison, losses, new JsonObject { ["name"] = row.Groups[1].Value }, new JsonObject { ["name"] = row.Groups[2].Value }, row.Groups[3].Value, row.Groups[4].Value, row.Groups[5].Value);
        }
    }

    // The JSON to nine digits, as curves.csv has the losses; the report to the digit.
    private static void Check(JsonNode json, Dictionary<string, double[]> losses, JsonNode first, JsonNode second, params string[] printed)
    {
        (string a, string b) = ((string)first["name"]!, (string)second["name"]!);
        (double lower, double upper) = Interval(losses, a, b, (bool)json["pooled"]!, 0.95);
        double difference = losses[a].Zip(losses[b], (x, y) => x - y).Sum() / Seeds;
        Near(difference, json["difference"]);
        Near(lower, json["interval"]![0]);
        Near(upper, json["interval"]![1]);
        Assert.Equal([Signed(difference), Signed(lower), Signed(upper)], printed);
    }

    private static (double Lower, double Upper) Interval(Dictionary<string, double[]> losses, string a, string b, bool isPooled, double level)
    {
        double[] differences = [.. losses[a].Zip(losses[b], (x, y) => x - y)];
        double mean = differences.Sum() / Seeds;
        double variance = differences.Sum(d => (d - mean) * (d - mean)) / (Seeds - 1) / Seeds;
        int freedom = Seeds - 1;
        if (isPooled)
        {
            // What is left of the sum of squares after variants and seeds: total − variants − seeds.
            double all = losses.Values.Sum(own => own.Sum()) / (losses.Count * Seeds);
            double total = losses.Values.Sum(own => own.Sum(x => (x - all) * (x - all)));
            double variants = Seeds * losses.Values.Sum(own => Math.Pow(own.Sum() / Seeds - all, 2));
            double seeds = losses.Count * Enumerable.Range(0, Seeds).Sum(s => Math.Pow(losses.Values.Sum(own => own[s]) / losses.Count - all, 2));
            freedom = (losses.Count - 1) * (Seeds - 1);
            variance = 2 * (total - variants - seeds) / freedom / Seeds;
        }
        double half = Quantile(0.5 + level / 2, freedom) * Math.Sqrt(variance);
        return (mean - half, mean + half);
    }

    // Half of the mass lies below 0; the rest by Simpson's rule, the quantile by bisection.
    private static double Quantile(double p, int freedom)
    {
        double Density(double x) => Math.Pow(1 + x * x / freedom, -(freedom + 1) / 2.0);
        double Mass(double to, int pieces)
        {
            double sum = 0, width = to / pieces;
            for (int i = 0; i < pieces; i++) sum += width / 6 * (Density(i * width) + 4 * Density((i + 0.5) * width) + Density((i + 1) * width));
            return sum;
        }
        // ∫(1 + x²/2)^(−3/2) from 0 to ∞ is √2, that of freedom 6 is 8√6/15.
        double half = freedom switch { 2 => Math.Sqrt(2), 6 => 8 * Math.Sqrt(6) / 15, _ => throw new ArgumentException($"freedom {freedom}") };
        double low = 0, high = 100;
        for (int i = 0; i < 60; i++)
        {
            double middle = (low + high) / 2;
            if (0.5 + 0.5 * Mass(middle, 4000) / half < p) low = middle;
            else high = middle;
        }
        return low;
    }

    private static Dictionary<string, double[]> FinalLosses(string[] lines)
    {
        string[] header = lines[0].Split(',');
        (int variant, int seed, int loss) = (Array.IndexOf(header, "variant"), Array.IndexOf(header, "seed"), Array.IndexOf(header, "validationLoss"));
        var losses = new Dictionary<string, double[]>();
        foreach (string[] cells in lines.Skip(1).Select(line => line.Split(',')).Where(cells => cells[loss].Length > 0))
        {
            string name = cells[variant].Trim('"');
            losses.TryAdd(name, new double[Seeds]);
            losses[name][int.Parse(cells[seed], CultureInfo.InvariantCulture)] = double.Parse(cells[loss], CultureInfo.InvariantCulture); // the last line of a run counts
        }
        return losses;
    }

    private static void Near(double expected, JsonNode? actual) => Assert.Equal(expected, (double)actual!, 2e-8);

    private static string Signed(double value)
    {
        string digits = Math.Abs(value).ToString("F3", CultureInfo.InvariantCulture);
        return digits == "0.000" ? digits : $"{(value < 0 ? '−' : '+')}{digits}";
    }

    [GeneratedRegex(@"Paired difference (\S+) nats, 95 % interval \[(\S+), (\S+)\]")]
    private static partial Regex Sentence();

    [GeneratedRegex(@"^\| ([^|]+) \| ([^|]+) \| (\S+) \| \[(\S+), (\S+)\] \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
