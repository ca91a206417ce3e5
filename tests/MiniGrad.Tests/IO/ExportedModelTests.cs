using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using MiniGrad.Backends.Cpu;
using MiniGrad.Backends.Reference;
using MiniGrad.IO.HuggingFace;
using MiniGrad.Tests.Data;

namespace MiniGrad.Tests.IO;

/// <summary>What <c>export</c> writes is the model: read back here, and evaluated in float64 by a program that shares nothing with ours.</summary>
public sealed class ExportedModelTests : IDisposable
{
    private static readonly GptOptions Small = new() { NLayer = 2, NEmbd = 16, NHead = 4, BlockSize = 12, VocabSize = 19 };

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string, string> Models => new()
    {
        { "the default", "Starcoder2ForCausalLM" },
        { "grouped queries, biases, erf", "Starcoder2ForCausalLM" },
        { "tied, another base and width", "Starcoder2ForCausalLM" },
        { "RMSNorm", "ArceeForCausalLM" },
        { "RMSNorm with biases", "ArceeForCausalLM" },
        { "learned positions without biases", "GPT2LMHeadModel" },
        { "gpt2", "GPT2LMHeadModel" },
        { "qwen2", "Qwen2ForCausalLM" },
    };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Models))]
    public void It_comes_back_with_its_options_and_numbers(string kind, string architecture)
    {
        using var context = new ComputeContext(new CpuBackend());
        ILanguageModel model = Trained(context, kind);
        HuggingFaceExport.Write(model, _folder.Path);
        Assert.Equal(architecture, (string?)JsonNode.Parse(File.ReadAllText(_folder.In("config.json")))!["architectures"]![0]);
        using HuggingFaceFolder folder = HuggingFaceFolder.Open(_folder.Path);
        Assert.Empty(folder.Warnings);
        ILanguageModel back = folder.CreateModel(context);
        // GPT-2 has biases always: there they come back as zeros.
        Assert.Equal(model.Options with { Bias = model.Options.Bias || architecture == "GPT2LMHeadModel" }, back.Options);
        Assert.Equal(Loss(model), Loss(back), kind.Contains("without biases", StringComparison.Ordinal) ? 1e-6 : 0);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public async Task An_independent_evaluation_in_float64_agrees(string kind, string architecture)
    {
        string? python = ((string[])["/usr/bin/python3", "/usr/local/bin/python3", "/bin/python3"]).FirstOrDefault(File.Exists);
        Assert.SkipWhen(python is null, "there is no python3 on this machine");
        using var context = new ComputeContext(new ReferenceBackend<double>());
        ILanguageModel model = Trained(context, kind);
        HuggingFaceExport.Write(model, _folder.Path);
        (int[][] tokens, int[][] targets) = Rows();
        string rows = _folder.File("rows.json", new JsonObject { ["tokens"] = System.Text.Json.JsonSerializer.SerializeToNode(tokens), ["targets"] = System.Text.Json.JsonSerializer.SerializeToNode(targets) }.ToJsonString());
        var start = new ProcessStartInfo(python!, [Path.Combine(AppContext.BaseDirectory, "Golden", "cases", "evaluate.py"), _folder.Path, rows]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, $"{architecture}: {await errors}");
        double theirs = double.Parse(output, CultureInfo.InvariantCulture), ours = Loss(model);
        Assert.True(Math.Abs(theirs - ours) <= 1e-10 * theirs, string.Create(CultureInfo.InvariantCulture, $"{kind}: {theirs} there, {ours} here"));
    }

    [Theory]
    [InlineData("norm=rms", NormKind.Rms, 0)]
    [InlineData("nKvHead=2", NormKind.Layer, 2)]
    [InlineData("norm=rms and nKvHead=2", NormKind.Rms, 2)]
    public void What_has_no_layout_is_named(string expected, NormKind norm, int kvHeads)
    {
        string message = Assert.Throws<ArgumentException>(() => HuggingFaceConfig.Write(Small with { Position = PositionKind.Learned, Norm = norm, NKvHead = kvHeads })).Message;
        Assert.StartsWith($"export: no published layout has position=learned with {expected};", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_norm_bias_that_is_not_zero_is_refused_where_the_linear_layers_have_none()
    {
        using var context = new ComputeContext(new CpuBackend());
        HuggingFaceExport.Write(Trained(context, "grouped queries, biases, erf"), _folder.Path);
        JsonNode config = JsonNode.Parse(File.ReadAllText(_folder.In("config.json")))!;
        config["use_bias"] = false;
        _folder.File("config.json", config.ToJsonString());
        BadInput.Throws("'", () =>
        {
            using HuggingFaceFolder folder = HuggingFaceFolder.Open(_folder.Path);
            folder.CreateModel(context);
        }, "is not zero; a model without biases in its linear layers has none in its norms here");
    }

    // Every number is moved from its start, norms and biases too, so that none can be left out unseen.
    private static ILanguageModel Trained(ComputeContext context, string kind)
    {
        GptOptions options = kind switch
        {
            "the default" => Small,
            "grouped queries, biases, erf" => Small with { NKvHead = 2, Bias = true, Gelu = GeluKind.Erf },
            "tied, another base and width" => Small with { Tied = true, RopeBase = 777, NInner = 24, NormEpsilon = 1e-3 },
            "RMSNorm" => Small with { Norm = NormKind.Rms, NKvHead = 1 },
            "RMSNorm with biases" => Small with { Norm = NormKind.Rms, Bias = true, NInner = 40 },
            "learned positions without biases" => Small with { Position = PositionKind.Learned },
            "gpt2" => Small with { Position = PositionKind.Learned, Bias = true, Tied = true, NInner = 40 },
            _ => Small.OfFamily(ModelFamily.Qwen2) with { NKvHead = 2, NInner = 24, RopeBase = 5e5 },
        };
        ILanguageModel model = LanguageModels.Create(context, options, seed: 5);
        foreach ((int index, Parameter parameter) in model.Parameters.Index())
        {
            // In float32, as the file has them.
            double[] values = parameter.Tensor.ToDoubleArray();
            for (int i = 0; i < values.Length; i++) values[i] = (float)(values[i] + (0.1 * Math.Sin((i * 1.7) + index)));
            parameter.Tensor.CopyFrom(values);
        }
        return model;
    }

    private static double Loss(ILanguageModel model)
    {
        (int[][] tokens, int[][] targets) = Rows();
        ComputeContext context = model.Context;
        double loss = 0;
        for (int row = 0; row < tokens.Length; row++)
        {
            Indices inputs = context.Indices([1, tokens[row].Length]), next = context.Indices([1, tokens[row].Length]);
            inputs.CopyFrom(tokens[row]);
            next.CopyFrom(targets[row]);
            using StepScope step = context.BeginStep();
            using NoGradScope noGrad = context.NoGrad();
            loss += model.Loss(inputs, next, tokens.Length * tokens[0].Length).Item();
        }
        return loss;
    }

    private static (int[][] Tokens, int[][] Targets) Rows()
    {
        int[] stream = [.. Enumerable.Range(0, 25).Select(i => i * i * 7 % 19)];
        return ([stream[..12], stream[12..24]], [stream[1..13], stream[13..25]]);
    }
}
