using System.Diagnostics.CodeAnalysis;
using MiniGrad.Distributed;

namespace MiniGrad.Mpi;

/// <summary>
/// The ranks that a launcher such as mpirun started, over the system's MPI library. MPI is initialized as funnelled: the
/// thread that starts it makes every call, which is checked. A process can start it once.
/// </summary>
public sealed unsafe class MpiCommunicator : Communicator
{
    private readonly MpiFunctions _mpi;
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private readonly int[] _offsets;

    private MpiCommunicator(MpiLibrary library, MpiFunctions mpi, int rank, int size)
    {
        (_mpi, Rank, Size) = (mpi, rank, size);
        Description = $"{size} rank{(size == 1 ? "" : "s")} over {library.Version} ({library.Name})";
        _offsets = new int[size];
    }

    /// <inheritdoc/>
    public override int Rank { get; }

    /// <inheritdoc/>
    public override int Size { get; }

    /// <inheritdoc/>
    public override string Description { get; }

    /// <summary>Loads the launcher's library, initializes it, and checks that it sees the ranks that were started.</summary>
    /// <param name="launcher">What started this process.</param>
    /// <exception cref="MpiException">There is no library of its family, it does not start, or it sees another number of ranks.</exception>
    public static MpiCommunicator Start(MpiLauncher launcher)
    {
        ArgumentNullException.ThrowIfNull(launcher);
        MpiLibrary library = MpiLibrary.Load(launcher.Family);
        var mpi = new MpiFunctions(library);
        int code = mpi.Init();
        if (code != 0) throw new MpiException($"{library.Version} ({library.Name}) does not start: MPI_Init_thread: {mpi.Error(code)}");
        code = mpi.RankAndSize(out int rank, out int size);
        if (code != 0) throw new MpiException($"{library.Version}: MPI_Comm_rank: {mpi.Error(code)}");
        CheckSize(launcher, library, size);
        return new MpiCommunicator(library, mpi, rank, size);
    }

    /// <inheritdoc/>
    public override void AllToAll(ReadOnlySpan<byte> pieces, Span<byte> received)
    {
        CheckPieces(pieces.Length, received.Length);
        fixed (byte* from = pieces, to = received) Check(_mpi.AllToAll(from, to, pieces.Length / Size), "MPI_Alltoall");
    }

    /// <inheritdoc/>
    public override void AllGather(Span<byte> parts, ReadOnlySpan<int> counts)
    {
        CheckParts(parts.Length, counts);
        for (int i = 1; i < Size; i++) _offsets[i] = _offsets[i - 1] + counts[i - 1];
        fixed (byte* all = parts) fixed (int* each = counts, offsets = _offsets) Check(_mpi.AllGatherInPlace(all, each, offsets), "MPI_Allgatherv");
    }

    /// <inheritdoc/>
    public override void Broadcast(Span<byte> values, int root)
    {
        CheckRoot(root);
        fixed (byte* all = values) Check(_mpi.Broadcast(all, values.Length, root), "MPI_Bcast");
    }

    /// <inheritdoc/>
    public override void Barrier() => Check(_mpi.Barrier(), "MPI_Barrier");

    /// <inheritdoc/>
    [DoesNotReturn]
    public override void Abort(int exitCode, string reason)
    {
        _ = _mpi.Abort(exitCode);
        Environment.Exit(exitCode); // where the library comes back nevertheless
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (!_mpi.IsFinalized) _ = _mpi.Finish();
    }

    /// <summary>N processes that each believe to be alone would train N times, into the same folder.</summary>
    internal static void CheckSize(MpiLauncher launcher, MpiLibrary library, int size)
    {
        // Hydra's variable counts one machine's ranks: all of them are at least as many.
        bool agrees = launcher.Variable == "MPI_LOCALNRANKS" ? size >= launcher.Size : size == launcher.Size;
        if (agrees) return;
        string fix = launcher.Family is null ? "start the step with srun --mpi=pmix (or pmi2), or with the library's own mpirun" : $"use the mpirun of this library, or set {MpiLibrary.Override} to the library of the mpirun";
        throw new MpiException($"{launcher.Variable} says {launcher.Size} ranks, but {library.Version} ({library.Name}) sees {size}: launcher and library do not belong together; {fix}");
    }

    private void Check(int code, string call)
    {
        if (Environment.CurrentManagedThreadId != _thread) throw new CommunicatorException($"rank {Rank}, {call}: called by another thread than the one that started MPI; one thread makes all calls");
        if (code != 0) throw new CommunicatorException($"rank {Rank} of {Size}, {call}: {_mpi.Error(code)}");
    }
}
