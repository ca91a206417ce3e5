using System.CommandLine;
using MiniGrad.Experiments.Data;

namespace MiniGrad.Experiments.Recorded;

/// <summary>
/// Where files of a recorded run lie on this machine. A record names them only (a manifest), or has the places of the machine
/// that trained (a run folder); what lies there is checked by its SHA-256.
/// </summary>
internal sealed class RecordedPaths
{
    private const string CorpusKey = "corpus=";

    private readonly Option<string[]> _corpus = new("--corpus") { Description = "Where a corpus of the recorded run lies here; may be repeated", AllowMultipleArgumentsPerToken = false, DefaultValueFactory = _ => [] };
    private readonly Option<string?> _from = new("--from") { Description = "Where the model that the recorded run starts from lies here" };
    private readonly Option<string?> _tokenizer = new("--tokenizer") { Description = "gpt2:FOLDER or hf:FILE, where the tokenizer of the recorded run lies here" };

    public IEnumerable<Option> All => [_corpus, _from, _tokenizer];

    /// <summary>The recorded command with this machine's places in it.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="command">The recorded command.</param>
    /// <param name="names">Whether the record has names only, so that every place must be given.</param>
    /// <exception cref="CommandException">A place is missing, or given and not of the recorded run.</exception>
    public RecordedCommand Place(ParseResult parsed, RecordedCommand command, bool names)
    {
        string[] corpora = parsed.GetValue(_corpus)!;
        if (corpora.Contains("")) throw CommandException.Usage("--corpus is empty; give a path");
        HashSet<string> used = [];
        string[] recorded = [.. command.Options.SelectMany(o => o[1..].SelectMany(value => Corpora(o[0], value))).Select(NameOf).Distinct()];
        string Corpus(string at) => Given(at) ?? (names ? throw CommandException.Usage($"the recorded run read the corpus '{NameOf(at)}', and a manifest holds no paths; give --corpus PATH") : at);
        string? Given(string at)
        {
            string? path = corpora.FirstOrDefault(c => NameOf(c) == NameOf(at)) ?? (recorded.Length == 1 && corpora.Length == 1 ? corpora[0] : null);
            if (path is null) return null;
            used.Add(path);
            return Path.GetFullPath(path);
        }

        string Value(string option, string value) => option switch
        {
            "--corpus" => Corpus(value),
            "--from" => Other(parsed.GetValue(_from), value, $"starts from the model '{NameOf(value)}'", "--from FOLDER"),
            "--tokenizer" when TokenizerChoice.Place(value) is not null => Other(parsed.GetValue(_tokenizer), value, $"has the tokenizer '{value}'", "--tokenizer gpt2:FOLDER or hf:FILE"),
            "--arm" => string.Join(',', value.Split(',').Select(change => change.TrimStart().StartsWith(CorpusKey, StringComparison.Ordinal) ? CorpusKey + Corpus(change[(change.IndexOf('=', StringComparison.Ordinal) + 1)..]) : change)),
            _ => value,
        };
        string Other(string? given, string value, string what, string option) => given ?? (names ? throw CommandException.Usage($"the recorded run {what}, and a manifest holds no paths; give {option}") : value);

        RecordedCommand placed = command with { Options = [.. command.Options.Select(o => (string[])[o[0], .. o[1..].Select(value => Value(o[0], value))])] };
        return corpora.FirstOrDefault(c => !used.Contains(c)) is { } unused
            ? throw CommandException.Usage($"--corpus {unused}: the recorded run read {(recorded.Length == 0 ? "the default corpus only; leave --corpus out" : $"no corpus of that name; it read {string.Join(" and ", recorded.Select(r => $"'{r}'"))}")}")
            : placed;
    }

    /// <summary>The options without the places of whoever ran it: names stand for paths.</summary>
    public static IReadOnlyList<string[]> Names(IReadOnlyList<string[]> options) => [.. options.Select(o => (string[])[o[0], .. o[1..].Select(value => Named(o[0], value))])];

    private static string Named(string option, string value) => option switch
    {
        "--corpus" or "--from" => NameOf(value),
        "--tokenizer" => TokenizerChoice.WithPlace(value, NameOf),
        "--arm" => Corpora(option, value).Aggregate(value, (text, corpus) => text.Replace(CorpusKey + corpus, CorpusKey + NameOf(corpus), StringComparison.Ordinal)),
        _ => value,
    };

    private static IEnumerable<string> Corpora(string option, string value) => option switch
    {
        "--corpus" => [value],
        "--arm" => value.Split(',').Select(c => c.TrimStart()).Where(c => c.StartsWith(CorpusKey, StringComparison.Ordinal)).Select(c => c[CorpusKey.Length..]),
        _ => [],
    };

    private static string NameOf(string path) => Path.GetFileName(Path.TrimEndingDirectorySeparator(path));
}
