using System.CommandLine;
using MiniGrad.Backends.Cpu;
using MiniGrad.Data;
using MiniGrad.Experiments.Configuration;
using MiniGrad.Experiments.Data;
using MiniGrad.IO;

namespace MiniGrad.Experiments.Commands;

/// <summary>Which weights of a checkpoint are used.</summary>
internal enum StoredWeights
{
    /// <summary>Those that training goes on with.</summary>
    Raw,

    /// <summary>Their exponential moving average.</summary>
    Ema,
}

/// <summary>The options of commands that use a stored model.</summary>
internal sealed class ModelOptions
{
    public Option<string> Checkpoint { get; } = new("--checkpoint") { Description = "A checkpoint, or a Hugging Face folder of a GPT-2, Qwen2, StarCoder2 or Arcee", Required = true };

    public Option<string> Tokenizer { get; } = new("--tokenizer") { Description = "byte, char, bpe:SIZE, gpt2:FOLDER, hf:FILE (tokenizer.json) or ids:N (default: what lies beside the model)", DefaultValueFactory = _ => TokenizerChoice.Automatic };

    public Option<string> Weights { get; } = new("--weights") { Description = "raw, or ema: the average that train --ema kept (default: raw)", DefaultValueFactory = _ => "raw" };

    public Option<int?> Threads { get; } = CommonOptions.Number("--threads", "Threads (default: all)");

    /// <summary>Opens the model's folder.</summary>
    public StoredModel Open(ParseResult parsed)
    {
        StoredModel stored = StoredModel.Open(SettingsBuilder.NotEmpty(parsed.GetValue(Checkpoint), "--checkpoint")!);
        stored.UseAverage = Choice.Of<StoredWeights>("weights", parsed.GetValue(Weights)!) == StoredWeights.Ema;
        if (stored is { UseAverage: true, HasAverage: false })
        {
            stored.Dispose();
            throw new InvalidDataException($"--weights ema: '{stored.Folder}' holds no average of the weights; train with --ema 0.999, or leave --weights out");
        }
        foreach (string warning in stored.Warnings) Console.Error.WriteLine($"warning: {warning}");
        return stored;
    }

    /// <summary>A compute context on the threads asked for.</summary>
    public ComputeContext Context(ParseResult parsed)
    {
        return new ComputeContext(new CpuBackend(Limits.Threads(parsed.GetValue(Threads) ?? Environment.ProcessorCount)));
    }

    /// <summary>The tokenizer that was given, or the model's own.</summary>
    /// <exception cref="InvalidDataException">There is none, or it does not fit the model.</exception>
    public ITokenizer RequireTokenizer(ParseResult parsed, StoredModel model)
    {
        string choice = TokenizerChoice.Checked(parsed.GetValue(Tokenizer)!);
        if (choice is "char" || choice.StartsWith("bpe:", StringComparison.Ordinal)) throw CommandException.Usage($"--tokenizer {choice}: there is no text here to learn it from; give gpt2:FOLDER, hf:FILE or byte, or leave it out for the tokenizer beside the model");
        ITokenizer tokenizer = choice == TokenizerChoice.Automatic
            ? model.Tokenizer ?? throw new InvalidDataException($"beside the model in '{model.Folder}' lies no tokenizer: give --tokenizer byte, gpt2:FOLDER or hf:FILE")
            : TokenizerChoice.Create(choice, []);
        model.RequireFit(tokenizer);
        return tokenizer;
    }
}
