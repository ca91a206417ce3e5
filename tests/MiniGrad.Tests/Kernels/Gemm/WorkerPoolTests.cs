using System.Runtime.InteropServices;
using MiniGrad.Backends.Cpu;

#pragma warning disable CS8500 // jobs are unmanaged structs, so they hold the pool by the address of a local

namespace MiniGrad.Tests.Kernels.Gemm;

/// <summary>The fork-join pool under small jobs, exceptions, nesting and disposal.</summary>
public sealed unsafe class WorkerPoolTests
{
    private const int MaxBlocks = 16;
    private const int MaxThreads = 4;

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Every_block_of_100_000_small_jobs_runs_once_and_in_time(int threads)
    {
        using var pool = new WorkerPool(threads);
        long* runs = stackalloc long[MaxBlocks];
        long* expected = stackalloc long[MaxBlocks];
        long* allocated = stackalloc long[2 * MaxThreads];
        long current = 0, late = 0;
        long before = 0;
        for (int repeat = 0; repeat < 100_000; repeat++)
        {
            if (repeat == 100) before = GC.GetAllocatedBytesForCurrentThread();
            current = repeat;
            int blocks = repeat % MaxBlocks + 1;
            var job = new CountingJob { Runs = runs, Number = repeat, Current = &current, Late = &late, Allocated = allocated, Warm = repeat >= 100 };
            pool.For(blocks, ref job);
            for (int block = 0; block < blocks; block++) expected[block]++;
            for (int block = 0; block < blocks; block++)
            {
                if (runs[block] != expected[block]) Assert.Fail($"job {repeat}: block {block} ran {runs[block] - expected[block] + 1} times");
            }
        }
        long callerAllocated = GC.GetAllocatedBytesForCurrentThread() - before;
        current = -1;
        Assert.Equal(0, late);
        Assert.Equal(0, callerAllocated);
        for (int worker = 1; worker < threads; worker++) Assert.Equal(0, allocated[2 * worker + 1] - allocated[2 * worker]);
    }

    [Fact]
    public void Parked_helpers_wake_up_and_end()
    {
        var pool = new WorkerPool(3);
        long* runs = stackalloc long[MaxBlocks];
        long current = 0, late = 0;
        for (int repeat = 0; repeat < 20; repeat++)
        {
            Thread.Sleep(2);
            current = repeat;
            var job = new CountingJob { Runs = runs, Number = repeat, Current = &current, Late = &late };
            pool.For(MaxBlocks, ref job);
        }
        for (int block = 0; block < MaxBlocks; block++) Assert.Equal(20, runs[block]);
        Thread.Sleep(2);
        pool.Dispose();
        pool.Dispose();

        // Without helpers the caller still does the work.
        current = 20;
        var last = new CountingJob { Runs = runs, Number = 20, Current = &current, Late = &late };
        pool.For(MaxBlocks, ref last);
        for (int block = 0; block < MaxBlocks; block++) Assert.Equal(21, runs[block]);
        Assert.Equal(0, late);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(MaxBlocks - 1)]
    public void An_exception_in_a_block_reaches_the_caller_and_the_pool_goes_on(int failing)
    {
        using var pool = new WorkerPool(3);
        for (int repeat = 0; repeat < 200; repeat++)
        {
            int running = 0, finished = 0;
            var job = new FailingJob { Failing = failing, Running = &running, Finished = &finished };
            InvalidDataException error = Assert.Throws<InvalidDataException>(() => pool.For(MaxBlocks, ref job));
            Assert.Equal($"block {failing}", error.Message);
            Assert.Equal(0, Volatile.Read(ref running));
            Assert.True(finished < MaxBlocks);

            job.Failing = -1;
            finished = 0;
            pool.For(MaxBlocks, ref job);
            Assert.Equal(MaxBlocks, finished);
        }
    }

    [Fact]
    public void A_nested_job_runs_on_the_worker_that_started_it()
    {
        using var pool = new WorkerPool(3);
        var handle = GCHandle.Alloc(pool);
        for (int repeat = 0; repeat < 200; repeat++)
        {
            int foreign = 0, inner = 0;
            var job = new NestingJob { Pool = handle, Foreign = &foreign, Inner = &inner };
            pool.For(MaxBlocks, ref job);
            Assert.Equal(0, foreign);
            Assert.Equal(MaxBlocks * 3, inner);
        }
        handle.Free();
    }

    [Fact]
    public void No_blocks_are_no_work()
    {
        using var pool = new WorkerPool(2);
        long* runs = stackalloc long[1];
        var job = new CountingJob { Runs = runs };
        pool.For(0, ref job);
        Assert.Equal(0, runs[0]);
        Assert.Throws<ArgumentOutOfRangeException>(() => new WorkerPool(0));
    }

    private struct CountingJob : IBlockJob
    {
        public long* Runs, Current, Late, Allocated;
        public long Number;
        public bool Warm;

        public readonly void Run(int block, int worker)
        {
            if (Current != null && Volatile.Read(ref *Current) != Number) Interlocked.Increment(ref *Late);
            Runs[block]++;
            if (Allocated == null || !Warm) return;
            long now = GC.GetAllocatedBytesForCurrentThread();
            if (Allocated[2 * worker] == 0) Allocated[2 * worker] = now;
            Allocated[2 * worker + 1] = now;
        }
    }

    private struct FailingJob : IBlockJob
    {
        public int Failing;
        public int* Running, Finished;

        public readonly void Run(int block, int worker)
        {
            Interlocked.Increment(ref *Running);
            try
            {
                if (block == Failing) throw new InvalidDataException($"block {block}");
                Thread.SpinWait(20);
                Interlocked.Increment(ref *Finished);
            }
            finally
            {
                Interlocked.Decrement(ref *Running);
            }
        }
    }

    private struct NestingJob : IBlockJob
    {
        public GCHandle Pool;
        public int* Foreign, Inner;

        public readonly void Run(int block, int worker)
        {
            var inner = new InnerJob { Outer = worker, Foreign = Foreign, Inner = Inner };
            ((WorkerPool)Pool.Target!).For(3, ref inner);
        }
    }

    private struct InnerJob : IBlockJob
    {
        public int Outer;
        public int* Foreign, Inner;

        public readonly void Run(int block, int worker)
        {
            if (worker != Outer) Interlocked.Increment(ref *Foreign);
            Interlocked.Increment(ref *Inner);
        }
    }
}
