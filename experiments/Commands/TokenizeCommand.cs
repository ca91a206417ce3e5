using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using MiniGrad.Data;
using MiniGrad.Experiments.Configuration;
using MiniGrad.Experiments.Data;
using MiniGrad.Experiments.Running;
using MiniGrad.IO;

namespace MiniGrad.Experiments.Commands;

/// <summary><c>tokenize</c>: trains or applies a tokenizer, writes token files with the tokenizer beside them.</summary>
internal static class TokenizeCommand
{
    public static Command Create(Option<bool> json)
    {
        var corpus = new Option<string?>("--corpus") { Description = "A text file, JSON Lines, a folder or a pattern such as 'src/**/*.cs' (default: the .NET API documentation)" };
        var tokenizer = new Option<string>("--tokenizer") { Description = "byte, char, bpe:SIZE (trained here), gpt2:FOLDER or hf:FILE (applied)", DefaultValueFactory = _ => "bpe:4096" };
        var output = new Option<string>("--out") { Description = "The folder to write; must be new or empty", Required = true };
        var plain = new Option<bool>("--plain") { Description = "Token files without a header, two bytes a token, as nanoGPT reads them" };
        var command = new Command("tokenize", "Trains or applies a tokenizer, writes token files") { corpus, tokenizer, output, plain };
        command.SetAction(int (ParseResult parsed) =>
        {
            string choice = TokenizerChoice.Checked(parsed.GetValue(tokenizer)!);
            NewFolder folder = RunFolder.Choose("tokenize", SettingsBuilder.NotEmpty(parsed.GetValue(output), "--out"));
            string? path = SettingsBuilder.NotEmpty(parsed.GetValue(corpus), "--corpus");
            if (CorpusTokens.IsTokenFile(path)) throw CommandException.Usage($"--corpus {path}: these are tokens already; give a text");
            ITokenizer? ready = TokenizerChoice.Learns(choice) ? null : TokenizerChoice.Create(choice, []);
            return Run(CorpusLocator.Load(path, (ready as HuggingFaceTokenizer)?.EndOfText), ready, choice, folder, parsed.GetValue(plain), parsed.GetValue(json));
        });
        return command;
    }

    private static int Run(Corpus corpus, ITokenizer? ready, string choice, NewFolder chosen, bool plain, bool json)
    {
        ITokenizer tokenizer = ready ?? TokenizerChoice.Create(choice, corpus.Train.Span);
        int[] train = tokenizer.Encode(corpus.Train.Span), validation = tokenizer.Encode(corpus.Validation.Span);
        if (plain && tokenizer.VocabularySize > ushort.MaxValue + 1) throw CommandException.Usage($"--plain: a vocabulary of {tokenizer.VocabularySize} needs four bytes a token, nanoGPT's layout has two; leave --plain out");
        using HeldFolder held = RunFolder.Take(chosen);
        string folder = held.Path;
        TokenFile.Write(Path.Combine(folder, "train.bin"), train, tokenizer.VocabularySize, plain);
        TokenFile.Write(Path.Combine(folder, "val.bin"), validation, tokenizer.VocabularySize, plain);
        foreach ((string name, byte[] content) in TokenizerFiles.Of(tokenizer)) AtomicFile.WriteBytes(Path.Combine(folder, name), content);
        double bytesPerToken = (double)(corpus.TrainBytes + corpus.ValidationBytes) / (train.Length + validation.Length);
        if (json)
        {
            Console.Out.WriteLine(new JsonObject
            {
                ["tokenizer"] = tokenizer.Name,
                ["vocabularySize"] = tokenizer.VocabularySize,
                ["trainTokens"] = train.Length,
                ["validationTokens"] = validation.Length,
                ["bytesPerToken"] = bytesPerToken,
                ["corpusSha256"] = corpus.Sha256,
                ["folder"] = folder,
            }.ToJsonString(Json.Documents));
        }
        else
        {
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{tokenizer.Name}: {tokenizer.VocabularySize:N0} tokens; {train.Length:N0} training and {validation.Length:N0} validation tokens, {bytesPerToken:F2} bytes each, in {Shown.OneLine(folder)}"));
        }
        return ExitCode.Done;
    }
}
