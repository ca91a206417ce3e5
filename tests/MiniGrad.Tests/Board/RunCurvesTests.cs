using MiniGrad.Experiments.Board;
using MiniGrad.Tests.Data;

namespace MiniGrad.Tests.Board;

/// <summary>What the board reads of a run that trains.</summary>
public sealed class RunCurvesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Added_lines_are_read_and_a_line_in_the_making_waits()
    {
        var curves = new RunCurves(_folder.Path);
        Assert.False(curves.Update());
        MadeRuns.Append(_folder.Path, 0, 1, 20);
        File.AppendAllText(Path.Combine(_folder.Path, "metrics.jsonl"), "{\"step\":21,\"trainLo");
        Assert.True(curves.Update());
        Assert.Equal(20, curves.Rows);
        Assert.False(curves.Update());
        File.AppendAllText(Path.Combine(_folder.Path, "metrics.jsonl"), "ss\":7.25}\n");
        Assert.True(curves.Update());
        Points train = curves.Of("step", "trainLoss"), validation = curves.Of("tokens", "validationLoss");
        Assert.Equal(21, train.Count);
        Assert.Equal(7.25, train.Y.Span[20]);
        Assert.Equal([640.0, 1280.0], validation.X.ToArray());
        Assert.Equal(MadeRuns.Loss(0, 10) + 0.1, validation.Y.Span[0], 12);
    }

    [Fact]
    public void A_file_that_a_resumed_run_cut_back_is_read_anew()
    {
        MadeRuns.Append(_folder.Path, 0, 1, 30);
        var curves = new RunCurves(_folder.Path);
        curves.Update();
        File.Delete(Path.Combine(_folder.Path, "metrics.jsonl"));
        MadeRuns.Append(_folder.Path, 0, 1, 10);
        MadeRuns.Append(_folder.Path, 5, 11, 60); // longer than before, when the board looks again
        curves.Update();
        Assert.Equal(60, curves.Rows);
        Assert.Equal(MadeRuns.Loss(5, 20), curves.Of("step", "trainLoss").Y.Span[19], 12);
    }

    [Fact]
    public void Unknown_fields_are_measures_and_damaged_lines_are_left_out()
    {
        File.WriteAllText(Path.Combine(_folder.Path, "metrics.jsonl"), "{\"step\":1,\"note\":\"a b\",\"spread\":2.5}\n{\"step\":\n[]\n{\"step\":3,\"spread\":-1e-3}\n");
        var curves = new RunCurves(_folder.Path);
        curves.Update();
        Points spread = curves.Of("step", "spread");
        Assert.Equal([1.0, 3.0], spread.X.ToArray());
        Assert.Equal([2.5, -1e-3], spread.Y.ToArray());
        Assert.DoesNotContain("note", curves.Names);
    }

    [Fact]
    public void Layers_are_measures_of_their_own_over_the_tokens_of_their_step()
    {
        MadeRuns.Append(_folder.Path, 0, 1, 20);
        File.WriteAllText(Path.Combine(_folder.Path, "layers.jsonl"), "{\"step\":10,\"layer\":1,\"matrix\":\"attn.c_attn\",\"stableRank\":2.5}\n{\"step\":20,\"layer\":1,\"matrix\":\"attn.c_attn\",\"stableRank\":3}\n{\"step\":20,\"clipRate\":0.5}\n");
        var curves = new RunCurves(_folder.Path);
        curves.Update();
        Points rank = curves.Of("tokens", "stableRank@1.attn.c_attn");
        Assert.Equal([640.0, 1280.0], rank.X.ToArray());
        Assert.Equal([2.5, 3.0], rank.Y.ToArray());
        Assert.Contains("clipRate@all", curves.Names);
    }

    [Fact]
    public void A_link_is_not_followed()
    {
        string elsewhere = Path.Combine(_folder.Path, "elsewhere"), run = Path.Combine(_folder.Path, "run");
        Directory.CreateDirectory(elsewhere);
        Directory.CreateDirectory(run);
        MadeRuns.Append(elsewhere, 0, 1, 5);
        File.CreateSymbolicLink(Path.Combine(run, "metrics.jsonl"), Path.Combine(elsewhere, "metrics.jsonl"));
        var curves = new RunCurves(run);
        Assert.False(curves.Update());
        Assert.Equal(0, curves.Rows);
    }
}
