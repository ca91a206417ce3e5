using MiniGrad.Memory;
using MiniGrad.Tensors;

namespace MiniGrad.Ops;

/// <summary><c>y[r,:] = table[ids[r],:]</c>; <c>dTable[ids[r],:] += dY[r,:]</c>, summed in the order of r.</summary>
public sealed class EmbeddingOp : Op
{
    private static readonly EmbeddingOp Instance = new();

    private EmbeddingOp()
    {
    }

    /// <inheritdoc/>
    public override string Name => "embedding";

    /// <summary>Looks up one row of a table for each id.</summary>
    /// <param name="table">The table, (V,C).</param>
    /// <param name="ids">Token ids from 0 to V − 1, such as (B,T). They must not change before the backward pass.</param>
    /// <returns>The rows, (…,C), such as (B,T,C).</returns>
    /// <exception cref="ArgumentException">The table is not a matrix, the ids have five dimensions, or they belong to another context.</exception>
    public static Tensor Apply(Tensor table, Indices ids)
    {
        ComputeContext context = table.Context;
        context.Tracks(Instance.Name, table);
        Shapes.SameContext(Instance.Name, context, ids);
        if (table.Shape.Rank != 2) throw Errors.Shape(Instance.Name, table.Shape, "the table must be (vocabulary, channels)");
        if (ids.Shape.Rank == Shape.MaxRank) throw Errors.Shapes(Instance.Name, table.Shape, ids.Shape, $"ids may have at most {Shape.MaxRank - 1} dimensions; use Indices of a flatter shape");
        Shape shape = Shapes.Append(ids.Shape, table.Shape[1]);
        BufferView y = context.Allocate(shape.Count);
        context.Backend.Gather((int)ids.Shape.Count, table.Shape[1], table.Data, ids.Data, y);
        return context.Record(Instance, y, shape, new OpState { Borrowed = ids.Data }, table);
    }

    /// <inheritdoc/>
    public override void Backward(in TapeEntry entry)
    {
        Shape table = entry.InputShape(0);
        GradientTarget dTable = entry.GradientOf(0);
        BufferView ids = entry.State.Borrowed;
        entry.Backend.ScatterAdd((int)ids.Length, table[1], table[0], ids, entry.Gradient, dTable.View, dTable.Accumulate);
    }
}
