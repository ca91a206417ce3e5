using MiniGrad.Backends;
using MiniGrad.Memory;
using MiniGrad.Tensors;

namespace MiniGrad;

/// <summary>The table of tensors, which is also the tape.</summary>
public sealed partial class ComputeContext
{
    /// <summary>
    /// Checks that an op may be applied: a step is open, and all inputs are alive and of this context. Returns whether the
    /// op has to keep what its backward pass needs.
    /// </summary>
    /// <param name="op">Name of the op, for messages.</param>
    /// <param name="inputs">The inputs; an empty handle stands for one that was not given.</param>
    /// <exception cref="ArgumentException">An input belongs to another context.</exception>
    /// <exception cref="ObjectDisposedException">An input's step has ended.</exception>
    /// <exception cref="InvalidOperationException">No step is open.</exception>
    public bool Tracks(string op, params ReadOnlySpan<Tensor> inputs)
    {
        if (!InStep) throw new InvalidOperationException($"{op}: no step is open; wrap the computation in 'using var step = context.BeginStep();'");
        bool wanted = false;
        foreach (Tensor input in inputs)
        {
            if (input.IsEmpty) continue;
            if (!ReferenceEquals(input.Context, this)) throw Errors.OtherContext(op, this, input.Context);
            ref Node node = ref Resolve(input);
            if (node.IsDropped) throw Errors.Dropped(node.Label);
            wanted |= node.RequiresGradient;
        }
        return wanted && GradientEnabled;
    }

    /// <summary>Memory for an op's result or for what it saves; it lives until the step ends.</summary>
    /// <param name="length">Number of real elements.</param>
    public BufferView Allocate(long length) => Arena.Allocate(length);

    /// <summary>Records an op's result. Inputs and state are kept only when gradients flow.</summary>
    /// <param name="op">The op.</param>
    /// <param name="data">The result.</param>
    /// <param name="shape">Its sizes.</param>
    /// <param name="state">What the backward pass needs.</param>
    /// <param name="inputs">Up to four inputs; an empty handle stands for one that was not given.</param>
    /// <exception cref="ArgumentException">There are more than four inputs.</exception>
    public Tensor Record(Op op, BufferView data, Shape shape, in OpState state, params ReadOnlySpan<Tensor> inputs)
    {
        if (inputs.Length > Node.MaxInputs) throw new ArgumentException($"{op.Name}: {inputs.Length} inputs; the tape holds at most {Node.MaxInputs}, so concatenate some or split the op");
        bool tracked = Tracks(op.Name, inputs);
        var node = new Node { Data = data, Shape = shape, Op = op, RequiresGradient = tracked };
        if (tracked)
        {
            node.State = state;
            node.InputCount = inputs.Length;
            node.Input0 = SlotOf(inputs, 0);
            node.Input1 = SlotOf(inputs, 1);
            node.Input2 = SlotOf(inputs, 2);
            node.Input3 = SlotOf(inputs, 3);
        }
        Tensor result = Add(node);
        Anomalies?.AfterForward(result.Slot);
        Trace?.Forward(op.Name, shape);
        return result;
    }

    /// <summary>Is told how long ops and stages take; null, which costs nothing, where nobody asks.</summary>
    public StepTrace? Trace { get; set; }

    /// <summary>Watches every op while a bad step is replayed; null otherwise.</summary>
    internal AnomalyDetector? Anomalies { get; set; }

    /// <summary>The parameter by whose matrix the last backward pass went first: in all likelihood the model's head. −1 before.</summary>
    internal int LastMatrix { get; private set; } = -1;

    /// <summary>Runs the tape backwards from a scalar. Gradients of parameters accumulate; see <c>Tensor.Backward()</c>.</summary>
    internal void Backward(Tensor root)
    {
        ref Node node = ref Resolve(root);
        if (node.Shape.Count != 1) throw new InvalidOperationException($"Backward: the tensor has shape {node.Shape}; only a scalar can be differentiated, so reduce it first, as with Sum() or Mean()");
        if (node.Differentiated) throw Errors.Differentiated(node.Label);
        if (!node.RequiresGradient) throw new InvalidOperationException("Backward: no gradient flows to this tensor: nothing it was made from requires one, or it was made under NoGrad");
        GradientTarget seed = GradientTarget(root.Slot);
        if (seed.Accumulate) Backend.Scalar(ScalarOperation.Affine, 1, 1, seed.View, seed.View);
        else Backend.Fill(seed.View, 1);
        int lastMatrix = -1;
        for (int slot = root.Slot; slot >= _persistentCount; slot--)
        {
            if (_nodes[slot].HasGradient && _nodes[slot].Op is { } op)
            {
                if (lastMatrix < 0 && op.IsMatrixProduct) lastMatrix = MatrixAmongInputs(_nodes[slot]);
                long start = Trace is null ? 0 : StepTrace.Now;
                op.Backward(new TapeEntry(this, slot));
                Trace?.Add(op.Name, "backward", start, _nodes[slot].Shape.ToString());
                Anomalies?.AfterBackward(slot);
                ReleaseAfterBackward(slot);
            }
        }
        LastMatrix = lastMatrix;
    }

