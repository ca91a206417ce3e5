using MiniGrad.Backends;
using MiniGrad.Backends.Cpu;
using MiniGrad.Backends.Reference;
using MiniGrad.Optim;

namespace MiniGrad.Tests.Optim;

/// <summary>Recorded runs of other implementations, replayed number for number.</summary>
public sealed class GoldenReplayTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Golden", "optimizers");

    public static TheoryData<string> Cases => [.. Directory.EnumerateFiles(Folder, "*.json").Select(path => Path.GetFileNameWithoutExtension(path)).Order()];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_recorded_case_replays_in_float32(string name) => AssertReplays(name, new ReferenceBackend<float>(), 1);

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_recorded_case_replays_on_the_SIMD_kernels(string name) => AssertReplays(name, new CpuBackend(2), 1);

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_recorded_case_replays_far_closer_in_float64(string name) => AssertReplays(name, new ReferenceBackend<double>(), 0.1);

    [Fact]
    public void Every_preset_has_a_case()
    {
        IEnumerable<string> replayed = Cases.Select(row => ReplayCase.Load(Path.Combine(Folder, row.Data + ".json")).Options.Preset);
        Assert.Empty(Presets.Names.Except(replayed));
    }

    [Fact]
    public void Every_case_of_the_main_job_is_there()
    {
        string[] wanted =
        [
            "adamw", "muon-jordan", "muon-match-rms", "muon-moonlight", "adamuon-paper", "adamuon-repo", "adamuon-repo-no-nesterov", "adamuon-no-sign",
            "adamuon-no-second-moment", "adamuon-no-alignment", "adamuon-repo-tiny-gradients", "muon-jordan-tiny-gradients", "dual-norm-muon",
        ];
        Assert.Empty(wanted.Except(Cases.Select(row => row.Data)));
    }

    internal static string PathOf(string name) => Path.Combine(Folder, name + ".json");

    private static void AssertReplays(string name, IBackend backend, double share)
    {
        ReplayResult result = Replay.Run(ReplayCase.Load(PathOf(name)), backend);
        string table = string.Join("; ", result.Deviations.Select(d => $"{d.Parameter} {d.Largest:e2} at step {d.Step}"));
        Assert.True(result.Passed && result.Largest <= share * result.Tolerance, $"{name}: {table}; allowed {share * result.Tolerance:e1}");
    }
}
