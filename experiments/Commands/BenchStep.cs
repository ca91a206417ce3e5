using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using MiniGrad.Backends;
using MiniGrad.Backends.Cpu;
using MiniGrad.Experiments.Configuration;
using MiniGrad.Memory;
using MiniGrad.Randomness;

namespace MiniGrad.Experiments.Commands;

/// <summary><c>bench step</c>: a training step of the peer's model, split into forward, backward and optimizer.</summary>
internal static class BenchStep
{
    private const int Warmup = 3;

    public static Command Create(Option<bool> json)
    {
        var size = new Option<string>("--size") { Description = "A, B, C65, C or D (docs/performance.md)", DefaultValueFactory = _ => "B" };
        Option<int?> layers = CommonOptions.Number("--layers", "Blocks"), dim = CommonOptions.Number("--dim", "Width"), heads = CommonOptions.Number("--heads", "Heads");
        Option<int?> length = CommonOptions.Number("--context", "Tokens a sequence"), batch = CommonOptions.Number("--batch", "Sequences"), vocab = CommonOptions.Number("--vocab", "Vocabulary");
        var optimizer = new Option<string>("--optimizer") { Description = "A preset, or none", DefaultValueFactory = _ => "none" };
        Option<int?> steps = CommonOptions.Number("--steps", "Steps measured (default: 10)");
        Option<int?> threads = CommonOptions.Number("--threads", "Threads (default: all)");
        var breakdown = new Option<bool>("--breakdown") { Description = "Say where the time goes, kernel by kernel" };
        Option<string> device = BenchCommand.Device(), precision = BenchCommand.Precision();
        var command = new Command("step", "A training step") { size, layers, dim, heads, length, batch, vocab, optimizer, steps, threads, breakdown, device, precision };
        command.SetAction(int (ParseResult p) =>
        {
            BenchConfiguration named = BenchConfiguration.Get(p.GetValue(size)!);
            var chosen = new BenchConfiguration(
                p.GetValue(layers) ?? named.Layers,
                p.GetValue(dim) ?? named.Dim,
                p.GetValue(heads) ?? named.Heads,
                p.GetValue(length) ?? named.Context,
                p.GetValue(batch) ?? named.Batch,
                p.GetValue(vocab) ?? named.Vocab);
            if (chosen.Batch < 1) throw CommandException.Usage($"--batch {chosen.Batch}: must be at least 1");
            int measured = p.GetValue(steps) ?? 10;
            if (measured < 1) throw CommandException.Usage($"--steps {measured}: must be at least 1");
            JsonObject result = Measure(chosen, p.GetValue(optimizer)!, measured, p.GetValue(threads) ?? Environment.ProcessorCount, p.GetValue(breakdown), BenchCommand.Chosen(p, device), Precisions.Named(p.GetValue(precision)!));
            Console.Out.WriteLine(p.GetValue(json) ? result.ToJsonString(Json.Documents) : Line(result));
            return ExitCode.Done;
        });
        return command;
    }

