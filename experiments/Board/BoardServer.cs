using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MiniGrad.Experiments.Board;

/// <summary>Serves the board to browsers on this machine. It only reads, and takes no paths from the page.</summary>
internal sealed class BoardServer : IAsyncDisposable
{
    private const int MostPoints = 4000;
    private static readonly TimeSpan NewsInterval = TimeSpan.FromMilliseconds(500), Heartbeat = TimeSpan.FromSeconds(15);
    private static readonly string[] OwnHosts = ["127.0.0.1", "localhost", "[::1]"];
    private readonly WebApplication _app;
    private readonly BoardState _state;

    private BoardServer(WebApplication app, BoardState state) => (_app, _state) = (app, state);

    /// <summary>Where a browser finds it.</summary>
    public string Address => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

    /// <summary>Starts to serve.</summary>
    /// <param name="roots">Run folders, or folders of them.</param>
    /// <param name="port">The port on 127.0.0.1; 0 for a free one.</param>
    /// <exception cref="IOException">The port is in use.</exception>
    public static async Task<BoardServer> StartAsync(IReadOnlyList<string> roots, int port)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            options.Listen(IPAddress.Loopback, port);
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddLogging(logging => logging.ClearProviders());
        WebApplication app = builder.Build();
        var state = new BoardState(roots);
        var server = new BoardServer(app, state);
        app.Use(Guard);
        server.Map();
        try
        {
            await app.StartAsync();
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _state.Dispose();
    }

    // Another site's page must not read the board through a name of its own that leads here (DNS rebinding).
    private static Task Guard(HttpContext context, RequestDelegate next)
    {
        HttpResponse response = context.Response;
        if (!OwnHosts.Contains(context.Request.Host.Host, StringComparer.OrdinalIgnoreCase)) return Refuse(response, StatusCodes.Status403Forbidden, "this board answers to 127.0.0.1 only");
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method)) return Refuse(response, StatusCodes.Status405MethodNotAllowed, "this board can only be read");
        response.Headers.ContentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Referrer-Policy"] = "no-referrer";
        response.Headers.CacheControl = "no-store";
        return next(context);
    }

    private static Task Refuse(HttpResponse response, int status, string message)
    {
        response.StatusCode = status;
        return response.WriteAsync(message);
    }

    private void Map()
    {
        string page = WebAssets.Read("board.html");
        _app.MapGet("/", () => Results.Text(page, "text/html", Encoding.UTF8));
        Asset("board.css", "text/css");
        Asset("board.js", "text/javascript");
        Asset("uPlot.min.css", "text/css");
        Asset("uPlot.iife.min.js", "text/javascript");
        _app.MapGet("/api/list", () => Results.Text(BoardData.List(_state).ToJsonString(Json.Lines), "application/json"));
        _app.MapGet("/api/settings", (int id) => id >= 0 && id < _state.Runs.Count
            ? Results.Text(_state.Runs[id].Settings.ToJsonString(Json.Lines), "application/json")
            : Results.NotFound());
        _app.MapGet("/api/curves", Curves);
        _app.MapGet("/api/news", NewsAsync);
    }

    private void Asset(string name, string type)
    {
        string text = WebAssets.Read(name);
        _app.MapGet($"/{name}", () => Results.Text(text, type, Encoding.UTF8));
    }

    private async Task Curves(HttpContext context, string x, string y, string runs, double? from, double? to, int? points)
    {
        IReadOnlyList<BoardRun> all = _state.Runs;
        int[]? ids = Ids(runs, all.Count);
        if (ids is null || !BoardData.Axes.Contains(x))
        {
            await Refuse(context.Response, StatusCodes.Status400BadRequest, "x is step, tokens or seconds; runs are numbers of the list, such as 0-3,7");
            return;
        }
        context.Response.ContentType = "application/json";
        var body = new System.Buffers.ArrayBufferWriter<byte>(1 << 16);
        using (var writer = new Utf8JsonWriter(body))
        {
            BoardData.WriteCurves(writer, [.. ids.Select(i => all[i])], x, y, from ?? double.NegativeInfinity, to ?? double.PositiveInfinity, Math.Clamp(points ?? 1000, 2, MostPoints));
        }
        await context.Response.BodyWriter.WriteAsync(body.WrittenMemory, context.RequestAborted);
    }

    // "0-3,7": a list of hundreds stays short.
    private static int[]? Ids(string text, int count)
    {
        var ids = new List<int>();
        foreach (string part in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] ends = part.Split('-');
            if (ends.Length > 2 || !int.TryParse(ends[0], out int first) || !int.TryParse(ends[^1], out int last) || first < 0 || last < first || last >= count || ids.Count + last - first >= count) return null;
            ids.AddRange(Enumerable.Range(first, last - first + 1));
        }
        return [.. ids];
    }

    // Server-sent events: the page is told that there is something new, and asks for what it shows.
    private async Task NewsAsync(HttpContext context)
    {
        context.Response.ContentType = "text/event-stream";
        long told = -1;
        DateTime last = DateTime.UtcNow;
        try
        {
            while (!context.RequestAborted.IsCancellationRequested && !_app.Lifetime.ApplicationStopping.IsCancellationRequested)
            {
                long version = _state.Version;
                if (version != told || DateTime.UtcNow - last > Heartbeat)
                {
                    (told, last) = (version, DateTime.UtcNow);
                    await context.Response.WriteAsync($"data: {version}\n\n", context.RequestAborted);
                    await context.Response.Body.FlushAsync(context.RequestAborted);
                }
                await Task.Delay(NewsInterval, context.RequestAborted);
            }
        }
        catch (OperationCanceledException)
        {
            // The browser has gone.
        }
    }
}
