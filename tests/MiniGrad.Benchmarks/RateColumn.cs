using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace MiniGrad.Benchmarks;

/// <summary>GFLOP/s of a benchmark's mean time, or its share of the measured peak of the cores it may use.</summary>
/// <param name="share">Which of the two.</param>
internal sealed class RateColumn(bool share) : IColumn
{
    public string Id => ColumnName;

    public string ColumnName => share ? "of peak" : "GFLOP/s";

    public bool AlwaysShow => true;

    public ColumnCategory Category => ColumnCategory.Custom;

    public int PriorityInCategory => share ? 1 : 0;

    public bool IsNumeric => true;

    public UnitType UnitType => UnitType.Dimensionless;

    public string Legend => share ? $"share of {Peak.Gigaflops:F0} GFLOP/s a core, measured in registers" : "10⁹ operations a second";

    public bool IsAvailable(Summary summary) => true;

    public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase) => GetValue(summary, benchmarkCase, SummaryStyle.Default);

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style)
    {
        if (summary[benchmarkCase]?.ResultStatistics is not { } statistics) return "-";
        var shape = (ProductShape)benchmarkCase.Parameters[nameof(GemmBenchmarks.Shape)];
        double rate = shape.Flop / statistics.Mean;
        int cores = benchmarkCase.Descriptor.WorkloadMethod.Name == nameof(GemmBenchmarks.TwoThreads) ? 2 : 1;
        return share ? (rate / (cores * Peak.Gigaflops)).ToString("P0", CultureInfo.InvariantCulture) : rate.ToString("F1", CultureInfo.InvariantCulture);
    }
}
