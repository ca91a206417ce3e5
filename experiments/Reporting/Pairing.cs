using MiniGrad.Experiments.Running;
using MiniGrad.Training;

namespace MiniGrad.Experiments.Reporting;

/// <summary>Proves by hash that runs of one seed saw the same batches and began from the same weights.</summary>
internal static class Pairing
{
    /// <summary>Checks every seed.</summary>
    /// <exception cref="InvalidOperationException">Two runs of a seed differ: their comparison would not be paired.</exception>
    public static void Check(IReadOnlyList<RunRecord> records)
    {
        foreach (IGrouping<(ulong, string), RunRecord> seed in records.Where(r => r.Result.Outcome == TrainingOutcome.Completed).GroupBy(r => (r.Run.Seed, r.Run.Conditions)))
        {
            Same(seed, r => r.Result.BatchFingerprint, "other batches");
            Same(seed, r => r.InitialSha256, "other initial weights");
        }
    }

    private static void Same(IGrouping<(ulong, string), RunRecord> seed, Func<RunRecord, string> hash, string what)
    {
        RunRecord first = seed.First();
        if (seed.FirstOrDefault(r => hash(r) != hash(first)) is { } other)
        {
            throw new InvalidOperationException($"'{other.Run.Label}' had {what} than '{first.Run.Label}': the runs are not paired; this is a bug, please report it");
        }
    }
}
