using System.Text.Json;

namespace MiniGrad.Experiments.Running;

/// <summary>A line of a log that a resumed run cuts back.</summary>
internal static class LogLine
{
    /// <summary>The step that a line is of; <see cref="long.MaxValue"/> where it does not say, as one that a kill cut short, which lies behind the checkpoint.</summary>
    public static long StepOf(string line)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(line);
            return json.RootElement is { ValueKind: JsonValueKind.Object } root && root.TryGetProperty("step", out JsonElement step) && step.ValueKind == JsonValueKind.Number && step.TryGetInt64(out long value) ? value : long.MaxValue;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return long.MaxValue;
        }
    }
}
