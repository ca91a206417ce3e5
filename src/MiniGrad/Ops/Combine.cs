using MiniGrad.Backends;
using MiniGrad.Memory;
using MiniGrad.Tensors;

namespace MiniGrad.Ops;

/// <summary>
/// The weighted sum of what a token's experts say, <c>y[n, :] = residual + Σ g[n, e]·rows[r, :]</c>;
/// <c>dRows[r, :] = g[n, e]·dY[n, :]</c>, <c>dG[n, e] = ⟨rows[r, :], dY[n, :]⟩</c>, <c>dResidual = dY</c>.
/// </summary>
public sealed class Combine : Op
{
    private static readonly Combine Instance = new();

    private Combine()
    {
    }

    /// <inheritdoc/>
    public override string Name => "combine";

    /// <summary>Brings the experts' rows back to their tokens.</summary>
    /// <param name="rows">The experts' rows, (R,C).</param>
    /// <param name="gates">Their weights, (…,E), from <see cref="ExpertGates"/>.</param>
    /// <param name="routing">Whose rows they are.</param>
    /// <param name="residual">Added, (…,C), or the default.</param>
    /// <returns>The result, (…,C) with the gates' leading sizes.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Tensor Apply(Tensor rows, Tensor gates, in ExpertRouting routing, Tensor residual = default)
    {
        ComputeContext context = rows.Context;
        context.Tracks(Instance.Name, rows, gates, routing.Tensor, residual);
        ExpertSizes sizes = routing.Sizes;
        routing.Check(Instance.Name, "experts' tokens", rows.Shape, routing.Rows);
        routing.Check(Instance.Name, "gates", gates.Shape, sizes.Tokens);
        if (rows.Shape.Rank != 2 || gates.Shape[-1] != sizes.Experts) throw Errors.Shapes(Instance.Name, rows.Shape, gates.Shape, $"the rows must be (R,C) and the gates (…,{sizes.Experts})");
        Shape shape = gates.Shape.With(-1, rows.Shape[1]);
        if (!residual.IsEmpty && residual.Shape != shape) throw Errors.Shapes(Instance.Name, rows.Shape, residual.Shape, $"the residual must have the result's shape {shape}");
        BufferView y = context.Allocate(shape.Count);
        if (!residual.IsEmpty) context.Backend.Copy(residual.Data, y);
        context.Backend.Combine(sizes, shape[-1], ExpertRouting.PlanOf(routing.Tensor.Data, sizes), gates.Data, rows.Data, y, accumulate: !residual.IsEmpty);
        return context.Record(Instance, y, shape, OpState.With(sizes), rows, gates, routing.Tensor, residual);
    }

    /// <inheritdoc/>
    public override void Backward(in TapeEntry entry)
    {
        ExpertSizes sizes = entry.State.Settings<ExpertSizes>();
        var dRows = new FreshGradient(entry, 0);
        var dGates = new FreshGradient(entry, 1);
        entry.Backend.CombineBackward(sizes, entry.Shape[-1], ExpertRouting.PlanOf(entry.InputData(2), sizes), entry.InputData(1), entry.InputData(0), entry.Gradient, dRows.View, dGates.View);
        dRows.Finish(entry);
        dGates.Finish(entry);
        entry.PassGradient(3);
    }
}
