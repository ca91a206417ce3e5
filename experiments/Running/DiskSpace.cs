using System.Globalization;
using MiniGrad.Training;

namespace MiniGrad.Experiments.Running;

/// <summary>Looks before a run begins whether its checkpoints will fit: a disk that is full after a night is found too late.</summary>
internal static class DiskSpace
{
    /// <summary>Room for what JSON, headers and the file system take besides.</summary>
    private const long Overhead = 1 << 16;

    /// <summary>Bytes of a checkpoint of this many weights and elements of state.</summary>
    public static long CheckpointBytes(long values, int realSize) => (values * realSize) + Overhead;

    /// <summary>Refuses to begin where (keep + 1) checkpoints a run do not fit: the kept ones, and the one that is being written.</summary>
    /// <param name="folder">Where they go.</param>
    /// <param name="checkpoint">Bytes of one.</param>
    /// <param name="cadence">How many stay.</param>
    /// <param name="runs">Runs whose checkpoints are there at once.</param>
    /// <param name="free">Bytes that are free there.</param>
    /// <exception cref="CommandException">They do not fit (exit 5).</exception>
    public static void Require(string folder, long checkpoint, CheckpointCadence cadence, int runs, long free)
    {
        if (cadence.IsNever) return;
        long needed = (cadence.Keep + 1L) * checkpoint * runs;
        if (free >= needed) return;
        throw new CommandException(ExitCode.InputOutput, string.Create(
            CultureInfo.InvariantCulture,
            $"the disk of {folder} has {free / 1048576.0:N1} MiB free; {cadence.Keep + 1} checkpoints of {checkpoint / 1048576.0:N1} MiB for {runs} run(s) need {needed / 1048576.0:N1} MiB: free some, lower --keep, or switch them off with --checkpoint-every 0"));
    }

    /// <summary>Bytes that this user may still write on a folder's disk.</summary>
    public static long Free(string folder) => new DriveInfo(Path.GetFullPath(folder)).AvailableFreeSpace;
}
