using MiniGrad.Distributed;

namespace MiniGrad.Training;

/// <summary>
/// The rows of every batch that a rank trains on: rank r of N has rows r·B/N … (r + 1)·B/N − 1, in micro-batches. The batch
/// and its order are those of one rank alone.
/// </summary>
/// <param name="MicroBatchSize">Rows of a forward and backward pass.</param>
/// <param name="First">The first micro-batch of this rank, counted over the whole batch.</param>
/// <param name="Count">How many this rank has.</param>
/// <param name="Total">How many the batch has.</param>
public readonly record struct BatchShare(int MicroBatchSize, int First, int Count, int Total)
{
    /// <summary>A rank's share.</summary>
    /// <param name="options">Batch and micro-batch; a micro-batch larger than the share is the share.</param>
    /// <param name="ranks">The ranks, or null for one alone.</param>
    /// <exception cref="ArgumentException">The batch cannot be split evenly.</exception>
    public static BatchShare Of(TrainingOptions options, ICommunicator? ranks)
    {
        ArgumentNullException.ThrowIfNull(options);
        (int rank, int size, int batch) = (ranks?.Rank ?? 0, ranks?.Size ?? 1, options.BatchSize);
        if (batch % size != 0) throw new ArgumentException($"batch {batch} cannot be split over {size} ranks; {Nearest(batch, size)}");
        int share = batch / size, micro = Math.Min(options.ResolvedMicroBatchSize, share);
        if (share % micro != 0) throw new ArgumentException($"micro-batch {micro} does not divide the {share} sequences of each of {size} ranks (batch {batch}); use a divisor of {share}");
        return new BatchShare(micro, rank * (share / micro), share / micro, batch / micro);
    }

    private static string Nearest(int batch, int size)
    {
        int below = batch / size * size, above = below + size, ranks = size;
        while (batch % ranks != 0) ranks--;
        string batches = below > 0 ? $"{below} or {above}" : $"{above}";
        return $"the nearest batch{(below > 0 ? "es" : "")} that can: {batches}; or start {ranks} rank{(ranks == 1 ? "" : "s")}";
    }
}
