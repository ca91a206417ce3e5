using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using MiniGrad.IO;

namespace MiniGrad.Experiments;

/// <summary>How the program writes JSON: camelCase; a number that is not finite becomes null, in logs its name.</summary>
internal static class Json
{
    public static JsonSerializerOptions Lines { get; } = Create(indented: false);

    public static JsonSerializerOptions Documents { get; } = Create(indented: true);

    /// <summary>Lines of a log that is read back: a number that is not finite is "NaN", "Infinity" or "-Infinity", since null says that there was none.</summary>
    public static JsonSerializerOptions Log { get; } = Create(indented: false, new FiniteOrNamed());

    private static JsonSerializerOptions Create(bool indented, JsonConverter<double>? numbers = null) => new()
    {
        WriteIndented = indented,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { numbers ?? new FiniteOrNull(), new NamedEnumConverter() },
    };

    private sealed class FiniteOrNamed : JsonConverter<double>
    {
        // Older logs have null for any of them.
        public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
        {
            JsonTokenType.Null => double.NaN,
            JsonTokenType.Number => reader.GetDouble(),
            JsonTokenType.String when reader.ValueTextEquals("NaN") => double.NaN,
            JsonTokenType.String when reader.ValueTextEquals("Infinity") => double.PositiveInfinity,
            JsonTokenType.String when reader.ValueTextEquals("-Infinity") => double.NegativeInfinity,
            _ => throw new JsonException("expected a number"),
        };

        public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options)
        {
            if (double.IsFinite(value)) writer.WriteNumberValue(value);
            else writer.WriteStringValue(double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
        }

        public override bool HandleNull => true;
    }

    private sealed class FiniteOrNull : JsonConverter<double>
    {
        public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.Null ? double.NaN : reader.GetDouble();

        public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options)
        {
            if (double.IsFinite(value)) writer.WriteNumberValue(value);
            else writer.WriteNullValue();
        }

        public override bool HandleNull => true;
    }
}
