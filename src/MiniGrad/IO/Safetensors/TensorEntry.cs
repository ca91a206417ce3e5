using System.Text.Json;

namespace MiniGrad.IO;

/// <summary>Reads one tensor of a header: <c>{"dtype":…,"shape":[…],"data_offsets":[begin,end]}</c>, each key once, in any order.</summary>
internal static class TensorEntry
{
    private const int Dtype = 1, ShapeKey = 2, Offsets = 4;

    public static HeaderEntry Read(HeaderText text, ref Utf8JsonReader reader, int name)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) throw Bad(text, name, "is not an object");
        (int seen, int shape, long elements, long begin, long end) = (0, 0, 0, 0, 0);
        SafetensorsType type = default;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            int key = reader.ValueTextEquals("dtype") ? Dtype : reader.ValueTextEquals("shape") ? ShapeKey : reader.ValueTextEquals("data_offsets") ? Offsets : 0;
            if (key == 0) throw Bad(text, name, $"has an unknown key '{HeaderText.Shorten(reader.GetString()!)}'; expected dtype, shape, data_offsets");
            if ((seen & key) != 0) throw Bad(text, name, $"has '{reader.GetString()}' twice");
            seen |= key;
            reader.Read();
            if (key == Dtype) type = Type(text, ref reader, name);
            else if (key == ShapeKey) (shape, elements) = ((int)reader.TokenStartIndex, Elements(text, ref reader, name));
            else (begin, end) = Range(text, ref reader, name);
        }
        if (seen != (Dtype | ShapeKey | Offsets)) throw Bad(text, name, "lacks one of dtype, shape, data_offsets");
        long bits = Multiply(text, name, elements, type.Bits());
        if (bits % 8 != 0) throw Bad(text, name, $"has {elements} elements of {type}, which do not fill whole bytes");
        if (end - begin != bits / 8) throw Bad(text, name, $"has {elements} elements of {type}, {bits / 8} bytes, but its offsets hold {end - begin}");
        return new HeaderEntry(name, shape, type, begin, end);
    }

    private static SafetensorsType Type(HeaderText text, ref Utf8JsonReader reader, int name)
    {
        if (reader.TokenType != JsonTokenType.String) throw Bad(text, name, "has a dtype that is not a string");
        if (reader.ValueIsEscaped || !SafetensorsTypes.TryParse(reader.ValueSpan, out SafetensorsType type)) throw Bad(text, name, $"has the unknown dtype '{HeaderText.Shorten(reader.GetString()!)}'");
        return type;
    }

    private static long Elements(HeaderText text, ref Utf8JsonReader reader, int name)
    {
        if (reader.TokenType != JsonTokenType.StartArray) throw Bad(text, name, "has a shape that is not a list");
        long elements = 1;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) elements = Multiply(text, name, elements, Number(text, ref reader, name));
        return elements;
    }

    private static (long Begin, long End) Range(HeaderText text, ref Utf8JsonReader reader, int name)
    {
        if (reader.TokenType != JsonTokenType.StartArray) throw Bad(text, name, "has data_offsets that are not a list");
        reader.Read();
        long begin = Number(text, ref reader, name);
        reader.Read();
        long end = Number(text, ref reader, name);
        if (!reader.Read() || reader.TokenType != JsonTokenType.EndArray) throw Bad(text, name, "has data_offsets that are not two numbers");
        return begin <= end ? (begin, end) : throw Bad(text, name, $"has data_offsets [{begin},{end}] that run backwards");
    }

    private static long Number(HeaderText text, ref Utf8JsonReader reader, int name) => reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out long value) && value >= 0
        ? value
        : throw Bad(text, name, "has a size or offset that is not a whole number from 0 to 2⁶³−1");

    private static long Multiply(HeaderText text, int name, long a, long b) => Math.BigMul(a, b, out long low) == 0 && low >= 0
        ? low
        : throw Bad(text, name, "has a shape with more elements than can be counted");

    private static SafetensorsException Bad(HeaderText text, int name, string what) => new($"tensor '{text.ShortAt(name)}' {what}");
}
