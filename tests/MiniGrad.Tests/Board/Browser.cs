using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using MiniGrad.Tests.Data;

namespace MiniGrad.Tests.Board;

/// <summary>A headless Chromium, driven over the DevTools protocol.</summary>
internal sealed class Browser : IAsyncDisposable
{
    private readonly TemporaryFolder _profile;
    private readonly Process _process;
    private readonly ClientWebSocket _socket = new();
    private string? _session;
    private int _last;

    private Browser(Process process, TemporaryFolder profile) => (_process, _profile) = (process, profile);

    /// <summary>Complaints of the page: exceptions and errors that it logged.</summary>
    public List<string> Complaints { get; } = [];

    /// <summary>Where the program lies, or null.</summary>
    public static string? Program => ((string[])["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]).FirstOrDefault(File.Exists);

    public static async Task<Browser> OpenAsync(string address, CancellationToken cancellation)
    {
        var profile = new TemporaryFolder();
        var start = new ProcessStartInfo(Program!, ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--remote-debugging-port=0", $"--user-data-dir={profile.Path}", "about:blank"])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        var browser = new Browser(Process.Start(start)!, profile);
        const string announcement = "DevTools listening on ";
        string? line;
        while ((line = await browser._process.StandardError.ReadLineAsync(cancellation)) is not null && !line.StartsWith(announcement, StringComparison.Ordinal))
        {
        }
        Assert.NotNull(line);
        _ = browser._process.StandardError.ReadToEndAsync(cancellation);
        await browser._socket.ConnectAsync(new Uri(line[announcement.Length..]), cancellation);
        JsonNode target = await browser.SendAsync("Target.createTarget", new JsonObject { ["url"] = "about:blank" }, cancellation);
        JsonNode attached = await browser.SendAsync("Target.attachToTarget", new JsonObject { ["targetId"] = (string)target["targetId"]!, ["flatten"] = true }, cancellation);
        browser._session = (string)attached["sessionId"]!;
        await browser.SendAsync("Runtime.enable", [], cancellation);
        await browser.SendAsync("Page.enable", [], cancellation);
        await browser.SendAsync("Emulation.setDeviceMetricsOverride", new JsonObject { ["width"] = 1400, ["height"] = 900, ["deviceScaleFactor"] = 1, ["mobile"] = false }, cancellation);
        await browser.SendAsync("Page.navigate", new JsonObject { ["url"] = address }, cancellation);
        return browser;
    }

    /// <summary>The value of a JavaScript expression, awaited.</summary>
    public async Task<JsonNode?> EvaluateAsync(string expression, CancellationToken cancellation)
    {
        JsonNode answer = await SendAsync("Runtime.evaluate", new JsonObject { ["expression"] = expression, ["awaitPromise"] = true, ["returnByValue"] = true }, cancellation);
        return answer["result"]?["value"];
    }

    /// <summary>Waits until an expression is true.</summary>
    public async Task UntilAsync(string expression, CancellationToken cancellation)
    {
        while ((bool?)await EvaluateAsync($"!!({expression})", cancellation) != true) await Task.Delay(100, cancellation);
    }

    public async Task<byte[]> ScreenshotAsync(CancellationToken cancellation) =>
        Convert.FromBase64String((string)(await SendAsync("Page.captureScreenshot", new JsonObject { ["format"] = "png" }, cancellation))["data"]!);

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _profile.Dispose();
    }

    private async Task<JsonNode> SendAsync(string method, JsonObject parameters, CancellationToken cancellation)
    {
        int id = ++_last;
        var message = new JsonObject { ["id"] = id, ["method"] = method, ["params"] = parameters };
        if (_session is not null) message["sessionId"] = _session;
        await _socket.SendAsync(Encoding.UTF8.GetBytes(message.ToJsonString()), WebSocketMessageType.Text, endOfMessage: true, cancellation);
        while (true)
        {
            JsonNode answer = JsonNode.Parse(await ReceiveAsync(cancellation))!;
            if ((string?)answer["method"] == "Runtime.exceptionThrown" || ((string?)answer["method"] == "Runtime.consoleAPICalled" && (string?)answer["params"]!["type"] == "error")) Complaints.Add(answer["params"]!.ToJsonString());
            if ((int?)answer["id"] != id) continue;
            return answer["result"] ?? throw new InvalidOperationException($"{method}: {answer["error"]?.ToJsonString()}");
        }
    }

    private async Task<string> ReceiveAsync(CancellationToken cancellation)
    {
        using var text = new MemoryStream();
        byte[] buffer = new byte[1 << 16];
        WebSocketReceiveResult part;
        do
        {
            part = await _socket.ReceiveAsync(buffer, cancellation);
            text.Write(buffer, 0, part.Count);
        }
        while (!part.EndOfMessage);
        return Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length);
    }
}
