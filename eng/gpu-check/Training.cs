using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using MiniGrad.Ilgpu;

namespace MiniGrad.GpuCheck;

/// <summary>200 steps of GPT-2 small under three optimizers on the bytes of this project's documentation: tokens per second, and whether the loss falls.</summary>
internal static class Training
{
    private const int StepsOfRun = 200, SecondsOfRun = 34;

    public static JsonObject Measure(IlgpuDevice device)
    {
        using IlgpuSession session = IlgpuSession.Open(device);
        var result = new JsonObject { ["products"] = session.Products };
        Precision precision = Precision.Bfloat16;
        foreach (string preset in (string[])["adamuon", "muon", "adamw"]) result[preset] = One(new IlgpuBackend(session), preset, precision);
        return result;
    }

    private static JsonObject One(IlgpuBackend backend, string preset, Precision precision)
    {
        Configuration small = Configuration.Gpt2Small;
        using var context = new ComputeContext(backend);
        var model = new Gpt(context, small.Model with { Precision = precision }, seed: 0);
        OptimizerOptions options = OptimizerOptions.FromPreset(preset) with { LearningRate = preset == "adamw" ? 6e-4 : 2e-3, WeightDecay = 0.1 };
        if (options.Orthogonalizes) options = options.With("orthogonalizer.precision", "bfloat16");
        var optimizer = new Optimizer(model.Parameters, options, clipNorm: 1);
        byte[] text = Encoding.UTF8.GetBytes(Text());
        Indices inputs = context.Indices([small.Batch, small.Context]), targets = context.Indices([small.Batch, small.Context]);
        int[] ids = new int[small.Tokens], next = new int[small.Tokens];
        double first = 0, last = 0, seconds = 0;
        long kernels = 0;
        int step = 0;
        var clock = Stopwatch.StartNew();
        for (; step < StepsOfRun && clock.Elapsed.TotalSeconds < SecondsOfRun; step++)
        {
            if (step == 5)
            {
                backend.Synchronize();
                (kernels, seconds) = (backend.KernelsQueued, clock.Elapsed.TotalSeconds);
            }
            Fill(text, step, small, ids, next);
            inputs.CopyFrom(ids);
            targets.CopyFrom(next);
            optimizer.ZeroGradients();
            using (context.BeginStep())
            {
                Tensor loss = model.Loss(inputs, targets);
                loss.Backward();
                if (step == 0) first = loss.Item();
                if (step % 20 == 19 || step == StepsOfRun - 1) last = loss.Item();
            }
            using (context.BeginStep()) optimizer.Step();
        }
        backend.Synchronize();
        return new JsonObject
        {
            ["precision"] = precision.ToString().ToLowerInvariant(),
            ["steps"] = step,
            ["tokensPerSecond"] = Math.Round((step - 5.0) * small.Tokens / (clock.Elapsed.TotalSeconds - seconds)),
            ["kernels"] = (backend.KernelsQueued - kernels) / Math.Max(1, step - 5),
            ["firstLoss"] = Math.Round(first, 4),
            ["lastLoss"] = Math.Round(last, 4),
            ["mebibytes"] = backend.Transfers.LiveBytes >> 20,
        };
    }

    private static void Fill(byte[] text, int step, Configuration small, int[] ids, int[] next)
    {
        for (int row = 0; row < small.Batch; row++)
        {
            long start = ((step * small.Batch) + row) * 2654435761L % (text.Length - small.Context - 1);
            for (int t = 0; t < small.Context; t++) (ids[(row * small.Context) + t], next[(row * small.Context) + t]) = (text[start + t], text[start + t + 1]);
        }
    }

    // The documentation files of the assemblies beside this program.
    private static string Text() => string.Concat(Directory.GetFiles(AppContext.BaseDirectory, "MiniGrad*.xml").Order(StringComparer.Ordinal).Select(File.ReadAllText));
}
