using MiniGrad.Backends;
using MiniGrad.Memory;

namespace MiniGrad.Ops;

/// <summary>
/// Gives each expert the rows of its tokens, <c>rows[r, :] = x[token of r, :]</c>; <c>dX[n, :] = Σ dRows[r, :]</c> over the
/// token's rows, in the order of their experts.
/// </summary>
public sealed class Dispatch : Op
{
    private static readonly Dispatch Instance = new();

    private Dispatch()
    {
    }

    /// <inheritdoc/>
    public override string Name => "dispatch";

    /// <summary>Lays tokens out by expert.</summary>
    /// <param name="x">Tokens, (…,C).</param>
    /// <param name="routing">Where they go.</param>
    /// <returns>The experts' rows, (R,C), in the back end's order; R is <see cref="ExpertRouting.Rows"/>.</returns>
    /// <exception cref="ArgumentException">x has not the routing's tokens.</exception>
    public static Tensor Apply(Tensor x, in ExpertRouting routing)
    {
        ComputeContext context = x.Context;
        context.Tracks(Instance.Name, x, routing.Tensor);
        ExpertSizes sizes = routing.Sizes;
        routing.Check(Instance.Name, "tokens", x.Shape, sizes.Tokens);
        Shape shape = [routing.Rows, x.Shape[-1]];
        BufferView rows = context.Allocate(shape.Count);
        context.Backend.Dispatch(sizes, shape[1], ExpertRouting.PlanOf(routing.Tensor.Data, sizes), x.Data, rows);
        return context.Record(Instance, rows, shape, OpState.With(sizes), x, routing.Tensor);
    }

    /// <inheritdoc/>
    public override void Backward(in TapeEntry entry)
    {
        ExpertSizes sizes = entry.State.Settings<ExpertSizes>();
        GradientTarget dX = entry.GradientOf(0);
        entry.Backend.DispatchBackward(sizes, entry.Shape[1], ExpertRouting.PlanOf(entry.InputData(1), sizes), entry.Gradient, dX.View, dX.Accumulate);
    }
}
