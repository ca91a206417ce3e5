using System.Buffers.Binary;
using System.Text.Json.Nodes;
using MiniGrad.Backends.Cpu;
using MiniGrad.IO;
using MiniGrad.IO.HuggingFace;
using MiniGrad.Tests.Data;

namespace MiniGrad.Tests.IO;

/// <summary>Hugging Face folders of GPT-2 and Qwen2: read, written in the same layout, and refused by name.</summary>
public sealed class HuggingFaceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Golden => ["gpt2-tiny", "qwen2-tiny"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Golden))]
    public void An_exported_model_is_the_imported_one_bit_for_bit(string name)
    {
        string source = FolderOf(name), exported = Directory.CreateDirectory(_folder.In("out")).FullName;
        using var context = new ComputeContext(new CpuBackend());
        using HuggingFaceFolder folder = HuggingFaceFolder.Open(source);
        ILanguageModel model = folder.CreateModel(context);
        HuggingFaceExport.Write(model, exported, folder.Config);
        // Read by another reader, the few lines below: names, sizes and bytes are the source's.
        Dictionary<string, (string Shape, byte[] Data)> expected = Tensors(source), found = Tensors(exported);
        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), found.Keys.Order(StringComparer.Ordinal));
        Assert.All(expected, e => Assert.Equal(e.Value.Shape, found[e.Key].Shape));
        Assert.All(expected, e => Assert.Equal(e.Value.Data, found[e.Key].Data));
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(File.ReadAllText(Path.Combine(source, "config.json"))), JsonNode.Parse(File.ReadAllText(Path.Combine(exported, "config.json")))));

        using HuggingFaceFolder again = HuggingFaceFolder.Open(exported);
        ILanguageModel second = again.CreateModel(context);
        Assert.Equal(model.InitialSha256, second.InitialSha256);
        Assert.Equal(model.Options, second.Options);
    }

    [Fact]
    public void Conv1D_weights_are_stored_in_by_out()
    {
        using var context = new ComputeContext(new CpuBackend());
        using HuggingFaceFolder folder = HuggingFaceFolder.Open(FolderOf("gpt2-tiny"));
        Parameter ours = folder.CreateModel(context).Parameters.Single(p => p.Name == "h.0.mlp.c_fc.weight");
        (string shape, byte[] data) = Tensors(FolderOf("gpt2-tiny"))["h.0.mlp.c_fc.weight"];
        Assert.Equal(("[32,128]", 128, 32), (shape, ours.Shape[0], ours.Shape[1]));
        float[] values = ours.Tensor.ToArray();
        Assert.Equal(BinaryPrimitives.ReadSingleLittleEndian(data.AsSpan(4 * (5 * 128 + 77))), values[77 * 32 + 5]);
    }

    public static TheoryData<string> Ours => ["gpt", "untied gpt", "erf gpt", "qwen2", "untied qwen2"];

    [Theory]
    [MemberData(nameof(Ours))]
    public void A_model_of_ours_comes_back_with_its_options_and_weights(string kind)
    {
        var gpt = new GptOptions { NLayer = 1, NEmbd = 16, NHead = 2, BlockSize = 8, VocabSize = 33, Position = PositionKind.Learned, Bias = true, Tied = !kind.StartsWith("untied", StringComparison.Ordinal), NormEpsilon = 2e-5 };
        GptOptions options = kind.EndsWith("qwen2", StringComparison.Ordinal) ? gpt.OfFamily(ModelFamily.Qwen2) with { NKvHead = 1, NInner = 48, RopeBase = 12_345 } : kind == "erf gpt" ? gpt with { Gelu = GeluKind.Erf, NInner = 40 } : gpt;
        using var context = new ComputeContext(new CpuBackend());
        ILanguageModel model = LanguageModels.Create(context, options, seed: 6);
        HuggingFaceExport.Write(model, _folder.Path);
        using HuggingFaceFolder folder = HuggingFaceFolder.Open(_folder.Path);
        Assert.Equal(options with { NKvHead = options.Family == ModelFamily.Qwen2 ? 1 : 0 }, folder.Options);
        Assert.Equal(model.InitialSha256, folder.CreateModel(context).InitialSha256);
        // With a head of its own, GPT-2's readers need the prefix; without one, the published file has none.
        Assert.Equal(kind == "untied gpt", Tensors(_folder.Path).ContainsKey("transformer.wte.weight"));
    }

    [Fact]
    public void Parts_that_an_index_lists_and_causal_masks_are_read()
    {
        Dictionary<string, (string Shape, byte[] Data)> tensors = Tensors(FolderOf("gpt2-tiny"));
        var map = new JsonObject();
        foreach ((string name, int index) in tensors.Keys.Select((name, i) => (name, i))) map[$"transformer.{name}"] = $"model-0000{1 + index % 2}-of-00002.safetensors";
        for (int part = 0; part < 2; part++)
        {
            IEnumerable<(string, string, byte[])> own = tensors.Where((_, i) => i % 2 == part).Select(t => ($"transformer.{t.Key}", t.Value.Shape, t.Value.Data));
            WriteTensors($"model-0000{1 + part}-of-00002.safetensors", part == 0 ? own.Append(("transformer.h.0.attn.bias", "[2]", new byte[8])) : own);
        }
        _folder.File("model.safetensors.index.json", new JsonObject { ["weight_map"] = map }.ToJsonString());
        _folder.File("config.json", File.ReadAllBytes(Path.Combine(FolderOf("gpt2-tiny"), "config.json")));
        using var context = new ComputeContext(new CpuBackend());
        using HuggingFaceFolder whole = HuggingFaceFolder.Open(FolderOf("gpt2-tiny")), parts = HuggingFaceFolder.Open(_folder.Path);
        Assert.Equal(whole.CreateModel(context).InitialSha256, parts.CreateModel(context).InitialSha256);
    }

    [Theory]
    [InlineData("../outside.safetensors")]
    [InlineData("/etc/passwd")]
    [InlineData("sub/part.safetensors")]
    [InlineData("..")]
    [InlineData("")]
    public void A_name_in_an_index_never_leads_out_of_the_folder(string name)
    {
        _folder.File("outside.safetensors", File.ReadAllBytes(Path.Combine(FolderOf("gpt2-tiny"), "model.safetensors")));
        _folder.File("model/config.json", File.ReadAllBytes(Path.Combine(FolderOf("gpt2-tiny"), "config.json")));
        _folder.File("model/model.safetensors.index.json", new JsonObject { ["weight_map"] = new JsonObject { ["wte.weight"] = name } }.ToJsonString());
        BadInput.Throws("'", () => HuggingFaceFolder.Open(_folder.In("model")), $"names the file '{name}'; expected a plain name");
    }

    [Theory]
    [InlineData("model_type", "\"llama\"", "model_type is 'llama'; gpt2, qwen2, starcoder2 and arcee can be read")]
    [InlineData("n_embd", "null", "n_embd is missing; expected a whole number")]
    [InlineData("n_embd", "\"wide\"", "n_embd is \"wide\"; expected a whole number")]
    [InlineData("n_embd", "33", "nEmbd 33 is not divisible by nHead 4")]
    [InlineData("n_embd", "36", "'wte.weight' is (97,32); config.json describes (97,36)")]
    [InlineData("n_layer", "3", "the weights lack 'h.2.ln_1.weight'")]
    [InlineData("n_layer", "1", "the tensor 'h.1.ln_1.weight' is no parameter")]
    [InlineData("n_layer", "-1", "model.nLayer is -1")]
    [InlineData("tie_word_embeddings", "false", "the weights lack 'lm_head.weight'")]
    [InlineData("activation_function", "\"relu\"", "activation_function is 'relu'; expected gelu_new")]
    [InlineData("scale_attn_by_inverse_layer_idx", "true", "scale_attn_by_inverse_layer_idx is true; expected false")]
    public void A_model_that_is_not_ours_is_refused_in_one_line(string field, string value, string expected)
    {
        JsonNode config = JsonNode.Parse(File.ReadAllText(Path.Combine(FolderOf("gpt2-tiny"), "config.json")))!;
        config[field] = JsonNode.Parse(value);
        _folder.File("config.json", config.ToJsonString());
        _folder.File("model.safetensors", File.ReadAllBytes(Path.Combine(FolderOf("gpt2-tiny"), "model.safetensors")));
        BadInput.Throws("'", () =>
        {
            using var context = new ComputeContext(new CpuBackend());
            using HuggingFaceFolder folder = HuggingFaceFolder.Open(_folder.Path);
            folder.CreateModel(context);
        }, expected);
    }

    [Fact]
    public void A_model_without_a_place_in_the_published_layouts_is_not_exported()
    {
        using var context = new ComputeContext(new CpuBackend());
        ILanguageModel model = LanguageModels.Create(context, new GptOptions { NLayer = 1, NEmbd = 16, Position = PositionKind.Learned, Norm = NormKind.Rms, NKvHead = 2 }, seed: 0);
        string message = Assert.Throws<ArgumentException>(() => HuggingFaceExport.Write(model, _folder.Path)).Message;
        Assert.StartsWith("export: no published layout has position=learned with norm=rms and nKvHead=2; with position=rope there is one", message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void A_folder_that_is_no_model_is_refused()
    {
        BadInput.Throws("'", () => StoredModel.Open(_folder.Path), "holds no model");
        BadInput.Throws("'", () => StoredModel.Open(_folder.In("nowhere")), "is no folder");
        _folder.File("config.json", File.ReadAllBytes(Path.Combine(FolderOf("gpt2-tiny"), "config.json")));
        BadInput.Throws("'", () => StoredModel.Open(_folder.Path), "model.safetensors' does not exist");
        _folder.File("config.json", "{");
        BadInput.Throws("'", () => StoredModel.Open(_folder.Path), "is not JSON: line 1, byte 2");
    }

    internal static string FolderOf(string name) => Path.Combine(AppContext.BaseDirectory, "Golden", "models", name);

    private static Dictionary<string, (string Shape, byte[] Data)> Tensors(string folder)
    {
        byte[] file = File.ReadAllBytes(Path.Combine(folder, "model.safetensors"));
        int header = (int)BinaryPrimitives.ReadInt64LittleEndian(file);
        JsonObject entries = JsonNode.Parse(file.AsSpan(8, header))!.AsObject();
        return entries.Where(e => e.Key != "__metadata__").ToDictionary(
            e => e.Key,
            e => (e.Value!["shape"]!.ToJsonString(), file[(8 + header + (int)e.Value["data_offsets"]![0]!)..(8 + header + (int)e.Value["data_offsets"]![1]!)]));
    }

    private void WriteTensors(string name, IEnumerable<(string Name, string Shape, byte[] Data)> tensors)
    {
        var header = new JsonObject();
        var data = new List<byte>();
        foreach ((string tensor, string shape, byte[] bytes) in tensors)
        {
            header[tensor] = new JsonObject { ["dtype"] = "F32", ["shape"] = JsonNode.Parse(shape), ["data_offsets"] = new JsonArray(data.Count, data.Count + bytes.Length) };
            data.AddRange(bytes);
        }
        byte[] text = System.Text.Encoding.UTF8.GetBytes(header.ToJsonString());
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, text.Length);
        _folder.File(name, [.. length, .. text, .. data]);
    }
}
