using System.Runtime.Intrinsics;

namespace MiniGrad.Backends.Cpu;

/// <summary>A piece of parallel work that is generic in the vector width.</summary>
internal interface ISimdJob
{
    /// <summary>Does one block.</summary>
    /// <typeparam name="TV">The vector width to use.</typeparam>
    /// <param name="block">Index of the block.</param>
    /// <param name="worker">Index of the worker, for its own scratch memory.</param>
    void Run<TV>(int block, int worker) where TV : unmanaged, ILanes<TV>;
}

/// <summary>Runs a job at the machine's widest vectors; the compiler keeps only that branch.</summary>
internal readonly struct Widest<TJob>(TJob job) : IBlockJob where TJob : unmanaged, ISimdJob
{
    private readonly TJob _job = job;

    /// <inheritdoc/>
    public void Run(int block, int worker)
    {
        if (Vector512.IsHardwareAccelerated) _job.Run<Lanes16>(block, worker);
        else if (Vector256.IsHardwareAccelerated) _job.Run<Lanes8>(block, worker);
        else if (Vector128.IsHardwareAccelerated) _job.Run<Lanes4>(block, worker);
        else _job.Run<Lanes1>(block, worker);
    }
}

/// <summary>The fixed split of long vectors: the same for any number of threads.</summary>
internal static class Blocks
{
    /// <summary>Elements of a block, 64 KiB.</summary>
    public const int Size = 16384;

    /// <summary>Number of blocks.</summary>
    public static int Count(long length, long size = Size) => checked((int)((length + size - 1) / size));

    /// <summary>First element of a block, and the one after its last.</summary>
    public static (long Start, long End) Range(int block, long length, long size = Size) => (block * size, Math.Min(length, (block + 1) * size));

    /// <summary>How many rows make about one block.</summary>
    public static int Rows(long columns) => (int)Math.Max(1, Size / Math.Max(1, columns));
}
