using System.Net;
using System.Text.Json.Nodes;
using MiniGrad.Experiments.Board;
using MiniGrad.Tests.Data;
using MiniGrad.Tests.Experiments;

namespace MiniGrad.Tests.Board;

/// <summary>What the board's server answers, and what it refuses.</summary>
public sealed class BoardServerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly HttpClient _client = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _client.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Runs_and_their_curves_are_served_and_news_are_told()
    {
        string run = MadeRuns.Make(Path.Combine(_folder.Path, "ablate"), 6, 40);
        await using BoardServer server = await BoardServer.StartAsync([_folder.Path], 0);
        JsonNode list = await UntilAsync(server, l => l["runs"]!.AsArray().All(r => (int?)r!["step"] == 40));
        Assert.Equal(6, list["runs"]!.AsArray().Count);
        Assert.Contains("trainLoss", list["measures"]!.AsArray().Select(m => (string)m!));

        JsonNode curves = JsonNode.Parse(await _client.GetStringAsync($"{server.Address}/api/curves?x=step&y=trainLoss&runs=0,2-3", Cancellation))!;
        Assert.Equal(40, curves["x"]!.AsArray().Count);
        Assert.Equal([0, 2, 3], curves["y"]!.AsArray().Select(y => (int)Math.Round((double)y![39]! - 1.1)));
        JsonNode part = JsonNode.Parse(await _client.GetStringAsync($"{server.Address}/api/curves?x=tokens&y=validationLoss&runs=1&from=600&to=1300", Cancellation))!;
        Assert.Equal([640, 1280, 1920], part["x"]!.AsArray().Select(x => (int)x!));
        JsonNode settings = JsonNode.Parse(await _client.GetStringAsync($"{server.Address}/api/settings?id=1", Cancellation))!;
        Assert.Equal("muon", (string)settings["optimizer.preset"]!);
        Assert.Equal(2, (int)settings["model.nLayer"]!);

        // A step that is logged, and a run folder that appears, reach whoever listens.
        using var events = new StreamReader(await _client.GetStreamAsync($"{server.Address}/api/news", Cancellation));
        string first = (await events.ReadLineAsync(Cancellation))!;
        Assert.StartsWith("data: ", first, StringComparison.Ordinal);
        await events.ReadLineAsync(Cancellation);
        MadeRuns.Append(Path.Combine(run, "adamuon/seed-0"), 0, 41, 50);
        MadeRuns.Make(Path.Combine(_folder.Path, "later"), 3, 5);
        Assert.NotEqual(first, await events.ReadLineAsync(Cancellation));
        list = await UntilAsync(server, l => l["runs"]!.AsArray().Count == 9 && (int?)l["runs"]![0]!["step"] == 50);
        Assert.Equal(2, list["experiments"]!.AsArray().Count);
    }

    [Theory]
    [InlineData("GET", "evil.example", "/", HttpStatusCode.Forbidden)]
    [InlineData("GET", "127.0.0.1.evil.example", "/api/list", HttpStatusCode.Forbidden)]
    [InlineData("GET", "localhost", "/api/list", HttpStatusCode.OK)]
    [InlineData("POST", "localhost", "/api/list", HttpStatusCode.MethodNotAllowed)]
    [InlineData("DELETE", "localhost", "/", HttpStatusCode.MethodNotAllowed)]
    [InlineData("GET", "localhost", "/../../etc/passwd", HttpStatusCode.NotFound)]
    [InlineData("GET", "localhost", "/%2e%2e/%2e%2e/etc/passwd", HttpStatusCode.NotFound)]
    [InlineData("GET", "localhost", "/manifest.json", HttpStatusCode.NotFound)]
    [InlineData("GET", "localhost", "/api/settings?id=99", HttpStatusCode.NotFound)]
    [InlineData("GET", "localhost", "/api/curves?x=step&y=trainLoss&runs=99", HttpStatusCode.BadRequest)]
    [InlineData("GET", "localhost", "/api/curves?x=step&y=trainLoss&runs=0-99999999", HttpStatusCode.BadRequest)]
    [InlineData("GET", "localhost", "/api/curves?x=nothing&y=trainLoss&runs=0", HttpStatusCode.BadRequest)]
    public async Task Only_what_is_the_boards_is_answered(string method, string host, string path, HttpStatusCode expected)
    {
        MadeRuns.Make(_folder.Path, 1, 5);
        await using BoardServer server = await BoardServer.StartAsync([_folder.Path], 0);
        var address = new Uri(server.Address);
        using var request = new HttpRequestMessage(new HttpMethod(method), $"{server.Address}{path}") { Headers = { Host = $"{host}:{address.Port}" } };
        using HttpResponseMessage response = await _client.SendAsync(request, Cancellation);
        Assert.Equal(expected, response.StatusCode);
    }

    [Fact]
    public async Task A_manifest_cannot_lead_out_of_its_folder()
    {
        string secret = MadeRuns.Make(Path.Combine(_folder.Path, "secret"), 1, 5), shown = Path.Combine(_folder.Path, "shown");
        Directory.CreateDirectory(shown);
        Directory.CreateSymbolicLink(Path.Combine(shown, "linked"), Path.Combine(secret, "adamuon"));
        string[] folders = ["../secret/adamuon/seed-0", Path.Combine(secret, "adamuon/seed-0"), "linked/seed-0", "linked/../../secret/adamuon/seed-0", ""];
        File.WriteAllText(Path.Combine(shown, "manifest.json"), new JsonObject { ["runs"] = new JsonArray([.. folders.Select(f => new JsonObject { ["variant"] = "x", ["folder"] = f })]) }.ToJsonString());
        await using BoardServer server = await BoardServer.StartAsync([shown], 0);
        JsonNode list = JsonNode.Parse(await _client.GetStringAsync($"{server.Address}/api/list", Cancellation))!;
        Assert.Empty(list["runs"]!.AsArray());
    }

    [Fact]
    public async Task A_missing_folder_and_a_port_in_use_are_one_line()
    {
        ExperimentsProgram.Outcome missing = await ExperimentsProgram.RunAsync(_folder.Path, "board", "nowhere");
        Assert.Equal((2, "error: board: there is no folder 'nowhere'; give a run folder, or a folder of them"), (missing.ExitCode, missing.ErrorLine));
        await using BoardServer server = await BoardServer.StartAsync([_folder.Path], 0);
        string port = new Uri(server.Address).Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        ExperimentsProgram.Outcome taken = await ExperimentsProgram.RunAsync(_folder.Path, "board", ".", "--port", port);
        Assert.Equal((5, $"error: port {port} is in use; give another with --port, or --port 0 for a free one"), (taken.ExitCode, taken.ErrorLine));
    }

    private async Task<JsonNode> UntilAsync(BoardServer server, Func<JsonNode, bool> holds)
    {
        while (true)
        {
            JsonNode list = JsonNode.Parse(await _client.GetStringAsync($"{server.Address}/api/list", Cancellation))!;
            if (holds(list)) return list;
            await Task.Delay(100, Cancellation);
        }
    }
}
