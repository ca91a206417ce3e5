using System.Diagnostics;
using System.Text.Json.Nodes;
using MiniGrad.Ilgpu;

namespace MiniGrad.GpuCheck;

/// <summary>A training step (forward, backward, AdamW) of each configuration and precision: milliseconds, kernels, memory.</summary>
internal static class Steps
{
    private const double Seconds = 1.5;

    public static JsonObject Measure(IlgpuDevice device)
    {
        using IlgpuSession session = IlgpuSession.Open(device);
        var result = new JsonObject { ["products"] = session.Products };
        foreach (Configuration configuration in Configuration.All.Reverse())
        {
            var row = new JsonObject();
            foreach (Precision precision in (Precision[])[Precision.Bfloat16, Precision.Float32, Precision.Tf32])
            {
                var backend = new IlgpuBackend(session);
                bool has = backend.Supports(precision);
                if (has) row[precision.ToString().ToLowerInvariant()] = One(backend, configuration, precision);
                else backend.Dispose();
            }
            result[configuration.Name] = row;
        }
        return result;
    }

    private static JsonObject One(IlgpuBackend backend, Configuration configuration, Precision precision)
    {
        using var context = new ComputeContext(backend);
        var model = new Gpt(context, configuration.Model with { Precision = precision }, seed: 0);
        var optimizer = new Optimizer(model.Parameters, OptimizerOptions.FromPreset("adamw") with { LearningRate = 1e-4, WeightDecay = 0.1 });
        Indices inputs = context.Indices([configuration.Batch, configuration.Context]), targets = context.Indices([configuration.Batch, configuration.Context]);
        inputs.CopyFrom([.. Enumerable.Range(0, configuration.Tokens).Select(i => (int)(i * 2654435761L % configuration.Vocab))]);
        targets.CopyFrom([.. Enumerable.Range(0, configuration.Tokens).Select(i => (int)((i + 1) * 2654435761L % configuration.Vocab))]);
        for (int i = 0; i < 3; i++) Step(context, model, optimizer, inputs, targets);
        backend.Synchronize();
        long before = backend.KernelsQueued;
        List<double> times = [];
        long begin = Stopwatch.GetTimestamp();
        while (times.Count < 5 || Stopwatch.GetElapsedTime(begin).TotalSeconds < Seconds)
        {
            long start = Stopwatch.GetTimestamp();
            Step(context, model, optimizer, inputs, targets);
            backend.Synchronize();
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        double median = times.Order().ElementAt(times.Count / 2);
        return new JsonObject
        {
            ["milliseconds"] = Math.Round(median, 3),
            ["tokensPerSecond"] = Math.Round(configuration.Tokens / median * 1e3),
            ["kernels"] = (backend.KernelsQueued - before) / times.Count,
            ["mebibytes"] = backend.Transfers.LiveBytes >> 20,
        };
    }

    private static void Step(ComputeContext context, Gpt model, Optimizer optimizer, Indices inputs, Indices targets)
    {
        optimizer.ZeroGradients();
        using (context.BeginStep()) model.Loss(inputs, targets).Backward();
        using (context.BeginStep()) optimizer.Step();
    }
}
