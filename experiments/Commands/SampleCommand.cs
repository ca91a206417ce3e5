using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using MiniGrad.Data;
using MiniGrad.Experiments.Display;
using MiniGrad.IO;
using MiniGrad.Training;

namespace MiniGrad.Experiments.Commands;

/// <summary><c>sample</c>: text from a stored model.</summary>
internal static class SampleCommand
{
    public static Command Create(Option<bool> json)
    {
        var model = new ModelOptions();
        var prompt = new Option<string>("--prompt") { Description = "What is continued", DefaultValueFactory = _ => "\n" };
        Option<int?> tokens = CommonOptions.Number("--max-tokens", "Tokens to draw (default: 200)"), topK = CommonOptions.Number("--top-k", "Draw from the K most likely tokens only (default: 0, all)"), seed = CommonOptions.Number("--seed", "Seed of the draws (default: 0)");
        var temperature = new Option<string>("--temperature") { Description = "0 takes the most likely token (default: 0.8)", DefaultValueFactory = _ => "0.8" };
        var topP = new Option<string>("--top-p") { Description = "Draw from the fewest tokens that have this probability together (default: 1)", DefaultValueFactory = _ => "1" };
        var uncached = new Option<bool>("--no-cache") { Description = "Compute the whole sequence for every token; the text is the same" };
        var command = new Command("sample", "Text from a checkpoint") { model.Checkpoint, model.Weights, prompt, tokens, temperature, topK, topP, seed, model.Tokenizer, model.Threads, uncached };
        command.SetAction(int (ParseResult parsed) =>
        {
            int count = NotNegative(parsed.GetValue(tokens) ?? 200, "--max-tokens");
            TokenSampler sampler = Sampler(Number(parsed.GetValue(temperature)!, "--temperature"), parsed.GetValue(topK) ?? 0, Number(parsed.GetValue(topP)!, "--top-p"), (ulong)NotNegative(parsed.GetValue(seed) ?? 0, "--seed"));
            using StoredModel stored = model.Open(parsed);
            ITokenizer tokenizer = model.RequireTokenizer(parsed, stored);
            using ComputeContext context = model.Context(parsed);
            int[] start = tokenizer.Encode(Encoding.UTF8.GetBytes(parsed.GetValue(prompt)!));
            if (start.Length == 0) throw CommandException.Usage("--prompt is empty; give at least one character");
            ILanguageModel made = stored.CreateModel(context);
            if (FirstNonFinite.InParameters(made) is { } spoilt) throw new CommandException(ExitCode.Diverged, $"sample: the model in '{stored.Folder}' is spoilt: {spoilt}");
            var generator = new TextGenerator(made, sampler, cached: !parsed.GetValue(uncached));
            return parsed.GetValue(json) ? Document(tokenizer, start, generator, count) : Print(tokenizer, start, generator, count);
        });
        return command;
    }

    // As it comes.
    private static int Print(ITokenizer tokenizer, int[] start, TextGenerator generator, int count)
    {
        using Stream output = StandardStreams.Text();
        output.Write(tokenizer.Decode(start));
        foreach (int token in generator.Continue(start, count))
        {
            output.Write(Bytes(tokenizer, token));
            output.Flush();
        }
        output.Write("\n"u8);
        return ExitCode.Done;
    }

    private static int Document(ITokenizer tokenizer, int[] start, TextGenerator generator, int count)
    {
        int[] drawn = [.. generator.Continue(start, count)];
        Console.Out.WriteLine(new JsonObject
        {
            ["prompt"] = Encoding.UTF8.GetString(tokenizer.Decode(start)),
            ["text"] = Encoding.UTF8.GetString([.. drawn.SelectMany(token => Bytes(tokenizer, token))]),
            ["tokens"] = new JsonArray([.. drawn.Select(token => JsonValue.Create(token))]),
        }.ToJsonString(Json.Documents));
        return ExitCode.Done;
    }

    // A model may have more tokens than its tokenizer, padded to a round number: they stand for nothing.
    private static byte[] Bytes(ITokenizer tokenizer, int token) => token < tokenizer.VocabularySize ? tokenizer.Decode([token]) : [];

    private static TokenSampler Sampler(double temperature, int topK, double topP, ulong seed)
    {
        try
        {
            return new TokenSampler(temperature, topK, topP, seed);
        }
        catch (ArgumentException e)
        {
            throw CommandException.Usage($"--{e.Message}");
        }
    }

    private static int NotNegative(int value, string option) => value >= 0 ? value : throw CommandException.Usage($"{option} {value}: must be at least 0");

    private static double Number(string text, string option) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : throw CommandException.Usage($"{option} {text}: expected a number");
}
