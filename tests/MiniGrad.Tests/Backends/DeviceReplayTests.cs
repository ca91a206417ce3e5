using MiniGrad.Optim;
using MiniGrad.Tests.IO;
using MiniGrad.Tests.Optim;

namespace MiniGrad.Tests.Backends;

/// <summary>The recorded optimizer runs on ILGPU, to the tolerance of each recording.</summary>
[Collection(DeviceCollection.Name)]
public sealed class DeviceReplayTests
{
    /// <summary>The exact polar factor and SOAP's eigenbases are made by decompositions on the host, of which a device knows nothing.</summary>
    private static readonly string[] OnHost = ["muon-polar", "soap"];

    // Each on both accelerators takes minutes where kernels are emulated: one in two and one in six, all with MINIGRAD_TESTS=full.
    public static TheoryData<string, string> Cases
    {
        get
        {
            var data = new TheoryData<string, string>();
            string[] names = [.. GoldenReplayTests.Cases.Select(row => row.Data).Where(name => !OnHost.Contains(name))];
            for (int i = 0; i < names.Length; i++)
            {
                if (Effort.IsFull || i % 2 == 0) data.Add(NamedBackends.IlgpuOpenCl, names[i]);
                if (Effort.IsFull || i % 6 == 0) data.Add(NamedBackends.IlgpuCpu, names[i]);
            }
            data.Add(NamedBackends.IlgpuCuda, names[0]);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_recorded_case_replays(string backend, string name)
    {
        ReplayResult result = Replay.Run(ReplayCase.Load(GoldenReplayTests.PathOf(name)), NamedBackends.Open(backend));
        string table = string.Join("; ", result.Deviations.Select(d => $"{d.Parameter} {d.Largest:e2} at step {d.Step}"));
        Assert.True(result.Passed, $"{name} on {backend}: {table}; allowed {result.Tolerance:e1}");
    }
}
