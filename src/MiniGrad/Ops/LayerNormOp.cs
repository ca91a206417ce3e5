using MiniGrad.Memory;

namespace MiniGrad.Ops;

/// <summary>
/// LayerNorm over the last dimension: <c>y = x̂ ⊙ weight + bias</c>, <c>x̂ = (x − mean)·rstd</c>,
/// <c>rstd = 1/√(var + ε)</c>, var the biased variance (Ba et al. 2016, §3). Backward, with g = dY ⊙ weight:
/// <c>dX = rstd·(g − mean(g) − x̂·mean(g ⊙ x̂))</c>, <c>dWeight = Σ_rows dY ⊙ x̂</c>, <c>dBias = Σ_rows dY</c>.
/// Two numbers a row are kept.
/// </summary>
public sealed class LayerNormOp : Op
{
    private static readonly LayerNormOp Instance = new();

    private LayerNormOp()
    {
    }

    /// <inheritdoc/>
    public override string Name => "layer_norm";

    /// <summary>Normalizes each row to mean 0 and variance 1, then scales and shifts it.</summary>
    /// <param name="x">Operand, (…,C).</param>
    /// <param name="weight">Scale, (C).</param>
    /// <param name="bias">Shift, (C), or the default.</param>
    /// <param name="epsilon">ε, added to the variance; at least 0.</param>
    /// <returns>The result, (…,C).</returns>
    /// <exception cref="ArgumentException">The shapes do not fit, or ε is negative.</exception>
    public static Tensor Apply(Tensor x, Tensor weight, Tensor bias = default, double epsilon = 1e-5)
    {
        ComputeContext context = x.Context;
        bool tracked = context.Tracks(Instance.Name, x, weight, bias);
        Shape shape = x.Shape;
        Norms.Check(Instance.Name, x, weight, bias, epsilon);
        BufferView y = context.Allocate(shape.Count), mean = context.Allocate(shape.Rows), rstd = context.Allocate(shape.Rows);
        context.Backend.LayerNorm(shape.Rows, shape.Columns, epsilon, x.Data, weight.Data, bias.IsEmpty ? default : bias.Data, y, mean, rstd);
        if (!tracked)
        {
            context.Arena.Release(mean);
            context.Arena.Release(rstd);
        }
        return context.Record(Instance, y, shape, OpState.With(epsilon) with { Saved0 = mean, Saved1 = rstd }, x, weight, bias);
    }

    /// <inheritdoc/>
    public override void Backward(in TapeEntry entry)
    {
        GradientTarget dX = entry.GradientOf(0), dWeight = entry.GradientOf(1), dBias = entry.GradientOf(2);
        entry.Backend.LayerNormBackward(
            entry.Shape.Rows, entry.Shape.Columns, entry.InputData(0), entry.InputData(1), entry.State.Saved0, entry.State.Saved1, entry.Gradient,
            dX.View, dX.Accumulate, dWeight.View, dWeight.Accumulate, dBias.View, dBias.Accumulate);
    }

    /// <inheritdoc/>
    public override bool CanRecompute(in TapeEntry entry) => true;

    /// <inheritdoc/>
    public override void Recompute(in TapeEntry entry, BufferView result)
    {
        OpState state = entry.State;
        entry.Backend.LayerNorm(
            entry.Shape.Rows, entry.Shape.Columns, state.Settings<double>(), entry.InputData(0), entry.InputData(1), entry.InputData(2), result, state.Saved0, state.Saved1);
    }
}
