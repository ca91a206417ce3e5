using System.Text.Json.Nodes;
using MiniGrad.Nn;

namespace MiniGrad.IO.HuggingFace;

/// <summary><c>config.json</c> of a Hugging Face GPT-2 or Qwen2, to our options and back. What our models lack is refused by name.</summary>
public static class HuggingFaceConfig
{
    /// <summary>The file's name.</summary>
    public const string FileName = "config.json";

    /// <summary>Reads a configuration.</summary>
    /// <param name="config">The file's object.</param>
    /// <param name="path">What messages call it.</param>
    /// <exception cref="InvalidDataException">It is another architecture, or has a switch or size that our models lack.</exception>
    public static GptOptions Read(JsonObject config, string path)
    {
        ArgumentNullException.ThrowIfNull(config);
        if (ModelConfig.IsOurs(config)) throw new InvalidDataException($"'{path}' is of a checkpoint whose {Checkpoint.DigestsFile} is missing: it is damaged; use the checkpoint before it");
        var fields = new ConfigFields(config, path);
        string type = fields.Text("model_type", "");
        GptOptions options = type switch
        {
            "gpt2" => Gpt2(fields),
            "qwen2" => Qwen2(fields),
            _ => throw new InvalidDataException($"'{path}': model_type is '{type}'; gpt2 and qwen2 can be read"),
        };
        try
        {
            return options.Validated();
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException($"'{path}': {e.Message}", e);
        }
    }

    /// <summary>Writes a configuration.</summary>
    /// <param name="options">The model's options.</param>
    /// <exception cref="ArgumentException">The model has switches that neither architecture has; the message names them.</exception>
    public static JsonObject Write(GptOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options.Family switch
        {
            ModelFamily.Qwen2 => Qwen2(options),
            ModelFamily.DeepseekMoe => throw new ArgumentException("a model of the family deepseek-moe cannot be exported: DeepSeek-V3's published layout has latent attention and one tensor an expert; gpt and qwen2 models can be"),
            _ => Gpt2(options),
        };
    }

    private static GptOptions Gpt2(ConfigFields fields)
    {
        fields.Require("scale_attn_weights", true);
        fields.Require("scale_attn_by_inverse_layer_idx", false);
        fields.Require("add_cross_attention", false);
        string activation = fields.Text("activation_function", "gelu_new");
        return new GptOptions
        {
            VocabSize = fields.Int("vocab_size"),
            BlockSize = fields.Int("n_positions"),
            NEmbd = fields.Int("n_embd"),
            NLayer = fields.Int("n_layer"),
            NHead = fields.Int("n_head"),
            NInner = fields.Int("n_inner", 0),
            NormEpsilon = fields.Number("layer_norm_epsilon", 1e-5),
            Tied = fields.Flag("tie_word_embeddings", true),
            Position = PositionKind.Learned,
            Bias = true,
            Gelu = activation switch
            {
                "gelu_new" or "gelu_pytorch_tanh" => GeluKind.Tanh,
                "gelu" => GeluKind.Erf,
                _ => throw fields.Refuse("activation_function", $"'{activation}'", "gelu_new, gelu_pytorch_tanh or gelu"),
            },
        };
    }

    private static GptOptions Qwen2(ConfigFields fields)
    {
        fields.Require("use_sliding_window", false);
        string activation = fields.Text("hidden_act", "silu");
        if (activation != "silu") throw fields.Refuse("hidden_act", $"'{activation}'", "silu");
        if (fields.Has("rope_scaling")) throw fields.Refuse("rope_scaling", "set", "none");
        int heads = fields.Int("num_attention_heads"), width = fields.Int("hidden_size");
        if (heads > 0 && fields.Int("head_dim", width / heads) != width / heads) throw fields.Refuse("head_dim", fields.Int("head_dim").ToString(System.Globalization.CultureInfo.InvariantCulture), "hidden_size / num_attention_heads");
        return new GptOptions().OfFamily(ModelFamily.Qwen2) with
        {
            VocabSize = fields.Int("vocab_size"),
            BlockSize = fields.Int("max_position_embeddings"),
            NEmbd = width,
            NLayer = fields.Int("num_hidden_layers"),
            NHead = heads,
            NKvHead = fields.Int("num_key_value_heads", heads),
            NInner = fields.Int("intermediate_size"),
            NormEpsilon = fields.Number("rms_norm_eps", 1e-6),
            RopeBase = fields.Number("rope_theta", 1e4),
            Tied = fields.Flag("tie_word_embeddings", false),
        };
    }

    private static JsonObject Gpt2(GptOptions options)
    {
        List<string> wrong = [];
        if (options.Position != PositionKind.Learned) wrong.Add("position=rope (it has learned)");
        if (!options.Bias) wrong.Add("bias=false (it has true)");
        if (options.Norm != NormKind.Layer) wrong.Add("norm=rms (it has layer)");
        if (options.KvHeads != options.NHead) wrong.Add($"nKvHead={options.KvHeads} (it has as many as nHead)");
        if (wrong.Count > 0) throw new ArgumentException($"export: GPT-2's layout has no place for {string.Join(", ", wrong)}; train with model.position=learned, model.bias=true, model.norm=layer, or with model.family=qwen2");
        return new JsonObject
        {
            ["architectures"] = new JsonArray("GPT2LMHeadModel"),
            ["model_type"] = "gpt2",
            ["vocab_size"] = options.VocabSize,
            ["n_positions"] = options.BlockSize,
            ["n_ctx"] = options.BlockSize,
            ["n_embd"] = options.NEmbd,
            ["n_layer"] = options.NLayer,
            ["n_head"] = options.NHead,
            ["n_inner"] = options.NInner == 0 ? null : options.NInner,
            ["activation_function"] = options.Gelu == GeluKind.Tanh ? "gelu_new" : "gelu",
            ["layer_norm_epsilon"] = options.NormEpsilon,
            ["tie_word_embeddings"] = options.Tied,
            ["attn_pdrop"] = 0.0,
            ["embd_pdrop"] = 0.0,
            ["resid_pdrop"] = 0.0,
            ["torch_dtype"] = "float32",
        };
    }

    private static JsonObject Qwen2(GptOptions options) => new()
    {
        ["architectures"] = new JsonArray("Qwen2ForCausalLM"),
        ["model_type"] = "qwen2",
        ["vocab_size"] = options.VocabSize,
        ["hidden_size"] = options.NEmbd,
        ["intermediate_size"] = options.InnerSize,
        ["num_hidden_layers"] = options.NLayer,
        ["num_attention_heads"] = options.NHead,
        ["num_key_value_heads"] = options.KvHeads,
        ["max_position_embeddings"] = options.BlockSize,
        ["rms_norm_eps"] = options.NormEpsilon,
        ["rope_theta"] = options.RopeBase,
        ["tie_word_embeddings"] = options.Tied,
        ["hidden_act"] = "silu",
        ["use_sliding_window"] = false,
        ["torch_dtype"] = "float32",
    };
}
