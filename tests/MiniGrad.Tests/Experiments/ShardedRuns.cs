using System.Globalization;
using System.Text.Json.Nodes;
using MiniGrad.Tests.Data;

namespace MiniGrad.Tests.Experiments;

/// <summary>A small ablate-second-moment trained once as a whole and once in three shards, and a train run; by the program, as a user does.</summary>
[CollectionDefinition(Collection)]
public sealed class ShardedRuns : IAsyncLifetime, ICollectionFixture<ShardedRuns>
{
    /// <summary>Classes that read these runs; they are trained once for all.</summary>
    public const string Collection = "sharded runs";

    private readonly TemporaryFolder _folder = new();

    public string Path => _folder.Path;

    public string Whole => _folder.In("whole");

    public string Train => _folder.In("train");

    public string Corpus => _folder.In("text.txt");

    /// <summary>Options of a model that trains in no time.</summary>
    public string[] Small => ["--corpus", Corpus, "--profile", "tiny", "--batch", "2", "--set", "model.nLayer=1", "--set", "model.nEmbd=16", "--set", "model.nHead=2", "--set", "model.blockSize=16", "--no-progress", "--steps", "6"];

    public string Shard(int index) => _folder.In($"shard{index}");

    public string In(string name) => _folder.In(name);

    public async ValueTask InitializeAsync()
    {
        string text = string.Concat(Enumerable.Range(0, 400).Select(i => string.Create(CultureInfo.InvariantCulture, $"The method returns the value of item {i * i % 97} when it is called {i} times.\n")));
        _folder.File("text.txt", text);
        await Complete(["ablate-second-moment", .. Small, "--seeds", "2", "--out", Whole]);
        for (int i = 1; i <= 3; i++) await Complete(["ablate-second-moment", .. Small, "--seeds", "2", "--shard", $"{i}/3", "--jobs", "1", "--threads", $"{i}", "--out", Shard(i)]);
        await Complete(["train", .. Small, "--optimizer", "muon", "--seed", "3", "--out", Train]);
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>A copy of a run folder that a test may change.</summary>
    public string Copy(string run, string name)
    {
        string copy = _folder.In(name);
        foreach (string file in Directory.GetFiles(run, "*", SearchOption.AllDirectories))
        {
            string to = System.IO.Path.Combine(copy, System.IO.Path.GetRelativePath(run, file));
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(to)!);
            File.Copy(file, to);
        }
        return copy;
    }

    /// <summary>Changes a JSON file.</summary>
    public static void Change(string path, Action<JsonObject> change)
    {
        JsonObject json = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        change(json);
        File.WriteAllText(path, json.ToJsonString());
    }

    private async Task Complete(string[] arguments)
    {
        ExperimentsProgram.Outcome outcome = await ExperimentsProgram.RunAsync(Path, arguments);
        Assert.True(outcome.ExitCode == 0, outcome.Error);
    }
}
