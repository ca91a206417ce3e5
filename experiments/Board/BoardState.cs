namespace MiniGrad.Experiments.Board;

/// <summary>All runs on the board; a thread of low priority watches their folders for news.</summary>
internal sealed class BoardState : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private readonly RunFinder _finder;
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread _watcher;
    private volatile BoardRun[] _runs = [];
    private volatile BoardExperiment[] _experiments = [];
    private long _version;
    private long _newestReport;

    public BoardState(IReadOnlyList<string> roots)
    {
        _finder = new RunFinder(roots);
        Find();
        _watcher = new Thread(Watch) { IsBackground = true, Name = "board", Priority = ThreadPriority.BelowNormal };
        _watcher.Start();
    }

    public IReadOnlyList<BoardRun> Runs => _runs;

    public IReadOnlyList<BoardExperiment> Experiments => _experiments;

    /// <summary>Rises whenever something has changed.</summary>
    public long Version => Interlocked.Read(ref _version);

    public void Dispose()
    {
        _stop.Cancel();
        _watcher.Join();
        _stop.Dispose();
    }

    private void Watch()
    {
        do
        {
            bool news = Find() | Reported();
            int changed = 0;
            Parallel.ForEach(_runs, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, run =>
            {
                if (Update(run)) Interlocked.Increment(ref changed);
            });
            if (news || changed > 0) Interlocked.Increment(ref _version);
        }
        while (!_stop.Token.WaitHandle.WaitOne(Interval));
    }

    // A report is written after the last run has ended.
    private bool Reported()
    {
        long newest = _experiments.Length == 0 ? 0 : _experiments.Max(e => File.GetLastWriteTimeUtc(Path.Combine(e.Folder, "result.json")).Ticks);
        if (newest == _newestReport) return false;
        _newestReport = newest;
        return true;
    }

    // A shared disk may be away for a while; then there is no news.
    private static bool Update(BoardRun run)
    {
        try
        {
            return run.Update();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private bool Find()
    {
        try
        {
            IReadOnlyList<BoardRun> found = _finder.FindNew();
            if (found.Count == 0 && _experiments.Length == _finder.Experiments.Count) return false;
            _runs = [.. _runs, .. found];
            _experiments = [.. _finder.Experiments];
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
