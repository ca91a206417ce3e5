using MiniGrad.Backends;
using MiniGrad.Ilgpu;
using MiniGrad.Memory;

namespace MiniGrad.Tests.Backends;

/// <summary>Kernels of strands that are launched together: the bits of one strand after the other, in fewer launches.</summary>
[Collection(DeviceCollection.Name)]
public sealed class StrandTests
{
    public static TheoryData<string> Names => NamedBackends.Ilgpu;

    [Theory]
    [MemberData(nameof(Names))]
    public void Strands_give_the_bits_of_one_after_the_other_whatever_their_number_and_sizes(string name)
    {
        using var together = (IlgpuBackend)NamedBackends.Open(name);
        using var apart = (IlgpuBackend)NamedBackends.Open(name);
        foreach (int strands in (int[])[1, 2, 16, 19])
        {
            double[][] first = Run(together, strands, inStrands: true, out long launches), second = Run(apart, strands, inStrands: false, out long single);
            Assert.Equal(second, first);
            Assert.True(strands == 1 ? launches == single : launches <= (single / strands * 2) + 6, $"{launches} launches instead of {single}");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void What_is_waited_for_in_between_is_right(string name)
    {
        using IBackend backend = NamedBackends.Open(name);
        BufferView a = backend.Of(1, 2), b = backend.Of(3, 4);
        backend.BeginStrands();
        backend.Axpby(2, default, a, 0, default, a, default);
        backend.NextStrand();
        backend.Axpby(2, default, b, 0, default, b, default);
        Assert.Equal([6, 8], backend.Read(b));
        backend.Axpby(10, default, b, 0, default, b, default);
        backend.NextStrand();
        backend.EndStrands();
        Assert.Equal([2, 4], backend.Read(a));
        Assert.Equal([60, 80], backend.Read(b));
    }

    // What the stages of an optimizer do to a matrix; the third strand does less, every fifth is larger.
    private static double[][] Run(IlgpuBackend backend, int strands, bool inStrands, out long launches)
    {
        var random = new Random(strands);
        BufferView[][] data = [.. Enumerable.Range(0, strands).Select(i => Enumerable.Range(0, 6).Select(_ => backend.Random(random, i % 5 == 4 ? 70 : 33)).ToArray())];
        BufferView[] scalars = [.. Enumerable.Range(0, strands).Select(_ => backend.Random(random, 3, 0.5, 2))];
        long before = backend.KernelsQueued;
        if (inStrands) backend.BeginStrands();
        for (int i = 0; i < strands; i++)
        {
            if (inStrands && i > 0) backend.NextStrand();
            Work(backend, data[i], scalars[i], isShort: i == 2);
        }
        if (inStrands) backend.EndStrands();
        launches = backend.KernelsQueued - before;
        return [.. data.SelectMany(views => views).Concat(scalars).Select(backend.Read)];
    }

    private static void Work(IlgpuBackend backend, BufferView[] v, BufferView scalars, bool isShort)
    {
        BufferView norm = scalars.Element(0), gate = scalars.Element(1), scale = scalars.Element(2);
        backend.MomentumLookAhead(0.5, scale, v[0], 0.9, v[1], v[2], gate);
        backend.Unary(UnaryOperation.Sign, v[2], v[2]);
        if (isShort) return;
        backend.Copy(v[2], v[3]);
        backend.SecondMoment(0.9, v[0], v[4], gate);
        backend.Unary(UnaryOperation.Square, v[4], v[4]);
        backend.DivideByRoot(RootRule.Divide, 1e-3, v[2], v[4], default, v[2]);
        backend.Norm(v[2], norm);
        backend.Scalar(ScalarOperation.DivideAdd, 1, 1e-6, norm, norm);
        backend.Binary(BinaryOperation.Multiply, BroadcastLayout.For([1], [1])!.Value, norm, scale, norm, accumulate: false);
        backend.Axpby(1, norm, v[2], 0.5, v[3], v[3], default);
        backend.ApplyUpdate(0.1, norm, v[3], 0.01, cautious: true, v[5], gate);
        backend.AdamW(new AdamWCall(0.1, 0.9, 0.95, 1e-8, 0.01), v[0], scale, v[1], v[4], default, default, v[5], gate);
    }
}
