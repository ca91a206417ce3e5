using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace MiniGrad.Backends.Cpu;

/// <summary>
/// A fork-join pool: the caller takes part, blocks are handed out by tickets, helpers spin for some microseconds and then
/// park. Blocks are fixed by the problem, never by the worker, so results do not depend on it.
/// </summary>
/// <remarks>
/// <see cref="_state"/> holds the job's number, whether it is open, and how many helpers are inside. A helper enters by
/// changing it in one step, so that none can enter a job that was closed: the caller waits for helpers that are at work,
/// never for one that did not wake up in time, which matters when other programs use the cores.
/// </remarks>
internal sealed unsafe class WorkerPool : IDisposable
{
    private const long Open = 1L << 31, Inside = Open - 1, NextJob = 1L << 32;

    // Longer than the serial stretches between kernels, and short enough not to disturb another run on the same cores.
    private const double SecondsBeforeParking = 40e-6;

    private readonly Thread[] _helpers;
    private readonly SemaphoreSlim[] _wake;
    private readonly int[] _parked;
    private delegate*<int, int, void*, void> _body;
    private void* _job;
    private ILaneWork? _work;
    private int _count;
    private int _ticket;
    private long _state;
    private ExceptionDispatchInfo? _failure;
    private bool _running;
    private volatile bool _stopping;

    /// <summary>A pool of the given number of threads, the caller included.</summary>
    public WorkerPool(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        Threads = threads;
        _helpers = new Thread[threads - 1];
        _wake = new SemaphoreSlim[threads - 1];
        _parked = new int[threads - 1];
        for (int i = 0; i < _helpers.Length; i++)
        {
            int helper = i;
            _wake[i] = new SemaphoreSlim(0);
            _helpers[i] = new Thread(() => Help(helper)) { IsBackground = true, Name = $"MiniGrad worker {i + 1}" };
            _helpers[i].Start();
        }
    }

    /// <summary>Threads, the caller included.</summary>
    public int Threads { get; }

    /// <summary>
    /// Runs a job's blocks and returns when all are done. Called from inside a block, it runs them on that worker alone.
    /// When a block throws, the blocks not yet begun are left out, and its exception is thrown here.
    /// </summary>
    public void For<TJob>(int blocks, ref TJob job)
        where TJob : unmanaged, IBlockJob
    {
        if (Threads == 1 || blocks <= 1 || _running || _stopping)
        {
            int worker = _running ? CurrentWorker() : 0;
            for (int block = 0; block < blocks; block++) job.Run(block, worker);
            return;
        }
        TJob shared = job;
        _body = &Invoke<TJob>;
        _job = &shared;
        Share(blocks);
    }

    /// <summary>The same for work that is an object.</summary>
    public void For(int items, ILaneWork work)
    {
        if (Threads == 1 || items <= 1 || _running || _stopping)
        {
            int worker = _running ? CurrentWorker() : 0;
            for (int item = 0; item < items; item++) work.Run(item, worker);
            return;
        }
        _work = work;
        try
        {
            Share(items);
        }
        finally
        {
            _work = null;
        }
    }

    /// <summary>Ends the helpers.</summary>
    public void Dispose()
    {
        if (_stopping) return;
        _stopping = true;
        foreach (SemaphoreSlim wake in _wake) wake.Release();
        foreach (Thread helper in _helpers) helper.Join();
        foreach (SemaphoreSlim wake in _wake) wake.Dispose();
    }

    private static void Invoke<TJob>(int block, int worker, void* job)
        where TJob : unmanaged, IBlockJob => Unsafe.AsRef<TJob>(job).Run(block, worker);

    private void Share(int blocks)
    {
        _count = blocks;
        _ticket = 0;
        _running = true;
        // A full fence: whoever sees the job open sees its fields, and a helper about to park sees that it is open.
        Interlocked.Add(ref _state, NextJob | Open);
        Wake(blocks - 1);
        TakeTickets(0);
        Interlocked.And(ref _state, ~Open);
        var spinner = new SpinWait();
        while ((Volatile.Read(ref _state) & Inside) != 0) spinner.SpinOnce(sleep1Threshold: -1);
        _running = false;
        if (_failure is { } failure)
        {
            _failure = null;
            failure.Throw();
        }
    }

    private void Wake(int useful)
    {
        for (int i = 0; i < _helpers.Length && i < useful; i++)
        {
            // Whoever sets the flag back owns the release, so that the semaphore never counts above 1.
            if (Volatile.Read(ref _parked[i]) != 0 && Interlocked.Exchange(ref _parked[i], 0) != 0) _wake[i].Release();
        }
    }

    private void TakeTickets(int worker)
    {
        try
        {
            int block;
            while ((block = Interlocked.Increment(ref _ticket) - 1) < _count)
            {
                if (_work is { } work) work.Run(block, worker);
                else _body(block, worker, _job);
            }
        }
        catch (Exception exception)
        {
            Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(exception), null);
            Interlocked.Exchange(ref _ticket, _count);
        }
    }

    private int CurrentWorker() => Array.IndexOf(_helpers, Thread.CurrentThread) + 1;

    private void Help(int helper)
    {
        long seen = 0;
        while (!_stopping)
        {
            long state = Volatile.Read(ref _state);
            if (!IsNew(state, seen))
            {
                WaitForJob(helper, seen);
                continue;
            }
            // The number of the job as of now: if another one replaced it since, the exchange fails.
            if (Interlocked.CompareExchange(ref _state, state + 1, state) != state) continue;
            seen = state >> 32;
            TakeTickets(helper + 1);
            Interlocked.Decrement(ref _state);
        }
    }

    private static bool IsNew(long state, long seen) => (state & Open) != 0 && state >> 32 != seen;

    private void WaitForJob(int helper, long seen)
    {
        long start = Stopwatch.GetTimestamp();
        do
        {
            Thread.SpinWait(4);
            if (_stopping || IsNew(Volatile.Read(ref _state), seen)) return;
        }
        while (Stopwatch.GetElapsedTime(start).TotalSeconds < SecondsBeforeParking);

        Interlocked.Exchange(ref _parked[helper], 1);
        // Either this sees the job that was opened meanwhile, or its opener sees the flag.
        if (!_stopping && !IsNew(Volatile.Read(ref _state), seen)) _wake[helper].Wait();
        else if (Interlocked.Exchange(ref _parked[helper], 0) == 0) _wake[helper].Wait();
    }
}
