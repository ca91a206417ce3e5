using MathNet.Numerics.LinearAlgebra;
using MiniGrad.Backends;
using MiniGrad.Backends.Cpu;
using MiniGrad.Memory;
using MiniGrad.Randomness;
using MiniGrad.Tests.Backends;
using MiniGrad.Tests.IO;

namespace MiniGrad.Tests.Optim;

/// <summary>Packed state is the same to the bit on every back end.</summary>
[Collection(DeviceCollection.Name)]
public sealed class PackedStateTests
{
    public static TheoryData<string> Names => NamedBackends.All;

    public static IEnumerable<TheoryDataRow<string, int>> NamesAndCounts =>
        from name in NamedBackends.All from count in (int[])[1, 31, 32, 77, 50_000] where count <= 77 || !NamedBackends.IsSlow(name.Data) select new TheoryDataRow<string, int>(name.Data, count);

    public static IEnumerable<TheoryDataRow<string, string, string>> Steps
    {
        get
        {
            (string Preset, string Assignments)[] cases = [("adamuon", "factored=both"), ("adamuon", "stateType=bfloat16"), ("muon", "stateType=bfloat16"), ("adamw", "factored=second stateType=bfloat16"), ("lion", "factored=both")];
            return
                from name in NamedBackends.All
                from one in cases.Take(NamedBackends.IsSlow(name.Data) && !Effort.IsFull ? 1 : cases.Length)
                select new TheoryDataRow<string, string, string>(name.Data, one.Preset, one.Assignments);
        }
    }

