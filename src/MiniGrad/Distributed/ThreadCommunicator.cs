using System.Diagnostics.CodeAnalysis;

namespace MiniGrad.Distributed;

/// <summary>A rank that is a thread.</summary>
internal sealed unsafe class ThreadCommunicator(ThreadGroup group, int rank) : Communicator
{
    public override int Rank => rank;

    public override int Size => group.Size;

    public override string Description => $"{Size} threads of one process";

    public override void AllToAll(ReadOnlySpan<byte> pieces, Span<byte> received)
    {
        CheckPieces(pieces.Length, received.Length);
        int piece = pieces.Length / Size;
        fixed (byte* mine = pieces)
        {
            group.Post(rank, nameof(AllToAll), (nint)mine, pieces.Length);
            for (int i = 0; i < Size; i++) new ReadOnlySpan<byte>((byte*)group.Posted(i) + (long)rank * piece, piece).CopyTo(received.Slice(i * piece, piece));
            group.Wait(rank, nameof(AllToAll));
        }
    }

    public override void AllGather(Span<byte> parts, ReadOnlySpan<int> counts)
    {
        CheckParts(parts.Length, counts);
        fixed (byte* mine = parts)
        {
            group.Post(rank, nameof(AllGather), (nint)mine, parts.Length);
            int offset = 0;
            for (int i = 0; i < Size; i++)
            {
                if (i != rank) new ReadOnlySpan<byte>((byte*)group.Posted(i) + offset, counts[i]).CopyTo(parts.Slice(offset, counts[i]));
                offset += counts[i];
            }
            group.Wait(rank, nameof(AllGather));
        }
    }

    public override void Broadcast(Span<byte> values, int root)
    {
        CheckRoot(root);
        fixed (byte* mine = values)
        {
            group.Post(rank, nameof(Broadcast), (nint)mine, values.Length);
            if (rank != root) new ReadOnlySpan<byte>((byte*)group.Posted(root), values.Length).CopyTo(values);
            group.Wait(rank, nameof(Broadcast));
        }
    }

    public override void Barrier()
    {
        group.Post(rank, nameof(Barrier), 0, 0);
        group.Wait(rank, nameof(Barrier));
    }

    [DoesNotReturn]
    public override void Abort(int exitCode, string reason)
    {
        var cause = new CommunicatorException($"rank {rank} ended the job with exit code {exitCode}: {reason}");
        group.Fail(cause.Message, cause);
        throw cause;
    }

    protected override void Dispose(bool disposing)
    {
    }
}
