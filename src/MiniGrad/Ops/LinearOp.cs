using MiniGrad.Backends;
using MiniGrad.Memory;
using MiniGrad.Tensors;

namespace MiniGrad.Ops;

/// <summary>
/// <c>Z = X·Wᵀ + bias</c>, <c>Y = activation(Z) + residual</c>, in one pass over the result. Backward:
/// <c>dZ = activation′(Z) ⊙ dY</c>, <c>dX = dZ·W</c>, <c>dW = dZᵀ·X</c>, <c>dBias = Σ_rows dZ</c>, <c>dResidual = dY</c>.
/// Z is kept only where there is an activation and a gradient flows, in bfloat16 where the product is made so.
/// </summary>
public sealed class LinearOp : Op
{
    private static readonly LinearOp Instance = new();

    private LinearOp()
    {
    }

    /// <inheritdoc/>
    public override string Name => "linear";

    internal override bool IsMatrixProduct => true;

    /// <summary>Applies a linear layer with its bias, nonlinearity and residual connection, each of them optional.</summary>
    /// <param name="x">Operand, (…,in).</param>
    /// <param name="weight">Weight, (out,in).</param>
    /// <param name="bias">Bias, (out), or the default.</param>
    /// <param name="activation">The nonlinearity.</param>
    /// <param name="residual">Added after the activation, (…,out), or the default.</param>
    /// <param name="precision">What this product and those of the backward pass round their operands to.</param>
    /// <returns>The result, (…,out).</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Tensor Apply(Tensor x, Tensor weight, Tensor bias = default, Activation activation = Activation.None, Tensor residual = default, Precision precision = Precision.Float32)
    {
        ComputeContext context = x.Context;
        bool tracked = context.Tracks(Instance.Name, x, weight, bias, residual);
        Shape shape = Fit(x.Shape, weight.Shape);
        if (!bias.IsEmpty) Shapes.IsVector(Instance.Name, "bias", bias.Shape, x.Shape, shape[-1]);
        if (!residual.IsEmpty && residual.Shape != shape) throw Errors.Shapes(Instance.Name, x.Shape, residual.Shape, $"the residual must have the result's shape {shape}");

        BufferView y = context.Allocate(shape.Count);
        bool keepsZ = tracked && activation != Activation.None;
        bool half = keepsZ && precision == Precision.Bfloat16 && residual.IsEmpty && context.Backend is IBfloat16Storage;
        BufferView z = keepsZ ? context.Allocate(half ? IBfloat16Storage.Length(shape.Count) : shape.Count) : default;
        context.Backend.Gemm(GemmCall.Dense(x.Data, false, weight.Data, true, y, Shapes.Leading(shape, 1), shape[-1], x.Shape[-1]) with
        {
            Bias = bias.IsEmpty ? default : bias.Data,
            Activation = activation,
            PreActivation = z,
            KeepsHalf = half,
            Residual = residual.IsEmpty ? default : residual.Data,
            Precision = precision,
        });
        OpState state = OpState.With(new Settings(activation, precision, half)) with { Saved0 = z };
        return context.Record(Instance, y, shape, state, x, weight, bias, residual);
    }

    /// <inheritdoc/>
    public override void Backward(in TapeEntry entry)
    {
        (Activation activation, Precision precision, bool half) = entry.State.Settings<Settings>();
        bool activated = activation != Activation.None;
        BufferView dZ = entry.Gradient;
        if (activated)
        {
            // dY is overwritten unless the residual still wants it.
            if (entry.Wants(3)) dZ = entry.Allocate(entry.Shape.Count);
            UnaryOperation function = FunctionOf(activation);
            if (half) ((IBfloat16Storage)entry.Backend).UnaryBackwardOfHalf(function, entry.State.Saved0, entry.Gradient, dZ);
            else entry.Backend.UnaryBackward(function, entry.State.Saved0, entry.Gradient, dZ, accumulate: false);
        }
        AddProducts(entry, dZ, precision);
        if (!entry.Wants(3)) return;
        if (activated) entry.Release(dZ);
        entry.PassGradient(3);
    }

    /// <summary>From what is kept, the nonlinearity is applied again; the product alone is not made twice.</summary>
    /// <param name="entry">The recorded result and its inputs.</param>
    public override bool CanRecompute(in TapeEntry entry) => !entry.RequiresGradient || (!entry.State.Saved0.IsEmpty && entry.IsEmpty(3));

    /// <inheritdoc/>
    public override void Recompute(in TapeEntry entry, BufferView result)
    {
        (Activation activation, _, bool half) = entry.State.Settings<Settings>();
        UnaryOperation function = FunctionOf(activation);
        if (half) ((IBfloat16Storage)entry.Backend).UnaryOfHalf(function, entry.State.Saved0, result);
        else entry.Backend.Unary(function, entry.State.Saved0, result);
    }

    private static void AddProducts(in TapeEntry entry, BufferView dZ, Precision precision)
    {
        int rows = Shapes.Leading(entry.Shape, 1), outputs = entry.Shape[-1], inputs = entry.InputShape(1)[-1];
        if (entry.Wants(1))
        {
            GradientTarget dW = entry.GradientOf(1);
            entry.Backend.Gemm(GemmCall.Dense(dZ, true, entry.InputData(0), false, dW.View, outputs, inputs, rows, dW.Accumulate) with { Precision = precision });
            entry.DoneWith(0);
        }
        if (entry.Wants(0))
        {
            GradientTarget dX = entry.GradientOf(0);
            entry.Backend.Gemm(GemmCall.Dense(dZ, false, entry.InputData(1), false, dX.View, rows, inputs, outputs, dX.Accumulate) with { Precision = precision });
        }
        if (entry.Wants(2))
        {
            GradientTarget dBias = entry.GradientOf(2);
            entry.Backend.SumAxis(1, rows, outputs, 1, dZ, dBias.View, dBias.Accumulate);
        }
    }

    private static UnaryOperation FunctionOf(Activation activation) => activation switch
    {
        Activation.GeluTanh => UnaryOperation.GeluTanh,
        Activation.GeluErf => UnaryOperation.GeluErf,
        _ => UnaryOperation.Silu,
    };

    private static Shape Fit(Shape x, Shape weight)
    {
        if (x.Rank == 0 || weight.Rank != 2) throw Errors.Shapes(Instance.Name, x, weight, "x must be (…,in) and the weight (out,in)");
        if (x[-1] == weight[1]) return x.With(-1, weight[0]);
        string hint = x[-1] == weight[0] ? "; this weight looks like (in,out), so transpose it" : "";
        throw Errors.Shapes(Instance.Name, x, weight, $"x is (…,in) and the weight (out,in), but {x[-1]} is not {weight[1]}{hint}");
    }

    private readonly record struct Settings(Activation Activation, Precision Precision, bool KeepsHalf);
}
