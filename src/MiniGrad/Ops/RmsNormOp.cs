using MiniGrad.Memory;

namespace MiniGrad.Ops;

/// <summary>
/// RMSNorm over the last dimension: <c>y = x̂ ⊙ weight</c>, <c>x̂ = x·rstd</c>, <c>rstd = 1/√(mean(x²) + ε)</c>
/// (Zhang and Sennrich 2019, §4). Backward, with g = dY ⊙ weight: <c>dX = rstd·(g − x̂·mean(g ⊙ x̂))</c>,
/// <c>dWeight = Σ_rows dY ⊙ x̂</c>. One number a row is kept.
/// </summary>
public sealed class RmsNormOp : Op
{
    private static readonly RmsNormOp Instance = new();

    private RmsNormOp()
    {
    }

    /// <inheritdoc/>
    public override string Name => "rms_norm";

    /// <summary>Normalizes each row to root mean square 1, then scales it.</summary>
    /// <param name="x">Operand, (…,C).</param>
    /// <param name="weight">Scale, (C).</param>
    /// <param name="epsilon">ε, added to the mean square; at least 0.</param>
    /// <returns>The result, (…,C).</returns>
    /// <exception cref="ArgumentException">The shapes do not fit, or ε is negative.</exception>
    public static Tensor Apply(Tensor x, Tensor weight, double epsilon = 1e-6)
    {
        ComputeContext context = x.Context;
        bool tracked = context.Tracks(Instance.Name, x, weight);
        Shape shape = x.Shape;
        Norms.Check(Instance.Name, x, weight, bias: default, epsilon);
        BufferView y = context.Allocate(shape.Count), rstd = context.Allocate(shape.Rows);
        context.Backend.RmsNorm(shape.Rows, shape.Columns, epsilon, x.Data, weight.Data, y, rstd);
        if (!tracked) context.Arena.Release(rstd);
        return context.Record(Instance, y, shape, OpState.With(epsilon) with { Saved0 = rstd }, x, weight);
    }

    /// <inheritdoc/>
    public override void Backward(in TapeEntry entry)
    {
        GradientTarget dX = entry.GradientOf(0), dWeight = entry.GradientOf(1);
        entry.Backend.RmsNormBackward(
            entry.Shape.Rows, entry.Shape.Columns, entry.InputData(0), entry.InputData(1), entry.State.Saved0, entry.Gradient,
            dX.View, dX.Accumulate, dWeight.View, dWeight.Accumulate);
    }

    /// <inheritdoc/>
    public override bool CanRecompute(in TapeEntry entry) => true;

    /// <inheritdoc/>
    public override void Recompute(in TapeEntry entry, BufferView result)
    {
        OpState state = entry.State;
        entry.Backend.RmsNorm(entry.Shape.Rows, entry.Shape.Columns, state.Settings<double>(), entry.InputData(0), entry.InputData(1), result, state.Saved0);
    }
}
