using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MiniGrad.Experiments.Catalog;
using MiniGrad.Tests.Build;
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
    private readonly Dictionary<(double Level, int Freedom), double> _quantiles = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Verdict_comparisons_and_table_follow_from_the_curves()
    {
        string run = _folder.In("run");
        ExperimentsProgram.Outcome outcome = await ExperimentsProgram.RunAsync(_folder.Path, "ablate-second-moment", "--profile", "tiny", "--steps", "12", "--batch", "2", "--eval-every", "6", "--set", "model.nEmbd=32", "--set", "model.nLayer=1", "--set", "model.blockSize=16", "--seeds", $"{Seeds}", "--no-progress", "--out", run);
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

    /// <summary>Every comparison that is published, from the curves beside it; table1 and table2 compare other measures.</summary>
    [Fact]
    public void Published_comparisons_follow_from_the_published_curves()
    {
        Assert.SkipWhen(Repository.Root is null, "the test assembly was moved away from its source tree");
        int checkedOnes = 0;
        foreach (string entry in Directory.GetDirectories(Path.Combine(Repository.Root!, "plots", "gallery")).Where(folder => File.Exists(Path.Combine(folder, "result.json"))))
        {
            JsonNode result = JsonNode.Parse(File.ReadAllText(Path.Combine(entry, "result.json")))!;
            if (result["comparisons"] is not JsonArray comparisons || ExperimentCatalog.Find((string)result["experiment"]!)?.Claim?.Measure is not null) continue;
            // Only steps with a validation loss count.
            Match[] lines = [.. File.ReadLines(Path.Combine(entry, "curves.csv")).Select(text => Line().Match(text)).Where(m => m.Success && m.Groups[5].Value.Split(',')[4].Length > 0)];
            foreach (IGrouping<string, JsonNode> arm in comparisons.Where(c => c!["pooled"] is not null).GroupBy(c => (string?)c!["arm"] ?? "", c => c!))
            {
                JsonNode variants = result["arms"] is JsonArray arms ? arms.Single(a => (string)a!["name"]! == arm.Key)!["variants"]! : result["variants"]!;
                Dictionary<string, double[]> losses = PublishedLosses(lines, arm.Key, variants.AsArray());
                foreach (JsonNode comparison in arm)
                {
                    (string a, string b) = ((string)comparison["first"]!, (string)comparison["second"]!);
                    (double lower, double upper) = Interval(losses, a, b, (bool)comparison["pooled"]!, 0.95);
                    string where = $"{entry}, {arm.Key}: {a} − {b}";
                    Assert.True(Math.Abs(losses[a].Zip(losses[b], (x, y) => x - y).Average() - (double)comparison["difference"]!) < 1e-7, where);
                    Assert.True(Math.Abs(lower - (double)comparison["interval"]![0]!) < 1e-6 && Math.Abs(upper - (double)comparison["interval"]![1]!) < 1e-6, $"{where}: [{lower}, {upper}]");
                    checkedOnes++;
                }
            }
        }
        Assert.True(checkedOnes > 20, $"only {checkedOnes} comparisons are published as they are judged today");
    }

    // Of every variant at its rate and setting, the last validation loss of each seed; without those that diverged.
    private static Dictionary<string, double[]> PublishedLosses(Match[] lines, string arm, JsonArray variants)
    {
        var losses = new Dictionary<string, SortedDictionary<int, double>>();
        foreach (Match line in lines.Where(m => m.Groups[1].Value == arm))
        {
            if (variants.SingleOrDefault(v => line.Groups[2].Value == (string)v!["name"]! + ((string?)v["setting"] is { } setting ? $" · {setting}" : "") && Number(line.Groups[3].Value) == (double)v["learningRate"]!) is not { } variant) continue;
            losses.TryAdd((string)variant["name"]!, []);
            losses[(string)variant["name"]!][int.Parse(line.Groups[4].Value, CultureInfo.InvariantCulture)] = Number(line.Groups[5].Value.Split(',')[4]);
        }
        return losses.Where(own => variants.Single(v => (string)v!["name"]! == own.Key)!["finalValidationLoss"]!["mean"] is not null).ToDictionary(own => own.Key, own => own.Value.Values.ToArray());
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    // The JSON to nine digits, as curves.csv has the losses; the report to the digit.
    private void Check(JsonNode json, Dictionary<string, double[]> losses, JsonNode first, JsonNode second, params string[] printed)
    {
        (string a, string b) = ((string)first["name"]!, (string)second["name"]!);
        (double lower, double upper) = Interval(losses, a, b, (bool)json["pooled"]!, 0.95);
        double difference = losses[a].Zip(losses[b], (x, y) => x - y).Sum() / Seeds;
        Near(difference, json["difference"]);
        Near(lower, json["interval"]![0]);
        Near(upper, json["interval"]![1]);
        Assert.Equal([Signed(difference), Signed(lower), Signed(upper)], printed);
    }

    private (double Lower, double Upper) Interval(Dictionary<string, double[]> losses, string a, string b, bool isPooled, double level)
    {
        double[] differences = [.. losses[a].Zip(losses[b], (x, y) => x - y)];
        int n = differences.Length, freedom = n - 1;
        double mean = differences.Sum() / n;
        double variance = differences.Sum(d => (d - mean) * (d - mean)) / freedom / n;
        if (isPooled)
        {
            // What is left of the sum of squares after variants and seeds: total − variants − seeds.
            double all = losses.Values.Sum(own => own.Sum()) / (losses.Count * n);
            double total = losses.Values.Sum(own => own.Sum(x => (x - all) * (x - all)));
            double variants = n * losses.Values.Sum(own => Math.Pow(own.Sum() / n - all, 2));
            double seeds = losses.Count * Enumerable.Range(0, n).Sum(s => Math.Pow(losses.Values.Sum(own => own[s]) / losses.Count - all, 2));
            freedom = (losses.Count - 1) * (n - 1);
            variance = 2 * (total - variants - seeds) / freedom / n;
        }
        double half = _quantiles.TryGetValue((level, freedom), out double quantile) ? quantile : _quantiles[(level, freedom)] = Quantile(0.5 + level / 2, freedom);
        half *= Math.Sqrt(variance);
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
        // From 0 to ∞ that is ½√(πν)·Γ(ν/2)/Γ((ν+1)/2), and two more degrees multiply the ratio by ν/(ν + 1).
        double ratio = freedom % 2 == 1 ? Math.Sqrt(Math.PI) : 2 / Math.Sqrt(Math.PI);
        for (int nu = 2 - freedom % 2; nu < freedom; nu += 2) ratio *= nu / (nu + 1.0);
        double half = Math.Sqrt(Math.PI * freedom) * ratio / 2;
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

    [GeneratedRegex(@"^""(.*?)"",""(.*?)"",([^,]*),(\d+),(.*)$")]
    private static partial Regex Line();

    [GeneratedRegex(@"Paired difference (\S+) nats, 95 % interval \[(\S+), (\S+)\]")]
    private static partial Regex Sentence();

    [GeneratedRegex(@"^\| ([^|]+) \| ([^|]+) \| (\S+) \| \[(\S+), (\S+)\] \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
