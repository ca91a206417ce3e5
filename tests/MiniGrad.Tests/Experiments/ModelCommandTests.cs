using System.Text.Json.Nodes;
using MiniGrad.Tests.Data;
using MiniGrad.Tests.IO;

namespace MiniGrad.Tests.Experiments;

/// <summary>The commands that use stored models and tokenizers, as a user calls them.</summary>
public sealed class ModelCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("gpt2-tiny")]
    [InlineData("qwen2-tiny")]
    public async Task Evaluate_agrees_with_the_recorded_model_and_so_does_its_export(string name)
    {
        string source = HuggingFaceTests.FolderOf(name), tokens = Path.Combine(source, "expected.json"), exported = _folder.In("exported");
        JsonNode expected = JsonNode.Parse(await File.ReadAllTextAsync(tokens, TestContext.Current.CancellationToken))!;
        ExperimentsProgram.Outcome export = await ExperimentsProgram.RunAsync(_folder.Path, "export", "--checkpoint", source, "--to", exported);
        Assert.True(export.ExitCode == 0, export.Error);
        string[] outputs = new string[2];
        for (int i = 0; i < 2; i++)
        {
            ExperimentsProgram.Outcome outcome = await ExperimentsProgram.RunAsync(_folder.Path, "evaluate", "--checkpoint", i == 0 ? source : exported, "--tokens", tokens, "--gradients", "--json");
            Assert.True(outcome.ExitCode == 0, outcome.Error);
            outputs[i] = outcome.Output;
        }
        Assert.Equal(outputs[0], outputs[1]);
        JsonNode found = JsonNode.Parse(outputs[0])!;
        Assert.Equal((double)expected["loss"]!, (double)found["loss"]!, 1e-4 * (double)expected["loss"]!);
        double[] logits = Numbers(found["lastLogits"]!), recorded = Numbers(expected["lastLogits"]!);
        Assert.Equal(recorded.Length, logits.Length);
        double worst = recorded.Zip(logits, (e, f) => Math.Abs(e - f) / Math.Abs(e)).Max();
        Assert.True(worst <= 1e-4, $"a logit is off by {worst}, relative");
        JsonObject norms = expected["gradientNorms"]!.AsObject(), ours = found["gradientNorms"]!.AsObject();
        Assert.Equal(norms.Select(n => n.Key), ours.Select(n => n.Key));
        Assert.All(norms, n => Assert.Equal((double)n.Value!, (double)ours[n.Key]!, 1e-3 * (double)n.Value!));
    }

    [Fact]
    public async Task A_token_file_trains_and_its_tokenizer_comes_along()
    {
        string tokens = _folder.In("tokens"), text = _folder.File("text.txt", Text());
        ExperimentsProgram.Outcome made = await ExperimentsProgram.RunAsync(_folder.Path, "tokenize", "--corpus", text, "--tokenizer", "bpe:300", "--out", tokens, "--json");
        Assert.True(made.ExitCode == 0, made.Error);
        Assert.Equal(300, (int)JsonNode.Parse(made.Output)!["vocabularySize"]!);
        Assert.Equal(["merges.txt", "minigrad-tokenizer.json", "train.bin", "val.bin", "vocab.json"], Directory.GetFiles(tokens).Select(Path.GetFileName).Order(StringComparer.Ordinal));

        string[] common = ["train", "--profile", "tiny", "--steps", "3", "--batch", "2", "--no-progress", "--set", "model.blockSize=16", "--json"];
        string fromFile = await TrainAsync([.. common, "--corpus", Path.Combine(tokens, "train.bin"), "--out", _folder.In("a")]);
        string fromText = await TrainAsync([.. common, "--corpus", text, "--tokenizer", "bpe:300", "--out", _folder.In("b")]);
        Assert.Equal(fromText, fromFile);
        JsonNode manifest = JsonNode.Parse(await File.ReadAllTextAsync(_folder.In("a/manifest.json"), TestContext.Current.CancellationToken))!;
        Assert.Equal("bpe:300", (string?)manifest["corpus"]!["tokenizer"]);
        Assert.Equal(300, (int)manifest["settings"]!["model"]!["vocabSize"]!);
    }

    [Fact]
    public async Task Training_goes_on_from_a_published_model_under_AdaMuon()
    {
        string run = _folder.In("run"), text = _folder.File("text.txt", string.Concat(Text().Select(c => char.IsAsciiLetter(c) ? c : ' ')));
        ExperimentsProgram.Outcome outcome = await ExperimentsProgram.RunAsync(_folder.Path, "train", "--from", HuggingFaceTests.FolderOf("qwen2-tiny"), "--corpus", text, "--tokenizer", "char", "--profile", "tiny", "--steps", "30", "--batch", "4", "--no-progress", "--out", run);
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        string[] lines = await File.ReadAllLinesAsync(Directory.GetFiles(run, "metrics.jsonl", SearchOption.AllDirectories).Single(), TestContext.Current.CancellationToken);
        double first = (double)JsonNode.Parse(lines[0])!["trainLoss"]!, last = (double)JsonNode.Parse(lines[^1])!["trainLoss"]!;
        Assert.True(last < first - 1, $"the loss went from {first} to {last}");
        Assert.DoesNotContain(AppContext.BaseDirectory, await File.ReadAllTextAsync(Path.Combine(run, "manifest.json"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_checkpoint_of_a_run_is_evaluated_sampled_exported_and_trained_on()
    {
        string run = _folder.In("run"), text = _folder.File("text.txt", Text()), exported = _folder.In("exported");
        string[] model = ["--set", "model.family=qwen2", "--set", "model.nKvHead=2"];
        string trained = await TrainAsync(["train", "--profile", "tiny", "--steps", "8", "--batch", "4", "--no-progress", "--corpus", text, "--tokenizer", "bpe:300", .. model, "--out", run, "--json"]);
        async Task<JsonNode> EvaluateAsync(string checkpoint)
        {
            ExperimentsProgram.Outcome outcome = await ExperimentsProgram.RunAsync(_folder.Path, "evaluate", "--checkpoint", checkpoint, "--corpus", text, "--json");
            Assert.True(outcome.ExitCode == 0, outcome.Error);
            return JsonNode.Parse(outcome.Output)!;
        }
        JsonNode own = await EvaluateAsync(run);
        Assert.Equal(trained.Split(' ')[1], own["loss"]!.ToJsonString()); // the run's own last validation loss, to the bit
        Assert.Equal("bpe:300", (string?)own["tokenizer"]);
        ExperimentsProgram.Outcome export = await ExperimentsProgram.RunAsync(_folder.Path, "export", "--checkpoint", run, "--to", exported);
        Assert.True(export.ExitCode == 0, export.Error);
        Assert.Equal(own["loss"]!.ToJsonString(), (await EvaluateAsync(exported))["loss"]!.ToJsonString());
        ExperimentsProgram.Outcome sample = await ExperimentsProgram.RunAsync(_folder.Path, "sample", "--checkpoint", run, "--prompt", "The ", "--max-tokens", "20");
        Assert.True(sample.ExitCode == 0 && sample.Output.StartsWith("The ", StringComparison.Ordinal), sample.Error);
        string further = await TrainAsync(["train", "--from", run, "--profile", "tiny", "--steps", "8", "--batch", "4", "--no-progress", "--corpus", text, "--out", _folder.In("further"), "--json"]);
        Assert.True(double.Parse(further.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture) < (double)own["loss"]!, $"{trained} then {further}");
        File.Delete(Directory.GetFiles(run, "digests*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Last());
        Assert.Equal(3, (await ExperimentsProgram.RunAsync(_folder.Path, "sample", "--checkpoint", run)).ExitCode);
    }

    [Fact]
    public async Task A_mixture_of_experts_is_evaluated_and_sampled_and_its_export_is_refused_in_one_line()
    {
        string run = _folder.In("run"), text = _folder.File("text.txt", Text());
        string trained = await TrainAsync(["train", "--profile", "tiny", "--steps", "4", "--batch", "4", "--no-progress", "--corpus", text, "--set", "model.family=deepseek-moe", "--set", "model.nExperts=4", "--set", "model.balanceRate=0.01", "--out", run, "--json"]);
        ExperimentsProgram.Outcome own = await ExperimentsProgram.RunAsync(_folder.Path, "evaluate", "--checkpoint", run, "--corpus", text, "--json");
        Assert.True(own.ExitCode == 0, own.Error);
        Assert.Equal(trained.Split(' ')[1], JsonNode.Parse(own.Output)!["loss"]!.ToJsonString()); // the run's own last validation loss, to the bit
        string[] sample = ["sample", "--checkpoint", run, "--prompt", "The ", "--max-tokens", "20"];
        ExperimentsProgram.Outcome cached = await ExperimentsProgram.RunAsync(_folder.Path, sample), whole = await ExperimentsProgram.RunAsync(_folder.Path, [.. sample, "--no-cache"]);
        Assert.True(cached.ExitCode == 0 && cached.Output.StartsWith("The ", StringComparison.Ordinal), cached.Error);
        Assert.Equal(cached.Output, whole.Output);
        ExperimentsProgram.Outcome export = await ExperimentsProgram.RunAsync(_folder.Path, "export", "--checkpoint", run, "--to", _folder.In("exported"));
        Assert.Equal(2, export.ExitCode);
        Assert.StartsWith("error: a model of the family deepseek-moe cannot be exported", export.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.In("exported")));
    }

    [Fact]
    public async Task Sample_writes_the_prompt_and_what_follows_the_same_with_the_cache_and_without()
    {
        string model = _folder.In("model");
        foreach (string file in (string[])["config.json", "model.safetensors"]) _folder.File($"model/{file}", await File.ReadAllBytesAsync(Path.Combine(HuggingFaceTests.FolderOf("gpt2-tiny"), file), TestContext.Current.CancellationToken));
        foreach ((string name, byte[] content) in MiniGrad.Data.TokenizerFiles.Of(new MiniGrad.Data.CharTokenizer([.. Enumerable.Range(32, 95).Select(c => (byte)c)]))) _folder.File($"model/{name}", content);
        string[] arguments = ["sample", "--checkpoint", model, "--prompt", "Hello", "--max-tokens", "50", "--top-k", "40", "--top-p", "0.9", "--seed", "3"];
        ExperimentsProgram.Outcome cached = await ExperimentsProgram.RunAsync(_folder.Path, arguments), whole = await ExperimentsProgram.RunAsync(_folder.Path, [.. arguments, "--no-cache"]), json = await ExperimentsProgram.RunAsync(_folder.Path, [.. arguments, "--json"]);
        Assert.True(cached.ExitCode == 0, cached.Error);
        Assert.StartsWith("Hello", cached.Output, StringComparison.Ordinal);
        Assert.Equal(cached.Output, whole.Output);
        JsonNode document = JsonNode.Parse(json.Output)!;
        Assert.Equal(50, document["tokens"]!.AsArray().Count);
        Assert.Equal(cached.Output, $"Hello{document["text"]}\n");
    }

    [Fact]
    public async Task Evaluate_on_a_corpus_gives_bits_per_byte()
    {
        string text = _folder.File("text.txt", Text()), vocabulary = _folder.In("tokens");
        Assert.Equal(0, (await ExperimentsProgram.RunAsync(_folder.Path, "tokenize", "--corpus", text, "--tokenizer", "char", "--out", vocabulary)).ExitCode);
        ExperimentsProgram.Outcome outcome = await ExperimentsProgram.RunAsync(_folder.Path, "evaluate", "--checkpoint", HuggingFaceTests.FolderOf("gpt2-tiny"), "--corpus", Path.Combine(vocabulary, "train.bin"), "--json");
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        JsonNode json = JsonNode.Parse(outcome.Output)!;
        Assert.Equal((double)json["loss"]! / Math.Log(2), (double)json["bitsPerByte"]!, 1e-9); // a character is a byte here
        Assert.InRange((double)json["loss"]!, 3, 8);
        Assert.Equal(32, (int)json["context"]!);
    }

    [Theory]
    [InlineData(3, "lies no tokenizer", "sample", "--checkpoint", "GPT2")]
    [InlineData(3, "the tokenizer byte has 256 tokens, the model in", "sample", "--checkpoint", "GPT2", "--tokenizer", "byte")]
    [InlineData(3, "only 97", "train", "--from", "GPT2", "--tokenizer", "byte")]
    [InlineData(2, "only model.blockSize can be set beside --from", "train", "--from", "GPT2", "--set", "model.nLayer=3")]
    [InlineData(2, "takes at most 32 tokens", "train", "--from", "GPT2", "--set", "model.blockSize=64")]
    [InlineData(3, "is no folder", "evaluate", "--checkpoint", "nowhere", "--tokens", "x.json")]
    [InlineData(2, "--temperature hot: expected a number", "sample", "--checkpoint", "GPT2", "--temperature", "hot")]
    [InlineData(2, "--top-p 2: must lie above 0", "sample", "--checkpoint", "GPT2", "--top-p", "2")]
    [InlineData(2, "give at least bpe:256", "train", "--tokenizer", "bpe:100")]
    [InlineData(2, "did you mean 'byte'?", "train", "--tokenizer", "bytes")]
    [InlineData(3, "does not exist", "train", "--tokenizer", "gpt2:nowhere")]
    [InlineData(2, "has position=rope", "train", "--set", "model.family=qwen2", "--set", "model.gelu=erf")]
    [InlineData(3, "does not exist", "evaluate", "--checkpoint", "GPT2", "--tokens", "nowhere.json")]
    [InlineData(2, "give one of the two", "evaluate", "--checkpoint", "GPT2", "--tokens", "x.json", "--corpus", "y.txt")]
    [InlineData(2, "Option '--checkpoint' is required", "evaluate")]
    [InlineData(2, "is not empty", "export", "--checkpoint", "GPT2", "--to", "GPT2")]
    [InlineData(3, "cannot be read", "train", "--corpus", "nowhere.bin", "--tokenizer", "byte")]
    public async Task Bad_input_is_refused_in_one_line(int exitCode, string expected, params string[] arguments)
    {
        ExperimentsProgram.Outcome outcome = await ExperimentsProgram.RunAsync(_folder.Path, [.. arguments.Select(a => a == "GPT2" ? HuggingFaceTests.FolderOf("gpt2-tiny") : a)]);
        Assert.True(outcome.ExitCode == exitCode, $"exit {outcome.ExitCode}, expected {exitCode}: {outcome.Error}");
        Assert.Contains(expected, outcome.ErrorLine, StringComparison.Ordinal);
        Assert.Single(outcome.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Empty(outcome.Output);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Theory]
    [InlineData("{\"tokens\":[[1,2],[3]],\"targets\":[[1,2],[3]]}", "all rows must have one length")]
    [InlineData("{\"tokens\":[[1,97]],\"targets\":[[1,2]]}", "has the id 97, the model's vocabulary has 97 tokens")]
    [InlineData("{\"tokens\":[[1,-1]],\"targets\":[[1,2]]}", "has the id -1")]
    [InlineData("{\"tokens\":[[1,2]],\"targets\":[[-1,-1]]}", "no target that counts")]
    [InlineData("{\"tokens\":[[]],\"targets\":[[]]}", "has no tokens")]
    [InlineData("{\"tokens\":[[1.5]],\"targets\":[[1]]}", "has other content")]
    [InlineData("[]", "has other content")]
    public async Task Token_ids_that_do_not_fit_are_refused_in_one_line(string json, string expected)
    {
        ExperimentsProgram.Outcome outcome = await ExperimentsProgram.RunAsync(_folder.Path, "evaluate", "--checkpoint", HuggingFaceTests.FolderOf("gpt2-tiny"), "--tokens", _folder.File("ids.json", json));
        Assert.Equal(3, outcome.ExitCode);
        Assert.Contains(expected, outcome.ErrorLine, StringComparison.Ordinal);
    }

    private async Task<string> TrainAsync(string[] arguments)
    {
        ExperimentsProgram.Outcome outcome = await ExperimentsProgram.RunAsync(_folder.Path, arguments);
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        JsonNode variant = JsonNode.Parse(outcome.Output)!["variants"]![0]!;
        return $"{variant["finalTrainLoss"]!["mean"]} {variant["finalValidationLoss"]!["mean"]} {variant["bitsPerByte"]}";
    }

    private static double[] Numbers(JsonNode rows) => [.. rows.AsArray().SelectMany(row => row!.AsArray()).Select(x => (double)x!)];

    private static string Text() => string.Concat(Enumerable.Range(0, 400).Select(i => $"The {(i % 3 == 0 ? "reader" : "stream")} returns value number {i * 7 % 50} of the sequence.\n"));
}
