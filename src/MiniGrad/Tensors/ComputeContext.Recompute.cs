using MiniGrad.Memory;
using MiniGrad.Tensors;

namespace MiniGrad;

/// <content>Results whose memory is given back before the backward pass.</content>
public sealed partial class ComputeContext
{
    /// <summary>
    /// Gives a result's memory back when the forward pass has read it for the last time. If the backward pass reads it, its op
    /// makes it again, bit for bit, and it goes when its own backward pass is done (Chen et al. 2016, "Training deep nets with
    /// sublinear memory cost", for results that cost one pass over memory). Without effect where its op cannot do that, and on
    /// back ends where a kernel costs a launch.
    /// </summary>
    /// <param name="result">A result of this step. Reading it afterwards is an error.</param>
    /// <param name="hasOneReader">Whether only one op took it; what is made again then goes when that op is done with it.</param>
    internal void Drop(Tensor result, bool hasOneReader = false)
    {
        ref Node node = ref Resolve(result);
        if (Backend.PrefersBatchedOrthogonalization || node.IsDropped || node.Op is not { } op || !op.CanRecompute(new TapeEntry(this, result.Slot))) return;
        Arena.Release(node.Data);
        (node.Data, node.IsDropped, node.HasOneReader) = (default, true, hasOneReader);
    }

    /// <summary>The data of a tensor; made again if it was given back.</summary>
    internal BufferView DataAt(int slot)
    {
        ref Node node = ref _nodes[slot];
        if (!node.IsDropped) return node.Data;
        BufferView data = Arena.Allocate(node.Shape.Count);
        node.Op!.Recompute(new TapeEntry(this, slot), data);
        (node.Data, node.IsDropped, node.IsRecomputed) = (data, false, true);
        return data;
    }

    /// <summary>The data of a tensor in bfloat16, where its op keeps it so; else empty.</summary>
    internal BufferView HalfAt(int slot) => _nodes[slot].Op is { } op ? op.KeptHalf(new TapeEntry(this, slot)) : default;

    /// <summary>Gives what was made again back.</summary>
    internal void DropAgain(ref Node node)
    {
        if (!node.IsRecomputed) return;
        Arena.Release(node.Data);
        (node.Data, node.IsRecomputed, node.IsDropped) = (default, false, true);
    }
}
