using MiniGrad.Backends;
using MiniGrad.Memory;

namespace MiniGrad.Tests.Kernels;

public sealed class TokenTests
{
    [Fact]
    public void Gather_and_scatter_agree_with_the_oracle()
    {
        using var rig = new Rig();
        for (int seed = 0; seed < Rig.Cases; seed++)
        {
            rig.Begin(seed);
            (int rows, int columns) = rig.TwoSizes();
            int vocabulary = rig.Size(small: true);
            bool accumulate = seed % 2 == 0;
            BufferView[] ids = rig.Integers([.. Enumerable.Range(0, rows).Select(_ => rig.Random.Next(vocabulary))]);
            Operand table = rig.Real((long)vocabulary * columns), y = rig.Real((long)rows * columns), dTable = rig.Real((long)vocabulary * columns);
            rig.Run<ITokenKernels>((k, at) => k.Gather(rows, columns, table[at], ids[at], y[at]));
            rig.Check(y, tolerance: 0);
            rig.Run<ITokenKernels>((k, at) => k.ScatterAdd(rows, columns, vocabulary, ids[at], y[at], dTable[at], accumulate));
            rig.Check(dTable, terms: rows);
        }
    }

    [Fact]
    public void CrossEntropy_and_its_gradient_agree_with_the_oracle()
    {
        using var rig = new Rig();
        for (int seed = 0; seed < Rig.Cases; seed++)
        {
            rig.Begin(seed);
            (int rows, int classes) = rig.TwoSizes();
            bool accumulate = seed % 2 == 0;
            BufferView[] targets = rig.Integers([.. Enumerable.Range(0, rows).Select(_ => rig.Random.Next(-1, classes))]);
            Operand logits = rig.Real((long)rows * classes, -8, 8), losses = rig.Real(rows), lse = rig.Real(rows), dLoss = rig.Real(1), dLogits = rig.Real((long)rows * classes);
            rig.Run<ITokenKernels>((k, at) => k.CrossEntropy(rows, classes, logits[at], targets[at], losses[at], lse[at]));
            rig.Check(losses);
            rig.Check(lse);
            rig.Run<ITokenKernels>((k, at) => k.CrossEntropyBackward(rows, classes, 0.3, logits[at], targets[at], lse[at], dLoss[at], dLogits[at], accumulate));
            rig.Check(dLogits);
            rig.Run<ITokenKernels>((k, at) => k.CrossEntropyBackward(rows, classes, 0.3, logits[at], targets[at], lse[at], dLoss[at], logits[at], false));
            rig.Check(logits);
        }
    }

    [Theory]
    [InlineData(1e30f)]
    [InlineData(-1e30f)]
    [InlineData(1e-45f)]
    [InlineData(float.NegativeInfinity)]
    [InlineData(float.NaN)]
    [InlineData(200f)]
    public void CrossEntropy_of_special_logits_is_the_oracles(float value)
    {
        using var rig = new Rig();
        for (int classes = 2; classes <= 35; classes++)
        {
            rig.Begin(classes);
            float[] row = [.. Enumerable.Range(0, classes).Select(i => i == classes / 2 ? value : i % 3)];
            Operand logits = rig.Real(row), losses = rig.Real(1), lse = rig.Real(1);
            BufferView[] targets = rig.Integers([0]);
            rig.Run<ITokenKernels>((k, at) => k.CrossEntropy(1, classes, logits[at], targets[at], losses[at], lse[at]));
            rig.Check(losses);
            rig.Check(lse);
        }
    }

    [Fact]
    public void Ids_outside_the_vocabulary_are_refused_in_the_oracles_words()
    {
        using var rig = new Rig();
        rig.Begin(0);
        Operand table = rig.Real(12), y = rig.Real(6), loss = rig.Real(2), lse = rig.Real(2);
        BufferView[] ids = rig.Integers([1, 4]), negative = rig.Integers([-1, 0]);
        var messages = new List<string>();
        rig.Run<ITokenKernels>((k, at) =>
        {
            messages.Add(Assert.Throws<ArgumentException>(() => k.Gather(2, 3, table[at], ids[at], y[at])).Message);
            messages.Add(Assert.Throws<ArgumentException>(() => k.Gather(2, 3, table[at], negative[at], y[at])).Message);
            messages.Add(Assert.Throws<ArgumentException>(() => k.ScatterAdd(2, 3, 4, ids[at], y[at], table[at], true)).Message);
            messages.Add(Assert.Throws<ArgumentException>(() => k.CrossEntropy(2, 3, y[at], ids[at], loss[at], lse[at])).Message);
        });
        Assert.Equal(messages[..4], messages[4..8]);
        Assert.Equal(messages[..4], messages[8..]);
    }
}
