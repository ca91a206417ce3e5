using System.Text.Json.Nodes;
using MiniGrad.Backends.Cpu;
using MiniGrad.Experiments.Data;
using MiniGrad.Experiments.Running;
using MiniGrad.IO.HuggingFace;
using MiniGrad.Tests.Data;

namespace MiniGrad.Tests.IO;

/// <summary>
/// Every field of a published <c>config.json</c> that changes the numbers is read or refused by name. The example is a Qwen2 as
/// transformers 5 writes it, with wavelengths of base 10⁶; its loss was computed in float64 by another program.
/// </summary>
public sealed class PublishedConfigTests : IDisposable
{
    private const double Loss = 6.372000816928079;

    private static readonly string Source = Path.Combine(AppContext.BaseDirectory, "Golden", "cases", "qwen2-rope");

    private readonly TemporaryFolder _folder = new();

    public PublishedConfigTests()
    {
        foreach (string file in (string[])["config.json", "model.safetensors", "tokens.json"]) _folder.File(file, File.ReadAllBytes(Path.Combine(Source, file)));
    }

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, string> Equal => new()
    {
        { "as transformers 5 writes it", "{}" },
        { "as transformers 4 writes it", """{"rope_parameters":null,"layer_types":null,"rope_theta":1000000.0}""" },
        { "both, in agreement", """{"rope_theta":1000000}""" },
        { "scaled by nothing", """{"rope_parameters":null,"rope_theta":1000000.0,"rope_scaling":{"rope_type":"default"}}""" },
        { "scaled by nothing, in the old words", """{"rope_parameters":null,"rope_theta":1000000.0,"rope_scaling":{"type":"default"}}""" },
        { "scaled by 1", """{"rope_parameters":null,"rope_theta":1000000.0,"rope_scaling":{"type":"linear","factor":1.0}}""" },
        { "yarn by 1", """{"rope_parameters":{"rope_type":"yarn","factor":1,"rope_theta":1000000.0,"original_max_position_embeddings":32}}""" },
        { "all of a head", """{"partial_rotary_factor":1.0}""" },
        { "an empty list of what it lacks", """{"pruned_heads":{},"quantization_config":null}""" },
    };

    [Theory]
    [MemberData(nameof(Equal))]
    public void These_are_one_model(string what, string changes)
    {
        Change(changes);
        using HuggingFaceFolder folder = HuggingFaceFolder.Open(_folder.Path);
        Assert.True(folder.Options.RopeBase == 1e6, what);
        Assert.Empty(folder.Warnings);
        Assert.Equal(Loss, Evaluate(folder), 1e-5);
    }

    [Theory]
    [InlineData("""{"rope_theta":10000.0}""", "rope_theta is 10000 and rope_parameters.rope_theta is 1000000")]
    [InlineData("""{"rope_parameters":{"rope_type":"yarn","factor":4.0,"rope_theta":1000000.0}}""", "rope_parameters.rope_type is 'yarn' with factor 4; expected default, or a scaling of factor 1")]
    [InlineData("""{"rope_parameters":{"rope_type":"yarn","rope_theta":1000000.0}}""", "rope_parameters.rope_type is 'yarn'")]
    [InlineData("""{"rope_scaling":{"type":"dynamic","factor":2}}""", "rope_scaling.rope_type is 'dynamic' with factor 2")]
    [InlineData("""{"rope_scaling":{"type":"longrope","factor":1,"long_factor":[2,2]}}""", "rope_scaling.rope_type is 'longrope'")]
    [InlineData("""{"rope_parameters":{"rope_type":"default","rope_theta":1000000.0,"attention_factor":2}}""", "rope_parameters.attention_factor is 2; expected none")]
    [InlineData("""{"rope_parameters":{"rope_type":"default","rope_theta":1000000.0,"partial_rotary_factor":0.5}}""", "rope_parameters.partial_rotary_factor is 0.5; expected 1")]
    [InlineData("""{"rope_parameters":[1]}""", "rope_parameters is [1]; expected an object")]
    [InlineData("""{"rope_parameters":{"rope_theta":"big"}}""", "rope_theta is \"big\"; expected a number")]
    [InlineData("""{"partial_rotary_factor":0.5}""", "partial_rotary_factor is 0.5; expected 1")]
    [InlineData("""{"layer_types":["full_attention","sliding_attention"]}""", "layer_types is")]
    [InlineData("""{"use_sliding_window":true}""", "use_sliding_window is true; expected false")]
    [InlineData("""{"quantization_config":{"bits":4}}""", "quantization_config is set; a quantized model is not supported")]
    [InlineData("""{"pruned_heads":{"0":[1]}}""", "pruned_heads is set")]
    [InlineData("""{"hidden_act":"gelu"}""", "hidden_act is 'gelu'; expected silu or swish")]
    [InlineData("""{"num_hidden_layers":1000000,"layer_types":null}""", "model.nLayer is 1000000; at most 4096 are supported")]
    [InlineData("""{"max_position_embeddings":2147483647}""", "model.blockSize is 2147483647")]
    public void What_would_change_the_numbers_is_refused_by_name(string changes, string expected)
    {
        Change(changes);
        BadInput.Throws("'", () => HuggingFaceFolder.Open(_folder.Path).Dispose(), expected);
    }

