using MiniGrad.Backends;
using MiniGrad.Memory;

namespace MiniGrad.Tests.Backends;

public abstract partial class KernelContract
{
    [Fact]
    public void LayerNormCentersAndScales()
    {
        BufferView x = Of(1, 3, 5, 5), w = Of(2, 3), y = Backend.Room(4), mean = Backend.Room(2), rstd = Backend.Room(2);
        Backend.LayerNorm(2, 2, 3, x, w, Of(10, 20), y, mean, rstd);
        Holds(mean, 2, 5);
        Holds(rstd, 0.5, 1 / Math.Sqrt(3));
        Holds(y, 10 - 1, 20 + 1.5, 10, 20);
        Backend.LayerNorm(2, 2, 3, x, w, default, y, mean, rstd);
        Holds(y, -1, 1.5, 0, 0);
    }

    [Fact]
    public void LayerNormBackwardSkipsWhatIsNotWanted()
    {
        BufferView x = Of(1, 3), w = Of(2, 3), mean = Of(2), rstd = Of(0.5), dY = Of(1, 1), dX = Of(7, 7), dW = Of(1, 1), dB = Of(1, 1);
        Backend.LayerNormBackward(1, 2, x, w, mean, rstd, dY, dX, false, default, false, default, false);
        // x̂ = (−½, ½), g = (2, 3), mean g = 2.5, mean g⊙x̂ = ¼: ½·(2 − 2.5 + ⅛, 3 − 2.5 − ⅛).
        Holds(dX, -0.1875, 0.1875);
        Backend.LayerNormBackward(1, 2, x, w, mean, rstd, dY, default, false, dW, true, dB, false);
        Holds(dW, 0.5, 1.5);
        Holds(dB, 1, 1);
        Backend.LayerNormBackward(1, 2, x, w, mean, rstd, dY, dX, true, dW, false, dB, true);
        Holds(dX, -0.375, 0.375);
        Holds(dW, -0.5, 0.5);
        Holds(dB, 2, 2);
    }

    [Fact]
    public void RmsNormScalesOnly()
    {
        BufferView x = Of(1, 7), w = Of(1, 2), y = Backend.Room(2), rstd = Backend.Room(1), dX = Of(1, 1), dW = Of(1, 1);
        Backend.RmsNorm(1, 2, 0, x, w, y, rstd);
        Holds(rstd, 0.2);
        Holds(y, 0.2, 2.8);
        Backend.RmsNormBackward(1, 2, x, w, rstd, Of(1, 1), dX, true, dW, true);
        // x̂ = (0.2, 1.4), g = (1, 2), mean g⊙x̂ = 1.5: 0.2·(1 − 0.3, 2 − 2.1).
        Holds(dX, 1.14, 0.98);
        Holds(dW, 1.2, 2.4);
    }

    [Fact]
    public void SoftmaxIsShifted()
    {
        BufferView x = Of(1000, 1000, 0, Math.Log(3)), dX = Of(1, 1);
        Backend.Softmax(2, 2, x, x);
        Holds(x, 0.5, 0.5, 0.25, 0.75);
        Backend.SoftmaxBackward(1, 2, x.Slice(2, 2), Of(4, 8), dX, accumulate: true);
        // ⟨dY, y⟩ = 7.
        Holds(dX, 1 - 0.75, 1 + 0.75);
    }

    [Fact]
    public void CrossEntropyLeavesNegativeTargetsOut()
    {
        BufferView logits = Of(0, Math.Log(3), 1000, 0), targets = Backend.Ids(0, -1), losses = Backend.Room(2), lse = Backend.Room(2), dLogits = Of(1, 1, 1, 1);
        Backend.CrossEntropy(2, 2, logits, targets, losses, lse);
        Holds(losses, Math.Log(4), 0);
        Assert.Equal(Math.Log(4), Backend.Read(lse)[0], Tolerance);
        Backend.CrossEntropyBackward(2, 2, 2, logits, targets, lse, Of(0.5), dLogits, accumulate: true);
        Holds(dLogits, 0.25, 1.75, 1, 1);
        Backend.CrossEntropyBackward(2, 2, 2, logits, targets, lse, Of(0.5), logits, accumulate: false);
        Holds(logits, -0.75, 0.75, 0, 0);
    }

