using MiniGrad.Backends.Reference;
using MiniGrad.Ops;

namespace MiniGrad.Tests.Tensors;

public sealed class TapeTests : IDisposable
{
    private readonly ComputeContext _context = new(new ReferenceBackend<double>());
    private readonly Parameter _w;

    public TapeTests() => _w = _context.Parameter("w", [1], ParameterRole.Vector);

    public void Dispose() => _context.Dispose();

    [Fact]
    public void GradientsOfMicroBatchesAddUp()
    {
        Assert.False(_w.HasGradient);
        for (int microBatch = 1; microBatch <= 3; microBatch++)
        {
            using StepScope step = _context.BeginStep();
            Add.Apply(_w, _context.Full([1], 5)).Backward();
            Assert.Equal(microBatch, Gradient());
        }
        _w.ZeroGradient();
        Assert.False(_w.HasGradient);
        using StepScope last = _context.BeginStep();
        Add.Apply(_w, _w).Backward();
        Assert.Equal(2, Gradient());
    }

    [Fact]
    public void TwoPassesInOneStepAddUp()
    {
        using StepScope step = _context.BeginStep();
        Add.Apply(_w, _context.Full([1], 5)).Backward();
        Add.Apply(_w, _w).Backward();
        Assert.Equal(3, Gradient());
    }

    [Fact]
    public void AChainSumsEveryPath()
    {
        using StepScope step = _context.BeginStep();
        Tensor two = Add.Apply(_w, _w), four = Add.Apply(two, two), seven = Add.Apply(Add.Apply(four, two), _w);
        seven.Backward();
        Assert.Equal(7, Gradient());
    }

    [Fact]
    public void BroadcastDimensionsAreSummed()
    {
        Parameter column = _context.Parameter("column", [2, 1], ParameterRole.Vector), row = _context.Parameter("row", [3], ParameterRole.Vector);
        using StepScope step = _context.BeginStep();
        Tensor leaf = _context.Tensor([2, 3], [1.0, 2, 3, 4, 5, 6], requiresGradient: true);
        Tensor loss = Total.Apply(Add.Apply(Add.Apply(column, row), Add.Apply(leaf, _w)));
        Assert.Equal(21, loss.Item());
        loss.Backward();
        Assert.Equal([3.0, 3], _context.DownloadDouble(column.GradientData));
        Assert.Equal([2.0, 2, 2], _context.DownloadDouble(row.GradientData));
        Assert.Equal([1.0, 1, 1, 1, 1, 1], _context.DownloadDouble(leaf.GradientData));
        Assert.Equal(6, Gradient());
    }

    [Fact]
    public void NothingIsRecordedUnderNoGrad()
    {
        using StepScope step = _context.BeginStep();
        Tensor hidden;
        using (_context.NoGrad())
        {
            using (_context.NoGrad()) Assert.False(_context.GradientEnabled);
            Assert.False(_context.GradientEnabled);
            hidden = Add.Apply(_w, _w);
        }
        Assert.True(_context.GradientEnabled);
        Assert.False(hidden.RequiresGradient);
        Assert.Equal("Backward: no gradient flows to this tensor: nothing it was made from requires one, or it was made under NoGrad", Assert.Throws<InvalidOperationException>(() => hidden.Backward()).Message);
        Add.Apply(hidden, _w).Backward();
        Assert.Equal(1, Gradient());
    }

    [Fact]
    public void ANoGradScopeThatIsDisposedTwiceEndsOnce()
    {
        NoGradScope scope = _context.NoGrad();
        scope.Dispose();
        scope.Dispose();
        Assert.True(_context.GradientEnabled);
    }

    [Fact]
    public void OnlyAScalarIsDifferentiated()
    {
        using StepScope step = _context.BeginStep();
        Tensor wide = Add.Apply(_w, _context.Full([3], 1));
        Assert.Equal("Backward: the tensor has shape (3); only a scalar can be differentiated, so reduce it first, as with Sum() or Mean()", Assert.Throws<InvalidOperationException>(() => wide.Backward()).Message);
    }

    [Fact]
    public void ASecondPassOverTheSameResultIsRefused()
    {
        const string message = "Backward: the result of add was differentiated already, and what its backward pass needs is gone; add the losses up and call Backward once";
        using StepScope step = _context.BeginStep();
        Tensor shared = Add.Apply(_w, _w), first = Add.Apply(shared, _w), second = Add.Apply(shared, _w);
        first.Backward();
        Assert.Equal(message, Assert.Throws<InvalidOperationException>(() => first.Backward()).Message);
        Assert.Equal(message, Assert.Throws<InvalidOperationException>(() => second.Backward()).Message);
    }

    [Fact]
    public void AnOpOfFiveInputsIsRefusedInsteadOfLosingAGradient()
    {
        using StepScope step = _context.BeginStep();
        Tensor sum = Total.Apply(_w);
        string message = Assert.Throws<ArgumentException>(() => _context.Record(_context.NodeAt(sum.Slot).Op!, sum.Data, [], default, _w, _w, _w, _w, _w)).Message;
        Assert.Equal("total: 5 inputs; the tape holds at most 4, so concatenate some or split the op", message);
    }

    [Fact]
    public void AParameterIsItsOwnLoss()
    {
        _w.Tensor.Backward();
        Assert.Equal(1, Gradient());
        _w.Tensor.Backward();
        Assert.Equal(2, Gradient());
    }

    private double Gradient() => _context.DownloadDouble(_w.GradientData)[0];
}
