using MiniGrad.Tests.Data;
using MiniGrad.Tests.Training;
using MiniGrad.Training;

namespace MiniGrad.Tests.Backends;

/// <summary>A run that is interrupted and goes on from its checkpoint has the bits of one that was not, weights and optimizer state.</summary>
[Collection(DeviceCollection.Name)]
public sealed class DeviceResumeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Names => [NamedBackends.IlgpuCpu, NamedBackends.IlgpuOpenCl, NamedBackends.IlgpuCuda, NamedBackends.IlgpuCuBlas];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void A_resumed_run_has_the_bits_of_an_unbroken_one(string name)
    {
        int half = NamedBackends.IsSlow(name) ? 1 : 10;
        var training = new TrainingOptions { Steps = 2 * half, BatchSize = 2 };
        GptOptions? model = NamedBackends.IsSlow(name) ? new() { NLayer = 1, NEmbd = 8, NHead = 2, BlockSize = 8 } : null;
        using var whole = new SavedRun(_folder.In("whole"), backend: NamedBackends.Open(name), training: training, model: model);
        Assert.Equal(TrainingOutcome.Completed, whole.Train().Outcome);
        using (var stopped = new SavedRun(_folder.In("stopped"), backend: NamedBackends.Open(name), training: training, model: model, stopAfter: half)) Assert.Equal(TrainingOutcome.Interrupted, stopped.Train().Outcome);
        using var resumed = new SavedRun(_folder.In("stopped"), backend: NamedBackends.Open(name), training: training, model: model);
        Assert.Equal(half, resumed.From!.State.Step);
        Assert.Equal(TrainingOutcome.Completed, resumed.Train().Outcome);
        Assert.Equal(whole.Bits(), resumed.Bits());
    }
}
