using MiniGrad.Backends;
using MiniGrad.Memory;
using MiniGrad.Tensors;

namespace MiniGrad.Ops;

/// <summary>
/// The cross-entropy of <c>logits = X·Wᵀ</c> without the logits: a few rows of them exist at a time. Where a gradient flows,
/// these rows become <c>dLogits = (softmax(logits) − onehot(target))/tokens</c> on the spot, and <c>dX = dLogits·W</c> and
/// <c>dW = dLogitsᵀ·X</c> are kept instead; the backward pass has only to multiply them by dLoss. The gradients are of the size
/// of X and W, and nothing is computed twice. The same number as <see cref="LinearOp"/> and <see cref="CrossEntropy"/> in turn.
/// </summary>
public sealed class LinearCrossEntropy : Op
{
    // 4 MiB of float32 logits stay in the cache between the kernels, and 512 rows are enough for the products to run at full speed.
    private const int ElementsAtOnce = 1 << 20, FewestRows = 512;

    private static readonly LinearCrossEntropy Instance = new();

    private LinearCrossEntropy()
    {
    }

    /// <inheritdoc/>
    public override string Name => "linear_cross_entropy";

    internal override bool IsMatrixProduct => true;

    /// <summary>The cross-entropy of targets under softmax(X·Wᵀ).</summary>
    /// <param name="x">Operand, (…,C).</param>
    /// <param name="weight">The output head, (V,C).</param>
    /// <param name="targets">Class ids below V, of x's shape without its last dimension; negative ones are left out.</param>
    /// <param name="tokens">What the sum is divided by, as in <see cref="CrossEntropy.Apply"/>; the number of rows by default.</param>
    /// <param name="rowsAtOnce">How many rows have logits at a time; by default as many as make 4 MiB of float32, but at least 512.</param>
    /// <param name="precision">What the three products round their operands to.</param>
    /// <returns>The loss, a scalar, in nats.</returns>
    /// <exception cref="ArgumentException">Shapes or contexts do not fit, or tokens or rowsAtOnce is not positive.</exception>
    public static Tensor Apply(Tensor x, Tensor weight, Indices targets, double? tokens = null, int? rowsAtOnce = null, Precision precision = Precision.Float32)
    {
        ComputeContext context = x.Context;
        bool tracked = context.Tracks(Instance.Name, x, weight);
        Shapes.SameContext(Instance.Name, context, targets);
        Check(x.Shape, weight.Shape, targets.Shape);
        int rows = Shapes.Leading(x.Shape, 1), classes = weight.Shape[0];
        double divisor = tokens ?? rows;
        if (!(divisor > 0)) throw Errors.Setting(Instance.Name, "tokens", divisor, "it must be above 0");
        int chunk = rowsAtOnce ?? Math.Max(FewestRows, ElementsAtOnce / classes);
        if (chunk < 1) throw Errors.Setting(Instance.Name, "rowsAtOnce", chunk, "it must be at least 1");

        var state = OpState.With(1 / divisor);
        if (tracked && x.RequiresGradient) state.Saved0 = context.Allocate(x.Shape.Count);
        if (tracked && weight.RequiresGradient) state.Saved1 = context.Allocate(weight.Shape.Count);
        BufferView loss = context.Allocate(1), losses = context.Allocate(rows);
        Chunks(context, x, weight, targets.Data, state, losses, Math.Min(chunk, rows), precision);
        context.Backend.SumAxis(1, rows, 1, 1 / divisor, losses, loss, accumulate: false);
        context.Arena.Release(losses);
        return context.Record(Instance, loss, [], state, x, weight);
    }

    /// <inheritdoc/>
    public override void Backward(in TapeEntry entry)
    {
        AddScaled(entry, 0, entry.State.Saved0);
        AddScaled(entry, 1, entry.State.Saved1);
    }

    private static void Chunks(ComputeContext context, Tensor x, Tensor weight, BufferView targets, in OpState state, BufferView losses, int chunk, Precision precision)
    {
        int rows = (int)losses.Length, classes = weight.Shape[0], columns = weight.Shape[1];
        BufferView dX = state.Saved0, dWeight = state.Saved1;
        BufferView logits = context.Allocate((long)chunk * classes), logSumExp = context.Allocate(chunk), one = context.Allocate(1);
        context.Backend.Fill(one, 1);
        // A sum of no rows.
        if (rows == 0 && !dWeight.IsEmpty) context.Backend.Fill(dWeight, 0);
        for (int first = 0; first < rows; first += chunk)
        {
            int count = Math.Min(chunk, rows - first);
            BufferView part = x.Data.Slice((long)first * columns, (long)count * columns), ids = targets.Slice(first, count);
            context.Backend.Gemm(GemmCall.Dense(part, false, weight.Data, true, logits, count, classes, columns) with { Precision = precision });
            context.Backend.CrossEntropy(count, classes, logits, ids, losses.Slice(first, count), logSumExp);
            if (dX.IsEmpty && dWeight.IsEmpty) continue;
            context.Backend.CrossEntropyBackward(count, classes, state.Settings<double>(), logits, ids, logSumExp, one, logits, accumulate: false);
            if (!dX.IsEmpty) context.Backend.Gemm(GemmCall.Dense(logits, false, weight.Data, false, dX.Slice((long)first * columns, (long)count * columns), count, columns, classes) with { Precision = precision });
            if (!dWeight.IsEmpty) context.Backend.Gemm(GemmCall.Dense(logits, true, part, false, dWeight, classes, columns, count, accumulate: first > 0) with { Precision = precision });
        }
        context.Arena.Release(logits);
        context.Arena.Release(logSumExp);
        context.Arena.Release(one);
    }

    private static void AddScaled(in TapeEntry entry, int input, BufferView gradient)
    {
        if (!entry.Wants(input)) return;
        GradientTarget target = entry.GradientOf(input);
        entry.Backend.Axpby(1, entry.Gradient, gradient, target.Accumulate ? 1 : 0, target.Accumulate ? target.View : default, target.View, default);
    }

    private static void Check(Shape x, Shape weight, Shape targets)
    {
        if (x.Rank == 0 || weight.Rank != 2 || x[-1] != weight[1]) throw Errors.Shapes(Instance.Name, x, weight, "x must be (…,C) and the weight (V,C)");
        if (weight[0] == 0) throw Errors.Shape(Instance.Name, weight, "the weight must have at least one row");
        if (targets != Shapes.Without(x, x.Rank - 1)) throw Errors.Shapes(Instance.Name, x, targets, $"the targets must have shape {Shapes.Without(x, x.Rank - 1)}, one for each row of x");
    }
}