    private static JsonObject Measure(BenchConfiguration config, string preset, int steps, int threads, bool breakdown, string device, Precision precision)
    {
        threads = Limits.Threads(threads);
        Limits.RequireMemory(config.Model, config.Batch);
        double baseline = Resident();
        if (breakdown && device != Devices.Cpu) throw CommandException.Usage("--breakdown times kernels on the CPU only; leave it or --device out");
        IBackend backend = Devices.Open(device, threads);
        using var context = new ComputeContext(backend);
        var model = new Gpt(context, config.Model with { Precision = precision }, seed: 0);
        Optimizer? optimizer = preset == "none" ? null : new Optimizer(model.Parameters, OptimizerOptions.FromPreset(preset) with { LearningRate = 1e-3, WeightDecay = 0.1 });
        BufferView wait = context.Persistent(1);
        // An array is walked without an enumerator on the heap, which would be counted.
        Parameter[] parameters = [.. model.Parameters];
        Indices inputs = Tokens(context, config, 0), targets = Tokens(context, config, 1);
        var times = new double[4][];
        for (int t = 0; t < times.Length; t++) times[t] = new double[steps];
        // A step's own; what the runtime allocates once, as when it compiles a method again, is in one of them.
        var allocated = new double[steps];
        for (int s = -Warmup; s < steps; s++)
        {
            if (s == 0 && breakdown) ((CpuBackend)backend).Times = new KernelTimes();
            long before = GC.GetTotalAllocatedBytes(precise: true), start = Stopwatch.GetTimestamp(), middle, end;
            foreach (Parameter parameter in parameters) parameter.ZeroGradient();
            using (context.BeginStep())
            {
                Tensor loss = model.Loss(inputs, targets);
                BenchCommand.Wait(backend, wait);
                middle = Stopwatch.GetTimestamp();
                loss.Backward();
                BenchCommand.Wait(backend, wait);
                end = Stopwatch.GetTimestamp();
            }
            using (context.BeginStep()) optimizer?.Step();
            BenchCommand.Wait(backend, wait);
            long last = Stopwatch.GetTimestamp();
            if (s < 0) continue;
            times[0][s] = Stopwatch.GetElapsedTime(start, middle).TotalMilliseconds;
            times[1][s] = Stopwatch.GetElapsedTime(middle, end).TotalMilliseconds;
            times[2][s] = Stopwatch.GetElapsedTime(end, last).TotalMilliseconds;
            times[3][s] = Stopwatch.GetElapsedTime(start, last).TotalMilliseconds;
            allocated[s] = GC.GetTotalAllocatedBytes(precise: true) - before;
        }
        double step = Timing.Middle(times[3]);
        var result = new JsonObject
        {
            ["device"] = backend.Description,
            ["parameters"] = model.ParameterCount,
            ["gemmGflop"] = Math.Round(config.GemmGigaflop, 3),
            ["tokensPerSecond"] = Math.Round(config.Batch * config.Context / step * 1e3, 1),
            ["milliseconds"] = new JsonObject
            {
                ["forward"] = Math.Round(Timing.Middle(times[0]), 3),
                ["backward"] = Math.Round(Timing.Middle(times[1]), 3),
                ["optimizer"] = Math.Round(Timing.Middle(times[2]), 3),
                ["step"] = Math.Round(step, 3),
            },
            ["baselineResidentMegabytes"] = Math.Round(baseline, 1),
            ["peakResidentMegabytes"] = Math.Round(Process.GetCurrentProcess().PeakWorkingSet64 / 1048576.0, 1),
            ["managedBytesPerStep"] = (long)Timing.Middle(allocated),
        };
        if (backend is CpuBackend { Times: { } kernels }) result["kernels"] = Breakdown(kernels, steps, times[3].Sum() / steps);
        return result;
    }

    private static JsonArray Breakdown(KernelTimes kernels, int steps, double step)
    {
        var rows = new JsonArray();
        double rest = step;
        foreach ((string kernel, long calls, TimeSpan time) in kernels.Totals)
        {
            rest -= time.TotalMilliseconds / steps;
            rows.Add(Row(kernel, (double)calls / steps, time.TotalMilliseconds / steps, step));
        }
        rows.Add(Row("the rest", 0, rest, step));
        return rows;
    }

    private static JsonObject Row(string kernel, double calls, double milliseconds, double step) => new()
    {
        ["kernel"] = kernel,
        ["calls"] = Math.Round(calls, 1),
        ["milliseconds"] = Math.Round(milliseconds, 3),
        ["share"] = Math.Round(milliseconds / step, 4),
    };

    private static Indices Tokens(ComputeContext context, BenchConfiguration config, ulong stream)
    {
        Indices indices = context.Indices([config.Batch, config.Context]);
        var random = new CounterRandom(0, stream);
        indices.CopyFrom([.. Enumerable.Range(0, config.Batch * config.Context).Select(i => (int)random.Below(config.Vocab, (ulong)i))]);
        return indices;
    }

    private static double Resident()
    {
        using Process process = Process.GetCurrentProcess();
        return process.WorkingSet64 / 1048576.0;
    }

    private static string Line(JsonObject r)
    {
        JsonNode ms = r["milliseconds"]!;
        string line = string.Create(CultureInfo.InvariantCulture, $"{(long)r["parameters"]!:N0} parameters, {(double)r["gemmGflop"]!:F1} GFLOP a step: {(double)ms["step"]!:F1} ms (forward {(double)ms["forward"]!:F1}, backward {(double)ms["backward"]!:F1}, optimizer {(double)ms["optimizer"]!:F1}), {(double)r["tokensPerSecond"]!:N0} tokens/s, {(double)r["peakResidentMegabytes"]!:F0} MiB at peak ({(double)r["baselineResidentMegabytes"]!:F0} before), {(long)r["managedBytesPerStep"]!} managed bytes a step");
        IEnumerable<string> kernels = (r["kernels"] as JsonArray ?? []).Select(k => string.Create(CultureInfo.InvariantCulture, $"\n{(double)k!["milliseconds"]!,10:F3} ms {(double)k["share"]!,7:P1} {(double)k["calls"]!,5:F0} × {(string)k["kernel"]!}"));
        return line + string.Concat(kernels);
    }
}