    [Fact]
    public void A_field_that_is_not_known_is_named_in_a_warning()
    {
        Change("""{"logit_scale":2.0,"use_cache":false,"attn_output_gate":true}""");
        using HuggingFaceFolder folder = HuggingFaceFolder.Open(_folder.Path);
        Assert.Contains("attn_output_gate, logit_scale are fields", Assert.Single(folder.Warnings).Replace("logit_scale, attn_output_gate", "attn_output_gate, logit_scale", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_exported_has_the_base_that_was_read()
    {
        using var context = new ComputeContext(new CpuBackend());
        using HuggingFaceFolder folder = HuggingFaceFolder.Open(_folder.Path);
        string ours = Directory.CreateDirectory(_folder.In("ours")).FullName, theirs = Directory.CreateDirectory(_folder.In("theirs")).FullName;
        HuggingFaceExport.Write(folder.CreateModel(context), ours);
        HuggingFaceExport.Write(folder.CreateModel(context), theirs, folder.Config);
        foreach (string exported in (string[])[ours, theirs])
        {
            using HuggingFaceFolder again = HuggingFaceFolder.Open(exported);
            Assert.Equal(1e6, again.Options.RopeBase);
            Assert.Equal(Loss, Evaluate(again), 1e-5);
        }
    }

    [Fact]
    public void A_byte_order_mark_is_passed_over()
    {
        _folder.File("config.json", [0xEF, 0xBB, 0xBF, .. File.ReadAllBytes(_folder.In("config.json"))]);
        using HuggingFaceFolder folder = HuggingFaceFolder.Open(_folder.Path);
        Assert.Equal(Loss, Evaluate(folder), 1e-5);
    }

    [Fact]
    public void A_tied_matrix_is_found_under_its_other_name_and_must_be_one_where_both_are_there()
    {
        Rename("\"model.embed_tokens.weight\"", "\"lm_head.weight\"           ");
        using (HuggingFaceFolder folder = HuggingFaceFolder.Open(_folder.Path)) Assert.Equal(Loss, Evaluate(folder), 1e-5);

        // Untied and then said to be tied: two matrices that differ.
        using var context = new ComputeContext(new CpuBackend());
        GptOptions options = new GptOptions { NLayer = 1, NEmbd = 16, NHead = 2, BlockSize = 8, VocabSize = 20 }.OfFamily(ModelFamily.Qwen2);
        HuggingFaceExport.Write(LanguageModels.Create(context, options, seed: 1), _folder.Path);
        Change("""{"tie_word_embeddings":true}""");
        BadInput.Throws("'", () =>
        {
            using HuggingFaceFolder folder = HuggingFaceFolder.Open(_folder.Path);
            folder.CreateModel(context);
        }, "tie_word_embeddings is true, but 'model.embed_tokens.weight' and 'lm_head.weight' differ");
    }

    private double Evaluate(HuggingFaceFolder folder)
    {
        using var context = new ComputeContext(new CpuBackend(threads: 1));
        return (double)TokenEvaluation.Run(TokenRows.Read(_folder.In("tokens.json"), folder.Options), folder.CreateModel(context), gradients: false)["loss"]!;
    }

    private void Change(string changes)
    {
        JsonObject config = JsonNode.Parse(File.ReadAllText(_folder.In("config.json")))!.AsObject();
        foreach ((string name, JsonNode? value) in JsonNode.Parse(changes)!.AsObject())
        {
            if (value is null) config.Remove(name);
            else config[name] = value.DeepClone();
        }
        _folder.File("config.json", config.ToJsonString());
    }

    // Another name of the same length in the header, padded behind the key.
    private void Rename(string from, string to)
    {
        byte[] file = File.ReadAllBytes(_folder.In("model.safetensors"));
        int at = file.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(from));
        Assert.True(at > 0 && from.Length == to.Length);
        System.Text.Encoding.ASCII.GetBytes(to).CopyTo(file, at);
        _folder.File("model.safetensors", file);
    }
}
