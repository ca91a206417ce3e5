using System.Runtime.ExceptionServices;

namespace MiniGrad.Distributed;

/// <summary>A job whose ranks are threads of this process: the same interface as MPI's, for tests and for one machine.</summary>
public static class ThreadRanks
{
    /// <summary>Runs every rank on a thread of its own, and returns when all have ended.</summary>
    /// <param name="size">The number of ranks.</param>
    /// <param name="rank">What a rank does; its communicator is disposed afterwards.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no rank.</exception>
    /// <remarks>The first exception of a rank ends the others at their next call, and is thrown here.</remarks>
    public static void Run(int size, Action<ICommunicator> rank)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        ArgumentNullException.ThrowIfNull(rank);
        var group = new ThreadGroup(size);
        Thread[] threads = [.. Enumerable.Range(0, size).Select(i => new Thread(() => RunRank(group, i, rank)) { Name = $"rank {i}", IsBackground = true })];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
        if (group.Cause is { } cause) ExceptionDispatchInfo.Throw(cause);
    }

    private static void RunRank(ThreadGroup group, int rank, Action<ICommunicator> body)
    {
        try
        {
            using var communicator = new ThreadCommunicator(group, rank);
            body(communicator);
        }
        catch (Exception e)
        {
            group.Fail($"rank {rank} ended the job: {e.Message}", e);
        }
        finally
        {
            group.Leave(rank);
        }
    }
}
