using System.CommandLine;
using System.Text.Json.Nodes;
using MiniGrad.Experiments.Configuration;

namespace MiniGrad.Experiments.Commands;

/// <summary><c>schema</c>: the JSON schema of <c>--config</c> files, for editors that complete and check.</summary>
internal static class SchemaCommand
{
    public static Command Create()
    {
        var command = new Command("schema", "The JSON schema of --config files, for editors that complete and check");
        command.SetAction(int (ParseResult parsed) =>
        {
            Console.Out.WriteLine(Document((RootCommand)parsed.RootCommandResult.Command).ToJsonString(Json.Documents));
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>The schema.</summary>
    public static JsonObject Document(RootCommand root)
    {
        TrainingCommand[] commands = [.. root.Subcommands.OfType<TrainingCommand>()];
        var properties = new JsonObject
        {
            ["$schema"] = new JsonObject { ["type"] = "string" },
            ["command"] = new JsonObject { ["description"] = "What trains", ["enum"] = new JsonArray([.. commands.Select(c => JsonValue.Create(c.Name))]) },
            ["variants"] = new JsonObject { ["description"] = "Of compare: presets, each with changes if need be, such as adamuon:sign=false", ["type"] = "array", ["items"] = new JsonObject { ["type"] = "string" } },
            ["model"] = Section("Keys of the model", ModelKeys.Names.Select(name => name["model.".Length..])),
            ["optimizer"] = Section("Keys of every optimizer ('explain PRESET' shows their values); preset is train's", OptimizerOptions.Keys),
        };
        foreach (Option option in commands.SelectMany(c => c.Options).Where(o => o.Name is not ("--set" or "--optimizer" or "--help" or ConfigurationFile.Option)).DistinctBy(o => o.Name)) properties[option.Name.TrimStart('-')] = Property(option);
        return new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = "A training command of MiniGrad",
            ["type"] = "object",
            ["properties"] = properties,
            ["additionalProperties"] = false,
        };
    }

    private static JsonObject Property(Option option)
    {
        Type type = Nullable.GetUnderlyingType(option.ValueType) ?? option.ValueType;
        var property = new JsonObject { ["description"] = option.Description };
        if (type == typeof(bool)) property["type"] = "boolean";
        else if (type == typeof(int)) property["type"] = "integer";
        else if (type == typeof(double)) property["type"] = "number";
        else if (type == typeof(string[])) (property["type"], property["items"]) = ("array", new JsonObject { ["type"] = "string" });
        else property["type"] = new JsonArray("string", "number");
        return property;
    }

    // Dotted keys are nested objects.
    private static JsonObject Section(string description, IEnumerable<string> keys)
    {
        var section = new JsonObject { ["description"] = description, ["type"] = "object", ["additionalProperties"] = false, ["properties"] = new JsonObject() };
        foreach (IGrouping<string, string> group in keys.GroupBy(key => key.Split('.')[0]))
        {
            string[] inner = [.. group.Where(key => key.Contains('.', StringComparison.Ordinal)).Select(key => key[(group.Key.Length + 1)..])];
            section["properties"]!.AsObject()[group.Key] = inner.Length > 0 ? Section($"{group.Key}.*", inner) : new JsonObject();
        }
        return section;
    }
}
