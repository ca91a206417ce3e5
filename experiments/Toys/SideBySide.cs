using System.Diagnostics;
using System.Globalization;

namespace MiniGrad.Experiments.Toys;

/// <summary>Independent runs, one thread each, as many at once as there are processors.</summary>
internal static class SideBySide
{
    /// <summary>Runs all and returns their results in the given order, whatever finished first.</summary>
    public static TResult[] Run<TRun, TResult>(IReadOnlyList<TRun> runs, Func<TRun, TResult> run)
    {
        var results = new TResult[runs.Count];
        int done = 0, tenth = Math.Max(1, runs.Count / 10);
        long start = Stopwatch.GetTimestamp();
        try
        {
            Parallel.For(0, runs.Count, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, i =>
            {
                results[i] = run(runs[i]);
                int count = Interlocked.Increment(ref done);
                if (count % tenth == 0 || count == runs.Count) Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count} of {runs.Count} runs, {Stopwatch.GetElapsedTime(start).TotalSeconds:F0} s"));
            });
        }
        catch (AggregateException e)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
        return results;
    }
}
