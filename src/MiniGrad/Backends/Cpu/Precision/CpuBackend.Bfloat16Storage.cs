using MiniGrad.Memory;

namespace MiniGrad.Backends.Cpu;

/// <content>Numbers kept in bfloat16.</content>
public sealed unsafe partial class CpuBackend : IBfloat16Storage
{
    void IBfloat16Storage.Compress(BufferView x, BufferView half) =>
        For(Blocks.Count(x.Length), new CompressJob(Pointer(x), (ushort*)Pointer(half), x.Length));

    void IBfloat16Storage.Expand(BufferView half, BufferView x) =>
        For(Blocks.Count(x.Length), new ExpandJob((ushort*)Pointer(half), Pointer(x), x.Length));

    void IBfloat16Storage.UnaryOfHalf(UnaryOperation operation, BufferView half, BufferView y) => Unary<KeptHalf>(operation, half, y);

    void IBfloat16Storage.UnaryBackwardOfHalf(UnaryOperation operation, BufferView half, BufferView dY, BufferView dX) =>
        UnaryBackward<KeptHalf>(operation, half, dY, dX, accumulate: false);
}
