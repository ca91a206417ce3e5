using MiniGrad.Backends.Reference;
using MiniGrad.Ops;
using MiniGrad.Tests.Backends;

namespace MiniGrad.Tests.Tensors;

public class TensorTests
{
    [Fact]
    public void DataGoesInAndComesOut()
    {
        using var context = new ComputeContext(new ReferenceBackend<double>());
        Tensor a = context.Tensor([2, 2], [1.5f, 2, 3, 4]), b = context.Tensor([2], [0.1, 0.2]), c = context.Full([3], 7);
        Assert.Equal([1.5f, 2, 3, 4], a.ToArray());
        Assert.Equal([0.1, 0.2], b.ToDoubleArray());
        Assert.Equal([7f, 7, 7], c.ToArray());
        b.CopyFrom([0.3, 0.4]);
        a.CopyFrom([5f, 6, 7, 8]);
        Assert.Equal([0.3, 0.4], b.ToDoubleArray());
        Assert.Equal([5f, 6, 7, 8], a.ToArray());
        Assert.Equal(0.25, context.Full([1, 1], 0.25).Item());
        Assert.Equal("tensor (unnamed) of shape (2,2) on reference", a.Describe());
        Assert.Equal("no tensor", default(Tensor).ToString());
        Assert.True(a.Equals((object)a) && a != b && !(a == c));
    }

    [Fact]
    public void ATensorOfAnEndedStepIsGone()
    {
        using var context = new ComputeContext(new ReferenceBackend<float>());
        Tensor constant = context.Full([2], 1), sum;
        using (context.BeginStep()) sum = Add.Apply(constant, constant);
        const string message = "tensor 1 of step 1 is gone: the step that made it has ended; copy what is needed later with ToArray()";
        Assert.Equal(message, Assert.Throws<ObjectDisposedException>(() => sum.ToArray()).Message);
        Assert.Equal(message, Assert.Throws<ObjectDisposedException>(() => sum.Shape).Message);
        using StepScope step = context.BeginStep();
        Tensor inItsPlace = Add.Apply(constant, constant);
        Assert.Equal(message, Assert.Throws<ObjectDisposedException>(() => Add.Apply(constant, sum)).Message);
        Assert.Equal([2f, 2], inItsPlace.ToArray());
        Assert.NotEqual(sum, inItsPlace);
    }

    [Fact]
    public void ADisposedContextIsGone()
    {
        var context = new ComputeContext(new ReferenceBackend<float>());
        Tensor constant = context.Full([2], 1);
        context.Dispose();
        context.Dispose();
        Assert.Equal("tensor 0 of step 1 is gone: its context was disposed", Assert.Throws<ObjectDisposedException>(() => constant.ToArray()).Message);
        Assert.Throws<ObjectDisposedException>(() => { context.BeginStep().Dispose(); });
        Assert.Throws<ObjectDisposedException>(() => context.Full([2], 1));
        Assert.Throws<ObjectDisposedException>(() => context.Persistent(3));
    }

    [Fact]
    public void TensorsOfTwoContextsDoNotMix()
    {
        using var near = new ComputeContext(new ReferenceBackend<float>());
        using var far = new ComputeContext(new FarMemoryBackend());
        Tensor a = near.Full([2], 1), b = far.Full([2], 2);
        using StepScope step = near.BeginStep();
        Assert.Equal("add: tensors of two contexts, on reference and on far; copy one over with context.Tensor(shape, other.ToArray()), or give a model its context with Initialize", Message(() => Add.Apply(a, b)));
        Assert.Equal([3f, 3], Add.Apply(a, near.Tensor(b.Shape, b.ToArray())).ToArray());
    }

    [Fact]
    public void LengthsAndShapesAreChecked()
    {
        using var context = new ComputeContext(new ReferenceBackend<float>());
        Assert.Equal("Tensor: 5 values for shape (2,3), which has 6", Message(() => context.Tensor([2, 3], new float[5])));
        Assert.Equal("Tensor: 7 values for shape (2,3), which has 6", Message(() => context.Tensor([2, 3], new double[7])));
        Tensor a = context.Full([2, 3], 1), b = context.Full([2], 1);
        Assert.Equal("CopyFrom: 1 values for shape (2,3), which has 6", Message(() => a.CopyFrom([1f])));
        Assert.Equal("CopyFrom: 1 values for shape (2,3), which has 6", Message(() => a.CopyFrom([1.0])));
        Assert.Equal("Indices.CopyFrom: 3 values for shape (2,1), which has 2", Message(() => context.Indices([2, 1]).CopyFrom([1, 2, 3])));
        Assert.Equal("Item: a tensor of shape (2,3) has 6 elements, not one; use ToArray()", Assert.Throws<InvalidOperationException>(() => a.Item()).Message);
        using StepScope step = context.BeginStep();
        Assert.Equal("add: shapes (2,3) and (2) do not fit; sizes must be equal or 1, aligned at the last dimension", Message(() => Add.Apply(a, b)));
    }

    [Fact]
    public void StepsAreOpenedOneAtATime()
    {
        using var context = new ComputeContext(new ReferenceBackend<float>());
        Tensor a = context.Full([1], 1);
        Assert.Equal("add: no step is open; wrap the computation in 'using var step = context.BeginStep();'", Invalid(() => Add.Apply(a, a)));
        using StepScope step = context.BeginStep();
        Assert.Equal("BeginStep: a step is open already; dispose it first", Invalid(() => { context.BeginStep().Dispose(); }));
        Assert.Equal("parameter 'w' is made inside a step; make parameters before the first step", Invalid(() => context.Parameter("w", [2], ParameterRole.Vector)));
        Assert.Equal("this tensor is the default value: make tensors through a ComputeContext or an op", Invalid(() => Add.Apply(default, a)));
        Assert.True(context.InStep);
    }

    [Fact]
    public void ParametersStartAtZeroAndKeepTheirName()
    {
        using var context = new ComputeContext(new ReferenceBackend<float>());
        Parameter w = context.Parameter("h.0.weight", [2, 3], ParameterRole.HiddenMatrix);
        Assert.Equal(("h.0.weight", ParameterRole.HiddenMatrix, new Shape(2, 3), false), (w.Name, w.Role, w.Shape, w.HasGradient));
        Assert.Equal(new float[6], w.Tensor.ToArray());
        Assert.Equal("h.0.weight (2,3)", w.ToString());
        Assert.Equal("tensor h.0.weight of shape (2,3) on reference", w.ToTensor().Describe());
        Assert.True(w.Tensor.RequiresGradient);
    }

    private static string Message(Func<object> action) => Assert.Throws<ArgumentException>(action).Message;

    private static string Message(Action action) => Assert.Throws<ArgumentException>(action).Message;

    private static string Invalid(Func<object> action) => Assert.Throws<InvalidOperationException>(action).Message;

    private static string Invalid(Action action) => Assert.Throws<InvalidOperationException>(action).Message;
}
