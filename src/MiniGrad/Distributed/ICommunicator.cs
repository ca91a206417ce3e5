using System.Diagnostics.CodeAnalysis;

namespace MiniGrad.Distributed;

/// <summary>
/// The ranks of a job and what they say to each other. Every call is collective: all ranks make the same calls in the same
/// order, and none returns before the others have joined it. One thread a rank makes all of them.
/// </summary>
public interface ICommunicator : IDisposable
{
    /// <summary>This rank, from 0.</summary>
    int Rank { get; }

    /// <summary>The number of ranks, N.</summary>
    int Size { get; }

    /// <summary>What carries the messages, in words.</summary>
    string Description { get; }

    /// <summary>
    /// Sums element by element over all ranks, ((x₀ + x₁) + x₂) + …: in the order of the ranks, whatever carries the messages,
    /// so that every rank has the same bits, which depend on N alone.
    /// </summary>
    /// <param name="values">This rank's summands, and then the sums; as many on every rank.</param>
    /// <exception cref="CommunicatorException">A rank is gone, or has made another call.</exception>
    void AllReduce(Span<float> values);

    /// <inheritdoc cref="AllReduce(Span{float})"/>
    void AllReduce(Span<double> values);

    /// <summary>Gives every rank a piece of every other: piece j of rank i becomes piece i of rank j.</summary>
    /// <param name="pieces">N pieces of one size, one for each rank.</param>
    /// <param name="received">As long: one piece from each rank.</param>
    /// <exception cref="CommunicatorException">A rank is gone, or has made another call.</exception>
    void AllToAll(ReadOnlySpan<byte> pieces, Span<byte> received);

    /// <summary>Gives every rank the parts of all.</summary>
    /// <param name="parts">The parts of all ranks, one after the other; this rank's own is filled in, the others are received.</param>
    /// <param name="counts">The bytes of each part, the same on every rank.</param>
    /// <exception cref="CommunicatorException">A rank is gone, or has made another call.</exception>
    void AllGather(Span<byte> parts, ReadOnlySpan<int> counts);

    /// <summary>Gives every rank what one has.</summary>
    /// <param name="values">On the root what is sent, elsewhere where it goes; as long on every rank.</param>
    /// <param name="root">The rank that sends.</param>
    /// <exception cref="CommunicatorException">A rank is gone, or has made another call.</exception>
    void Broadcast(Span<byte> values, int root);

    /// <summary>Waits for all ranks.</summary>
    /// <exception cref="CommunicatorException">A rank is gone, or has made another call.</exception>
    void Barrier();

    /// <summary>Ends the whole job, now: for a rank that cannot go on while others wait for it.</summary>
    /// <param name="exitCode">What the launcher is to return.</param>
    /// <param name="reason">Why, for the other ranks where they can be told.</param>
    [DoesNotReturn]
    void Abort(int exitCode, string reason);
}
