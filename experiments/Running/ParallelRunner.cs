using System.Runtime.ExceptionServices;

namespace MiniGrad.Experiments.Running;

/// <summary>
/// Spreads independent runs over threads, in order. Each run has a compute context of its own, so the numbers
/// do not depend on how many run at once.
/// </summary>
internal static class ParallelRunner
{
    /// <summary>Runs everything and returns the records in order; those not begun when a stop was asked for are null.</summary>
    public static RunRecord?[] Run(int runs, int jobs, Func<int, CancellationToken, RunRecord> execute, CancellationToken cancellation)
    {
        var records = new RunRecord?[runs];
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Exception? failure = null;
        int next = -1;

        void Work()
        {
            int index;
            while (!failed.IsCancellationRequested && (index = Interlocked.Increment(ref next)) < runs)
            {
                try
                {
                    records[index] = execute(index, failed.Token);
                }
                catch (Exception e)
                {
                    Interlocked.CompareExchange(ref failure, e, null);
                    failed.Cancel();
                }
            }
        }

        Thread[] threads = [.. Enumerable.Range(0, Math.Clamp(jobs, 1, runs)).Select(i => new Thread(Work) { Name = $"run {i + 1}", IsBackground = true })];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
        if (failure is not null) ExceptionDispatchInfo.Throw(failure);
        return records;
    }
}
