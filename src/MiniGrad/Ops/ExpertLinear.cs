using MiniGrad.Backends;
using MiniGrad.Memory;
using MiniGrad.Tensors;

namespace MiniGrad.Ops;

/// <summary>
/// Multiplies each expert's rows by its matrix, <c>Y_e = X_e·W_eᵀ</c>; <c>dX_e = dY_e·W_e</c>, <c>dW_e = dY_eᵀ·X_e</c>.
/// How many rows an expert has differs from step to step.
/// </summary>
public sealed class ExpertLinear : Op
{
    private static readonly ExpertLinear Instance = new();

    private ExpertLinear()
    {
    }

    /// <inheritdoc/>
    public override string Name => "expert_linear";

    /// <summary>Applies the experts' linear layers.</summary>
    /// <param name="rows">The experts' rows, (R,in), from <see cref="Dispatch"/>.</param>
    /// <param name="weight">One matrix an expert, (E,out,in).</param>
    /// <param name="routing">Whose rows they are.</param>
    /// <param name="precision">What this product and those of the backward pass round their operands to.</param>
    /// <returns>The result, (R,out).</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Tensor Apply(Tensor rows, Tensor weight, in ExpertRouting routing, Precision precision = Precision.Float32)
    {
        ComputeContext context = rows.Context;
        context.Tracks(Instance.Name, rows, weight, routing.Tensor);
        ExpertSizes sizes = routing.Sizes;
        routing.Check(Instance.Name, "experts' tokens", rows.Shape, routing.Rows);
        if (rows.Shape.Rank != 2 || weight.Shape.Rank != 3 || weight.Shape[0] != sizes.Experts || weight.Shape[2] != rows.Shape[1])
        {
            throw Errors.Shapes(Instance.Name, rows.Shape, weight.Shape, $"the rows must be (R,in) and the weight ({sizes.Experts},out,in)");
        }
        Shape shape = [rows.Shape[0], weight.Shape[1]];
        BufferView y = context.Allocate(shape.Count);
        context.Backend.ExpertProduct(sizes, ExpertRouting.PlanOf(routing.Tensor.Data, sizes), weight.Shape[2], weight.Shape[1], rows.Data, weight.Data, y, precision);
        return context.Record(Instance, y, shape, OpState.With(new Settings(sizes, precision)), rows, weight, routing.Tensor);
    }

    /// <inheritdoc/>
    public override void Backward(in TapeEntry entry)
    {
        (ExpertSizes sizes, Precision precision) = entry.State.Settings<Settings>();
        BufferView plan = ExpertRouting.PlanOf(entry.InputData(2), sizes);
        int outputs = entry.InputShape(1)[1], inputs = entry.InputShape(1)[2];
        if (entry.Wants(0))
        {
            GradientTarget dRows = entry.GradientOf(0);
            entry.Backend.ExpertProductInputGradient(sizes, plan, inputs, outputs, entry.Gradient, entry.InputData(1), dRows.View, dRows.Accumulate, precision);
        }
        if (!entry.Wants(1)) return;
        GradientTarget dWeight = entry.GradientOf(1);
        entry.Backend.ExpertProductWeightGradient(sizes, plan, inputs, outputs, entry.Gradient, entry.InputData(0), dWeight.View, dWeight.Accumulate, precision);
    }

    private readonly record struct Settings(ExpertSizes Sizes, Precision Precision);
}
