using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace MiniGrad.Distributed;

/// <summary>
/// What all communicators share: the all-reduce. A rank receives its N-th of every other rank's values, sums them in the
/// order of the ranks, and the sums are gathered: 2·(N − 1)/N of the values cross the network each way, as in a ring, and
/// the order of summation is ours, not the library's.
/// </summary>
public abstract class Communicator : ICommunicator
{
    private const int SegmentBytes = 4 << 20; // bounds the workspace, whatever is reduced

    private byte[] _pieces = [];
    private byte[] _received = [];
    private int[]? _counts;

    /// <inheritdoc/>
    public abstract int Rank { get; }

    /// <inheritdoc/>
    public abstract int Size { get; }

    /// <inheritdoc/>
    public abstract string Description { get; }

    /// <inheritdoc/>
    public void AllReduce(Span<float> values) => Reduce(values);

    /// <inheritdoc/>
    public void AllReduce(Span<double> values) => Reduce(values);

    /// <inheritdoc/>
    public abstract void AllToAll(ReadOnlySpan<byte> pieces, Span<byte> received);

    /// <inheritdoc/>
    public abstract void AllGather(Span<byte> parts, ReadOnlySpan<int> counts);

    /// <inheritdoc/>
    public abstract void Broadcast(Span<byte> values, int root);

    /// <inheritdoc/>
    public abstract void Barrier();

    /// <inheritdoc/>
    [DoesNotReturn]
    public abstract void Abort(int exitCode, string reason);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Leaves the job.</summary>
    /// <param name="disposing">Always true: there is no finalizer.</param>
    protected abstract void Dispose(bool disposing);

    /// <summary>Checks what <see cref="AllToAll"/> is given.</summary>
    /// <param name="pieces">The bytes sent.</param>
    /// <param name="received">The bytes received.</param>
    /// <exception cref="ArgumentException">They are not N pieces of one size.</exception>
    protected void CheckPieces(int pieces, int received)
    {
        if (pieces != received || pieces % Size != 0) throw new ArgumentException($"AllToAll: {pieces} bytes are sent and {received} received; expected as many, and a multiple of the {Size} ranks");
    }

    /// <summary>Checks what <see cref="AllGather"/> is given.</summary>
    /// <param name="parts">The bytes of all parts.</param>
    /// <param name="counts">The bytes of each.</param>
    /// <exception cref="ArgumentException">There is not a count for every rank, or they do not add up.</exception>
    protected void CheckParts(int parts, ReadOnlySpan<int> counts)
    {
        if (counts.Length != Size || TensorPrimitives.Sum(counts) != parts) throw new ArgumentException($"AllGather: {counts.Length} counts that add up to {TensorPrimitives.Sum(counts)} for {Size} ranks and {parts} bytes; expected one a rank, adding up to the bytes");
    }

    /// <summary>Checks the root of a <see cref="Broadcast"/>.</summary>
    /// <param name="root">The rank that sends.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such rank.</exception>
    protected void CheckRoot(int root)
    {
        if (root < 0 || root >= Size) throw new ArgumentOutOfRangeException(nameof(root), $"Broadcast: the root is rank {root}; there are {Size} ranks, from 0");
    }

    private void Reduce<T>(Span<T> values) where T : unmanaged, INumber<T>
    {
        if (Size == 1) return;
        int segment = SegmentBytes / Marshal.SizeOf<T>();
        for (int first = 0; first < values.Length; first += segment) ReduceSegment(values.Slice(first, Math.Min(segment, values.Length - first)));
    }

    private void ReduceSegment<T>(Span<T> values) where T : unmanaged, INumber<T>
    {
        int piece = (values.Length + Size - 1) / Size, bytes = Size * piece * Marshal.SizeOf<T>();
        if (_pieces.Length < bytes) (_pieces, _received) = (new byte[bytes], new byte[bytes]);
        Span<byte> sentBytes = _pieces.AsSpan(0, bytes), receivedBytes = _received.AsSpan(0, bytes);
        Span<T> sent = MemoryMarshal.Cast<byte, T>(sentBytes), received = MemoryMarshal.Cast<byte, T>(receivedBytes);
        values.CopyTo(sent);
        sent[values.Length..].Clear();
        AllToAll(sentBytes, receivedBytes);
        Span<T> sums = sent.Slice(Rank * piece, piece);
        received[..piece].CopyTo(sums);
        for (int rank = 1; rank < Size; rank++) TensorPrimitives.Add(sums, received.Slice(rank * piece, piece), sums);
        _counts ??= new int[Size];
        _counts.AsSpan().Fill(piece * Marshal.SizeOf<T>());
        AllGather(sentBytes, _counts);
        sent[..values.Length].CopyTo(values);
    }
}
