using System.Globalization;

namespace MiniGrad.Mpi;

/// <summary>The launcher that started this process as one rank of several, known by the variables that it set.</summary>
/// <param name="Size">The number of ranks that it says it started.</param>
/// <param name="Family">The library that it belongs to, or null where any may be meant (Slurm's own launcher).</param>
/// <param name="Variable">The variable that <paramref name="Size"/> is from.</param>
public sealed record MpiLauncher(int Size, MpiFamily? Family, string Variable)
{
    /// <summary>Ranks on this machine, where the launcher says so.</summary>
    public int? LocalSize { get; init; }

    /// <summary>Threads of a rank where none are given: the processors that it may use, shared with the other ranks of this machine.</summary>
    public int Threads => LocalSize is { } ranks ? Math.Max(1, Environment.ProcessorCount / ranks) : 1;

    /// <summary>The launcher of this process, or null where it was started alone.</summary>
    /// <exception cref="MpiException">A launcher's variable is not a number of ranks.</exception>
    public static MpiLauncher? Detect() => Detect(Environment.GetEnvironmentVariable);

    /// <summary>The launcher that an environment tells of. A launcher inside another one comes first.</summary>
    /// <param name="variable">Looks up a variable.</param>
    internal static MpiLauncher? Detect(Func<string, string?> variable)
    {
        if (variable("OMPI_COMM_WORLD_SIZE") is { } open) return new MpiLauncher(Count("OMPI_COMM_WORLD_SIZE", open), MpiFamily.OpenMpi, "OMPI_COMM_WORLD_SIZE") { LocalSize = Local(variable("OMPI_COMM_WORLD_LOCAL_SIZE")) };
        if (variable("PMI_SIZE") is { } mpich) return new MpiLauncher(Count("PMI_SIZE", mpich), MpiFamily.Mpich, "PMI_SIZE") { LocalSize = Local(variable("MPI_LOCALNRANKS")) };
        // srun sets no variable of a library's. Its step counts, not the allocation: a batch script runs alone in a large one.
        if (variable("SLURM_PROCID") is not null && variable("SLURM_STEP_NUM_TASKS") is { } slurm && Count("SLURM_STEP_NUM_TASKS", slurm) is > 1 and int tasks)
            return new MpiLauncher(tasks, null, "SLURM_STEP_NUM_TASKS");
        // Hydra's proxies set this one even where the size comes over their socket; it counts one machine's ranks only.
        if (variable("MPI_LOCALNRANKS") is { } local) return new MpiLauncher(Count("MPI_LOCALNRANKS", local), MpiFamily.Mpich, "MPI_LOCALNRANKS") { LocalSize = Local(local) };
        return null;
    }

    private static int? Local(string? text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count > 0 ? count : null;

    private static int Count(string name, string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count > 0
        ? count
        : throw new MpiException($"{name} is '{text}'; expected the number of ranks that a launcher such as mpirun sets: unset it to run alone");
}
