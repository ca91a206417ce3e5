using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using MiniGrad.Backends;
using MiniGrad.Experiments.Configuration;
using MiniGrad.Memory;

namespace MiniGrad.Experiments.Commands;

/// <summary><c>bench gemm</c>: matrix products in GFLOP/s.</summary>
internal static class BenchGemm
{
    public static Command Create(Option<bool> json)
    {
        var shapes = new Option<string>("--shapes") { Description = "MxNxK,…", DefaultValueFactory = _ => "256x256x256,512x512x512,1024x1024x1024,2048x1024x256" };
        var transpose = new Option<string>("--transpose") { Description = "NN, NT or TN", DefaultValueFactory = _ => "NN" };
        Option<int?> threads = CommonOptions.Number("--threads", "Threads (default: one)");
        Option<string> device = BenchCommand.Device(), precision = BenchCommand.Precision();
        var command = new Command("gemm", "Matrix products") { shapes, transpose, threads, device, precision };
        command.SetAction(int (ParseResult parsed) => Run(parsed.GetValue(shapes)!, parsed.GetValue(transpose)!.ToUpperInvariant(), parsed.GetValue(threads) ?? 1, parsed.GetValue(json), BenchCommand.Chosen(parsed, device), Precisions.Named(parsed.GetValue(precision)!)));
        return command;
    }

    private static int Run(string shapes, string transpose, int threads, bool json, string device, Precision precision)
    {
        if (transpose is not ("NN" or "NT" or "TN")) throw CommandException.Unknown("transposition", transpose, ["NN", "NT", "TN"]);
        threads = Limits.Threads(threads);
        var rows = new JsonArray();
        foreach (int[] size in BenchCommand.Sizes(shapes, 3, "MxNxK"))
        {
            double gigaflops = Measure(size[0], size[1], size[2], transpose, threads, device, precision);
            rows.Add(new JsonObject { ["m"] = size[0], ["n"] = size[1], ["k"] = size[2], ["transpose"] = transpose, ["threads"] = threads, ["precision"] = Precisions.Name(precision), ["gflops"] = Math.Round(gigaflops, 2) });
            if (!json) Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{size[0]}×{size[1]}×{size[2]} {transpose}, {threads} thread(s): {gigaflops:F1} GFLOP/s"));
        }
        if (json) Console.Out.WriteLine(rows.ToJsonString(Json.Documents));
        return ExitCode.Done;
    }

    private static double Measure(int m, int n, int k, string transpose, int threads, string device, Precision precision)
    {
        Limits.Require(sizeof(float) * (((Int128)m * k) + ((Int128)n * k) + ((Int128)m * n)), $"a product of {m}×{n}×{k}", "give smaller --shapes");
        using var context = new ComputeContext(Devices.Open(device, threads));
        BufferView a = context.Persistent((long)m * k), b = context.Persistent((long)n * k), c = context.Persistent((long)m * n);
        context.Backend.Fill(a, 0.5);
        context.Backend.Fill(b, -0.25);
        GemmCall call = GemmWork.Call(a, b, c, m, n, k, transpose) with { Precision = precision };
        return 2e-9 * m * n * k / Timing.Median(() =>
        {
            context.Backend.Gemm(call);
            BenchCommand.Wait(context.Backend, c);
        });
    }
}
