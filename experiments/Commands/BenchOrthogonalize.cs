using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using MiniGrad.Experiments.Configuration;
using MiniGrad.Memory;
using MiniGrad.Randomness;

namespace MiniGrad.Experiments.Commands;

/// <summary><c>bench orthogonalize</c>: Newton–Schulz in milliseconds a matrix.</summary>
internal static class BenchOrthogonalize
{
    public static Command Create(Option<bool> json)
    {
        var shapes = new Option<string>("--shapes") { Description = "RxC,…", DefaultValueFactory = _ => "128x128,256x256,384x384,384x1536,768x768,768x3072" };
        Option<int?> steps = CommonOptions.Number("--steps", "Iterations (default: 5)");
        Option<int?> threads = CommonOptions.Number("--threads", "Threads (default: one)");
        Option<string> device = BenchCommand.Device();
        var command = new Command("orthogonalize", "Newton–Schulz") { shapes, steps, threads, device };
        command.SetAction(int (ParseResult parsed) => Run(parsed.GetValue(shapes)!, parsed.GetValue(steps) ?? 5, parsed.GetValue(threads) ?? 1, parsed.GetValue(json), BenchCommand.Chosen(parsed, device)));
        return command;
    }

    private static int Run(string shapes, int steps, int threads, bool json, string device)
    {
        if (steps < 1) throw CommandException.Usage($"--steps {steps}: must be at least 1");
        threads = Limits.Threads(threads);
        var rows = new JsonArray();
        foreach (int[] size in BenchCommand.Sizes(shapes, 2, "RxC"))
        {
            double milliseconds = 1e3 * Measure(size[0], size[1], steps, threads, device);
            rows.Add(new JsonObject { ["rows"] = size[0], ["columns"] = size[1], ["milliseconds"] = Math.Round(milliseconds, 4) });
            if (!json) Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{size[0]}×{size[1]}, {steps} steps, {threads} thread(s): {milliseconds:F3} ms"));
        }
        if (json) Console.Out.WriteLine(rows.ToJsonString(Json.Documents));
        return ExitCode.Done;
    }

    private static double Measure(int rows, int columns, int steps, int threads, string device)
    {
        Limits.Require(sizeof(float) * (Int128)5 * rows * columns, $"a matrix of {rows}×{columns}", "give smaller --shapes");
        using var context = new ComputeContext(Devices.Open(device, threads));
        long length = (long)rows * columns;
        BufferView input = context.Persistent(length), output = context.Persistent(length);
        var values = new float[length];
        new CounterRandom(0, 0).FillNormal(values);
        context.Backend.Upload(input, values);
        var method = new NewtonSchulz(CoefficientSets.Get("jordan"), steps);
        return Timing.Median(() =>
        {
            using StepScope step = context.BeginStep();
            method.Apply(context, rows, columns, input, output);
            BenchCommand.Wait(context.Backend, output);
        });
    }
}
