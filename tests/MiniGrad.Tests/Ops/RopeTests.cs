using System.Numerics;
using MiniGrad.Backends.Reference;
using MiniGrad.Ops;

namespace MiniGrad.Tests.Ops;

public sealed class RopeTests : IGradientCases
{
    public static IEnumerable<GradientCase> GradientCases()
    {
        foreach (bool interleaved in (bool[])[false, true])
        {
            yield return Case([1, 1, 2], 1, 1, 3, interleaved);
            yield return Case([3, 4], 1, 1, 0, interleaved);
            yield return Case([2, 3, 12], 3, 2, 0, interleaved);
            yield return Case([2, 5, 12], 2, 2, 1, interleaved);
            yield return Case([2, 2, 3, 4], 2, 1, 0, interleaved);
            yield return Case([1, 3, 8], 2, 0, 0, interleaved);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void In_place_it_has_the_same_result_and_gradients_and_takes_no_memory(bool interleaved)
    {
        using var context = new ComputeContext(new ReferenceBackend<double>());
        var tables = new RopeTables(context, 4, 8);
        Parameter weight = context.Parameter("weight", [12, 5], ParameterRole.HiddenMatrix);
        weight.Tensor.CopyFrom(TestData.Uniform(1, weight.Shape.Count));
        double[] x = TestData.Uniform(2, 2 * 3 * 5), upper = TestData.Uniform(3, 2 * 3 * 12);
        var results = new List<(double[] Value, double[] Gradient)>();
        foreach (bool inPlace in (bool[])[false, true])
        {
            weight.ZeroGradient();
            using StepScope step = context.BeginStep();
            Tensor projected = context.Tensor([2, 3, 5], x).Linear(weight);
            long before = context.Arena.LiveElements;
            Tensor turned = Rope.Apply(projected, tables, 3, 2, 1, interleaved, inPlace);
            Assert.Equal(inPlace ? 0 : 72, context.Arena.LiveElements - before);
            double[] value = turned.ToDoubleArray();
            (turned * context.Tensor([2, 3, 12], upper)).Sum().Backward();
            results.Add((value, context.DownloadDouble(weight.GradientData)));
        }
        Assert.Equal(results[0].Value, results[1].Value);
        Assert.Equal(results[0].Gradient, results[1].Gradient);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Pairs_turn_like_complex_numbers(bool interleaved)
    {
        const int Tokens = 5, Heads = 3, Rotated = 2, Size = 6, Offset = 4;
        double[] x = TestData.Uniform(1, 2 * Tokens * Heads * Size), expected = (double[])x.Clone();
        for (int row = 0; row < 2 * Tokens; row++)
        {
            for (int h = 0; h < Rotated; h++)
            {
                for (int i = 0; i < Size / 2; i++)
                {
                    int at = (row * Heads + h) * Size, a = at + (interleaved ? 2 * i : i), b = interleaved ? a + 1 : a + Size / 2;
                    Complex turned = new Complex(x[a], x[b]) * Complex.FromPolarCoordinates(1, (row % Tokens + Offset) * Math.Pow(10000, -2.0 * i / Size));
                    (expected[a], expected[b]) = (turned.Real, turned.Imaginary);
                }
            }
        }
        using var context = new ComputeContext(new ReferenceBackend<double>());
        var tables = new RopeTables(context, Size, Tokens + Offset);
        using StepScope step = context.BeginStep();
        TestData.Close(expected, Rope.Apply(context.Tensor([2, Tokens, Heads * Size], x), tables, Heads, Rotated, Offset, interleaved));
    }

    [Fact]
    public void Scores_depend_on_distance_only()
    {
        using var context = new ComputeContext(new ReferenceBackend<double>());
        var tables = new RopeTables(context, 4, 20);
        Tensor q = context.Tensor([1, 4], TestData.Uniform(1, 4)), k = context.Tensor([1, 4], TestData.Uniform(2, 4));
        using StepScope step = context.BeginStep();
        double Score(int positionQ, int positionK) => (Rope.Apply(q, tables, 1, positionOffset: positionQ) * Rope.Apply(k, tables, 1, positionOffset: positionK)).Sum().Item();
        Assert.Equal(Score(5, 2), Score(16, 13), 1e-12);
        Assert.NotEqual(Score(5, 2), Score(5, 3), 1e-3);
    }

    [Fact]
    public void Bad_settings_are_named()
    {
        using var context = new ComputeContext(new ReferenceBackend<double>());
        using var other = new ComputeContext(new ReferenceBackend<double>());
        var tables = new RopeTables(context, 4, 8);
        var foreign = new RopeTables(other, 4, 8);
        using StepScope step = context.BeginStep();
        Tensor x = context.Full([2, 6, 12], 1);
        TestData.Refused(() => Rope.Apply(x, tables, 2), "rope: shape (2,6,12) does not fit", "(…,T,8): 2 heads of the tables' size 4");
        TestData.Refused(() => Rope.Apply(x, tables, 3, positionOffset: 3), "6 tokens from position 3 do not fit tables of 8 positions");
        TestData.Refused(() => Rope.Apply(x, tables, 3, rotatedHeads: 4), "rope: rotatedHeads is 4", "between 0 and the 3 heads");
        TestData.Refused(() => Rope.Apply(x, foreign, 3), "rope: tensors of two contexts");
        TestData.Refused(() => _ = new RopeTables(context, 5, 8), "rope: headSize is 5", "even");
        TestData.Refused(() => _ = new RopeTables(context, 4, 0), "rope: positions is 0");
        TestData.Refused(() => _ = new RopeTables(context, 4, 8, 0), "rope: base is 0");
    }

    private static GradientCase Case(Shape shape, int heads, int rotated, int offset, bool interleaved) => new($"rope {heads} {rotated} {offset} {interleaved}", [shape], context =>
    {
        var tables = new RopeTables(context, shape[-1] / heads, offset + shape[-2], 100);
        return x => Rope.Apply(x[0], tables, heads, rotated, offset, interleaved);
    });
}