    [Theory]
    [Trait("Property", "41")]
    [MemberData(nameof(Names))]
    public void Rounding_is_a_function_of_seed_tensor_draw_and_element(string name)
    {
        float[] values = [.. Enumerable.Range(0, NamedBackends.IsSlow(name) ? 301 : 40_001).Select(i => new CounterRandom(7, 0).Normal((ulong)i)), float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.MaxValue, 1e-42f, -0f];
        (float[] expected, _, int[] words) = RoundTrip(new CpuBackend(1), new RoundingKey(1UL << 40 | 5, 9), values, times: 2);
        (float[] found, int draws, int[] packed) = RoundTrip(NamedBackends.Open(name), new RoundingKey(1UL << 40 | 5, 9), values, times: 2);
        Assert.Equal(words, packed);
        Assert.Equal(expected.Select(BitConverter.SingleToInt32Bits), found.Select(BitConverter.SingleToInt32Bits));
        Assert.Equal(2, draws);
        Assert.NotEqual(words, RoundTrip(NamedBackends.Open(name), new RoundingKey(5, 9), values, times: 2).Words);
        Assert.NotEqual(words, RoundTrip(NamedBackends.Open(name), new RoundingKey(1UL << 40 | 5, 8), values, times: 2).Words);
        Assert.NotEqual(words, RoundTrip(NamedBackends.Open(name), new RoundingKey(1UL << 40 | 5, 9), values).Words);
        Assert.Equal(words[..100], RoundTrip(NamedBackends.Open(name), new RoundingKey(1UL << 40 | 5, 9), expected, times: 3).Words[..100]);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_closed_gate_keeps_what_was_there_and_does_not_count(string name)
    {
        (float[] values, int draws, _) = RoundTrip(NamedBackends.Open(name), new RoundingKey(1, 1), [1, 2, 3], gate: 0);
        Assert.Equal([0f, 0f, 0f], values);
        Assert.Equal(0, draws);
    }

    [Theory]
    [Trait("Property", "41")]
    [MemberData(nameof(NamesAndCounts))]
    public void Signs_survive_for_any_count(string name, int count)
    {
        float[] values = [.. Enumerable.Range(0, count).Select(i => i % 5 == 0 ? 0 : new CounterRandom(2, 0).Normal((ulong)i))];
        (int[] expected, float[] _) = Signs(new CpuBackend(1), values);
        (int[] packed, float[] signed) = Signs(NamedBackends.Open(name), values);
        Assert.Equal(values, signed);
        Assert.Equal(expected, packed);
    }

    private static (int[] Packed, float[] Signed) Signs(IBackend backend, float[] values)
    {
        using var context = new ComputeContext(backend);
        BufferView x = context.Persistent(values.Length), words = Integers(context, (values.Length + 31) / 32);
        backend.Upload(x, values);
        backend.PackSigns(x, words, default);
        backend.Upload(x, values.Select(Math.Abs).ToArray());
        backend.ApplySigns(words, x);
        var signed = new float[values.Length];
        backend.Download(x, signed);
        return (Read(backend, words), signed);
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public void A_step_that_is_not_finite_leaves_packed_state_alone_and_a_loaded_state_goes_on_with_the_same_bits(string name, string preset, string assignments)
    {
        var random = new Random(3);
        Matrix<double> w = Sample.Gaussian(random, 7, 9);
        OptimizerOptions options = Rig.Options(preset, assignments.Split(' ')) with { LearningRate = 0.01 };
        using var rig = new Rig(NamedBackends.Open(name), options, [("w", w)]);
        Matrix<double>[] gradients = [.. Enumerable.Range(0, 6).Select(_ => Sample.Gaussian(random, 7, 9))];
        for (int step = 0; step < 3; step++) rig.Step(gradients[step]);

        List<(string Name, int[] Bits)> saved = Snapshot(rig);
        Matrix<double> weights = rig.Weights(0);
        rig.Step(Matrix<double>.Build.Dense(7, 9, double.NaN));
        Assert.Equal(weights, rig.Weights(0));
        Assert.All(saved.Zip(Snapshot(rig)), pair => Assert.Equal(pair.First.Bits, pair.Second.Bits));

        using var resumed = new Rig(NamedBackends.Open(name), options, [("w", weights)]);
        foreach ((string state, int[] bits) in saved)
        {
            BufferView target = resumed.Optimizer.RequireState(state).Data;
            if (target.Buffer.ElementType == ElementType.Int32) resumed.Context.Backend.Upload(target, bits);
            else resumed.Context.Backend.Upload(target, bits.Select(BitConverter.Int32BitsToSingle).ToArray());
        }
        for (int step = 3; step < 6; step++) Assert.Equal(rig.Step(gradients[step]), resumed.Step(gradients[step]));
        Assert.All(Snapshot(rig).Zip(Snapshot(resumed)), pair => Assert.Equal(pair.First.Bits, pair.Second.Bits));
        Assert.NotEqual(saved[0].Bits, Snapshot(rig)[0].Bits);
    }

    private static List<(string Name, int[] Bits)> Snapshot(Rig rig)
    {
        var list = new List<(string, int[])>();
        foreach (StateTensor state in rig.Optimizer.State)
        {
            var bits = new int[state.Data.Length];
            if (state.Data.Buffer.ElementType == ElementType.Int32)
            {
                rig.Context.Backend.Download(state.Data, bits);
            }
            else
            {
                var values = new float[bits.Length];
                rig.Context.Backend.Download(state.Data, values);
                bits = [.. values.Select(BitConverter.SingleToInt32Bits)];
            }
            list.Add((state.Name, bits));
        }
        return list;
    }

    private static BufferView Integers(ComputeContext context, int count)
    {
        BufferView view = context.Indices([count]).Data;
        context.Backend.Upload(view, new int[count]);
        return view;
    }

    internal static (float[] Values, int Draws, int[] Words) RoundTrip(IBackend backend, RoundingKey key, float[] values, int times = 1, float gate = 1)
    {
        using var context = new ComputeContext(backend);
        BufferView x = context.Persistent(values.Length), y = context.Persistent(values.Length), open = context.Persistent(1);
        BufferView words = Integers(context, (values.Length + 1) / 2), draws = Integers(context, 1);
        backend.Upload(x, values);
        backend.Fill(open, gate);
        for (int i = 0; i < times; i++) backend.PackBfloat16(key, x, words, draws, open);
        backend.UnpackBfloat16(words, y);
        var rounded = new float[values.Length];
        backend.Download(y, rounded);
        return (rounded, Read(backend, draws)[0], Read(backend, words));
    }

    private static int[] Read(IBackend backend, BufferView integers)
    {
        var values = new int[integers.Length];
        backend.Download(integers, values);
        return values;
    }
}
