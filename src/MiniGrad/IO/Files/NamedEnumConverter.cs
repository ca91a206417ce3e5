using System.Text.Json;
using System.Text.Json.Serialization;

namespace MiniGrad.IO;

/// <summary>
/// Enumerations as their names in camel case, and nothing else: the framework's own converter also reads lists
/// (<c>"gpt,qwen2"</c>), other cases and blanks, each of which would mean something that nobody wrote.
/// </summary>
public sealed class NamedEnumConverter : JsonConverterFactory
{
    /// <inheritdoc/>
    public override bool CanConvert(Type typeToConvert)
    {
        ArgumentNullException.ThrowIfNull(typeToConvert);
        return typeToConvert.IsEnum;
    }

    /// <inheritdoc/>
    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) => (JsonConverter)Activator.CreateInstance(typeof(Named<>).MakeGenericType(typeToConvert))!;

    private sealed class Named<T> : JsonConverter<T>
        where T : struct, Enum
    {
        private readonly (string Name, T Value)[] _values = [.. Enum.GetValues<T>().Select(value => (JsonNamingPolicy.CamelCase.ConvertName(value.ToString()), value))];

        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType == JsonTokenType.String)
            {
                foreach ((string name, T value) in _values)
                {
                    if (reader.ValueTextEquals(name)) return value;
                }
            }
            throw new JsonException($"expected one of {string.Join(", ", _values.Select(v => v.Name))}");
        }

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(_values.First(v => v.Value.Equals(value)).Name);
    }
}
