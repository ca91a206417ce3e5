namespace MiniGrad.Memory;

/// <summary>Counts what crossed between host and back end, and what is allocated there: leaks are counted, not guessed.</summary>
public sealed class TransferCounters
{
    // The lanes of a back end count at the same time.
    private long _downloads, _downloadedBytes, _uploads, _uploadedBytes, _liveBuffers, _liveBytes, _allocations;

    /// <summary>Transfers from the back end to the host.</summary>
    public long Downloads => Interlocked.Read(ref _downloads);

    /// <summary>Bytes from the back end to the host.</summary>
    public long DownloadedBytes => Interlocked.Read(ref _downloadedBytes);

    /// <summary>Transfers from the host to the back end.</summary>
    public long Uploads => Interlocked.Read(ref _uploads);

    /// <summary>Bytes from the host to the back end.</summary>
    public long UploadedBytes => Interlocked.Read(ref _uploadedBytes);

    /// <summary>Buffers allocated and not yet given back.</summary>
    public long LiveBuffers => Interlocked.Read(ref _liveBuffers);

    /// <summary>Bytes allocated and not yet given back.</summary>
    public long LiveBytes => Interlocked.Read(ref _liveBytes);

    /// <summary>Allocations so far.</summary>
    public long Allocations => Interlocked.Read(ref _allocations);

    /// <summary>Counts a transfer to the host.</summary>
    /// <param name="bytes">Its size.</param>
    public void CountDownload(long bytes)
    {
        Interlocked.Increment(ref _downloads);
        Interlocked.Add(ref _downloadedBytes, bytes);
    }

    /// <summary>Counts a transfer from the host.</summary>
    /// <param name="bytes">Its size.</param>
    public void CountUpload(long bytes)
    {
        Interlocked.Increment(ref _uploads);
        Interlocked.Add(ref _uploadedBytes, bytes);
    }

    /// <summary>Counts an allocation.</summary>
    /// <param name="bytes">Its size.</param>
    public void CountAllocation(long bytes)
    {
        Interlocked.Increment(ref _liveBuffers);
        Interlocked.Add(ref _liveBytes, bytes);
        Interlocked.Increment(ref _allocations);
    }

    /// <summary>Counts memory given back.</summary>
    /// <param name="bytes">Its size.</param>
    public void CountFree(long bytes)
    {
        Interlocked.Decrement(ref _liveBuffers);
        Interlocked.Add(ref _liveBytes, -bytes);
    }
}
