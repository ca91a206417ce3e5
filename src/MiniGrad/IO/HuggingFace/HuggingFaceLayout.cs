namespace MiniGrad.IO.HuggingFace;

/// <summary>The published architectures that a model of ours can be.</summary>
internal enum PublishedLayout
{
    /// <summary>GPT-2: learned positions, LayerNorm, biases everywhere.</summary>
    Gpt2,

    /// <summary>Qwen2.</summary>
    Qwen2,

    /// <summary>StarCoder2: RoPE, LayerNorm with biases, GELU, biases of the linear layers or none. What <c>train</c> makes by default is one.</summary>
    Starcoder2,

    /// <summary>Arcee: the same with RMSNorm.</summary>
    Arcee,
}

/// <summary>A stored tensor that is all or some rows of one of our parameters.</summary>
/// <param name="Name">Its stored name.</param>
/// <param name="First">The first of our rows.</param>
/// <param name="Rows">How many of them.</param>
internal readonly record struct StoredPart(string Name, int First, int Rows);

/// <summary>How the published checkpoints name, split and lay out what our models call otherwise.</summary>
internal static class HuggingFaceLayout
{
    private const string Gpt2Prefix = "transformer.", Head = "lm_head.weight";

    private static readonly string[] Transposed = [".attn.c_attn.weight", ".attn.c_proj.weight", ".mlp.c_fc.weight", ".mlp.c_proj.weight"];

    // Causal masks and wavelengths that older files carry along.
    private static readonly string[] Computed = [".attn.bias", ".attn.masked_bias", ".rotary_emb.inv_freq"];

    /// <summary>The layout of a model.</summary>
    /// <exception cref="ArgumentException">There is none; the message says for what.</exception>
    public static PublishedLayout Of(GptOptions options)
    {
        if (options.Family == ModelFamily.Qwen2) return PublishedLayout.Qwen2;
        if (options.Family != ModelFamily.Gpt) throw new ArgumentException("a model of the family deepseek-moe cannot be exported: DeepSeek-V3's published layout has latent attention and one tensor an expert; gpt and qwen2 models can be");
        if (options.Position == PositionKind.Rope) return options.Norm == NormKind.Layer ? PublishedLayout.Starcoder2 : PublishedLayout.Arcee;
        string[] wrong = [.. new[] { options.Norm == NormKind.Layer ? null : "norm=rms", options.KvHeads == options.NHead ? null : $"nKvHead={options.KvHeads}" }.OfType<string>()];
        return wrong.Length == 0 ? PublishedLayout.Gpt2 : throw new ArgumentException($"export: no published layout has position=learned with {string.Join(" and ", wrong)}; with position=rope there is one (StarCoder2, Arcee)");
    }

    /// <summary>Whether a parameter is stored as (in, out): GPT-2's Conv1D weights.</summary>
    public static bool IsTransposed(PublishedLayout layout, string name) => layout == PublishedLayout.Gpt2 && Transposed.Any(end => name.EndsWith(end, StringComparison.Ordinal));

    /// <summary>The stored tensors of one of our parameters, which follow each other in its rows.</summary>
    public static IReadOnlyList<StoredPart> Parts(PublishedLayout layout, GptOptions options, string name, Shape shape)
    {
        if (layout is PublishedLayout.Gpt2 or PublishedLayout.Qwen2) return [new StoredPart(name, 0, shape[0])];
        int heads = options.NHead * options.HeadSize, kvHeads = options.KvHeads * options.HeadSize;
        string stored = Rotary(layout, name);
        if (!stored.Contains(".c_attn.", StringComparison.Ordinal)) return [new StoredPart(stored, 0, shape[0])];
        StoredPart Part(string projection, int first, int rows) => new(stored.Replace(".c_attn.", $".{projection}.", StringComparison.Ordinal), first, rows);
        return [Part("q_proj", 0, heads), Part("k_proj", heads, kvHeads), Part("v_proj", heads + kvHeads, kvHeads)];
    }

    /// <summary>Biases that the layout has and the model has not, with their lengths: they are zeros in the file.</summary>
    public static IEnumerable<(string Name, int Length)> Zeros(PublishedLayout layout, GptOptions options)
    {
        if (options.Bias || layout is PublishedLayout.Qwen2 or PublishedLayout.Arcee) yield break;
        int width = options.NEmbd;
        string Stored(string name) => layout == PublishedLayout.Gpt2 ? name : Rotary(layout, name);
        for (int i = 0; i < options.NLayer; i++)
        {
            yield return (Stored($"h.{i}.ln_1.bias"), width);
            yield return (Stored($"h.{i}.ln_2.bias"), width);
            if (layout != PublishedLayout.Gpt2) continue;
            yield return ($"h.{i}.attn.c_attn.bias", 3 * width);
            yield return ($"h.{i}.attn.c_proj.bias", width);
            yield return ($"h.{i}.mlp.c_fc.bias", options.InnerSize);
            yield return ($"h.{i}.mlp.c_proj.bias", width);
        }
        yield return (Stored("ln_f.bias"), width);
    }

    /// <summary>
    /// The name in the file. GPT-2's own file has none of the prefix that later ones have; with a head of its own it needs
    /// it, since readers take a file without it for the headless model.
    /// </summary>
    public static string InFile(PublishedLayout layout, GptOptions options, string stored) =>
        layout == PublishedLayout.Gpt2 && !options.Tied && stored != Head ? Gpt2Prefix + stored : stored;

    /// <summary>A stored name as <see cref="Parts"/> has it, or null for what is computed and not read.</summary>
    public static string? FromFile(PublishedLayout layout, string name)
    {
        string plain = layout == PublishedLayout.Gpt2 && name.StartsWith(Gpt2Prefix, StringComparison.Ordinal) ? name[Gpt2Prefix.Length..] : name;
        return Computed.Any(end => plain.EndsWith(end, StringComparison.Ordinal)) ? null : plain;
    }

    /// <summary>Of a model whose head is its embedding, the name under which the file may have the same tensor instead or again; else null.</summary>
    public static string? Twin(GptOptions options, string stored) => options.Tied && stored is "wte.weight" or "model.embed_tokens.weight" ? Head : null;

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

    private static string Rotary(PublishedLayout layout, string name)
    {
        if (!name.StartsWith("h.", StringComparison.Ordinal)) return name.Replace("wte.", "model.embed_tokens.", StringComparison.Ordinal).Replace("ln_f.", "model.norm.", StringComparison.Ordinal);
        string block = $"model.layers.{name["h.".Length..]}"
            .Replace(".ln_1.", ".input_layernorm.", StringComparison.Ordinal).Replace(".ln_2.", ".post_attention_layernorm.", StringComparison.Ordinal)
            .Replace(".attn.c_proj.", ".self_attn.o_proj.", StringComparison.Ordinal).Replace(".attn.", ".self_attn.", StringComparison.Ordinal);
        return layout == PublishedLayout.Arcee ? block.Replace(".mlp.c_fc.", ".mlp.up_proj.", StringComparison.Ordinal).Replace(".mlp.c_proj.", ".mlp.down_proj.", StringComparison.Ordinal) : block;
    }
}
