using MiniGrad.Experiments.Board;
using MiniGrad.Tests.Data;

namespace MiniGrad.Tests.Board;

/// <summary>The board as a person sees it, in a browser.</summary>
[Trait("Category", "Slow")]
public sealed class BoardPageTests : IDisposable
{
    private const string Plot = "[...board.charts.values()][0]?.plot";
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact(Timeout = 120_000)]
    public async Task It_draws_and_follows_a_run_that_trains()
    {
        Assert.SkipWhen(Browser.Program is null, "there is no Chromium");
        TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        string run = MadeRuns.Make(Path.Combine(_folder.Path, "ablate"), 6, 40);
        await using BoardServer server = await BoardServer.StartAsync([_folder.Path], 0);
        await using Browser browser = await Browser.OpenAsync(server.Address, Cancellation);
        await browser.UntilAsync($"window.board && {Plot}?.data[0].length === 4", Cancellation);
        await browser.UntilAsync("document.getElementById('status').textContent.startsWith('6 of 6 runs')", Cancellation);
        // Three variants of two seeds: three lines, each in a band.
        Assert.Equal(3, (int)(await browser.EvaluateAsync($"{Plot}.bands.length", Cancellation))!);
        Assert.True((int)(await browser.EvaluateAsync(Ink, Cancellation))! > 200, "the large chart is empty");

        for (int i = 0; i < 6; i++) MadeRuns.Append(Path.Combine(run, $"{MadeRuns.Variants[i % 3]}/seed-{i / 3}"), i, 41, 60);
        await browser.UntilAsync($"{Plot}?.data[0].length === 6", Cancellation);
        Assert.Equal(1 + 2 + (4.0 / 60) + 0.1, (double)(await browser.EvaluateAsync($"[...board.charts.values()][0].plot.data.flatMap((d, i) => i && board.charts.values().next().value.plot.series[i].label.startsWith('adamw') ? [d[5]] : [])[0]", Cancellation))! - 1.5, 3);

        // Zooming asks for the part that is seen; what is ticked off goes.
        await browser.EvaluateAsync($"{Plot}.setScale('x', {{ min: 25, max: 45 }})", Cancellation);
        await browser.UntilAsync($"{Plot}.data[0].length === 4", Cancellation);
        await browser.EvaluateAsync("document.querySelectorAll('.variant input')[0].click()", Cancellation);
        await browser.UntilAsync("document.getElementById('status').textContent.startsWith('4 of 6 runs')", Cancellation);
        Assert.Contains("optimizer.preset", (string?)await browser.EvaluateAsync("document.getElementById('difference').textContent", Cancellation), StringComparison.Ordinal);
        Assert.Empty(browser.Complaints);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_million_points_and_hostile_names_are_drawn_from_a_file()
    {
        Assert.SkipWhen(Browser.Program is null, "there is no Chromium");
        TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        string run = MadeRuns.Make(Path.Combine(_folder.Path, "million"), 1, 1_000_000);
        string path = Path.Combine(run, "manifest.json");
        File.WriteAllText(path, File.ReadAllText(path).Replace("\"variant\":\"adamuon\"", "\"variant\":\"</script><script>window.hacked=1</script><b>x\"", StringComparison.Ordinal));
        string page = Path.Combine(run, "report.html");
        Assert.Equal(1, ReportPage.Write([run], page));
        Assert.InRange(new FileInfo(page).Length, 60_000, 2_000_000);
        await using Browser browser = await Browser.OpenAsync(new Uri(page).AbsoluteUri, Cancellation);
        await browser.UntilAsync($"window.board && {Plot}?.data[0].length > 100", Cancellation);
        Assert.True((int)(await browser.EvaluateAsync(Ink, Cancellation))! > 200, "the large chart is empty");
        Assert.Equal(0, (int)(await browser.EvaluateAsync("document.querySelectorAll('nav b').length + (window.hacked || 0)", Cancellation))!);
        Assert.Contains("</script>", (string?)await browser.EvaluateAsync("document.querySelector('.variant span').textContent", Cancellation), StringComparison.Ordinal);
        Assert.Empty(browser.Complaints);
    }

    // Pixels of the large chart that have a colour: neither paper nor grid nor text.
    private const string Ink = """
        (() => {
          const c = document.querySelector('#chart canvas'), d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
          let n = 0;
          for (let i = 0; i < d.length; i += 4) if (d[i + 3] > 200 && Math.max(d[i], d[i + 1], d[i + 2]) - Math.min(d[i], d[i + 1], d[i + 2]) > 80) n++;
          return n;
        })()
        """;
}
