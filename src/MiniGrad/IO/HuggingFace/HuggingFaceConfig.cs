using System.Globalization;
using System.Text.Json.Nodes;

namespace MiniGrad.IO.HuggingFace;

/// <summary>
/// <c>config.json</c> of a Hugging Face GPT-2, Qwen2, StarCoder2 or Arcee, to our options and back. What our models lack is
/// refused by name; a field that is not known is named in a warning.
/// </summary>
public static class HuggingFaceConfig
{
    /// <summary>The file's name.</summary>
    public const string FileName = "config.json";

    private const double DefaultBase = 1e4;

    /// <summary>Reads a configuration.</summary>
    /// <param name="config">The file's object.</param>
    /// <param name="path">What messages call it.</param>
    /// <param name="warnings">Takes a line for the fields that are not known, or null.</param>
    /// <exception cref="InvalidDataException">It is another architecture, or has a switch or size that our models lack.</exception>
    public static GptOptions Read(JsonObject config, string path, ICollection<string>? warnings = null)
    {
        ArgumentNullException.ThrowIfNull(config);
        if (ModelConfig.IsOurs(config)) throw new InvalidDataException($"'{path}' is of a checkpoint whose {Checkpoint.DigestsFile} is missing: it is damaged; use the checkpoint before it");
        var fields = new ConfigFields(config, path);
        string type = fields.Text("model_type", "");
        fields.RequireEmpty("quantization_config", "a quantized model");
        fields.RequireEmpty("pruned_heads", "a model without some of its heads");
        fields.Require("is_encoder_decoder", false);
        fields.Require("add_cross_attention", false);
        GptOptions options = type switch
        {
            "gpt2" => Gpt2(fields),
            "qwen2" => Qwen2(fields),
            "starcoder2" => Starcoder2(fields),
            "arcee" => Arcee(fields),
            _ => throw new InvalidDataException($"'{path}': model_type is '{HeaderText.Shorten(type)}'; gpt2, qwen2, starcoder2 and arcee can be read"),
        };
        string[] unknown = [.. fields.Unknown];
        if (unknown.Length > 0) warnings?.Add($"'{path}': {string.Join(", ", unknown.Take(5).Select(HeaderText.Shorten))}{(unknown.Length > 5 ? $" and {unknown.Length - 5} more" : "")} {(unknown.Length == 1 ? "is a field" : "are fields")} that this program does not know: the published model may compute otherwise");
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
    /// <exception cref="ArgumentException">No published layout has a place for the model's switches; the message names them.</exception>
    public static JsonObject Write(GptOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return HuggingFaceLayout.Of(options) switch
        {
            PublishedLayout.Gpt2 => WriteGpt2(options),
            PublishedLayout.Qwen2 => Rotary(options, "Qwen2ForCausalLM", "qwen2", new JsonObject { ["rms_norm_eps"] = options.NormEpsilon, ["hidden_act"] = "silu", ["use_sliding_window"] = false }),
            PublishedLayout.Starcoder2 => Rotary(options, "Starcoder2ForCausalLM", "starcoder2", new JsonObject { ["norm_epsilon"] = options.NormEpsilon, ["hidden_act"] = Gelu(options), ["use_bias"] = options.Bias, ["norm_type"] = "layer_norm", ["mlp_type"] = "default", ["sliding_window"] = null, ["residual_dropout"] = 0.0, ["embedding_dropout"] = 0.0 }),
            _ => Rotary(options, "ArceeForCausalLM", "arcee", new JsonObject { ["rms_norm_eps"] = options.NormEpsilon, ["hidden_act"] = Gelu(options), ["attention_bias"] = options.Bias, ["mlp_bias"] = options.Bias, ["head_dim"] = options.HeadSize }),
        };
    }

    private static GptOptions Gpt2(ConfigFields fields)
    {
        fields.Require("scale_attn_weights", true);
        fields.Require("scale_attn_by_inverse_layer_idx", false);
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
            Gelu = Gelu(fields, "activation_function", "gelu_new"),
        };
    }

    private static GptOptions Qwen2(ConfigFields fields)
    {
        fields.Require("use_sliding_window", false);
        _ = fields.Find("sliding_window"); // without effect then
        _ = fields.OneOf("hidden_act", "silu", "silu", "swish");
        return Sizes(fields, new GptOptions().OfFamily(ModelFamily.Qwen2), tied: false) with { NInner = fields.Int("intermediate_size"), NormEpsilon = fields.Number("rms_norm_eps", 1e-6), NKvHead = fields.Int("num_key_value_heads", fields.Int("num_attention_heads")) };
    }

