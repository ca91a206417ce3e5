using System.Text.Json;
using System.Text.Json.Nodes;
using MiniGrad.Optim;
using MiniGrad.Optim.Stages;

namespace MiniGrad;

/// <summary>Options from and to text.</summary>
public sealed partial record OptimizerOptions
{
    /// <summary>Reads options from a JSON object: <c>preset</c> and <c>learningRate</c>, and any keys that change the preset.</summary>
    /// <param name="json">The object; nested objects name dotted keys, so a partial <c>orthogonalizer</c> changes only what it names.</param>
    /// <exception cref="ArgumentException">A key is unknown, given twice or without effect, or a value is impossible.</exception>
    public static OptimizerOptions Parse(JsonElement json)
    {
        var values = new List<OptionValue>();
        Flatten("", json, values);
        int preset = values.FindIndex(value => value.Key == "preset");
        if (preset < 0) throw new ArgumentException($"the key 'preset' is missing; expected a name such as adamuon");
        OptimizerOptions options = Named(values[preset]);
        values.RemoveAt(preset);
        options = options.Apply(values);
        return options.LearningRate is null ? throw new ArgumentException("the key 'learningRate' is missing; expected a number ≥ 0") : options;
    }

    /// <summary>Reads options from a JSON text.</summary>
    /// <inheritdoc cref="Parse(JsonElement)"/>
    public static OptimizerOptions Parse(string json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            return Parse(document.RootElement);
        }
        catch (JsonException e)
        {
            throw new ArgumentException($"the optimizer is not valid JSON: {e.Message}", e);
        }
    }

    /// <summary>Changes one key.</summary>
    /// <param name="key">A key, dotted where it is nested: <c>orthogonalizer.steps</c>.</param>
    /// <param name="value">Its value: a number, <c>true</c>, <c>false</c>, <c>null</c>, a name, or a list.</param>
    /// <exception cref="ArgumentException">The key is unknown or without effect, or the value is impossible.</exception>
    public OptimizerOptions With(string key, string value) => With([$"{key}={value}"]);

    /// <summary>Changes keys together, from assignments such as <c>orthogonalizer.steps=3</c>. A <c>preset=NAME</c> comes first, whatever its place.</summary>
    /// <param name="assignments">The assignments.</param>
    /// <exception cref="ArgumentException">As for <see cref="With(string, string)"/>, or there is no <c>=</c>.</exception>
    public OptimizerOptions With(IEnumerable<string> assignments)
    {
        var values = new List<OptionValue>();
        OptimizerOptions options = this;
        foreach (string assignment in assignments)
        {
            int equals = assignment.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0) throw new ArgumentException($"'{assignment}' is not an assignment; write key=value, such as orthogonalizer.steps=3");
            OptionValue value = OptionValue.FromText(assignment[..equals].Trim(), assignment[(equals + 1)..].Trim());
            if (value.Key == "preset") options = Named(value) with { LearningRate = LearningRate };
            else Add(value, values);
        }
        return options.Apply(values);
    }

    /// <summary>Whether a value of a key changes what these options compute, or is the preset's own.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">Its value, as for <see cref="With(string, string)"/>.</param>
    /// <exception cref="ArgumentException">The key is unknown, or the value is impossible.</exception>
    public bool HasEffect(string key, string value)
    {
        OptionKey found = OptionKey.Find(key);
        return !found.Set(this, OptionValue.FromText(key, value)).HasNoEffect(found);
    }

    /// <summary>The options with every key, as JSON that <see cref="Parse(JsonElement)"/> reads; a changed key that has no effect is left out.</summary>
    public JsonObject ToJson()
    {
        var json = new JsonObject { ["preset"] = Preset };
        foreach (OptionKey key in OptionKey.Of(this))
        {
            object? value = key.Get(this);
            if ((value is null && key.Get(FromPreset(Preset)) is null) || HasNoEffect(key)) continue;
            JsonObject target = json;
            string[] names = key.Name.Split('.');
            foreach (string group in names[..^1])
            {
                if (target[group] is not JsonObject nested) target[group] = nested = [];
                target = nested;
            }
            target[names[^1]] = JsonSerializer.SerializeToNode(value);
        }
        return json;
    }

    private static OptimizerOptions Named(OptionValue preset) =>
        preset.Json.ValueKind == JsonValueKind.String ? FromPreset(preset.Json.GetString()!) : throw new ArgumentException($"preset is {preset.Json.GetRawText()}; expected a name");

    private static void Flatten(string prefix, JsonElement json, List<OptionValue> values)
    {
        if (json.ValueKind != JsonValueKind.Object) throw new ArgumentException($"the optimizer is {json.GetRawText()}; expected an object such as {{\"preset\": \"adamuon\", \"learningRate\": 0.02}}");
        foreach (JsonProperty property in json.EnumerateObject())
        {
            string key = prefix + property.Name;
            if (property.Value.ValueKind == JsonValueKind.Object) Flatten(key + ".", property.Value, values);
            else Add(new OptionValue(key, property.Value.Clone()), values);
        }
    }

    private static void Add(OptionValue value, List<OptionValue> values)
    {
        if (values.Exists(other => other.Key == value.Key)) throw new ArgumentException($"the optimizer key '{value.Key}' is given twice");
        values.Add(value);
    }

    private OptimizerOptions Apply(List<OptionValue> values)
    {
        OptimizerOptions options = this;
        foreach (OptionValue value in values.OrderByDescending(value => OptionKey.Find(value.Key).ComesFirst)) options = OptionKey.Find(value.Key).Set(options, value);
        options.Validate();
        foreach (OptionValue value in values)
        {
            if (!options.HasNoEffect(OptionKey.Find(value.Key))) continue;
            throw new ArgumentException($"{value.Key}={value.Json.GetRawText()} has no effect on preset '{options.Preset}' as it is set here: {OptionStages.Of(options).Names}; leave it out");
        }
        return options;
    }

    /// <summary>Whether a key differs from the preset's and yet changes nothing in what the options compile to.</summary>
    private bool HasNoEffect(OptionKey key)
    {
        object? usual = key.Get(FromPreset(Preset));
        JsonElement value = JsonSerializer.SerializeToElement(usual);
        if (JsonElement.DeepEquals(value, JsonSerializer.SerializeToElement(key.Get(this)))) return false;
        if (usual is null && key.Name == "learningRate") return false;
        return CompilesLike(key.Set(this, new OptionValue(key.Name, value)));
    }

    private bool CompilesLike(OptimizerOptions other)
    {
        (OptimizerOptions mine, OptimizerOptions theirs) = (AuxiliaryGroup(), other.AuxiliaryGroup());
        return StructuredLike(other) && LearningRate == other.LearningRate && mine.LearningRate == theirs.LearningRate
            && OptionStages.Of(this).Equals(OptionStages.Of(other)) && OptionStages.Of(mine).Equals(OptionStages.Of(theirs));
    }
}
