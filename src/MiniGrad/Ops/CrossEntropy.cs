using MiniGrad.Memory;
using MiniGrad.Tensors;

namespace MiniGrad.Ops;

/// <summary>
/// <c>loss = (1/tokens)·Σ_r (logSumExp(logits[r,:]) − logits[r,target_r])</c>, in nats;
/// <c>dLogits = (dLoss/tokens)·(softmax(logits) − onehot(target))</c>. A row whose target is negative counts for nothing.
/// One number a row is kept.
/// </summary>
public sealed class CrossEntropy : Op
{
    private static readonly CrossEntropy Instance = new();

    private CrossEntropy()
    {
    }

    /// <inheritdoc/>
    public override string Name => "cross_entropy";

    /// <summary>The cross-entropy of targets under softmax(logits).</summary>
    /// <param name="logits">Logits, (…,V).</param>
    /// <param name="targets">Class ids below V, of the logits' shape without its last dimension; negative ones are left out. They must not change before the backward pass.</param>
    /// <param name="tokens">What the sum is divided by. Give the token count of the whole step when it is made of micro-batches, so that their losses and gradients add up, or the count of targets that are not negative; the number of rows by default.</param>
    /// <returns>The loss, a scalar.</returns>
    /// <exception cref="ArgumentException">Shapes or contexts do not fit, or tokens is not positive.</exception>
    public static Tensor Apply(Tensor logits, Indices targets, double? tokens = null)
    {
        ComputeContext context = logits.Context;
        bool tracked = context.Tracks(Instance.Name, logits);
        Shapes.SameContext(Instance.Name, context, targets);
        Shape shape = logits.Shape;
        Shapes.HasColumns(Instance.Name, shape);
        if (targets.Shape != Shapes.Without(shape, shape.Rank - 1)) throw Errors.Shapes(Instance.Name, shape, targets.Shape, $"the targets must have shape {Shapes.Without(shape, shape.Rank - 1)}, one for each row of logits");
        double divisor = tokens ?? shape.Rows;
        if (!(divisor > 0)) throw Errors.Setting(Instance.Name, "tokens", divisor, "it must be above 0");

        BufferView loss = context.Allocate(1), losses = context.Allocate(shape.Rows), logSumExp = context.Allocate(shape.Rows);
        context.Backend.CrossEntropy(shape.Rows, shape.Columns, logits.Data, targets.Data, losses, logSumExp);
        context.Backend.SumAxis(1, shape.Rows, 1, 1 / divisor, losses, loss, accumulate: false);
        context.Arena.Release(losses);
        if (!tracked) context.Arena.Release(logSumExp);
        OpState state = OpState.With(1 / divisor) with { Saved0 = logSumExp, Borrowed = targets.Data };
        return context.Record(Instance, loss, [], state, logits);
    }

    /// <inheritdoc/>
    public override void Backward(in TapeEntry entry)
    {
        OpState state = entry.State;
        Shape logits = entry.InputShape(0);
        GradientTarget dLogits = entry.GradientOf(0);
        entry.Backend.CrossEntropyBackward(
            logits.Rows, logits.Columns, state.Settings<double>(), entry.InputData(0), state.Borrowed, state.Saved0, entry.Gradient,
            dLogits.View, dLogits.Accumulate);
    }
}