    private int MatrixAmongInputs(in Node node)
    {
        for (int i = 0; i < node.InputCount; i++)
        {
            int input = node.Input(i);
            if (input >= 0 && input < _persistentCount && _nodes[input].RequiresGradient && _nodes[input].Shape.Rank >= 2) return input;
        }
        return -1;
    }

    internal ref Node NodeAt(int slot) => ref _nodes[slot];

    internal bool IsAlive(Tensor tensor) => !_disposed && tensor.Slot < _count && _nodes[tensor.Slot].Generation == tensor.Generation;

    internal ref Node Resolve(Tensor tensor)
    {
        if (_disposed) throw Errors.Disposed("its context was disposed", tensor);
        if (tensor.Slot >= _count || _nodes[tensor.Slot].Generation != tensor.Generation) throw Errors.Disposed("the step that made it has ended; copy what is needed later with ToArray()", tensor);
        return ref _nodes[tensor.Slot];
    }

    /// <summary>A tensor over the memory of another's gradient: of the step where one is open, else made once and kept.</summary>
    internal Tensor GradientOf(Tensor tensor)
    {
        ref Node node = ref Resolve(tensor);
        if (!node.HasGradient) return default;
        if (node.GradientHandle is { IsEmpty: false } kept) return kept;
        Tensor gradient = Add(new Node { Data = node.Gradient, Shape = node.Shape, Name = "gradient" });
        if (InStep) return gradient;
        _persistentCount = _count;
        return _nodes[tensor.Slot].GradientHandle = gradient;
    }

    internal GradientTarget GradientTarget(int slot)
    {
        ref Node node = ref _nodes[slot];
        if (node.HasGradient) return node.GradientWasUsed ? throw Errors.GradientWasUsed(node.Label) : new GradientTarget(node.Gradient, Accumulate: true);
        if (node.Gradient.IsEmpty)
        {
            node.Gradient = slot < _persistentCount ? AllocatePersistent(node.Shape.Count, ElementType.Real) : Arena.Allocate(node.Shape.Count);
        }
        node.HasGradient = true;
        return new GradientTarget(node.Gradient, Accumulate: false);
    }

    internal void PassGradient(int from, int to)
    {
        ref Node source = ref _nodes[from];
        ref Node target = ref _nodes[to];
        if (!target.HasGradient && target.Gradient.IsEmpty && to >= _persistentCount)
        {
            (target.Gradient, target.HasGradient) = (source.Gradient, true);
            (source.Gradient, source.HasGradient) = (default, false);
            return;
        }
        GradientTarget gradient = GradientTarget(to);
        if (gradient.Accumulate) Backend.Axpby(1, default, source.Gradient, 1, gradient.View, gradient.View, default);
        else Backend.Copy(source.Gradient, gradient.View);
    }

    internal void ZeroGradient(int slot) => _nodes[slot].HasGradient = _nodes[slot].GradientWasUsed = false;

    /// <summary>Says that an optimizer has taken its step by a gradient: the next backward pass must not add to it.</summary>
    internal void MarkGradientUsed(int slot) => _nodes[slot].GradientWasUsed = _nodes[slot].HasGradient;

    private void ReleaseAfterBackward(int slot)
    {
        ref Node node = ref _nodes[slot];
        Arena.Release(node.Gradient);
        Arena.Release(node.State.Saved0);
        Arena.Release(node.State.Saved1);
        Arena.Release(node.State.Saved2);
        DropAgain(ref node);
        node.Gradient = default;
        node.HasGradient = false;
        node.State = default;
        node.RequiresGradient = false;
        node.Differentiated = true;
    }

    private static int SlotOf(ReadOnlySpan<Tensor> inputs, int index) => index < inputs.Length && !inputs[index].IsEmpty ? inputs[index].Slot : -1;

    private Tensor Add(in Node node)
    {
        if (_count == _nodes.Length) Array.Resize(ref _nodes, 2 * _count);
        _nodes[_count] = node;
        _nodes[_count].Generation = _generation;
        return new Tensor(this, _count++, _generation);
    }
}
