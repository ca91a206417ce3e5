namespace MiniGrad.Memory;

/// <summary>Counts what crossed between host and back end, and what is allocated there: leaks are counted, not guessed.</summary>
public sealed class TransferCounters
{
    /// <summary>Transfers from the back end to the host.</summary>
    public long Downloads { get; private set; }

    /// <summary>Bytes from the back end to the host.</summary>
    public long DownloadedBytes { get; private set; }

    /// <summary>Transfers from the host to the back end.</summary>
    public long Uploads { get; private set; }

    /// <summary>Bytes from the host to the back end.</summary>
    public long UploadedBytes { get; private set; }

    /// <summary>Buffers allocated and not yet given back.</summary>
    public long LiveBuffers { get; private set; }

    /// <summary>Bytes allocated and not yet given back.</summary>
    public long LiveBytes { get; private set; }

    /// <summary>Allocations so far.</summary>
    public long Allocations { get; private set; }

    /// <summary>Counts a transfer to the host.</summary>
    /// <param name="bytes">Its size.</param>
    public void CountDownload(long bytes) => (Downloads, DownloadedBytes) = (Downloads + 1, DownloadedBytes + bytes);

    /// <summary>Counts a transfer from the host.</summary>
    /// <param name="bytes">Its size.</param>
    public void CountUpload(long bytes) => (Uploads, UploadedBytes) = (Uploads + 1, UploadedBytes + bytes);

    /// <summary>Counts an allocation.</summary>
    /// <param name="bytes">Its size.</param>
    public void CountAllocation(long bytes) => (LiveBuffers, LiveBytes, Allocations) = (LiveBuffers + 1, LiveBytes + bytes, Allocations + 1);

    /// <summary>Counts memory given back.</summary>
    /// <param name="bytes">Its size.</param>
    public void CountFree(long bytes) => (LiveBuffers, LiveBytes) = (LiveBuffers - 1, LiveBytes - bytes);
}
