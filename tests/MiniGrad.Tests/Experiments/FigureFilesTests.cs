using MiniGrad.Experiments.Reporting;
using MiniGrad.Plotting;
using MiniGrad.Tests.Data;

namespace MiniGrad.Tests.Experiments;

/// <summary>Figures that cannot be drawn.</summary>
[Collection(ShardedRuns.Collection)]
public sealed class FigureFilesTests(ShardedRuns runs) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_figure_of_nothing_is_a_warning_and_no_older_one_stays()
    {
        _folder.File("figure.png", "older");
        _folder.File("figure.svg", "older");
        string warning = ErrorOf(() => Assert.Null(FigureFiles.Draw(() => null, _folder.In("figure"))));
        Assert.Equal($"warning: {_folder.In("figure.png")} is missing: no run was evaluated, or all diverged", warning.Trim());
        warning = ErrorOf(() => Assert.Null(FigureFiles.Draw(() => Of([], []), _folder.In("figure"))));
        Assert.StartsWith($"warning: {_folder.In("figure.png")} is missing: ", warning, StringComparison.Ordinal);
        Assert.Single(warning.Trim().Split('\n'));
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Theory]
    [InlineData(AxisScale.Linear)]
    [InlineData(AxisScale.Logarithmic)]
    public void Zeros_and_single_points_are_drawn_or_said(AxisScale scale)
    {
        foreach (Figure figure in (Figure[])[Of([1, 2, 3], [0, 0, 0], scale), Of([1], [2.5], scale), Of([1], [0], scale)])
        {
            string? drawn = null;
            string warning = ErrorOf(() => drawn = FigureFiles.Draw(() => figure, _folder.In("figure")));
            Assert.Equal(drawn is null, warning.Length > 0);
            Assert.Equal(drawn is not null, File.Exists(_folder.In("figure.png")) && File.Exists(_folder.In("figure.svg")));
        }
    }

    [Fact]
    public async Task A_run_of_one_step_ends_with_its_report()
    {
        ExperimentsProgram.Outcome outcome = await ExperimentsProgram.RunAsync(_folder.Path, ["train", .. runs.Small[..^2], "--steps", "1", "--out", _folder.In("run")]);
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Assert.True(File.Exists(Path.Combine(_folder.In("run"), "report.md")));
        Assert.Equal(File.Exists(Path.Combine(_folder.In("run"), "figure.png")), !outcome.Error.Contains("figure.png is missing", StringComparison.Ordinal));
    }

    private static Figure Of(double[] x, double[] y, AxisScale scale = AxisScale.Linear) => new()
    {
        Title = "A title",
        Panels = [new Panel { XLabel = "step", YLabel = "loss", YScale = scale, Curves = [new Curve { Name = "muon", X = x, Mean = y }] }],
    };

    private static string ErrorOf(Action action)
    {
        TextWriter before = Console.Error;
        using var error = new StringWriter();
        Console.SetError(error);
        try
        {
            action();
        }
        finally
        {
            Console.SetError(before);
        }
        return error.ToString();
    }
}
