using MiniGrad.Tests.Data;
using MiniGrad.Tests.Experiments;

namespace MiniGrad.Tests.TensorBoard;

/// <summary><c>--tensorboard</c>, as a user calls it.</summary>
public sealed class TensorBoardOptionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_run_writes_its_numbers_and_its_configuration()
    {
        ExperimentsProgram.Outcome outcome = await ExperimentsProgram.RunAsync(_folder.Path, "train", "--profile", "tiny", "--steps", "6", "--eval-every", "3", "--tensorboard", "--no-progress", "--out", "run");
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        string path = Assert.Single(Directory.GetFiles(Path.Combine(_folder.Path, "run"), "events.out.tfevents.*", SearchOption.AllDirectories));
        List<EventFileTests.Fields> events = EventFileTests.Records(File.ReadAllBytes(path)).ConvertAll(record => new EventFileTests.Fields(record));
        // The file's version, the session's beginning, the configuration, and a line a step.
        Assert.Equal(3 + 6, events.Count);
        Assert.Contains("\"blockSize\"", events[2].Message(5).Message(1).Message(8).Text(8), StringComparison.Ordinal);
        string[] lines = File.ReadAllLines(Path.Combine(Path.GetDirectoryName(path)!, "metrics.jsonl"));
        for (int step = 1; step <= 6; step++)
        {
            Dictionary<string, float> values = events[2 + step].Message(5).Messages(1).ToDictionary(v => v.Text(1), v => v.Float(2));
            var logged = System.Text.Json.Nodes.JsonNode.Parse(lines[step - 1])!;
            Assert.Equal((ulong)step, events[2 + step].Number(2));
            Assert.Equal((float)(double)logged["trainLoss"]!, values["loss/train"]);
            Assert.Equal(step % 3 == 0, values.ContainsKey("loss/validation"));
        }
        Assert.True(File.Exists(Path.Combine(_folder.Path, "run", "report.html")));
    }
}