    [Fact]
    public void GatherAndScatterAddAreAdjoint()
    {
        BufferView table = Of(1, 2, 3, 4, 5, 6), ids = Backend.Ids(2, 0, 2), y = Backend.Room(6), dTable = Of(9, 9, 9, 9, 9, 9);
        Backend.Gather(3, 2, table, ids, y);
        Holds(y, 5, 6, 1, 2, 5, 6);
        Backend.ScatterAdd(3, 2, 3, ids, y, dTable, accumulate: false);
        Holds(dTable, 1, 2, 0, 0, 10, 12);
        Backend.ScatterAdd(3, 2, 3, ids, y, dTable, accumulate: true);
        Holds(dTable, 2, 4, 0, 0, 20, 24);
    }

    [Fact]
    public void IdsOutsideTheVocabularyAreNamed()
    {
        BufferView table = Of(1, 2, 3, 4), y = Backend.Room(4), wrong = Backend.Ids(1, 300), negative = Backend.Ids(-1, 0), one = Backend.Room(1), two = Backend.Room(2);
        Assert.StartsWith("embedding: token 300 at row 1 does not lie in the vocabulary of 2; ", Assert.Throws<ArgumentException>(() => Backend.Gather(2, 2, table, wrong, y)).Message);
        Assert.StartsWith("embedding: token -1 at row 0 does not lie in the vocabulary of 2; ", Assert.Throws<ArgumentException>(() => Backend.Gather(2, 2, table, negative, y)).Message);
        Assert.StartsWith("embedding: token 300 at row 1 does not lie in the vocabulary of 2; ", Assert.Throws<ArgumentException>(() => Backend.ScatterAdd(2, 2, 2, wrong, y, table, true)).Message);
        Assert.StartsWith("cross-entropy: target 300 at row 1 does not lie in the vocabulary of 2; ", Assert.Throws<ArgumentException>(() => Backend.CrossEntropy(2, 2, table, wrong, two, two)).Message);
        Assert.StartsWith("cross-entropy: target 300 at row 1 does not lie in the vocabulary of 2; ", Assert.Throws<ArgumentException>(() => Backend.CrossEntropyBackward(2, 2, 1, table, wrong, two, one, y, false)).Message);
        Holds(table, 1, 2, 3, 4);
    }

    [Fact]
    public void RopeRotatesPairsByTheirPositionsAngle()
    {
        // Position 0: no rotation; position 1: a quarter turn.
        BufferView cos = Of(1, 1, 0, 0), sin = Of(0, 0, 1, 1), x = Of(1, 2, 3, 4, 5, 6, 7, 8), y = Backend.Room(8);
        var shape = new RopeShape { Rows = 2, SequenceLength = 2, Heads = 1, RotatedHeads = 1, HeadSize = 4 };
        Backend.Rope(shape, cos, sin, x, y, accumulate: false);
        Holds(y, 1, 2, 3, 4, -7, -8, 5, 6);
        Backend.Rope(shape with { Inverse = true }, cos, sin, y, x, accumulate: true);
        Holds(x, 2, 4, 6, 8, 10, 12, 14, 16);
        Backend.Rope(shape with { Interleaved = true }, cos, sin, x, x, accumulate: false);
        Holds(x, 2, 4, 6, 8, -12, 10, -16, 14);
    }

    [Fact]
    public void RopeCopiesHeadsThatAreNotRotatedAndCountsFromItsOffset()
    {
        BufferView cos = Of(1, 0), sin = Of(0, 1), x = Of(1, 2, 3, 4), y = Backend.Room(4);
        Backend.Rope(new RopeShape { Rows = 1, SequenceLength = 1, Heads = 2, RotatedHeads = 1, HeadSize = 2, PositionOffset = 1 }, cos, sin, x, y, accumulate: false);
        Holds(y, -2, 1, 3, 4);
    }
}
