using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MiniGrad.Tests.Fuzz;

/// <summary>Ways to damage what a file holds.</summary>
internal static class Damage
{
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Changes one to three bytes or runs of bytes.</summary>
    public static byte[] Bytes(byte[] file, Draws draws)
    {
        var bytes = new List<byte>(file);
        for (int change = draws.Below(3); change >= 0 && bytes.Count > 0; change--)
        {
            // Most formats have what decides at their beginning.
            int at = draws.Below(draws.OneIn(3) ? bytes.Count : Math.Min(bytes.Count, 400));
            switch (draws.Below(7))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << draws.Below(8));
                    break;
                case 1:
                    bytes[at] = (byte)draws.Below(256);
                    break;
                case 2:
                    bytes.RemoveRange(at, Math.Min(bytes.Count - at, 1 + draws.Below(30)));
                    break;
                case 3:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(draws.Of(Hostile.Text)));
                    break;
                case 4:
                    bytes.InsertRange(at, [.. bytes.Skip(draws.Below(bytes.Count)).Take(1 + draws.Below(80))]);
                    break;
                case 5:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                default:
                    bytes.InsertRange(at, draws.Of((byte[][])[[0xff, 0xfe], [0xc3, 0x28], [0xed, 0xa0, 0x80], [0xef, 0xbb, 0xbf], [0, 0, 0, 0], [0xff, 0xff, 0xff, 0xff]]));
                    break;
            }
        }
        return [.. bytes];
    }

    /// <summary>Changes a JSON document in its structure, and at times its text as well.</summary>
    /// <param name="file">The document.</param>
    /// <param name="draws">The choices.</param>
    /// <param name="near">Values that are nearly right, as JSON.</param>
    public static byte[] Json(byte[] file, Draws draws, IReadOnlyList<string>? near = null)
    {
        if (draws.OneIn(6)) return Bytes(file, draws);
        if (draws.OneIn(40)) return Encoding.UTF8.GetBytes(draws.OneIn(2) ? draws.Of(Hostile.Json) : Hostile.Deep(draws));
        JsonNode root = JsonNode.Parse(file)!;
        string? twice = null;
        for (int change = draws.Below(3); change >= 0; change--) Change(ref root, draws, near, ref twice);
        string text = root.ToJsonString(Relaxed);
        // A key that stands twice: an object in memory cannot have it.
        if (twice is not null && text.IndexOf('{', StringComparison.Ordinal) is >= 0 and int open) text = text.Insert(draws.OneIn(2) ? open + 1 : text.LastIndexOf('{') + 1, $"{twice}:{Value(draws, near)},");
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        return draws.OneIn(10) ? [0xef, 0xbb, 0xbf, .. bytes] : draws.OneIn(10) ? Bytes(bytes, draws) : bytes;
    }

    /// <summary>Changes a text of lines.</summary>
    public static byte[] Lines(byte[] file, Draws draws)
    {
        if (draws.OneIn(3)) return Bytes(file, draws);
        List<string> lines = [.. Encoding.UTF8.GetString(file).Split('\n')];
        for (int change = draws.Below(3); change >= 0 && lines.Count > 0; change--)
        {
            int at = draws.Below(lines.Count);
            switch (draws.Below(6))
            {
                case 0:
                    lines.RemoveAt(at);
                    break;
                case 1:
                    lines.Insert(at, lines[draws.Below(lines.Count)]);
                    break;
                case 2:
                    lines[at] = draws.OneIn(2) ? Hostile.Long(draws) : draws.Of(Hostile.Json);
                    break;
                case 3:
                    lines[at] += "\r";
                    break;
                case 4:
                    lines[at] = lines[at].Insert(draws.Below(lines[at].Length + 1), draws.Of(Hostile.Text));
                    break;
                default:
                    (lines[at], lines[^1]) = (lines[^1], lines[at]);
                    break;
            }
        }
        return Encoding.UTF8.GetBytes(string.Join('\n', lines));
    }

    private static void Change(ref JsonNode root, Draws draws, IReadOnlyList<string>? near, ref string? twice)
    {
        List<JsonNode> places = [.. Containers(root)];
        if (places.Count == 0) return;
        switch (draws.Of(places))
        {
            case JsonObject { Count: > 0 } node:
                string key = node.Select(pair => pair.Key).ElementAt(draws.Below(node.Count));
                switch (draws.Below(6))
                {
                    case 0:
                        node.Remove(key);
                        break;
                    case 1:
                        twice = JsonSerializer.Serialize(key, Relaxed);
                        break;
                    case 2:
                        node[draws.OneIn(2) ? key + " " : draws.OneIn(2) ? Hostile.Long(draws) : draws.Of(Hostile.Text)] = Node(Value(draws, near));
                        break;
                    case 3:
                        node[key] = node.Select(pair => pair.Value).ElementAt(draws.Below(node.Count))?.DeepClone();
                        break;
                    default:
                        node[key] = Node(Value(draws, near));
                        break;
                }
                break;
            case JsonArray { Count: > 0 } node:
                int at = draws.Below(node.Count);
                if (draws.OneIn(4)) node.RemoveAt(at);
                else if (draws.OneIn(4)) node.Insert(at, node[draws.Below(node.Count)]?.DeepClone());
                else node[at] = Node(Value(draws, near));
                break;
            case JsonObject node:
                node["added"] = Node(Value(draws, near));
                break;
            case JsonArray node:
                node.Add(Node(Value(draws, near)));
                break;
        }
    }

    private static string Value(Draws draws, IReadOnlyList<string>? near)
    {
        if (near is not null && draws.OneIn(3)) return draws.Of(near);
        if (draws.OneIn(12)) return JsonSerializer.Serialize(Hostile.Long(draws), Relaxed);
        if (draws.OneIn(8)) return draws.Below(int.MaxValue).ToString(CultureInfo.InvariantCulture);
        return draws.Of(Hostile.Json);
    }

    // What no object can hold, such as a lone half of a character, goes in as a word.
    private static JsonNode? Node(string json)
    {
        try
        {
            JsonNode? node = JsonNode.Parse(json);
            _ = node?.ToJsonString(Relaxed);
            return node;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            return JsonValue.Create("half");
        }
    }

    private static IEnumerable<JsonNode> Containers(JsonNode node)
    {
        if (node is JsonValue) yield break;
        yield return node;
        IEnumerable<JsonNode?> inside = node is JsonObject o ? o.Select(pair => pair.Value) : node.AsArray();
        foreach (JsonNode child in inside.OfType<JsonNode>())
        {
            foreach (JsonNode found in Containers(child)) yield return found;
        }
    }
}
