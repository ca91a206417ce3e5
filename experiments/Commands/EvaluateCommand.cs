using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using MiniGrad.Data;
using MiniGrad.Experiments.Configuration;
using MiniGrad.Experiments.Data;
using MiniGrad.Experiments.Running;
using MiniGrad.IO;
using MiniGrad.Training;

namespace MiniGrad.Experiments.Commands;

/// <summary><c>evaluate</c>: the loss of a stored model on a corpus's held-out part, or on given token ids.</summary>
internal static class EvaluateCommand
{
    public static Command Create(Option<bool> json)
    {
        var model = new ModelOptions();
        var corpus = new Option<string?>("--corpus") { Description = "A UTF-8 file, a folder of them, or a token file FILE.bin (default: the .NET API documentation)" };
        var tokens = new Option<string?>("--tokens") { Description = "Token ids instead of a corpus: a file {\"tokens\":[[…]],\"targets\":[[…]]}" };
        var gradients = new Option<bool>("--gradients") { Description = "With --tokens: the norm of every parameter's gradient" };
        var command = new Command("evaluate", "Loss and bits per byte of a checkpoint") { model.Checkpoint, model.Weights, corpus, tokens, gradients, model.Tokenizer, model.Threads };
        command.SetAction(int (ParseResult parsed) =>
        {
            string? ids = SettingsBuilder.NotEmpty(parsed.GetValue(tokens), "--tokens"), text = SettingsBuilder.NotEmpty(parsed.GetValue(corpus), "--corpus");
            if (ids is not null && text is not null) throw CommandException.Usage("--tokens and --corpus: give one of the two");
            if (ids is null && parsed.GetValue(gradients)) throw CommandException.Usage("--gradients: only with --tokens FILE.json");
            string choice = TokenizerChoice.Checked(parsed.GetValue(model.Tokenizer)!);
            using StoredModel stored = model.Open(parsed);
            using ComputeContext context = model.Context(parsed);
            JsonObject result = ids is not null
                ? OnTokens(TokenRows.Read(ids, stored.Options), stored.CreateModel(context), parsed.GetValue(gradients))
                : OnCorpus(stored, context, text, choice);
            if (parsed.GetValue(json)) Console.Out.WriteLine(result.ToJsonString(Json.Documents));
            else Print(result);
            return ExitCode.Done;
        });
        return command;
    }

    private static JsonObject OnTokens(TokenRows rows, ILanguageModel model, bool gradients)
    {
        JsonObject result = TokenEvaluation.Run(rows, model, gradients);
        bool finite = result["loss"] is not null && result["lastLogits"]!.AsArray().All(row => row!.AsArray().All(logit => logit is not null)) && (result["gradientNorms"] as JsonObject ?? []).All(norm => norm.Value is not null);
        return finite ? result : throw NotFinite(model, () => TokenEvaluation.Run(rows, model, gradients));
    }

    private static CommandException NotFinite(ILanguageModel model, Action pass) =>
        new(ExitCode.Diverged, $"evaluate: what the model computes is not finite: {FirstNonFinite.Describe(model, pass)}");

    private static JsonObject OnCorpus(StoredModel stored, ComputeContext context, string? path, string choice)
    {
        if (choice == TokenizerChoice.Automatic && stored.Tokenizer is null && !CorpusTokens.IsTokenFile(path)) throw new InvalidDataException($"beside the model in '{stored.Folder}' lies no tokenizer: give --tokenizer byte or gpt2:FOLDER, or --tokens FILE.json");
        TokenData data = CorpusTokens.Load(path, choice, stored.Tokenizer, tokenizer =>
        {
            stored.RequireFit(tokenizer);
            return 1;
        });
        int block = (int)Math.Min(stored.Options.BlockSize, data.Validation.Length - 1);
        var windows = new ValidationWindows(data.Validation, block);
        ILanguageModel model = stored.CreateModel(context);
        var evaluator = new Evaluator(model, windows, TrainingSession.RowsAtOnce(model.Options.VocabSize, block));
        double loss = evaluator.Evaluate();
        if (!double.IsFinite(loss)) throw NotFinite(model, () => evaluator.Evaluate());
        long bytes = windows.ByteCount(data.Tokenizer);
        return new JsonObject
        {
            ["loss"] = loss,
            ["bitsPerByte"] = loss * windows.TokenCount / bytes / Math.Log(2),
            ["tokens"] = windows.TokenCount,
            ["bytes"] = bytes,
            ["context"] = block,
            ["parameters"] = model.ParameterCount,
            ["tokenizer"] = data.Tokenizer.Name,
            ["corpus"] = new JsonObject { ["name"] = data.Corpus.Name, ["sha256"] = data.Corpus.Sha256 },
        };
    }

    private static void Print(JsonObject result)
    {
        foreach ((string name, JsonNode? value) in result)
        {
            if (value is JsonValue) Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-14} {value}"));
            else if (name == "gradientNorms") foreach ((string parameter, JsonNode? norm) in (JsonObject)value!) Console.Out.WriteLine($"{norm,-22} {parameter}");
        }
    }
}
