using System.Runtime.CompilerServices;

namespace MiniGrad.Backends.Cpu;

/// <summary>A piece of parallel work: a struct of pointers and sizes, so that running it allocates nothing.</summary>
internal interface IBlockJob
{
    /// <summary>Does one block. Which worker does it must not change the result.</summary>
    /// <param name="block">Index of the block.</param>
    /// <param name="worker">Index of the worker, for its own scratch memory.</param>
    void Run(int block, int worker);
}

/// <summary>
/// A fork-join pool: the caller takes part, blocks are handed out by tickets, helpers spin for some microseconds and then
/// park. Blocks are fixed by the problem, never by the number of threads, so results do not depend on it.
/// </summary>
internal sealed unsafe class WorkerPool : IDisposable
{
    private const int SpinsBeforeParking = 2000;

    private readonly Thread[] _helpers;
    private readonly SemaphoreSlim[] _wake;
    private readonly int[] _parked;
    private delegate*<int, int, void*, void> _body;
    private void* _job;
    private int _count;
    private int _ticket;
    private int _generation;
    private int _arrived;
    private volatile bool _stopping;
    private Exception? _failure;

    /// <summary>A pool of the given number of threads, the caller included.</summary>
    public WorkerPool(int threads)
    {
        Threads = threads;
        _helpers = new Thread[threads - 1];
        _wake = new SemaphoreSlim[threads - 1];
        _parked = new int[threads - 1];
        for (int i = 0; i < _helpers.Length; i++)
        {
            int helper = i;
            _wake[i] = new SemaphoreSlim(0);
            _helpers[i] = new Thread(() => Loop(helper)) { IsBackground = true, Name = $"MiniGrad worker {i + 1}" };
            _helpers[i].Start();
        }
    }

    /// <summary>Threads, the caller included.</summary>
    public int Threads { get; }

    /// <summary>Runs a job's blocks and returns when all are done.</summary>
    public void For<TJob>(int blocks, ref TJob job) where TJob : unmanaged, IBlockJob
    {
        if (Threads == 1 || blocks <= 1)
        {
            for (int block = 0; block < blocks; block++) job.Run(block, 0);
            return;
        }
        TJob local = job;
        _body = &Invoke<TJob>;
        _job = &local;
        _count = blocks;
        _ticket = 0;
        _arrived = 0;
        Interlocked.Increment(ref _generation);
        for (int i = 0; i < _helpers.Length; i++)
        {
            if (Volatile.Read(ref _parked[i]) == 1) _wake[i].Release();
        }
        TakeBlocks(0);
        // Every helper checks in once a job, so none can wake late and touch the next one.
        var spinner = new SpinWait();
        while (Volatile.Read(ref _arrived) < _helpers.Length) spinner.SpinOnce(sleep1Threshold: -1);
        if (_failure is { } failure)
        {
            _failure = null;
            throw new InvalidOperationException($"a kernel failed on a worker thread: {failure.Message}", failure);
        }
    }

    /// <summary>Ends the helpers.</summary>
    public void Dispose()
    {
        if (_stopping) return;
        _stopping = true;
        Interlocked.Increment(ref _generation);
        foreach (SemaphoreSlim wake in _wake) wake.Release();
        foreach (Thread helper in _helpers) helper.Join();
        foreach (SemaphoreSlim wake in _wake) wake.Dispose();
    }

    private static void Invoke<TJob>(int block, int worker, void* job) where TJob : unmanaged, IBlockJob => Unsafe.AsRef<TJob>(job).Run(block, worker);

    private void Loop(int helper)
    {
        int seen = 0;
        while (true)
        {
            WaitForNext(helper, seen);
            seen = Volatile.Read(ref _generation);
            if (_stopping) return;
            TakeBlocks(helper + 1);
            Interlocked.Increment(ref _arrived);
        }
    }

    private void WaitForNext(int helper, int seen)
    {
        for (int spins = 0; spins < SpinsBeforeParking; spins++)
        {
            if (Volatile.Read(ref _generation) != seen) return;
            Thread.SpinWait(8);
        }
        Volatile.Write(ref _parked[helper], 1);
        Interlocked.MemoryBarrier();
        while (Volatile.Read(ref _generation) == seen) _wake[helper].Wait();
        Volatile.Write(ref _parked[helper], 0);
    }

    private void TakeBlocks(int worker)
    {
        try
        {
            int block;
            while ((block = Interlocked.Increment(ref _ticket) - 1) < _count) _body(block, worker, _job);
        }
        catch (Exception failure) when (worker > 0)
        {
            Volatile.Write(ref _failure, failure);
        }
    }
}
