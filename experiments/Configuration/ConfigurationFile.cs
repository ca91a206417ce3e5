using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using MiniGrad.Experiments.Commands;
using MiniGrad.IO;
using MiniGrad.Optim;

namespace MiniGrad.Experiments.Configuration;

/// <summary>
/// <c>--config FILE.json</c>: a training command as a file. Its keys are the options without their hyphens, <c>model</c> and
/// <c>optimizer</c> hold the keys of <c>--set</c>; comments are allowed, and what stands on the command line counts instead.
/// </summary>
internal static class ConfigurationFile
{
    /// <summary>The file in a run folder that repeats the run.</summary>
    public const string InRunFolder = "configuration.json";

    /// <summary>The option.</summary>
    public const string Option = "--config";

    private const string Preset = "--optimizer", PresetKey = "optimizer.preset";
    private const long MostBytes = 1 << 20;

    /// <summary>The command line with the file's options in it; unchanged where no file is given.</summary>
    /// <exception cref="CommandException">The file cannot be read, or something in it is unknown or of the wrong kind.</exception>
    public static string[] Expand(RootCommand root, string[] args)
    {
        int at = Array.FindIndex(args, a => a == Option || a.StartsWith($"{Option}=", StringComparison.Ordinal));
        if (at < 0 || args.Contains("--help")) return args;
        bool apart = args[at] == Option;
        string path = apart ? args.ElementAtOrDefault(at + 1) ?? "" : args[at][(Option.Length + 1)..];
        if (path.Length == 0 || path.StartsWith("--", StringComparison.Ordinal)) throw CommandException.Usage($"{Option}: give a file, such as {Option} run.json");
        string[] rest = [.. args[..at], .. args[(at + (apart ? 2 : 1))..]];
        if (rest.Any(a => a == Option || a.StartsWith($"{Option}=", StringComparison.Ordinal))) throw CommandException.Usage($"{Option} stands twice; give one file");
        JsonObject json = Read(path);
        bool named = rest.Length > 0 && root.Subcommands.Any(c => c.Name == rest[0]);
        string? inFile = json["command"] is JsonValue value && value.TryGetValue(out string? text) ? text : null;
        string name = (named ? rest[0] : inFile) ?? throw Invalid(path, "it has no \"command\"; give one there or on the command line, such as 'train --config FILE'");
        if (named && inFile is not null && inFile != name) throw Invalid(path, $"it is of the command '{inFile}', and '{name}' stands on the command line; give one of the two");
        Command command = root.Subcommands.FirstOrDefault(c => c.Name == name) as TrainingCommand ?? throw Invalid(path, $"'{name}' is no command that trains; {Option} is for those");
        string[] own = named ? rest[1..] : rest;
        return [name, .. Arguments(command, json, path, GivenOptions.Of(CommandLine.Parse(root, [name, .. own]), passing: true), own), .. own];
    }

    /// <summary>The file that repeats a command.</summary>
    public static JsonObject Of(string command, IReadOnlyList<string[]> given)
    {
        var json = new JsonObject { ["command"] = command };
        foreach (string[] option in given)
        {
            if (option[0].Length == 0) json["variants"] = Strings(option[1..]);
            else if (option[0] == "--set") Sections(json, option[1..]);
            else if (option[0] == Preset) Sections(json, [$"{PresetKey}={option[1]}"]);
            else if (option.Length == 1) json[Key(option[0])] = true;
            else json[Key(option[0])] = option[0] is "--arm" or "--grid" ? Strings(option[1..]) : Plain(option[0], option[1]);
        }
        return json;
    }

    /// <summary>Writes it into a run folder.</summary>
    public static void Write(string folder, string command, IReadOnlyList<string[]> given) =>
        AtomicFile.WriteText(Path.Combine(folder, InRunFolder), $"// '{command} {Option} {InRunFolder}' trains this run again\n{Of(command, given).ToJsonString(Json.Documents)}\n");

