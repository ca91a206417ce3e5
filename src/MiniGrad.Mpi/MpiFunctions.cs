using System.Text;

namespace MiniGrad.Mpi;

/// <summary>The dozen functions of MPI that are used, with the handles of the library's family. Nothing here is checked.</summary>
internal sealed unsafe class MpiFunctions(MpiLibrary library)
{
    private const int Funnelled = 1; // MPI_THREAD_FUNNELED in both families
    private readonly nint _inPlace = library.Family == MpiFamily.OpenMpi ? 1 : -1;
    private readonly delegate* unmanaged<int*, byte***, int, int*, int> _init = (delegate* unmanaged<int*, byte***, int, int*, int>)library.Function("MPI_Init_thread");
    private readonly delegate* unmanaged<int*, int> _finalized = (delegate* unmanaged<int*, int>)library.Function("MPI_Finalized");
    private readonly delegate* unmanaged<int> _finalize = (delegate* unmanaged<int>)library.Function("MPI_Finalize");
    private readonly delegate* unmanaged<nint, int, int> _abort = (delegate* unmanaged<nint, int, int>)library.Function("MPI_Abort");
    private readonly delegate* unmanaged<nint, nint, int> _setErrorHandler = (delegate* unmanaged<nint, nint, int>)library.Function("MPI_Comm_set_errhandler");
    private readonly delegate* unmanaged<int, byte*, int*, int> _errorString = (delegate* unmanaged<int, byte*, int*, int>)library.Function("MPI_Error_string");
    private readonly delegate* unmanaged<nint, int*, int> _rank = (delegate* unmanaged<nint, int*, int>)library.Function("MPI_Comm_rank");
    private readonly delegate* unmanaged<nint, int*, int> _size = (delegate* unmanaged<nint, int*, int>)library.Function("MPI_Comm_size");
    private readonly delegate* unmanaged<nint, int> _barrier = (delegate* unmanaged<nint, int>)library.Function("MPI_Barrier");
    private readonly delegate* unmanaged<void*, int, nint, int, nint, int> _broadcast = (delegate* unmanaged<void*, int, nint, int, nint, int>)library.Function("MPI_Bcast");
    private readonly delegate* unmanaged<void*, int, nint, void*, int, nint, nint, int> _allToAll = (delegate* unmanaged<void*, int, nint, void*, int, nint, nint, int>)library.Function("MPI_Alltoall");
    private readonly delegate* unmanaged<void*, int, nint, void*, int*, int*, nint, nint, int> _allGather = (delegate* unmanaged<void*, int, nint, void*, int*, int*, nint, nint, int>)library.Function("MPI_Allgatherv");

    // Addresses of exported objects in Open MPI; MPICH's constants stand in its ABI.
    private readonly nint _world = Handle(library, "ompi_mpi_comm_world", 0x44000000);
    private readonly nint _byte = Handle(library, "ompi_mpi_byte", 0x4c00010d);
    private readonly nint _errorsReturn = Handle(library, "ompi_mpi_errors_return", 0x54000001);

    public bool IsFinalized
    {
        get
        {
            int flag = 0;
            return _finalized(&flag) != 0 || flag != 0;
        }
    }

    public int Init()
    {
        int provided = 0;
        int code = _init(null, null, Funnelled, &provided);
        return code != 0 ? code : _setErrorHandler(_world, _errorsReturn);
    }

    public int Finish() => _finalize();

    public int Abort(int exitCode) => _abort(_world, exitCode);

    public int RankAndSize(out int rank, out int size)
    {
        int r = 0, s = 0;
        int code = _rank(_world, &r);
        if (code == 0) code = _size(_world, &s);
        (rank, size) = (r, s);
        return code;
    }

    public int Barrier() => _barrier(_world);

    public int Broadcast(byte* values, int count, int root) => _broadcast(values, count, _byte, root, _world);

    public int AllToAll(byte* pieces, byte* received, int piece) => _allToAll(pieces, piece, _byte, received, piece, _byte, _world);

    public int AllGatherInPlace(byte* parts, int* counts, int* offsets) => _allGather((void*)_inPlace, 0, _byte, parts, counts, offsets, _byte, _world);

    public string Error(int code)
    {
        byte* text = stackalloc byte[1024];
        int length = 0;
        return _errorString(code, text, &length) == 0 ? Encoding.UTF8.GetString(text, Math.Clamp(length, 0, 1024)) : $"error {code}";
    }

    private static nint Handle(MpiLibrary library, string openMpi, nint mpich) => library.Family == MpiFamily.OpenMpi ? library.Function(openMpi) : mpich;
}
