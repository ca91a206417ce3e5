using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MiniGrad.IO.HuggingFace;

/// <summary>The fields of a <c>config.json</c>, each read as what it must be, or refused in one line. It knows which fields were read.</summary>
internal sealed class ConfigFields(JsonObject config, string path)
{
    // Fields that change no number of a loss or a logit: names, token ids, dropout (there is none when a model is evaluated, and
    // none in training here), initial weights, the form of results, text generation.
    private static readonly FrozenSet<string> Harmless = FrozenSet.Create(
    [
        "model_type", "architectures", "torch_dtype", "dtype", "transformers_version", "_name_or_path", "name_or_path", "auto_map", "_commit_hash", "model_name",
        "bos_token_id", "eos_token_id", "pad_token_id", "sep_token_id", "unk_token_id", "cls_token_id", "mask_token_id", "decoder_start_token_id", "forced_bos_token_id", "forced_eos_token_id", "tokenizer_class", "prefix",
        "attention_dropout", "residual_dropout", "embedding_dropout", "hidden_dropout", "resid_pdrop", "embd_pdrop", "attn_pdrop", "classifier_dropout", "initializer_range", "initializer_factor",
        "use_cache", "output_attentions", "output_hidden_states", "return_dict", "use_return_dict", "return_dict_in_generate", "output_scores", "gradient_checkpointing", "is_decoder", "task_specific_params",
        "summary_activation", "summary_first_dropout", "summary_proj_to_labels", "summary_type", "summary_use_proj", "id2label", "label2id", "num_labels", "problem_type", "finetuning_task",
        "max_length", "min_length", "do_sample", "early_stopping", "num_beams", "num_beam_groups", "diversity_penalty", "temperature", "top_k", "top_p", "typical_p", "repetition_penalty", "length_penalty",
        "no_repeat_ngram_size", "encoder_no_repeat_ngram_size", "bad_words_ids", "num_return_sequences", "exponential_decay_length_penalty", "suppress_tokens", "begin_suppress_tokens", "remove_invalid_values",
        "chunk_size_feed_forward", "pretraining_tp", "reorder_and_upcast_attn", "n_ctx", "attn_implementation", "_attn_implementation", "_attn_implementation_autoset", "max_window_layers", "torchscript", "use_bfloat16", "tf_legacy_loss",
    ]);

    private readonly HashSet<string> _read = [];

    /// <summary>Where it stands, for messages.</summary>
    public string Path => path;

    /// <summary>Fields that nobody asked for and that are not known to be harmless.</summary>
    public IEnumerable<string> Unknown => config.Where(pair => pair.Value is not null && !_read.Contains(pair.Key) && !Harmless.Contains(pair.Key)).Select(pair => pair.Key);

    public bool Has(string name) => Find(name) is not null;

    public JsonNode? Find(string name)
    {
        _read.Add(name);
        return config[name];
    }

    public int Int(string name, int? otherwise = null) => Read(name, otherwise, v => v.TryGetValue(out int number) ? number : null, "a whole number");

    public double Number(string name, double otherwise) => Read<double>(name, otherwise, v => v.TryGetValue(out double number) ? number : null, "a number");

    public bool Flag(string name, bool otherwise) => Read<bool>(name, otherwise, v => v.TryGetValue(out bool flag) ? flag : null, "true or false");

    public string Text(string name, string otherwise) => Find(name) switch
    {
        null => otherwise,
        JsonValue value when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>(),
        JsonNode other => throw Refuse(name, other.ToJsonString(), "a string"),
    };

    public void Require(string name, bool value)
    {
        if (Flag(name, value) != value) throw Refuse(name, value ? "false" : "true", value ? "true" : "false");
    }

    /// <summary>Refuses a field that holds anything: null, false, an empty list or object say nothing.</summary>
    public void RequireEmpty(string name, string what)
    {
        if (Find(name) is { } node && !(node is JsonArray { Count: 0 } or JsonObject { Count: 0 } || (node is JsonValue value && value.TryGetValue(out bool flag) && !flag))) throw new InvalidDataException($"'{path}': {name} is set; {what} is not supported");
    }

    /// <summary>Refuses a text that is none of those named.</summary>
    public string OneOf(string name, string otherwise, params string[] known)
    {
        string text = Text(name, otherwise);
        return known.Contains(text) ? text : throw Refuse(name, $"'{text}'", string.Join(" or ", known));
    }

    public InvalidDataException Refuse(string name, string found, string expected) => new($"'{path}': {name} is {HeaderText.Shorten(found)}; expected {expected}");

    private T Read<T>(string name, T? otherwise, Func<JsonValue, T?> read, string expected)
        where T : struct => Find(name) switch
        {
            null => otherwise ?? throw new InvalidDataException($"'{path}': {name} is missing; expected {expected}"),
            JsonValue value when read(value) is { } result => result,
            JsonNode other => throw Refuse(name, other.ToJsonString(), expected),
        };
}