    private static GptOptions Starcoder2(ConfigFields fields)
    {
        int length = fields.Int("max_position_embeddings");
        if (fields.Has("sliding_window") && fields.Int("sliding_window", length) < length) throw fields.Refuse("sliding_window", fields.Int("sliding_window").ToString(CultureInfo.InvariantCulture), $"none, or at least max_position_embeddings, {length}");
        _ = fields.OneOf("norm_type", "layer_norm", "layer_norm");
        _ = fields.OneOf("mlp_type", "default", "default");
        return Plain(fields, tied: true) with { NormEpsilon = fields.Number("norm_epsilon", 1e-5), Bias = fields.Flag("use_bias", true), Gelu = Gelu(fields, "hidden_act", "gelu_pytorch_tanh") };
    }

    private static GptOptions Arcee(ConfigFields fields)
    {
        bool bias = fields.Flag("attention_bias", false);
        fields.Require("mlp_bias", bias);
        return Plain(fields, tied: false) with { Norm = NormKind.Rms, NormEpsilon = fields.Number("rms_norm_eps", 1e-5), Bias = bias, Gelu = Gelu(fields, "hidden_act", "relu2") };
    }

    // Ours say 0 for what follows from the other sizes.
    private static GptOptions Plain(ConfigFields fields, bool tied)
    {
        GptOptions options = Sizes(fields, new GptOptions(), tied);
        int inner = fields.Int("intermediate_size"), kvHeads = fields.Int("num_key_value_heads", options.NHead);
        return options with { NInner = inner == 4L * options.NEmbd ? 0 : inner, NKvHead = kvHeads == options.NHead ? 0 : kvHeads };
    }

    private static GptOptions Sizes(ConfigFields fields, GptOptions options, bool tied)
    {
        int heads = fields.Int("num_attention_heads"), width = fields.Int("hidden_size"), layers = fields.Int("num_hidden_layers");
        if (heads > 0 && fields.Int("head_dim", width / heads) != width / heads) throw fields.Refuse("head_dim", fields.Int("head_dim").ToString(CultureInfo.InvariantCulture), "hidden_size / num_attention_heads");
        if (fields.Find("layer_types") is { } types && (types is not JsonArray list || list.Count != layers || !list.All(type => type is JsonValue value && value.TryGetValue(out string? name) && name == "full_attention"))) throw fields.Refuse("layer_types", types.ToJsonString(), $"{layers} times full_attention");
        return options with
        {
            VocabSize = fields.Int("vocab_size"),
            BlockSize = fields.Int("max_position_embeddings"),
            NEmbd = width,
            NLayer = layers,
            NHead = heads,
            RopeBase = RopeFields.Base(fields, DefaultBase),
            Tied = fields.Flag("tie_word_embeddings", tied),
        };
    }

    private static GeluKind Gelu(ConfigFields fields, string name, string otherwise) => fields.OneOf(name, otherwise, "gelu_new", "gelu_pytorch_tanh", "gelu") == "gelu" ? GeluKind.Erf : GeluKind.Tanh;

    private static string Gelu(GptOptions options) => options.Gelu == GeluKind.Tanh ? "gelu_pytorch_tanh" : "gelu";

    private static JsonObject WriteGpt2(GptOptions options) => new()
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

    // The base stands where transformers 4 and where transformers 5 look for it; token ids of their own would lie outside ours.
    private static JsonObject Rotary(GptOptions options, string architecture, string type, JsonObject own)
    {
        var config = new JsonObject
        {
            ["architectures"] = new JsonArray(architecture),
            ["model_type"] = type,
            ["vocab_size"] = options.VocabSize,
            ["hidden_size"] = options.NEmbd,
            ["intermediate_size"] = options.InnerSize,
            ["num_hidden_layers"] = options.NLayer,
            ["num_attention_heads"] = options.NHead,
            ["num_key_value_heads"] = options.KvHeads,
            ["max_position_embeddings"] = options.BlockSize,
            ["rope_theta"] = options.RopeBase,
            ["rope_parameters"] = new JsonObject { ["rope_type"] = "default", ["rope_theta"] = options.RopeBase },
            ["tie_word_embeddings"] = options.Tied,
            ["attention_dropout"] = 0.0,
            ["bos_token_id"] = null,
            ["eos_token_id"] = null,
            ["torch_dtype"] = "float32",
        };
        foreach ((string name, JsonNode? value) in own) config[name] = value?.DeepClone();
        return config;
    }
}
