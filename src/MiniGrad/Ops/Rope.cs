using MiniGrad.Backends;
using MiniGrad.Memory;
using MiniGrad.Tensors;

namespace MiniGrad.Ops;

/// <summary>
/// Rotary position embedding: each pair (a, b) of a rotated head becomes <c>(a·cos − b·sin, a·sin + b·cos)</c> at the
/// angle of its position; the gradient is rotated back. Pairs are (i, i + d/2), or (2i, 2i + 1) when interleaved
/// (Su et al. 2021, §3.2).
/// </summary>
public sealed class Rope : Op
{
    private static readonly Rope Instance = new();

    private Rope()
    {
    }

    /// <inheritdoc/>
    public override string Name => "rope";

    /// <summary>Rotates the leading heads of each token, as queries and keys of a fused projection, and copies the others.</summary>
    /// <param name="x">Operand, (…,T,heads·d); d is the tables' head size.</param>
    /// <param name="tables">Cosines and sines for at least positionOffset + T positions.</param>
    /// <param name="heads">Heads a token, side by side.</param>
    /// <param name="rotatedHeads">How many of them, from the first, are rotated; all by default.</param>
    /// <param name="positionOffset">Position of the first token of each sequence.</param>
    /// <param name="interleaved">Whether pairs are neighbours instead of half a head apart.</param>
    /// <param name="inPlace">Whether to overwrite x's data instead of copying it: only for an x that nothing else reads, this op's caller and the backward pass of the op that made it included (that of <see cref="LinearOp"/> without an activation does not).</param>
    /// <returns>The result, of x's shape.</returns>
    /// <exception cref="ArgumentException">Shape, heads, positions or context do not fit the tables.</exception>
    public static Tensor Apply(Tensor x, RopeTables tables, int heads, int? rotatedHeads = null, int positionOffset = 0, bool interleaved = false, bool inPlace = false)
    {
        ArgumentNullException.ThrowIfNull(tables);
        ComputeContext context = x.Context;
        context.Tracks(Instance.Name, x);
        if (!ReferenceEquals(tables.Context, context)) throw Errors.OtherContext(Instance.Name, context, tables.Context);
        int rotated = rotatedHeads ?? heads;
        if (heads < 1 || rotated < 0 || rotated > heads) throw Errors.Setting(Instance.Name, "rotatedHeads", rotated, $"it must lie between 0 and the {heads} heads");
        Shape shape = x.Shape;
        if (shape.Rank < 2 || shape[-1] != heads * tables.HeadSize) throw Errors.Shape(Instance.Name, shape, $"it must be (…,T,{heads * tables.HeadSize}): {heads} heads of the tables' size {tables.HeadSize}");
        if (positionOffset < 0 || shape[-2] > tables.Positions - positionOffset) throw Errors.Shape(Instance.Name, shape, $"{shape[-2]} tokens from position {positionOffset} do not fit tables of {tables.Positions} positions; make longer RopeTables");

        var settings = new RopeShape
        {
            Rows = shape.Rows,
            SequenceLength = shape[-2],
            Heads = heads,
            RotatedHeads = rotated,
            HeadSize = tables.HeadSize,
            PositionOffset = positionOffset,
            Interleaved = interleaved,
        };
        BufferView y = inPlace ? x.Data : context.Allocate(shape.Count);
        context.Backend.Rope(settings, tables.Cosine, tables.Sine, x.Data, y, accumulate: false);
        return context.Record(Instance, y, shape, OpState.With(settings) with { Borrowed = tables.Cosine, Borrowed1 = tables.Sine }, x);
    }

    /// <inheritdoc/>
    public override void Backward(in TapeEntry entry)
    {
        OpState state = entry.State;
        RopeShape back = state.Settings<RopeShape>() with { Inverse = true };
        entry.Backend.Rope(back, state.Borrowed, state.Borrowed1, entry.Gradient, entry.Gradient, accumulate: false);
        entry.PassGradient(0);
    }
}
