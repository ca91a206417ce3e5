using MiniGrad.IO;
using MiniGrad.Tests.Data;
using MiniGrad.Tests.IO;
using MiniGrad.Training;

namespace MiniGrad.Tests.Training;

/// <summary>A checkpoint that cannot be saved is an error that is seen; what was there before stays and resumes.</summary>
public sealed class FullDiskTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void On_a_full_disk_the_last_good_checkpoint_stays_and_resumes_equal()
    {
        using SmallDisk disk = SmallDisk.Mount(_folder.In("disk"), 1024);
        string folder = Path.Combine(disk.Path, "checkpoints");
        var cadence = new CheckpointCadence { EverySteps = 10 };
        using (var run = new SavedRun(folder, cadence: cadence))
        {
            run.Run.OnLogged = metrics =>
            {
                if (metrics.Step == 15) disk.Fill();
            };
            string message = Assert.Throws<IOException>(run.Train).Message;
            Assert.Contains("the checkpoint of step 20 could not be saved", message, StringComparison.Ordinal);
            Assert.Contains("the one of step 10 is as it was", message, StringComparison.Ordinal);
            Assert.Equal([10], run.Store.Steps);
        }
        disk.Free();
        AssertGoesOn(folder);
    }

    [Fact]
    public void A_stream_that_fails_leaves_the_last_good_checkpoint_too()
    {
        // The same where nothing can be mounted: one save is counted, then the middle of the second fails.
        string folder = _folder.In("run");
        var counter = new FaultyDisk(int.MaxValue, killed: false);
        using (var first = new SavedRun(_folder.In("counted"), stopAfter: 10, store: new CheckpointStore(_folder.In("counted"), counter))) first.Train();
        using (var run = new SavedRun(folder, cadence: new CheckpointCadence { EverySteps = 10, Keep = 5 }, store: new CheckpointStore(folder, new FaultyDisk(counter.Count * 3 / 2, killed: false))))
        {
            Assert.Contains("could not be saved", Assert.Throws<IOException>(run.Train).Message, StringComparison.Ordinal);
            Assert.Equal([10], run.Store.Steps);
        }
        AssertGoesOn(folder);
    }

    [Fact]
    public void A_path_that_is_a_file_is_an_error_and_the_file_stays()
    {
        string file = _folder.File("file", "mine");
        foreach (string path in (string[])[file, Path.Combine(file, "checkpoints")])
        {
            using var run = new SavedRun(path, cadence: new CheckpointCadence { EverySteps = 2 });
            Assert.Contains("could not be saved", Assert.Throws<IOException>(run.Train).Message, StringComparison.Ordinal);
        }
        Assert.Equal("mine", File.ReadAllText(file));
    }

    [Fact]
    public void A_read_only_folder_is_an_error()
    {
        using SmallDisk disk = SmallDisk.Mount(_folder.In("disk"), 512);
        using (var process = System.Diagnostics.Process.Start("mount", ["-o", "remount,ro", disk.Path])) process.WaitForExit();
        using var run = new SavedRun(Path.Combine(disk.Path, "checkpoints"), cadence: new CheckpointCadence { EverySteps = 2 });
        Assert.Contains("could not be saved", Assert.Throws<IOException>(run.Train).Message, StringComparison.Ordinal);
    }

    private void AssertGoesOn(string folder)
    {
        using var unbroken = new SavedRun(_folder.In("none"), cadence: CheckpointCadence.Never);
        unbroken.Train();
        using var resumed = new SavedRun(folder, cadence: new CheckpointCadence { EverySteps = 10 });
        Assert.Equal(10, resumed.From!.State.Step);
        resumed.Train();
        Assert.Equal(unbroken.Bits(), resumed.Bits());
        Assert.All(Directory.GetFileSystemEntries(folder).Select(Path.GetFileName), name => Assert.False(name!.StartsWith('.'), name));
    }
}
