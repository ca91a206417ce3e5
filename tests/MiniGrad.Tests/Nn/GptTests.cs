using MiniGrad.Backends;
using MiniGrad.Backends.Cpu;
using MiniGrad.Backends.Reference;
using MiniGrad.Randomness;

namespace MiniGrad.Tests.Nn;

/// <summary>The model under every one of its switches.</summary>
public sealed class GptTests
{
    private static readonly Dictionary<string, Func<GptOptions, GptOptions>> Variants = new()
    {
        ["the paper's"] = options => options,
        ["learned positions"] = options => options with { Position = PositionKind.Learned },
        ["biases"] = options => options with { Bias = true },
        ["tied head"] = options => options with { Tied = true },
        ["erf GELU"] = options => options with { Gelu = GeluKind.Erf },
        ["RMSNorm"] = options => options with { Norm = NormKind.Rms },
        ["grouped queries"] = options => options with { NKvHead = 1 },
        ["GPT-2's"] = options => options with { Position = PositionKind.Learned, Bias = true, Tied = true },
    };

    public static TheoryData<string> Names => [.. Variants.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Gradients_pass_the_float64_check(string variant)
    {
        using var model = new Model(new ReferenceBackend<double>(), variant, new GptOptions { NLayer = 1, NHead = 2, NEmbd = 8, BlockSize = 4, VocabSize = 7 });
        GradCheckReport report = GradCheck.Run(model.Loss, [.. model.Gpt.Parameters]).ThrowIfFailed();
        Assert.Equal(model.Gpt.ParameterCount, report.Entries);
        Assert.True(report.LargestDerivative > 0.1, report.ToString());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void SIMD_gradients_of_one_layer_agree_with_float64_to_1e_4(string variant)
    {
        var sizes = new GptOptions { NLayer = 1, NHead = 2, NEmbd = 36, BlockSize = 19, VocabSize = 65 };
        using var exact = new Model(new ReferenceBackend<double>(), variant, sizes);
        using var simd = new Model(new CpuBackend(2), variant, sizes);
        Assert.Equal(exact.Gpt.InitialSha256, simd.Gpt.InitialSha256);
        Assert.Equal(exact.Differentiate(), simd.Differentiate(), 1e-5);
        for (int p = 0; p < exact.Gpt.Parameters.Count; p++)
        {
            double[] expected = exact.Gradient(p), found = simd.Gradient(p);
            double largest = expected.Max(Math.Abs), worst = expected.Zip(found, (e, f) => Math.Abs(e - f)).Max();
            Assert.True(largest > 1e-4, $"{variant}: {exact.Gpt.Parameters[p]} has no gradient to compare");
            Assert.True(worst <= 1e-4 * largest, $"{variant}: {exact.Gpt.Parameters[p]} is off by {worst} where the largest entry is {largest}");
        }
    }

    [Theory]
    [InlineData("the paper's", 9, 2 * 65 * 36 + 12 * 36 * 36 + 3 * 36)]
    [InlineData("GPT-2's", 16, 65 * 36 + 19 * 36 + 12 * 36 * 36 + 9 * 36 + 6 * 36)]
    [InlineData("grouped queries", 9, 2 * 65 * 36 + 11 * 36 * 36 + 3 * 36)]
    public void Parameters_are_those_of_the_architecture(string variant, int tensors, long values)
    {
        using var model = new Model(new CpuBackend(), variant, new GptOptions { NLayer = 1, NHead = 2, NEmbd = 36, BlockSize = 19, VocabSize = 65 });
        Assert.Equal((tensors, values), (model.Gpt.Parameters.Count, model.Gpt.ParameterCount));
        Assert.Equal(tensors, model.Gpt.Parameters.Select(p => p.Name).Distinct().Count());
        Assert.All(model.Gpt.Parameters, p => Assert.Equal(p.Role == ParameterRole.Vector, p.Shape.Rank == 1));
    }

    [Theory]
    [InlineData(ModelFamily.Gpt, "attn.c_attn", 1)]
    [InlineData(ModelFamily.Gpt, "attn.c_proj", 1.25)]
    [InlineData(ModelFamily.Gpt, "mlp.c_fc", 1.5)]
    [InlineData(ModelFamily.Gpt, "mlp.c_proj", 3)]
    [InlineData(ModelFamily.Qwen2, "self_attn.o_proj", 1.25)]
    [InlineData(ModelFamily.Qwen2, "mlp.down_proj", 3)]
    public void The_hyperball_initialization_has_the_norms_of_its_record(ModelFamily family, string layer, double multiple)
    {
        using var context = new ComputeContext(new ReferenceBackend<float>());
        GptOptions options = new GptOptions { NLayer = 1, NEmbd = 64, BlockSize = 4, VocabSize = 7, Initialization = InitializationKind.Hyperball }.OfFamily(family);
        Parameter parameter = LanguageModels.Create(context, options, 1).Parameters.Single(p => p.Name.EndsWith($".{layer}.weight", StringComparison.Ordinal));
        double deviation = Math.Sqrt(parameter.Tensor.ToDoubleArray().Average(value => value * value)), expected = multiple * Math.Sqrt(0.33 / parameter.Shape[1]);
        Assert.Equal(expected, deviation, 0.03 * expected);
    }

    [Fact]
    public void Weights_start_as_the_paper_draws_them()
    {
        using var context = new ComputeContext(new CpuBackend());
        var model = new Gpt(context, new GptOptions { NLayer = 8, NEmbd = 64, Bias = true }, seed: 5);
        foreach (Parameter parameter in model.Parameters)
        {
            float[] values = parameter.Tensor.ToArray();
            if (parameter.Role == ParameterRole.Vector)
            {
                Assert.All(values, x => Assert.Equal(parameter.Name.EndsWith("bias", StringComparison.Ordinal) ? 0 : 1, x));
                continue;
            }
            double expected = parameter.Name.EndsWith("c_proj.weight", StringComparison.Ordinal) ? 0.02 / 4 : 0.02;
            double deviation = Math.Sqrt(values.Average(x => (double)x * x));
            Assert.InRange(deviation / expected, 0.95, 1.05);
            Assert.InRange(values.Average() / expected, -0.1, 0.1);
        }
    }

    [Fact]
    public void A_token_sees_no_later_one()
    {
        using var model = new Model(new CpuBackend(), "the paper's", new GptOptions { NLayer = 2, NHead = 2, NEmbd = 16, BlockSize = 9, VocabSize = 11 });
        float[] before = model.Logits();
        model.Change(place: 5);
        float[] after = model.Logits();
        Assert.Equal(before[..(5 * 11)], after[..(5 * 11)]);
        Assert.NotEqual(before[(5 * 11)..(6 * 11)], after[(5 * 11)..(6 * 11)]);
        Assert.NotEqual(before[(8 * 11)..(9 * 11)], after[(8 * 11)..(9 * 11)]);
    }

    [Fact]
    public void Bad_inputs_and_sizes_are_refused_in_one_line()
    {
        using var context = new ComputeContext(new CpuBackend());
        var model = new Gpt(context, new GptOptions { NLayer = 1, NEmbd = 16, BlockSize = 4, VocabSize = 11 }, seed: 0);
        using StepScope step = context.BeginStep();
        Assert.Equal("gpt: shape (1,5) does not fit; a sequence has at most blockSize = 4 tokens", Message(() => model.Logits(context.Indices([1, 5]))));
        Indices outside = context.Indices([1, 2]);
        outside.CopyFrom([3, 11]);
        Assert.Equal("embedding: token 11 at row 1 does not lie in the vocabulary of 11; use the tokenizer that the model was made for", Message(() => model.Logits(outside)));
        Assert.Equal("model.nEmbd 30 is not divisible by nHead 4; try nEmbd 32", Message(() => new GptOptions { NEmbd = 30 }.Validated()));
        Assert.Equal("model.nHead 4 is not divisible by nKvHead 3", Message(() => new GptOptions { NKvHead = 3 }.Validated()));
        Assert.Equal("model.nLayer is 0; it must be at least 1", Message(() => new GptOptions { NLayer = 0 }.Validated()));
        Assert.Contains("cannot be rotated in pairs", Message(() => new GptOptions { NEmbd = 12 }.Validated()), StringComparison.Ordinal);
    }

    private static string Message(Func<object> action) => Assert.Throws<ArgumentException>(action).Message;

    /// <summary>A model on a back end with two sequences of drawn tokens, its weights five times as large as usual so that no gradient is tiny.</summary>
    private sealed class Model : IDisposable
    {
        private readonly ComputeContext _context;
        private readonly Indices _inputs, _targets;
        private readonly int[] _ids;

        public Model(IBackend backend, string variant, GptOptions sizes)
        {
            _context = new ComputeContext(backend);
            Gpt = new Gpt(_context, Variants[variant](sizes), seed: 3);
            foreach (Parameter parameter in Gpt.Parameters.Where(p => p.Role != ParameterRole.Vector)) parameter.Tensor.CopyFrom(Array.ConvertAll(parameter.Tensor.ToArray(), x => 5 * x));
            var random = new CounterRandom(7, 0);
            int tokens = 2 * sizes.BlockSize;
            _ids = [.. Enumerable.Range(0, tokens).Select(i => (int)random.Below(sizes.VocabSize, (ulong)i))];
            (_inputs, _targets) = (_context.Indices([2, sizes.BlockSize]), _context.Indices([2, sizes.BlockSize]));
            _inputs.CopyFrom(_ids);
            _targets.CopyFrom([.. Enumerable.Range(0, tokens).Select(i => (int)random.Below(sizes.VocabSize, (ulong)(tokens + i)))]);
        }

        public Gpt Gpt { get; }

        public Tensor Loss() => Gpt.Loss(_inputs, _targets);

        public double Differentiate()
        {
            using StepScope step = _context.BeginStep();
            Tensor loss = Loss();
            loss.Backward();
            return loss.Item();
        }

        public double[] Gradient(int parameter) => _context.DownloadDouble(Gpt.Parameters[parameter].GradientData);

        public float[] Logits()
        {
            using StepScope step = _context.BeginStep();
            using NoGradScope noGrad = _context.NoGrad();
            return Gpt.Logits(_inputs).ToArray();
        }

        public void Change(int place)
        {
            _ids[place] = (_ids[place] + 1) % Gpt.Options.VocabSize;
            _inputs.CopyFrom(_ids);
        }

        public void Dispose() => _context.Dispose();
    }
}
