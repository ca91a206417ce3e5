using System.Text;
using System.Text.Json.Nodes;
using MiniGrad.IO;

namespace MiniGrad.Tests.IO;

/// <summary>Names in files mean what they say: no number, list, blank or other case stands for one.</summary>
public sealed class NamedEnumTests
{
    [Fact]
    public void Every_name_comes_back() => Assert.All(Enum.GetValues<ModelFamily>(), family =>
    {
        GptOptions options = new GptOptions().OfFamily(family);
        Assert.Equal(options, ModelConfig.Read(ModelConfig.Write(options), "config.json"));
    });

    [Theory]
    [InlineData("\"gpt,qwen2\"")]
    [InlineData("\"GPT\"")]
    [InlineData("\" gpt\"")]
    [InlineData("\"0\"")]
    [InlineData("\"\"")]
    [InlineData("0")]
    [InlineData("null")]
    public void Nothing_else_does(string written)
    {
        JsonNode config = JsonNode.Parse(ModelConfig.Write(new GptOptions()))!;
        config["model"]!["family"] = JsonNode.Parse(written);
        Assert.Throws<CheckpointException>(() => ModelConfig.Read(Encoding.UTF8.GetBytes(config.ToJsonString()), "config.json"));
    }
}
