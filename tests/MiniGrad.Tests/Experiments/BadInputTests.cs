using MiniGrad.Tests.Data;

namespace MiniGrad.Tests.Experiments;

/// <summary>Bad input gives one clear line with the nearest fix and the right exit code, and writes nothing.</summary>
public sealed class BadInputTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("unknown command 'ablate-sing'; did you mean 'ablate-sign'?", "ablate-sing")]
    [InlineData("unknown option '--sead'; did you mean '--seed'?", "train", "--sead", "3")]
    [InlineData("did you mean 'adamuon'?", "train", "--optimizer", "adamoun")]
    [InlineData("did you mean 'muon'?", "compare", "adamw", "muom")]
    [InlineData("did you mean 'small'?", "ablate-sign", "--profile", "smal")]
    [InlineData("did you mean 'linear'?", "train", "--schedule", "liner")]
    [InlineData("unknown schedule '-1'", "train", "--schedule", "-1")]
    [InlineData("unknown schedule 'constant,linear'", "train", "--schedule", "constant,linear")]
    [InlineData("unknown schedule 'Linear'; did you mean 'linear'?", "train", "--schedule", "Linear")]
    [InlineData("unknown schedule ''", "train", "--schedule", "")]
    [InlineData("unknown schedule '+1'", "compare", "muon", "adamw", "--arm", "schedule=+1")]
    [InlineData("unknown model.position 'rope,learned'", "train", "--set", "model.position=rope,learned")]
    [InlineData("unknown model.family ' qwen2'", "train", "--set", "model.family= qwen2")]
    [InlineData("unknown model.family 'deepseekmoe'; did you mean 'deepseek-moe'?", "train", "--set", "model.family=deepseekmoe")]
    [InlineData("model.bias= True: expected true or false", "train", "--set", "model.bias= True")]
    [InlineData("unknown --on-nonfinite '0'", "train", "--on-nonfinite", "0")]
    [InlineData("unknown axis 'Tokens'", "plot", "nowhere", "--x", "Tokens")]
    [InlineData("steps=2 and steps=3 cannot both hold", "compare", "muon", "adamw", "--arm", "steps=2,steps=3")]
    [InlineData("--set model.nLayer=2 and --set model.nLayer=3 cannot both hold", "train", "--set", "model.nLayer=2", "--set", "model.nLayer=3")]
    [InlineData("--out --json: the option --json stands where a value belongs", "train", "--out", "--json")]
    [InlineData("--seeds 2147483647: must be at most 10000", "ablate-sign", "--seeds", "2147483647")]
    [InlineData("--seeds 2147483647: must be at most 10000", "theory", "--no-progress", "--seeds", "2147483647")]
    [InlineData("--rounds 0: must be at least 1", "cost", "--no-progress", "--rounds", "0")]
    [InlineData("--out is empty", "dual-norm", "--out", "")]
    [InlineData("--out is empty", "replay", "nowhere.json", "--out", "")]
    [InlineData("--eval-every -357913940: must be at least 1", "train", "--eval-every", "-357913940")]
    [InlineData("--steps -2147483648: must be at least 1", "train", "--steps", "-2147483648")]
    [InlineData(@"'o\nerror: b\x1b[2J' holds a control character", "train", "--out", "o\nerror: b\u001b[2J")]
    [InlineData(@"'a\nb.txt' holds a control character", "tokenize", "--corpus", "a\nb.txt")]
    [InlineData(@"'a\rb' holds a control character", "report", "a\rb")]
    [InlineData(@"'a\u2028b' holds a control character", "train", "--set", "a\u2028b")]
    [InlineData("--threads 2147483647: must be at most 1024", "train", "--threads", "2147483647")]
    [InlineData("model.nLayer is 1000000; at most 4096 are supported", "train", "--dry-run", "--set", "model.nLayer=1000000")]
    [InlineData("a model of 13,194,147,921,920 parameters with", "train", "--dry-run", "--set", "model.nLayer=4096", "--set", "model.nEmbd=16384")]
    [InlineData("model.nEmbd 2147483647 is not divisible by nHead 4; try nEmbd 2147483644", "train", "--set", "model.nEmbd=2147483647")]
    [InlineData("model.blockSize is 2147483647", "train", "--set", "model.blockSize=2147483647")]
    [InlineData("--batch 2147483647: with sequences of 128 tokens", "train", "--batch", "2147483647")]
    [InlineData("a product of 1000000×1000000×1000000 takes at least", "bench", "gemm", "--shapes", "1000000x1000000x1000000")]
    [InlineData("a matrix of 1000000×1000000 takes at least", "bench", "orthogonalize", "--shapes", "1000000x1000000")]
    [InlineData("model.nLayer is 1000000", "bench", "step", "--layers", "1000000")]
    [InlineData("unknown argument '@/dev/zero'", "train", "@/dev/zero")]
    [InlineData("did you mean 'momentum'?", "train", "--set", "optimizer.momentun=0.9")]
    [InlineData("did you mean 'model.nLayer'?", "train", "--set", "model.nlayers=3")]
    [InlineData("expected section.key=value", "train", "--set", "momentum")]
    [InlineData("-0.1", "train", "--set", "optimizer.learningRate=-0.1")]
    [InlineData("'-1' is not a positive number", "ablate-sign", "--learning-rates=-1")]
    [InlineData("nEmbd 128 is not divisible by nHead 3", "train", "--set", "model.nHead=3")]
    [InlineData("--steps 0: must be at least 1", "train", "--steps", "0")]
    [InlineData("expected a whole number", "train", "--steps", "many")]
    [InlineData("--seeds 0: must be at least 1", "ablate-sign", "--seeds", "0")]
    [InlineData("presets are chosen with", "train", "--set", "optimizer.preset=muon")]
    [InlineData("--set optimizer.learningRate would overwrite", "ablate-sign", "--learning-rates", "1e-3,3e-3", "--set", "optimizer.learningRate=0.1")]
    [InlineData("the byte tokenizer has 256 tokens", "train", "--set", "model.vocabSize=7")]
    [InlineData("too large", "train", "--set", "model.nEmbd=100000000")]
    [InlineData("--out is empty", "train", "--out", "")]
    [InlineData("--corpus is empty", "train", "--corpus", "")]
    [InlineData("--steps many: expected a whole number", "bench", "step", "--steps", "many")]
    [InlineData("micro-batch 3 does not divide batch 16", "train", "--micro-batch", "3")]
    [InlineData("--device gpu", "train", "--device", "gpu")]
    [InlineData("did you mean 'ablate-rms'?", "explain", "ablate-rsm")]
    [InlineData("bench: give one of gemm, orthogonalize, step", "bench")]
    [InlineData("'64y64' is not of the form MxNxK", "bench", "gemm", "--shapes", "64y64")]
    public async Task Usage_errors_exit_2(string expected, params string[] arguments) => await AssertFails(2, expected, arguments);

    [Theory]
    [InlineData("train", "--optimizer")]
    [InlineData("train", "--set")]
    [InlineData("train", "--steps")]
    [InlineData("train", "--tokenizer")]
    [InlineData("ablate-sign", "--learning-rates")]
    [InlineData("explain", "")]
    public async Task An_error_quotes_at_most_80_characters_of_what_it_was_given(string command, string option)
    {
        string given = new('x', 5_000);
        ExperimentsProgram.Outcome outcome = await ExperimentsProgram.RunAsync(_folder.Path, option.Length == 0 ? [command, given] : [command, option, given]);
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("xxx…xxx", outcome.ErrorLine, StringComparison.Ordinal);
        Assert.DoesNotContain(new string('x', 80), outcome.ErrorLine, StringComparison.Ordinal);
        Assert.True(outcome.Error.Length < 600, outcome.Error);
    }

    [Fact]
    public async Task A_folder_that_is_a_link_to_nothing_is_said_to_be_one()
    {
        File.CreateSymbolicLink(_folder.In("link"), _folder.In("nowhere"));
        await AssertFails(5, "link is a link to nothing; give a folder that is new or empty", "train", "--out", _folder.In("link"));
        await AssertFails(3, "is a link to", "replay", _folder.In("link"));
    }

    [Theory]
    [InlineData("coefficients", "--figure")]
    [InlineData("theory", "--quick", "--out")]
    [InlineData("dual-norm", "--quick", "--out")]
    [InlineData("cost", "--quick", "--out")]
    [InlineData("ablate-sign", "--quick", "--out")]
    public async Task What_cannot_be_written_is_refused_before_any_work(params string[] arguments) => await AssertFails(5, "cannot be written: ", [.. arguments, Path.Combine(_folder.File("file.txt", "a file"), "there")]);

    [Fact]
    public async Task An_empty_corpus_exits_3() => await AssertFails(3, "empty", "train", "--corpus", _folder.File("empty.txt", ""));

    [Fact]
    public async Task A_binary_corpus_exits_3() => await AssertFails(3, "binary.dat", "train", "--corpus", _folder.File("binary.dat", 0, 1, 2, 255));

    [Fact]
    public async Task A_missing_corpus_exits_3() => await AssertFails(3, "nowhere.txt", "train", "--corpus", _folder.In("nowhere.txt"));

    [Fact]
    public async Task A_corpus_shorter_than_the_context_exits_3() => await AssertFails(3, "128", "train", "--corpus", _folder.File("short.txt", "too short\nfor a context\n"));

    [Fact]
    public async Task A_folder_that_is_not_empty_exits_2()
    {
        _folder.File("used/file.txt", "here");
        await AssertFails(2, "is not empty", "train", "--out", _folder.In("used"));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_exits_5() => await AssertFails(5, "cannot be written", "train", "--profile", "tiny", "--out", Path.Combine(_folder.File("file.txt", "a file"), "run"));

    [Fact]
    public async Task A_missing_replay_case_exits_3() => await AssertFails(3, "there is no file", "replay", "nowhere.json");

    [Fact]
    public async Task A_damaged_replay_case_exits_3() => await AssertFails(3, "damaged.json", "replay", _folder.File("damaged.json", "{\"name\":"));

    private async Task AssertFails(int exitCode, string expected, params string[] arguments)
    {
        string[] before = Directory.GetFileSystemEntries(_folder.Path, "*", SearchOption.AllDirectories);
        ExperimentsProgram.Outcome outcome = await ExperimentsProgram.RunAsync(_folder.Path, arguments);
        Assert.True(outcome.ExitCode == exitCode, $"exit {outcome.ExitCode}, expected {exitCode}: {outcome.Error}");
        Assert.Contains(expected, outcome.ErrorLine, StringComparison.Ordinal);
        Assert.Single(outcome.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Empty(outcome.Output);
        Assert.Equal(before, Directory.GetFileSystemEntries(_folder.Path, "*", SearchOption.AllDirectories));
    }
}
