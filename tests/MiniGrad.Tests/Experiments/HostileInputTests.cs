using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MiniGrad.Experiments;
using MiniGrad.IO;
using MiniGrad.Tests.Data;
using MiniGrad.Tests.IO;
using MiniGrad.Training;

namespace MiniGrad.Tests.Experiments;

/// <summary>Files that somebody else made, and words that look like files: none of them silently becomes a number, a path or a file.</summary>
public sealed class HostileInputTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_model_with_a_NaN_exits_4_and_names_it()
    {
        string model = Spoilt(), tokens = Path.Combine(HuggingFaceTests.FolderOf("gpt2-tiny"), "expected.json"), text = _folder.File("text.txt", string.Concat(Enumerable.Repeat("some words of a text\n", 200)));
        await AssertFails(4, "evaluate: what the model computes is not finite: the parameter 'wte.weight' (97,32) has NaN at [3,0]", "evaluate", "--checkpoint", model, "--tokens", tokens);
        await AssertFails(4, "the parameter 'wte.weight'", "evaluate", "--checkpoint", model, "--tokens", tokens, "--gradients", "--json");
        await AssertFails(4, "the parameter 'wte.weight'", "sample", "--checkpoint", model, "--prompt", "a");
        await AssertFails(4, "the parameter 'wte.weight'", "evaluate", "--checkpoint", model, "--corpus", text);
        ExperimentsProgram.Outcome skipped = await ExperimentsProgram.RunAsync(_folder.Path, "train", "--from", model, "--corpus", text, "--profile", "tiny", "--batch", "2", "--steps", "3", "--on-nonfinite", "skip", "--no-progress", "--out", _folder.In("run"), "--json");
        Assert.True(skipped.ExitCode == 4 && skipped.Error.Contains("the parameter 'wte.weight' (97,32) has NaN at [3,0]", StringComparison.Ordinal), skipped.Error);
    }

    [Fact]
    public async Task Losses_that_are_NaN_stay_so_in_the_report_and_are_reproduced()
    {
        string model = Spoilt(), text = _folder.File("text.txt", string.Concat(Enumerable.Repeat("some words of a text\n", 200))), run = _folder.In("run"), curves = Path.Combine(run, "curves.csv");
        ExperimentsProgram.Outcome trained = await ExperimentsProgram.RunAsync(_folder.Path, "train", "--from", model, "--corpus", text, "--profile", "tiny", "--batch", "2", "--steps", "3", "--on-nonfinite", "skip", "--no-progress", "--out", run);
        Assert.True(trained.ExitCode == 4, trained.Error);
        string before = await File.ReadAllTextAsync(curves, TestContext.Current.CancellationToken);
        Assert.Equal(["NaN", "NaN", "NaN"], before.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => line.Split(',')[7]));
        Assert.Equal("NaN", before.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1].Split(',')[8]); // the validation loss
        ExperimentsProgram.Outcome report = await ExperimentsProgram.RunAsync(_folder.Path, "report", run);
        Assert.True(report.ExitCode == 4, report.Error);
        Assert.Equal(before, await File.ReadAllTextAsync(curves, TestContext.Current.CancellationToken));
        ExperimentsProgram.Outcome again = await ExperimentsProgram.RunAsync(_folder.Path, "reproduce", Path.Combine(run, "manifest.json"), "--corpus", text, "--from", model, "--no-progress", "--out", _folder.In("again"));
        Assert.True(again.ExitCode == 0 && again.Output.StartsWith("reproduced: 1 of 1 runs", StringComparison.Ordinal), again.Output + again.Error);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    [InlineData(2.5)]
    public void A_number_of_a_log_that_is_not_finite_comes_back(double loss)
    {
        var metrics = new StepMetrics { Step = 1, Tokens = 2, Seconds = 3, TrainLoss = loss, ValidationLoss = loss, LearningRate = 1, GradientNorm = loss, UpdateRms = 0 };
        string line = JsonSerializer.Serialize(metrics, Json.Log);
        Assert.Equal(metrics, JsonSerializer.Deserialize<StepMetrics>(line, Json.Log));
        Assert.Null(JsonSerializer.Deserialize<StepMetrics>(JsonSerializer.Serialize(metrics with { ValidationLoss = null }, Json.Log), Json.Log)!.ValidationLoss);
    }

    [Fact]
    public async Task A_prompt_may_begin_with_an_at_sign_and_names_no_file()
    {
        string model = Model();
        foreach ((string name, byte[] content) in MiniGrad.Data.TokenizerFiles.Of(new MiniGrad.Data.CharTokenizer([.. Enumerable.Range(32, 95).Select(c => (byte)c)]))) _folder.File($"model/{name}", content);
        foreach (string prompt in (string[])["@user hi", "@/etc/hostname", "--json"])
        {
            ExperimentsProgram.Outcome outcome = await ExperimentsProgram.RunAsync(_folder.Path, "sample", "--checkpoint", model, "--prompt", prompt, "--max-tokens", "3");
            Assert.True(outcome.ExitCode == 0 && outcome.Output.StartsWith(prompt, StringComparison.Ordinal), outcome.Error);
        }
    }

    [Fact]
    public async Task What_is_no_file_is_not_read()
    {
        string model = Model();
        await AssertFails(3, "is empty, or no regular file", "evaluate", "--checkpoint", model, "--tokens", "/dev/zero");
        await AssertFails(3, "is empty, or no regular file", "replay", "/dev/zero");
        await AssertFails(3, "is empty", "train", "--corpus", "/dev/zero");
        await AssertFails(3, "is a folder; expected a file", "evaluate", "--checkpoint", model, "--tokens", _folder.Path);
        File.CreateSymbolicLink(_folder.In("model/model.safetensors.index.json"), "/dev/zero");
        File.Delete(_folder.In("model/model.safetensors"));
        await AssertFails(3, "is empty, or no regular file", "evaluate", "--checkpoint", model, "--tokens", "/dev/zero");
    }

    [Theory]
    [InlineData("""[["--set","@/dev/zero"]]""", "holds names, no paths")]
    [InlineData("""[["--corpus","/etc/passwd"]]""", "holds names, no paths")]
    [InlineData("""[["--tokenizer","gpt2:.."]]""", "holds names, no paths")]
    [InlineData("""[["--arm","corpus=../x"]]""", "holds names, no paths")]
    [InlineData("""[["--out","x"]]""", "has the option --out, which is the user's to give")]
    [InlineData("""[["--steps","--out"]]""", "an option where a value belongs")]
    [InlineData("""[["--steps","2147483647"]]""", "at most 100000000 is run")]
    [InlineData("""[["--seeds","1e300"]]""", "at most 100000000 is run")]
    [InlineData("""[["--seeds",null]]""", "damaged")]
    [InlineData("""[["@/dev/zero"]]""", "has the option '@/dev/zero'")]
    [InlineData("""[["--profile","a\u001bb"]]""", "is no word of a command line")]
    [InlineData("{}", "damaged")]
    public async Task A_manifest_is_checked_before_anything_of_it_is_done(string options, string expected) =>
        await AssertFails(3, expected, "reproduce", _folder.File("manifest.json", $$$"""{"command":"ablate-sign","options":{{{options}}},"runs":[],"settings":{"device":"cpu"},"corpus":{"name":"x","sha256":"y"}}"""));

    [Theory]
    [InlineData("null", "is not a JSON object")]
    [InlineData("[]", "is not a JSON object")]
    [InlineData("{\"command\":\"train\",\"command\":\"compare\"}", "the key 'command' stands twice")]
    [InlineData("{\"command\":\"\\ud800\"}", "has half a character")]
    [InlineData("{\"command\":1e999}", "is beyond the numbers that are read")]
    public async Task A_document_that_breaks_a_rule_is_refused_in_one_line(string json, string expected) => await AssertFails(3, expected, "reproduce", _folder.File("manifest.json", json));

    [Fact]
    public async Task Bytes_that_are_no_UTF_8_are_refused_in_one_line() => await AssertFails(3, "is not UTF-8", "reproduce", _folder.File("manifest.json", [(byte)'{', (byte)'"', 0xff, (byte)'"', (byte)':', (byte)'1', (byte)'}']));

    [Fact]
    public async Task A_damaged_entry_of_the_gallery_is_left_out_and_one_to_be_added_is_checked_first()
    {
        string good = Entry("plots/gallery/good", """{"experiment":"ablate-sign","finding":"This was found"}"""), bad = Entry("plots/gallery/bad", """{"experiment":"ablate-sign","finding":7}""");
        ExperimentsProgram.Outcome index = await ExperimentsProgram.RunAsync(_folder.Path, "gallery", "index");
        Assert.True(index.ExitCode == 0 && index.Error.StartsWith($"warning: gallery: '{bad}' is no published run", StringComparison.Ordinal), index.Error);
        string page = await File.ReadAllTextAsync(_folder.In("plots/README.md"), TestContext.Current.CancellationToken);
        Assert.Contains("This was found", page, StringComparison.Ordinal);
        Assert.DoesNotContain("## bad", page, StringComparison.Ordinal);

        string run = Entry("run", """{"experiment":"another","finding":[1]}""");
        ExperimentsProgram.Outcome add = await ExperimentsProgram.RunAsync(_folder.Path, "gallery", "add", run);
        Assert.True(add.ExitCode == 3 && add.ErrorLine.Contains("is no published run", StringComparison.Ordinal), add.Error);
        Assert.Equal([bad, good], Directory.GetDirectories(_folder.In("plots/gallery")).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("ablate-sign", "--quick")]
    [InlineData("compare", "muon", "adamw")]
    [InlineData("theory", "--quick")]
    [InlineData("cost", "--quick")]
    public async Task Only_train_is_data_parallel(params string[] arguments)
    {
        ExperimentsProgram.Outcome outcome = await ExperimentsProgram.RunAsync(_folder.Path, new Dictionary<string, string> { ["OMPI_COMM_WORLD_SIZE"] = "2", ["OMPI_COMM_WORLD_RANK"] = "0" }, arguments);
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("one of 2 processes, and only 'train' is data-parallel", outcome.ErrorLine, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Theory]
    [InlineData("short\n", "is no digest with the name of its part")]
    [InlineData("TWICE", "names a part that stands there already")]
    [InlineData("zz", "is no digest with the name of its part")]
    public void Digests_that_were_signed_again_are_checked_line_by_line(string line, string expected)
    {
        string digest = new('0', 64), lines = line == "TWICE" ? $"{digest} file a\n{digest} file a\n" : line == "zz" ? $"{new string('z', 64)} file a\n" : line;
        byte[] body = Encoding.UTF8.GetBytes($"minigrad digests 1\n{lines}");
        byte[] file = [.. body, .. Encoding.ASCII.GetBytes(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(body)) + " self\n")];
        Assert.Contains(expected, Assert.Throws<CheckpointException>(() => DigestFile.Read(file, "here")).Message, StringComparison.Ordinal);
    }

    private async Task AssertFails(int exitCode, string expected, params string[] arguments)
    {
        ExperimentsProgram.Outcome outcome = await ExperimentsProgram.RunAsync(_folder.Path, arguments);
        Assert.True(outcome.ExitCode == exitCode, $"exit {outcome.ExitCode}, expected {exitCode}: {outcome.Error}");
        Assert.Contains(expected, outcome.ErrorLine, StringComparison.Ordinal);
        Assert.Single(outcome.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Empty(outcome.Output);
    }

    private string Model()
    {
        foreach (string file in (string[])["config.json", "model.safetensors"]) _folder.File($"model/{file}", File.ReadAllBytes(Path.Combine(HuggingFaceTests.FolderOf("gpt2-tiny"), file)));
        return _folder.In("model");
    }

    private string Spoilt()
    {
        string model = Model(), weights = Path.Combine(model, "model.safetensors");
        foreach ((string name, byte[] content) in MiniGrad.Data.TokenizerFiles.Of(new MiniGrad.Data.CharTokenizer([.. Enumerable.Range(32, 95).Append(10).Select(c => (byte)c)]))) _folder.File($"model/{name}", content);
        byte[] file = File.ReadAllBytes(weights);
        int header = (int)BitConverter.ToInt64(file);
        JsonNode entry = JsonNode.Parse(file.AsSpan(8, header))!["wte.weight"]!;
        BitConverter.TryWriteBytes(file.AsSpan(8 + header + (int)entry["data_offsets"]![0]! + (4 * 3 * 32)), float.NaN);
        File.WriteAllBytes(weights, file);
        return model;
    }

    private string Entry(string folder, string result)
    {
        foreach ((string name, string content) in ((string, string)[])[("result.json", result), ("manifest.json", """{"command":"ablate-sign","options":[]}"""), ("report.md", "A report\n"), ("README.md", "A report\n"), ("curves.csv", "a\n")]) _folder.File($"{folder}/{name}", content);
        _folder.File($"{folder}/figure.png", 1, 2, 3);
        return _folder.In(folder);
    }
}
