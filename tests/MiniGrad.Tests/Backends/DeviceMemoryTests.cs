using MiniGrad.Backends;
using MiniGrad.Experiments;
using MiniGrad.Memory;
using MiniGrad.Tests.Data;
using MiniGrad.Tests.Training;
using MiniGrad.Training;

namespace MiniGrad.Tests.Backends;

/// <summary>A device whose memory runs out: one line with the sizes, and nothing on disk changes.</summary>
[Collection(DeviceCollection.Name)]
public sealed class DeviceMemoryTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Names => NamedBackends.Ilgpu;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void A_device_without_room_says_so_with_the_sizes(string name)
    {
        using IBackend backend = NamedBackends.Open(name);
        string message = Assert.Throws<InsufficientMemoryException>(() => backend.Allocate(1L << 52, ElementType.Real)).Message;
        Assert.Contains("no memory for 4,503,599,627,370,496 elements", message, StringComparison.Ordinal);
        Assert.Contains("0 MiB", message, StringComparison.Ordinal);
        Assert.Equal(0, backend.Transfers.Allocations);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_run_whose_device_fills_up_keeps_its_checkpoints_as_they_were_and_goes_on_from_them(string name)
    {
        var training = new TrainingOptions { Steps = 4, BatchSize = 1 };
        var model = new GptOptions { NLayer = 1, NEmbd = 8, NHead = 2, BlockSize = 8 };
        var cadence = new CheckpointCadence { EverySteps = 2 };
        string folder = _folder.In("run");
        Dictionary<string, byte[]> before = [];
        using (var run = new SavedRun(folder, backend: NamedBackends.Open(name), training: training, cadence: cadence, model: model))
        {
            run.Run.OnLogged = metrics =>
            {
                if (metrics.Step != 3) return;
                before = Files(folder);
                run.Run.Context.Arena.Allocate(1L << 52); // as a step whose temporaries do not fit
            };
            var exception = Assert.Throws<InsufficientMemoryException>(run.Train);
            (int code, string line) = Failures.Describe(exception);
            Assert.Equal(5, code);
            Assert.DoesNotContain('\n', line);
            Assert.Contains("no memory for 4,503,599,627,370,496 elements (17,179,869,184 MiB)", line, StringComparison.Ordinal);
            Assert.Contains("use a smaller --micro-batch", line, StringComparison.Ordinal);
        }
        Assert.NotEmpty(before);
        Assert.Equal(before, Files(folder));
        using var resumed = new SavedRun(folder, backend: NamedBackends.Open(name), training: training, cadence: cadence, model: model);
        Assert.Equal(2, resumed.From!.State.Step);
        Assert.Equal(TrainingOutcome.Completed, resumed.Train().Outcome);
    }

    private static Dictionary<string, byte[]> Files(string folder) => Directory.GetFiles(folder, "*", SearchOption.AllDirectories).ToDictionary(file => file, File.ReadAllBytes);
}
