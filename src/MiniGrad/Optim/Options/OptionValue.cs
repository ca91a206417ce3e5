using System.Text.Json;

namespace MiniGrad.Optim;

/// <summary>A value given for a key, read as what the key expects.</summary>
internal readonly record struct OptionValue(string Key, JsonElement Json)
{
    /// <summary>The value of <c>key=text</c>: a number, true, false, null, a list, or else a name.</summary>
    public static OptionValue FromText(string key, string text)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            return new OptionValue(key, document.RootElement.Clone());
        }
        catch (JsonException)
        {
            return new OptionValue(key, JsonSerializer.SerializeToElement(text));
        }
    }

    public double Number() => Json.ValueKind == JsonValueKind.Number ? Json.GetDouble() : throw Expected("a number");

    public double? NumberOrNull() => Json.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.Number => Json.GetDouble(),
        _ => throw Expected("a number or null"),
    };

    public int Integer() => Json.ValueKind == JsonValueKind.Number && Json.TryGetInt32(out int value) ? value : throw Expected("a whole number");

    public bool Flag() => Json.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Expected("true or false"),
    };

    public T Choice<T>() where T : struct, Enum
    {
        string name = Name(string.Join(", ", OptionNames.All<T>()));
        return OptionNames.Parse<T>(name) ?? throw new ArgumentException(NearestName.Message($"{Key} value", name, OptionNames.All<T>()));
    }

    /// <summary>A value of an enumeration that is known at run time only.</summary>
    public object Choice(Type type)
    {
        string name = Name(string.Join(", ", OptionNames.All(type)));
        return OptionNames.Parse(type, name) ?? throw new ArgumentException(NearestName.Message($"{Key} value", name, OptionNames.All(type)));
    }

    public CoefficientSet Coefficients()
    {
        const string Wanted = "the name of a coefficient set or a list [[a,b,c],…]";
        if (Json.ValueKind != JsonValueKind.Array) return CoefficientSets.Get(Name(Wanted));
        var triples = new List<Coefficients>();
        foreach (JsonElement row in Json.EnumerateArray())
        {
            if (row.ValueKind != JsonValueKind.Array || row.GetArrayLength() != 3) throw Expected(Wanted);
            foreach (JsonElement entry in row.EnumerateArray())
            {
                if (entry.ValueKind != JsonValueKind.Number) throw Expected(Wanted);
            }
            triples.Add(new Coefficients(row[0].GetDouble(), row[1].GetDouble(), row[2].GetDouble()));
        }
        return CoefficientSet.Custom(triples);
    }

    public IEnumerable<string> Patterns()
    {
        const string Wanted = "a name pattern, or a list of them such as [\"*.attn.*\"]";
        if (Json.ValueKind == JsonValueKind.String) return Json.GetString()!.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        ArgumentException wrong = Expected(Wanted);
        if (Json.ValueKind != JsonValueKind.Array) throw wrong;
        return [.. Json.EnumerateArray().Select(entry => entry.ValueKind == JsonValueKind.String ? entry.GetString()! : throw wrong)];
    }

    private string Name(string expected) => Json.ValueKind == JsonValueKind.String ? Json.GetString()! : throw Expected(expected);

    private ArgumentException Expected(string what) => new($"{Key} is {Json.GetRawText()}; expected {what}");
}
