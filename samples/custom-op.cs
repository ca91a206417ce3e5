#:project ../src/MiniGrad/MiniGrad.csproj
// Two ops that the library does not have: one of existing ops, which is a formula, and one with a backward pass of its own.
// Both are checked against central differences in float64.
using MiniGrad;
using MiniGrad.Backends;
using MiniGrad.Memory;

using ComputeContext context = ComputeContext.Float64();
Parameter w = context.Parameter("w", [3, 4], ParameterRole.HiddenMatrix);
w.Tensor.CopyFrom([.. Enumerable.Range(0, 12).Select(i => Math.Sin(i + 1.0))]);

Console.WriteLine($"softplus: {GradCheck.Run(() => Softplus(w), [w]).ThrowIfFailed()}");
Console.WriteLine($"cube:     {GradCheck.Run(() => Cube.Apply(w), [w]).ThrowIfFailed()}");

static Tensor Softplus(Tensor x) => (1 + x.Exp()).Log();

/// <summary>y = x³; dX = 3x² ⊙ dY.</summary>
internal sealed class Cube : Op
{
    private static readonly Cube Instance = new();

    public override string Name => "cube";

    public static Tensor Apply(Tensor x)
    {
        ComputeContext context = x.Context;
        context.Tracks(Instance.Name, x);                       // a step is open, nothing is disposed
        BufferView y = context.Allocate(x.Shape.Count);         // lives until the step ends
        BroadcastLayout same = BroadcastLayout.For(x.Shape, x.Shape)!.Value;
        context.Backend.Unary(UnaryOperation.Square, x.Data, y);
        context.Backend.Binary(BinaryOperation.Multiply, same, y, x.Data, y, accumulate: false);
        return context.Record(Instance, y, x.Shape, default, x);
    }

    public override void Backward(in TapeEntry entry)
    {
        GradientTarget dX = entry.GradientOf(0);
        BufferView slope = entry.Allocate(entry.Shape.Count);
        BroadcastLayout same = BroadcastLayout.For(entry.Shape, entry.Shape)!.Value;
        entry.Backend.Unary(UnaryOperation.Square, entry.InputData(0), slope);
        entry.Backend.Axpby(3, default, slope, 0, default, slope, default);
        entry.Backend.Binary(BinaryOperation.Multiply, same, entry.Gradient, slope, dX.View, dX.Accumulate);
        entry.Release(slope);
    }
}
