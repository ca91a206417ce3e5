using System.Text.Json.Nodes;
using MiniGrad.Backends;
using MiniGrad.Backends.Reference;
using MiniGrad.Optim;
using MiniGrad.Tests.Backends;
using MiniGrad.Tests.IO;

namespace MiniGrad.Tests.Nn;

/// <summary>
/// Four steps of gradient descent with the balance of experts, against the same in PyTorch in float64, written from the
/// formulas: losses, loads, biases, and the first gradients. Recorded once with <c>record.py</c> beside the numbers.
/// </summary>
[Collection(DeviceCollection.Name)]
public sealed class DeepseekMoePyTorchTests
{
    public static TheoryData<string> Names => NamedBackends.All;

    private static readonly JsonNode Recorded = JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", "models", "deepseek-moe-tiny", "recording.json")))!;

    [Fact]
    public void In_float64_everything_agrees_to_rounding() => AssertAgrees(new ReferenceBackend<double>(), 1e-11);

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_back_end_agrees_to_float32(string name) =>
        AssertAgrees(NamedBackends.Open(name), 1e-4, NamedBackends.IsSlow(name) && !Effort.IsFull ? 1 : 4);

    private static void AssertAgrees(IBackend backend, double tolerance, int steps = 4)
    {
        using var context = new ComputeContext(backend);
        DeepseekMoe model = Load(context);
        Parameter bias = model.Parameters.Single(p => !p.IsTrained);
        bias.Tensor.CopyFrom(Numbers(Recorded["steps"]![0]!["bias"]!));
        var balance = new ExpertBalance(context, [bias]);
        JsonArray rows = Recorded["tokens"]!.AsArray();
        int length = rows[0]!.AsArray().Count - 1;
        Indices inputs = context.Indices([rows.Count, length]), targets = context.Indices([rows.Count, length]);
        inputs.CopyFrom([.. rows.SelectMany(row => row!.AsArray().SkipLast(1).Select(id => (int)id!))]);
        targets.CopyFrom([.. rows.SelectMany(row => row!.AsArray().Skip(1).Select(id => (int)id!))]);
        bool first = true;
        foreach (JsonNode? expected in Recorded["steps"]!.AsArray().Take(steps))
        {
            foreach (Parameter parameter in model.Parameters) parameter.ZeroGradient();
            using (context.BeginStep())
            {
                Tensor loss = model.Loss(inputs, targets);
                loss.Backward();
                Assert.Equal((double)expected!["loss"]!, loss.Item(), tolerance);
            }
            Assert.Equal(Numbers(expected["load"]!), context.DownloadDouble(bias.GradientData));
            Assert.All(Numbers(expected["bias"]!).Zip(bias.Tensor.ToDoubleArray()), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
            if (first) AssertGradients(context, model, tolerance);
            first = false;
            foreach (Parameter p in model.Parameters.Where(p => p.IsTrained)) backend.Axpby(-(double)Recorded["rate"]!, default, p.GradientData, 1, p.Data, p.Data, default);
            balance.Apply(default);
        }
    }

    private static void AssertGradients(ComputeContext context, DeepseekMoe model, double tolerance)
    {
        JsonObject gradients = Recorded["gradients"]!.AsObject();
        Assert.Equal(gradients.Select(g => g.Key), model.Parameters.Where(p => p.IsTrained).Select(p => p.Name));
        foreach (Parameter parameter in model.Parameters.Where(p => p.IsTrained))
        {
            JsonNode expected = gradients[parameter.Name]!;
            double[] found = context.DownloadDouble(parameter.GradientData);
            double norm = (double)expected["norm"]!;
            Assert.Equal(norm, Math.Sqrt(found.Sum(g => g * g)), tolerance * norm);
            double[] some = [found[0], found[found.Length / 2], found[^1]];
            foreach ((double e, double f) in Numbers(expected["some"]!).Zip(some)) Assert.Equal(e, f, tolerance * norm);
        }
    }

    private static DeepseekMoe Load(ComputeContext context)
    {
        JsonNode sizes = Recorded["model"]!;
        int Of(string name) => (int)sizes[name]!;
        GptOptions options = new GptOptions { NLayer = Of("nLayer"), NHead = Of("nHead"), NKvHead = Of("nKvHead"), NEmbd = Of("nEmbd"), NInner = Of("nInner"), BlockSize = Of("blockSize"), VocabSize = Of("vocabSize") }.OfFamily(ModelFamily.DeepseekMoe) with
        {
            Experts = new ExpertOptions { Count = Of("nExperts"), TopK = Of("topK"), Shared = Of("nSharedExperts"), DenseLayers = Of("denseLayers"), BalanceRate = (double)Recorded["balanceRate"]! },
        };
        var model = new DeepseekMoe(context, options, seed: 0);
        long p = 0;
        foreach (Parameter parameter in model.Parameters.Where(p => p.IsTrained))
        {
            var values = new double[parameter.Shape.Count];
            for (int i = 0; i < values.Length; i++)
            {
                double v = (i * 7919L + p * 104729 + 13) % 1009 / 1009.0 - 0.5;
                values[i] = parameter.Shape.Rank == 1 ? 1 + 0.2 * v : 0.6 * v;
            }
            parameter.Tensor.CopyFrom(values);
            p++;
        }
        return model;
    }

    private static double[] Numbers(JsonNode array) => [.. array.AsArray().Select(number => (double)number!)];
}
