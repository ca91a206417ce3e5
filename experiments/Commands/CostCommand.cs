using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using MiniGrad.Backends.Cpu;
using MiniGrad.Experiments.Configuration;
using MiniGrad.Experiments.Cost;
using MiniGrad.Experiments.Reporting;
using MiniGrad.Experiments.Running;
using MiniGrad.IO;

namespace MiniGrad.Experiments.Commands;

/// <summary><c>cost</c>: time per token over width, depth, context, batch and vocabulary, next to the counted work.</summary>
internal static class CostCommand
{
    private const int Rounds = 15, QuickRounds = 2;

    public static Command Create(Option<bool> json)
    {
        var sweeps = new Option<string[]>("--sweep") { Description = $"Only this sweep: {string.Join(", ", CostSweeps.All.Select(s => s.Name))}; may be repeated", DefaultValueFactory = _ => [] };
        var optimizer = new Option<string>("--optimizer") { Description = "A preset", DefaultValueFactory = _ => "adamuon" };
        Option<int?> rounds = CommonOptions.Number("--rounds", "Visits to every size (default: 15)"), threads = CommonOptions.Number("--threads", "Threads (default: 1)");
        var quick = new Option<bool>("--quick") { Description = "A smoke run: 2 rounds" };
        var noProgress = new Option<bool>("--no-progress") { Description = "Plain lines instead of a live display" };
        var output = new Option<string?>("--out") { Description = "The run folder; must be new or empty (default: runs/cost-TIME)" };
        var command = new Command(CostSweeps.Name, CostSweeps.Question) { sweeps, optimizer, rounds, threads, quick, output, noProgress };
        command.SetAction(int (ParseResult p) =>
        {
            Alone.Require(p);
            int visits = p.GetValue(rounds) ?? (p.GetValue(quick) ? QuickRounds : Rounds), used = p.GetValue(threads) ?? 1;
            if (visits < 1) throw CommandException.Usage($"--rounds {visits}: must be at least 1");
            used = Limits.Threads(used);
            CostSweep[] chosen = Chosen(p.GetValue(sweeps)!);
            NewFolder free = RunFolder.Choose(CostSweeps.Name, SettingsBuilder.NotEmpty(p.GetValue(output), "--out"));
            CostPoint[] points = Points(chosen, p.GetValue(optimizer)!, used);
            using HeldFolder held = RunFolder.Take(free);
            string folder = held.Path;
            CostResult result = Measure(points, p.GetValue(optimizer)!, used, visits);
            string? figure = Write(result, folder);
            if (p.GetValue(json)) Console.Out.WriteLine(result.ToJson(figure, folder).ToJsonString(Json.Documents));
            else Console.Out.WriteLine($"{CostText.Table(result)}\n{CostText.Verdict(result)}\n\nrun     {Shown.OneLine(folder)}\nfigure  {Shown.OneLine(figure ?? FigureFiles.None)}");
            return ExitCode.Done;
        });
        return command;
    }

    private static CostSweep[] Chosen(string[] names)
    {
        if (names.FirstOrDefault(name => CostSweeps.All.All(s => s.Name != name)) is { } unknown) throw CommandException.Unknown("sweep", unknown, CostSweeps.All.Select(s => s.Name));
        return [.. CostSweeps.All.Where(s => names.Length == 0 || names.Contains(s.Name))];
    }

    private static CostPoint[] Points(CostSweep[] sweeps, string optimizer, int threads) =>
        [.. sweeps.SelectMany(sweep => sweep.Sizes.Select(size => new CostPoint(sweep, size, optimizer, threads)))];

    private static CostResult Measure(CostPoint[] points, string optimizer, int threads, int rounds)
    {
        long start = Stopwatch.GetTimestamp();
        // The first visit also compiles the kernels' code; it is made before anything is kept.
        foreach (CostPoint point in points) point.WarmUp();
        for (int round = 0; round < rounds; round++)
        {
            foreach (CostPoint point in points) point.Visit();
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"round {round + 1} of {rounds}, {Stopwatch.GetElapsedTime(start).TotalSeconds:F0} s"));
        }
        CostRow[] rows = [.. points.Select(point => point.Row()).GroupBy(row => row.Sweep).SelectMany(sweep => CostRow.WithCliffs([.. sweep]))];
        string backend = points[0].Backend;
        foreach (CostPoint point in points) point.Dispose();
        return new CostResult(rows, backend, optimizer, threads, rounds);
    }

    private static string? Write(CostResult result, string folder)
    {
        string? drawn = CostFigures.Draw(result, folder);
        string machine = string.Create(CultureInfo.InvariantCulture, $"{result.Threads} of {Environment.ProcessorCount} processors, {CpuBackend.Instructions}");
        AtomicFile.WriteText(Path.Combine(folder, "table.md"), CostText.Table(result));
        AtomicFile.WriteText(Path.Combine(folder, "report.md"), CostText.Report(result, machine));
        AtomicFile.WriteText(Path.Combine(folder, CostText.FileName), CostText.Csv(result));
        AtomicFile.WriteText(Path.Combine(folder, "result.json"), result.ToJson(drawn is null ? null : "figure.png", ".").ToJsonString(Json.Documents) + "\n");
        JsonObject manifest = Manifest.Machine(CostSweeps.Name);
        manifest["backend"] = result.Backend;
        manifest["settings"] = new JsonObject { ["optimizer"] = result.Optimizer, ["threads"] = result.Threads, ["rounds"] = result.Rounds, ["sweeps"] = new JsonArray([.. result.Sweeps.Select(s => JsonValue.Create(s.Key))]) };
        AtomicFile.WriteText(Path.Combine(folder, "manifest.json"), manifest.ToJsonString(Json.Documents) + "\n");
        return drawn is null ? null : PlotsCopy.Of(drawn, RunFolder.Plots(), $"{PlotNames.Of(CostSweeps.Name, folder)}.png");
    }
}
