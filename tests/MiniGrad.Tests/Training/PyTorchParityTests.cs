using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using MiniGrad.Backends;
using MiniGrad.Backends.Cpu;
using MiniGrad.Backends.Reference;

namespace MiniGrad.Tests.Training;

/// <summary>
/// Twenty training steps of the paper's model from the same weights on the same batches as PyTorch in float64: model,
/// gradients, clipping, schedule, decay and optimizer together. The recording's source is in its file.
/// </summary>
public sealed class PyTorchParityTests
{
    private static readonly JsonNode Recorded = JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", "training", "gpt-2x32.json")))!;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void In_float64_losses_and_gradient_norms_agree_to_rounding(int run) => AssertAgrees(new ReferenceBackend<double>(), run, 1e-12, 1e-9);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_SIMD_kernels_agree_to_float32(int run) => AssertAgrees(new CpuBackend(2), run, 5e-6, 1e-4);

    private static void AssertAgrees(IBackend backend, int run, double lossTolerance, double normTolerance)
    {
        JsonNode expected = Recorded["runs"]![run]!;
        using var context = new ComputeContext(backend);
        JsonArray batches = Recorded["batches"]!.AsArray();
        int rows = batches[0]!["inputs"]!.AsArray().Count, length = batches[0]!["inputs"]![0]!.AsArray().Count;
        Gpt model = Load(context, length);
        OptimizerOptions options = (OptimizerOptions.FromPreset((string)expected["preset"]!) with { LearningRate = 3e-3, WeightDecay = 0.1 })
            .With(expected["changes"]!.AsArray().Select(change => (string)change!));
        var optimizer = new Optimizer(model.Parameters, options, clipNorm: 1);
        var schedule = new LearningRateSchedule(ScheduleKind.Constant, 15, 300);
        Indices inputs = context.Indices([rows, length]), targets = context.Indices([rows, length]);
        for (int step = 0; step < batches.Count; step++)
        {
            inputs.CopyFrom(Ids(batches[step]!["inputs"]!));
            targets.CopyFrom(Ids(batches[step]!["targets"]!));
            optimizer.ZeroGradients();
            double loss, norm = (double)expected["gradientNorm"]![step]!;
            using (context.BeginStep())
            {
                Tensor result = model.Loss(inputs, targets);
                result.Backward();
                loss = result.Item();
            }
            using (context.BeginStep()) optimizer.Step(schedule.At(step));
            Assert.Equal((double)expected["loss"]![step]!, loss, lossTolerance);
            var measured = new double[1];
            backend.Download(optimizer.Gradients.Norm, measured);
            Assert.Equal(norm, measured[0], normTolerance * norm);
        }
    }

    private static Gpt Load(ComputeContext context, int blockSize)
    {
        JsonObject weights = Recorded["weights"]!.AsObject();
        int layers = weights.Count(w => w.Key.EndsWith("ln_1.weight", StringComparison.Ordinal));
        JsonNode shape = weights["wte.weight"]!["shape"]!;
        var model = new Gpt(context, new GptOptions { NLayer = layers, NEmbd = (int)shape[1]!, NHead = (int)Recorded["heads"]!, BlockSize = blockSize, VocabSize = (int)shape[0]! }, seed: 0);
        Assert.Equal(weights.Count, model.Parameters.Count);
        foreach (Parameter parameter in model.Parameters)
        {
            byte[] bytes = Convert.FromBase64String((string)weights[parameter.Name]!["float32"]!);
            parameter.Tensor.CopyFrom(MemoryMarshal.Cast<byte, float>(bytes));
        }
        return model;
    }

    private static int[] Ids(JsonNode rows) => [.. rows.AsArray().SelectMany(row => row!.AsArray().Select(id => (int)id!))];
}