    private static IEnumerable<string> Arguments(Command command, JsonObject json, string path, IReadOnlyList<string[]> given, string[] own)
    {
        Dictionary<string, Option> options = command.Options.Where(o => o.Name is not (Option or "--help")).ToDictionary(o => Key(o.Name));
        string[] set = [.. given.Where(g => g[0] == "--set").SelectMany(g => g[1..]).Select(change => change.Split('=')[0])];
        foreach ((string key, JsonNode? node) in json)
        {
            if (key is "command" or "$schema") continue;
            if (key == "variants")
            {
                if (command.Arguments.Count == 0) throw Invalid(path, $"'{command.Name}' takes no variants");
                foreach (string variant in given.Any(g => g[0].Length == 0) ? [] : Texts(path, key, node)) yield return variant;
            }
            else if (key is "model" || (key is "optimizer" && node is JsonObject))
            {
                foreach ((string name, string value) in FlatJson.Of(node as JsonObject ?? throw Invalid(path, $"\"{key}\" is {Quoted(node)}; expected an object of its keys")))
                {
                    bool preset = $"{key}.{name}" == PresetKey;
                    if (preset ? own.Any(a => a == Preset || a.StartsWith($"{Preset}=", StringComparison.Ordinal)) : set.Contains($"{key}.{name}")) continue;
                    if (preset && !options.ContainsKey(key)) throw Invalid(path, $"'{command.Name}' has its own presets; leave \"preset\" out, or name them in \"variants\" of compare");
                    yield return preset ? Preset : "--set";
                    yield return preset ? value : $"{key}.{name}={value}";
                }
            }
            else
            {
                if (!options.TryGetValue(key, out Option? option)) throw Invalid(path, $"unknown key \"{key}\"{(NearestName.Of(key, [.. options.Keys, "model", "optimizer", "variants", "command"]) is { } nearest ? $"; did you mean \"{nearest}\"?" : "; 'schema' prints all keys")}");
                if (own.Any(a => a == option.Name || a.StartsWith($"{option.Name}=", StringComparison.Ordinal))) continue;
                foreach (string argument in OptionArguments(path, option, node)) yield return argument;
            }
        }
    }

    private static IEnumerable<string> OptionArguments(string path, Option option, JsonNode? node)
    {
        string key = Key(option.Name);
        if (option.ValueType == typeof(bool))
        {
            if (node is not JsonValue flag || !flag.TryGetValue(out bool on)) throw Invalid(path, $"\"{key}\" is {Quoted(node)}; expected true or false");
            return on ? [option.Name] : [];
        }
        string[] values = option.ValueType == typeof(string[]) ? Texts(path, key, node) : [node is JsonArray list ? string.Join(',', list.Select(item => Text(path, key, item))) : Text(path, key, node)];
        return values.SelectMany(value => (string[])[option.Name, Placed(path, option.Name, value)]);
    }

    // Files are named from where the configuration lies.
    private static string Placed(string path, string option, string value) => option is "--corpus" or "--from" && value.Length > 0 && !Path.IsPathRooted(value)
        ? Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, value)
        : value;

    private static JsonObject Read(string path)
    {
        if (!File.Exists(path)) throw new CommandException(ExitCode.InputOutput, $"{Option} {path}: there is no such file");
        try
        {
            return JsonInput.ReadObject(path, MostBytes, comments: true);
        }
        catch (InvalidDataException e)
        {
            throw new CommandException(ExitCode.InvalidData, $"{Option}: {e.Message}; expected an object such as {{ \"command\": \"train\", \"steps\": 100 }}");
        }
    }

    private static string[] Texts(string path, string key, JsonNode? node) => node is JsonArray list ? [.. list.Select(item => Text(path, key, item))] : [Text(path, key, node)];

    private static string Text(string path, string key, JsonNode? node) => node?.GetValueKind() switch
    {
        JsonValueKind.String => node.GetValue<string>(),
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => node.ToJsonString(),
        _ => throw Invalid(path, $"\"{key}\" is {Quoted(node)}; expected a text or a number"),
    };

    private static void Sections(JsonObject json, string[] assignments)
    {
        foreach (string assignment in assignments)
        {
            string[] parts = assignment.Split('=', 2), names = parts[0].Split('.');
            JsonObject target = json;
            foreach (string name in names[..^1]) target = target[name] as JsonObject ?? (JsonObject)(target[name] = new JsonObject())!;
            target[names[^1]] = Scalar(parts[^1]);
        }
    }

    private static JsonNode? Plain(string option, string value) => option is "--tokenizer" or "--checkpoint-every" or "--corpus" or "--from" or "--warmup" or "--decay" or "--device" or "--profile" ? value : Scalar(value);

    // As JSON where it is a number or a flag: what is read back is the same text.
    private static JsonNode? Scalar(string value)
    {
        try
        {
            return JsonNode.Parse(value) is JsonValue scalar && scalar.GetValueKind() is JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False ? scalar : value;
        }
        catch (JsonException)
        {
            return value;
        }
    }

    private static JsonArray Strings(string[] values) => [.. values.Select(v => JsonValue.Create(v))];

    private static string Key(string option) => option.TrimStart('-');

    private static string Quoted(JsonNode? node) => node?.ToJsonString() is { } text ? text.Length > 40 ? text[..40] + "…" : text : "null";

    private static CommandException Invalid(string path, string message) => new(ExitCode.InvalidData, $"{Option} {path}: {message}");
}
