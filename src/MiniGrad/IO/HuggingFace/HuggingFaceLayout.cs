using MiniGrad.Memory;
using MiniGrad.Nn;

namespace MiniGrad.IO.HuggingFace;

/// <summary>How the published checkpoints name and lay out what our models call otherwise.</summary>
internal static class HuggingFaceLayout
{
    private const string Gpt2Prefix = "transformer.";

    private static readonly string[] Transposed = [".attn.c_attn.weight", ".attn.c_proj.weight", ".mlp.c_fc.weight", ".mlp.c_proj.weight"];

    // Causal masks that older files carry along.
    private static readonly string[] Masks = [".attn.bias", ".attn.masked_bias"];

    /// <summary>Whether a parameter is stored as (in, out): GPT-2's Conv1D weights.</summary>
    public static bool IsTransposed(ModelFamily family, string name) => family == ModelFamily.Gpt && Transposed.Any(end => name.EndsWith(end, StringComparison.Ordinal));

    /// <summary>
    /// The stored name of one of our parameters. GPT-2's own file has none of the prefix that later ones have; with a
    /// head of its own it needs it, since readers take a file without it for the headless model.
    /// </summary>
    public static string StoredName(GptOptions options, string name) =>
        options.Family == ModelFamily.Gpt && !options.Tied && name != "lm_head.weight" ? Gpt2Prefix + name : name;

    /// <summary>Our name of a stored tensor, or null for one that is no parameter.</summary>
    public static string? OurName(GptOptions options, string stored)
    {
        if (stored == "lm_head.weight" && options.Tied) return null; // the embedding once more
        if (options.Family == ModelFamily.Qwen2) return stored;
        string name = stored.StartsWith(Gpt2Prefix, StringComparison.Ordinal) ? stored[Gpt2Prefix.Length..] : stored;
        return Masks.Any(end => name.EndsWith(end, StringComparison.Ordinal)) ? null : name;
    }

    /// <summary>The sizes as they are stored.</summary>
    public static long[] StoredShape(Shape shape, bool transposed)
    {
        long[] sizes = [.. Enumerable.Range(0, shape.Rank).Select(i => (long)shape[i])];
        if (transposed) Array.Reverse(sizes);
        return sizes;
    }

    /// <summary>A matrix with rows and columns exchanged.</summary>
    public static float[] Transpose(float[] values, int rows, int columns)
    {
        var result = new float[values.Length];
        for (int r = 0; r < rows; r++)
        {
            for (int c = 0; c < columns; c++) result[c * rows + r] = values[r * columns + c];
        }
        return result;
    }
}
