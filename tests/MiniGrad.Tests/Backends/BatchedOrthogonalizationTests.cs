using MiniGrad.Backends;
using MiniGrad.Memory;

namespace MiniGrad.Tests.Backends;

/// <summary>Matrices orthogonalized all at once against the same one after the other on the same back end: equal to the bit.</summary>
[Collection(DeviceCollection.Name)]
public sealed class BatchedOrthogonalizationTests
{
    public static TheoryData<string> Names => NamedBackends.All;

    public static IEnumerable<TheoryDataRow<string, string>> NamesAndSets =>
        from name in Names from set in CoefficientSets.All where set.Name != "aol-nvidia" select new TheoryDataRow<string, string>(name.Data, set.Name);

    [Theory]
    [MemberData(nameof(NamesAndSets))]
    [Trait("Property", "10")]
    public void Every_coefficient_set_gives_the_bits_of_one_at_a_time(string name, string set)
    {
        CoefficientSet coefficients = CoefficientSets.Get(set);
        var method = new NewtonSchulz(coefficients, CoefficientSets.StepsOf(coefficients));
        using var context = new ComputeContext(NamedBackends.Open(name));
        AssertSameBits(context, method, 1, 3, 5);
        foreach ((int rows, int columns) in ((int, int)[])[(3, 5), (9, 4), (6, 6)]) AssertSameBits(context, method, 4, rows, columns);
    }

    [Theory]
    [MemberData(nameof(Names))]
    [Trait("Property", "10")]
    public void Every_form_and_normalization_gives_the_bits_of_one_at_a_time(string name)
    {
        using var context = new ComputeContext(NamedBackends.Open(name));
        var plain = new NewtonSchulz(CoefficientSets.Jordan, NamedBackends.IsSlow(name) ? 2 : 5);
        (int shorter, int longer) = name is NamedBackends.IlgpuOpenCl or NamedBackends.IlgpuCuda or NamedBackends.Cpu ? (70, 130) : (6, 19); // more than a tile
        NewtonSchulz[] methods =
        [
            plain with { Form = NewtonSchulzForm.Plain },
            plain with { Form = NewtonSchulzForm.Gram },
            new NewtonSchulz(CoefficientSets.Get("polar-express"), 5) { Form = NewtonSchulzForm.Gram }, // made anew on the way
            plain with { Precision = OrthogonalizerPrecision.Bfloat16 },
            .. Enum.GetValues<Normalization>().Select(normalization => plain with { Normalization = normalization }),
        ];
        foreach (NewtonSchulz method in methods)
        {
            AssertSameBits(context, method, 3, shorter, longer);
            AssertSameBits(context, method, 4, longer, shorter);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_matrix_so_large_that_its_norm_is_made_of_parts_keeps_its_bits(string name)
    {
        Assert.SkipWhen(NamedBackends.IsSlow(name), "too large for ILGPU's debugger");
        using var context = new ComputeContext(NamedBackends.Open(name));
        AssertSameBits(context, new NewtonSchulz(CoefficientSets.Jordan, 2), 4, 64, 200);
    }

    // A zero and a rank-one matrix are among any four.
    private static void AssertSameBits(ComputeContext context, NewtonSchulz method, int count, int rows, int columns)
    {
        int size = rows * columns;
        float[] values = Matrices(count, rows, columns);
        IBackend backend = context.Backend;
        BufferView input = context.Persistent(values.Length), together = context.Persistent(values.Length), alone = context.Persistent(values.Length);
        backend.Upload(input, values);
        long matrices = context.Counters.MatricesOrthogonalized, iterations = context.Counters.NewtonSchulzIterations;
        using (context.BeginStep()) method.ApplyBatch(context, count, rows, columns, input, together);
        Assert.Equal((count, (long)count * method.Steps), (context.Counters.MatricesOrthogonalized - matrices, context.Counters.NewtonSchulzIterations - iterations));
        for (int i = 0; i < count; i++)
        {
            using StepScope scope = context.BeginStep();
            method.Apply(context, rows, columns, input.Slice(i * size, size), alone.Slice(i * size, size));
        }
        string what = $"{backend.Name}: {count} matrices of {rows}×{columns}, {method.Coefficients.Name}, {method.Form}, {method.Normalization}, {method.Precision}";
        Assert.True(Bits(backend, alone).AsSpan().SequenceEqual(Bits(backend, together)), what);
        Assert.True(Bits(backend, input).AsSpan().SequenceEqual(values.Select(BitConverter.SingleToInt32Bits).ToArray()), what);
        Assert.True(count < 2 || backend.Read(together.Slice(size, size)).All(x => x == 0), $"{what}: zero does not stay zero");
        Assert.Contains(backend.Read(together.Slice(0, size)), x => Math.Abs(x) > 1e-3);
    }

    /// <summary>A general matrix, zero, one of rank one, and then general ones of very different sizes.</summary>
    private static float[] Matrices(int count, int rows, int columns)
    {
        var random = new Random(count + rows);
        int size = rows * columns;
        var values = new float[count * size];
        for (int i = 0; i < values.Length; i++) values[i] = (i / size) switch { 1 => 0, 2 => (1 + (i % size / columns)) * (float)Math.Cos(i % columns), int n => (float)((random.NextDouble() - 0.5) * Math.Pow(1e4, n)) };
        return values;
    }

    private static int[] Bits(IBackend backend, BufferView view)
    {
        var values = new float[view.Length];
        backend.Download(view, values);
        return [.. values.Select(BitConverter.SingleToInt32Bits)];
    }
}
