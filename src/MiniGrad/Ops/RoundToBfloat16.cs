using MiniGrad.Backends;
using MiniGrad.Memory;

namespace MiniGrad.Ops;

/// <summary>
/// The nearest bfloat16 numbers, ties to even; a back end in float64 leaves them as they are. Backward: <c>dX = dY</c>, as if
/// nothing were rounded, which is what a product in bfloat16 does with its operands.
/// </summary>
public sealed class RoundToBfloat16 : Op
{
    private static readonly RoundToBfloat16 Instance = new();

    private RoundToBfloat16()
    {
    }

    /// <inheritdoc/>
    public override string Name => "round_to_bfloat16";

    /// <summary>Rounds every element.</summary>
    /// <param name="x">Operand.</param>
    /// <param name="inPlace">Whether the result takes the operand's memory, which no later op may read then.</param>
    /// <returns>The result, of the same shape.</returns>
    public static Tensor Apply(Tensor x, bool inPlace = false)
    {
        ComputeContext context = x.Context;
        bool tracked = context.Tracks(Instance.Name, x);
        BufferView y = inPlace ? x.Data : context.Allocate(x.Shape.Count), half = default;
        if (!inPlace) context.Backend.Copy(x.Data, y);
        if (tracked && context.Backend is IBfloat16Storage storage)
        {
            half = context.Allocate(IBfloat16Storage.Length(y.Length));
            storage.Compress(y, half);
        }
        else if (context.Backend.RealSize == sizeof(float))
        {
            BufferView workspace = context.Allocate(y.Length);
            context.Backend.RoundToBfloat16(y, workspace);
            context.Arena.Release(workspace);
        }
        return context.Record(Instance, y, x.Shape, new OpState { Saved0 = half }, x);
    }

    /// <inheritdoc/>
    public override void Backward(in TapeEntry entry) => entry.PassGradient(0);

    internal override BufferView KeptHalf(in TapeEntry entry) => entry.State.Saved0;

    /// <inheritdoc/>
    public override bool CanRecompute(in TapeEntry entry) => !entry.State.Saved0.IsEmpty;

    /// <inheritdoc/>
    public override void Recompute(in TapeEntry entry, BufferView result) => ((IBfloat16Storage)entry.Backend).Expand(entry.State.Saved0, result);
}
