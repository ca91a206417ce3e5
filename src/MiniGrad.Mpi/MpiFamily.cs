namespace MiniGrad.Mpi;

/// <summary>Which binary interface an MPI library has.</summary>
public enum MpiFamily
{
    /// <summary>Open MPI: a handle is the address of an exported object.</summary>
    OpenMpi,

    /// <summary>MPICH and its relatives (Intel MPI, MVAPICH, Cray): a handle is an integer constant.</summary>
    Mpich,
}
