using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace MiniGrad.GpuCheck;

/// <summary>The report for people, from the JSON.</summary>
internal static class Report
{
    public static string Markdown(JsonObject document)
    {
        var text = new StringBuilder();
        JsonObject parts = (JsonObject)document["parts"]!;
        text.AppendLine("# A GPU, checked").AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"{document["time"]}, {document["machine"]}");
        if (parts["doctor"]?["gpu"] is { } gpu) text.AppendLine(CultureInfo.InvariantCulture, $"GPU: {gpu}");
        if (parts["doctor"]?["products"] is { } products) text.AppendLine(CultureInfo.InvariantCulture, $"Products: {products}");
        text.AppendLine().AppendLine("| part | | |").AppendLine("|---|---|---|");
        foreach ((string name, JsonNode? part) in parts)
        {
            string detail = part!["passed"] is { } passed ? $"{passed} passed, {part["failed"]} failed, {part["skipped"]} skipped" : "";
            text.AppendLine(CultureInfo.InvariantCulture, $"| {name} | {part["status"]} | {string.Join("; ", ((string?[])[detail, (string?)part["reason"]]).Where(s => !string.IsNullOrEmpty(s)))} |");
        }
        AppendProducts(text, parts);
        AppendSteps(text, parts);
        AppendTraining(text, parts);
        foreach ((string name, JsonNode? part) in parts)
        {
            foreach (JsonNode? test in part!["names"] as JsonArray ?? []) text.AppendLine().Append(CultureInfo.InvariantCulture, $"- {name}: failed: {test}");
            if (part["end"] is { } end) text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"The end of what {name} printed:").AppendLine("```").AppendLine((string?)end).AppendLine("```");
        }
        return text.ToString();
    }

    private static void AppendProducts(StringBuilder text, JsonObject parts)
    {
        if (parts["products"]?["own"] is not JsonObject own) return;
        JsonNode? cuBlas = parts["products"]!["cuBlas"], torch = parts["pytorch-products"];
        text.AppendLine().AppendLine("## Products, TFLOP/s (largest error against float64 over √k)").AppendLine();
        text.AppendLine("| precision | shape | own | cuBLAS | own / cuBLAS | PyTorch |").AppendLine("|---|---|---:|---:|---:|---:|");
        foreach (string precision in (string[])["float32", "tf32", "bfloat16"])
        {
            for (int i = 0; i < Products.Shapes.Length; i++)
            {
                JsonNode? a = At(own[precision], i), b = At(cuBlas?[precision], i), c = At(torch?[precision], i);
                if (a is null && b is null && c is null) continue;
                string ratio = a is not null && b is not null ? Number((double)a["tflops"]! / (double)b["tflops"]!, "F2") : "";
                text.AppendLine(CultureInfo.InvariantCulture, $"| {precision} | {(a ?? b ?? c)!["shape"]} | {Rate(a)} | {Rate(b)} | {ratio} | {Rate(c)} |");
            }
        }
        if (own["float32"] is JsonArray ours && cuBlas?["float32"] is JsonArray theirs)
        {
            double mean = Math.Exp(ours.Zip(theirs, (x, y) => Math.Log((double)x!["tflops"]! / (double)y!["tflops"]!)).Average());
            text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"Own float32 products reach {mean:F2} of cuBLAS's, the geometric mean of the shapes (wanted: 0.5).");
        }
    }

    private static void AppendSteps(StringBuilder text, JsonObject parts)
    {
        if (parts["steps"] is not JsonObject steps || (string?)steps["status"] != "passed") return;
        text.AppendLine().AppendLine("## A training step (forward, backward, AdamW), milliseconds").AppendLine();
        text.AppendLine("| model | precision | MiniGrad | kernels | MiB | PyTorch eager | MiB | compiled | MiB | eager / MiniGrad |").AppendLine("|---|---|---:|---:|---:|---:|---:|---:|---:|---:|");
        foreach (Configuration configuration in Configuration.All)
        {
            foreach (string precision in (string[])["float32", "tf32", "bfloat16"])
            {
                if (steps[configuration.Name]?[precision] is not { } ours) continue;
                JsonNode? eager = parts["pytorch-steps"]?[configuration.Name]?[precision], compiled = parts["pytorch-compiled"]?[configuration.Name]?[precision];
                string ratio = eager is not null ? Number((double)eager["milliseconds"]! / (double)ours["milliseconds"]!, "F2") : "";
                text.AppendLine(CultureInfo.InvariantCulture, $"| {configuration.Name} | {precision} | {ours["milliseconds"]} | {ours["kernels"]} | {ours["mebibytes"]} | {eager?["milliseconds"]} | {eager?["mebibytes"]} | {compiled?["milliseconds"]} | {compiled?["mebibytes"]} | {ratio} |");
            }
        }
        text.AppendLine().AppendLine("Wanted: GPT-2 small in bfloat16 at 0.7 or more of PyTorch's eager speed, and no more memory.");
    }

    private static void AppendTraining(StringBuilder text, JsonObject parts)
    {
        if (parts["training"] is not JsonObject training || (string?)training["status"] != "passed") return;
        text.AppendLine().AppendLine("## GPT-2 small, 8 sequences of 1,024 a step, on bytes").AppendLine();
        text.AppendLine("| optimizer | precision | steps | tokens/s | kernels a step | loss, first | last | MiB |").AppendLine("|---|---|---:|---:|---:|---:|---:|---:|");
        foreach (string preset in (string[])["adamw", "muon", "adamuon"])
        {
            if (training[preset] is not { } run) continue;
            text.AppendLine(CultureInfo.InvariantCulture, $"| {preset} | {run["precision"]} | {run["steps"]} | {run["tokensPerSecond"]} | {run["kernels"]} | {run["firstLoss"]} | {run["lastLoss"]} | {run["mebibytes"]} |");
        }
    }

    private static JsonNode? At(JsonNode? list, int i) => list is JsonArray array && i < array.Count ? array[i] : null;

    private static string Rate(JsonNode? row) => row is null ? "" : $"{Number((double)row["tflops"]!, "F2")} ({Number((double)row["error"]!, "E1")})";

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
