using System.Text.Json.Nodes;
using MiniGrad.Backends.Cpu;
using MiniGrad.Backends.Reference;
using MiniGrad.Optim;

namespace MiniGrad.Tests.Optim;

/// <summary>Reading recorded cases and reporting on them.</summary>
public sealed class ReplayTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    private static JsonObject Case() => JsonNode.Parse("""
        {"name":"small","source":"by hand","optimizer":{"preset":"sgd","learningRate":0.5,"momentum":0},
         "parameters":[{"name":"w","shape":[1,2],"values":[1,2]},{"name":"v","shape":[1],"values":[3]}],
         "gradients":[{"w":[1,0],"v":[2]},{"w":[0,4]}],
         "expected":[{"w":[0.5,2],"v":[2]},{"w":[0.5,0],"v":[2]}],"tolerance":0.0001}
        """)!.AsObject();

    private ReplayCase Load(JsonNode json)
    {
        File.WriteAllText(_file, json.ToJsonString());
        return ReplayCase.Load(_file);
    }

    private ReplayResult Run(JsonNode json) => Replay.Run(Load(json), new ReferenceBackend<float>());

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void A_case_that_agrees_passes_and_a_missing_gradient_skips_the_parameter()
    {
        ReplayResult result = Run(Case());
        Assert.True(result.Passed);
        Assert.Equal(0, result.Largest);
        Assert.Equal([0.5, 0], result.Parameters[1]["w"]);
    }

    [Fact]
    public void A_deviation_is_relative_to_the_movement_and_named_with_its_step()
    {
        JsonObject json = Case();
        json["expected"]![1]!["v"] = new JsonArray(1.5);
        ReplayResult result = Run(json);
        Assert.False(result.Passed);
        Assert.Equal(new ParameterDeviation("v", 0.5 / 1.5, 2), result.Deviations[1]);
        Assert.Equal(0, result.Deviations[0].Largest);
    }

    [Fact]
    public void A_parameter_that_should_not_move_must_not()
    {
        JsonObject json = Case();
        json["expected"]![0]!["v"] = new JsonArray(3);
        json["expected"]![1]!["v"] = new JsonArray(3);
        // Where nothing moved there is nothing to divide by: the deviation is absolute.
        ReplayResult result = Run(json);
        Assert.Equal((1.0, false), (result.Largest, result.Passed));
    }

    [Fact]
    public void A_parameter_that_never_moves_passes_although_its_values_are_rounded() =>
        Assert.True(Replay.Run(ReplayCase.Load(Path.Combine(AppContext.BaseDirectory, "Golden", "cases", "frozen.json")), new CpuBackend()) is { Passed: true, Deviations.Count: 2 });

    [Fact]
    public void A_parameter_that_comes_back_to_its_start_passes()
    {
        // Recorded from torch: after two steps it is within 4e-8 of its start, and 6e-9 apart is no deviation of the rule.
        File.WriteAllText(_file, """
            {"source":"torch","optimizer":{"preset":"muon","learningRate":0.02},"parameters":[{"name":"w","shape":[1,1],"values":[0.15409961082440435]}],
             "gradients":[{"w":[0.8380263329976598]},{"w":[-0.7192575784693592]},{"w":[-0.40334352493217457]},{"w":[-0.5966353626151273]}],
             "expected":[{"w":[0.14017085745028124]},{"w":[0.15409964932726297]},{"w":[0.16802843490632002]},{"w":[0.18195719125465673]}]}
            """);
        ReplayResult result = Replay.Run(ReplayCase.Load(_file), new CpuBackend());
        Assert.True(result.Passed, $"{result.Largest}");
    }

    [Fact]
    public void Values_that_are_not_finite_never_pass()
    {
        JsonObject json = Case();
        json["gradients"]![0]!["w"] = new JsonArray(1e39, 0);
        ReplayResult result = Run(json);
        Assert.False(result.Passed);
        Assert.Equal([1, 2], result.Parameters[0]["w"]);
    }

    [Fact]
    public void Our_own_parameters_are_written_as_a_case_expects_them()
    {
        ReplayResult result = Run(Case());
        string before = File.ReadAllText(_file);
        using (var held = new StreamReader(new FileStream(_file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete)))
        {
            result.WriteParameters(_file);
            Assert.Equal(before, held.ReadToEnd()); // a reader has the old file or the new one
        }
        JsonObject json = Case();
        json["expected"] = JsonNode.Parse(File.ReadAllText(_file))!["expected"]!.DeepClone();
        Assert.True(Run(json).Passed);
    }

    [Theory]
    [InlineData("parameters", null, "'parameters' is missing")]
    [InlineData("parameters", "[]", "'parameters' is empty; expected at least one")]
    [InlineData("parameters", """[{"name":"w","shape":[2,2],"values":[1]}]""", "parameter 'w': 1 values; shape (2,2) has 4")]
    [InlineData("parameters", """[{"name":"w","shape":[0],"values":[]}]""", "parameter 'w': 'shape' has 0; expected whole numbers > 0")]
    [InlineData("parameters", """[{"name":"w","shape":[1],"values":["x"]}]""", "parameter 'w': value 1 is string; expected a number")]
    [InlineData("gradients", "3", "'gradients' is not a list")]
    [InlineData("gradients", """[{"u":[1]}]""", "gradients[0]: unknown parameter 'u'; did you mean 'w'?")]
    [InlineData("expected", """[{"w":[1,2],"v":[1]}]""", "2 steps of gradients but 1 of expected parameters; expected as many of each")]
    [InlineData("expected", """[{"w":[1,2]},{"w":[1,2],"v":[1]}]""", "expected[0]: parameter 'v' is missing")]
    [InlineData("optimizer", """{"preset":"mun","learningRate":1}""", "unknown preset 'mun'; did you mean 'muon'?")]
    [InlineData("optimizer", """{"preset":"muon","learningRate":1,"qkClop":1}""", "unknown optimizer key 'qkClop'; did you mean 'qkClip'?")]
    [InlineData("optimizer", """{"preset":"muon","learningRate":1,"routing":{"qvk":"split"}}""", "unknown optimizer key 'routing.qvk'; did you mean 'routing.qkv'?")]
    [InlineData("tolerance", "-1", "'tolerance' is -1; expected a finite number ≥ 0")]
    public void An_invalid_file_is_refused_in_one_line(string member, string? json, string message)
    {
        JsonObject broken = Case();
        broken.Remove(member);
        if (json is not null) broken[member] = JsonNode.Parse(json);
        string text = Assert.Throws<InvalidDataException>(() => Load(broken)).Message;
        Assert.StartsWith($"{_file}: {message}", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', text);
    }

    [Theory]
    [InlineData("""{"query":"w","key":"w","heads":0,"logits":[[1],[1]]}""", "'heads' is 0; expected a whole number > 0")]
    [InlineData("""{"query":"w","key":"w","heads":3,"kvHeads":2,"logits":[]}""", "3 heads and 2 kvHeads; kvHeads must divide heads")]
    [InlineData("""{"query":"x","key":"w","heads":1,"logits":[[1],[1]]}""", "unknown parameter 'x'")]
    [InlineData("""{"query":"w","key":"w","heads":2,"logits":[[1,1],[1,1]]}""", "'w' has 1 rows; expected a multiple of its 2 heads")]
    [InlineData("""{"query":"w","key":"w","heads":1,"logits":[[1]]}""", "1 steps of logits but 2 of gradients; expected as many of each")]
    [InlineData("""{"query":"w","key":"w","heads":1,"logits":[[1],[1,2]]}""", "the logits of a step are [1,2]; expected a list of 1 numbers, one a head")]
    public void An_attention_layer_that_does_not_fit_is_refused_in_one_line(string layer, string message)
    {
        JsonObject broken = Case();
        broken["attention"] = new JsonArray(JsonNode.Parse(layer));
        Assert.StartsWith($"{_file}: attention: {message}", Assert.Throws<InvalidDataException>(() => Load(broken)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_that_is_no_JSON_is_refused()
    {
        File.WriteAllText(_file, "not JSON");
        Assert.Equal($"'{_file}' is not JSON: line 1, byte 2", Assert.Throws<InvalidDataException>(() => ReplayCase.Load(_file)).Message);
    }

    [Fact]
    public void A_vector_cannot_be_replayed_through_a_matrix_optimizer()
    {
        JsonObject json = Case();
        json["optimizer"] = JsonNode.Parse("""{"preset":"muon","learningRate":1}""");
        Assert.StartsWith("small: parameter 'v' has shape (1); only a matrix can be orthogonalized", Assert.Throws<InvalidDataException>(() => Run(json)).Message, StringComparison.Ordinal);
    }
}
