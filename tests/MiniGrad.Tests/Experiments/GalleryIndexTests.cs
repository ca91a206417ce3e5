using System.Text.Json;
using System.Text.Json.Nodes;
using MiniGrad.Experiments.Gallery;
using MiniGrad.Tests.Build;
using MiniGrad.Tests.Data;

namespace MiniGrad.Tests.Experiments;

/// <summary>The gallery's first page follows from its entries.</summary>
public sealed class GalleryIndexTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_committed_page_is_of_the_committed_entries()
    {
        Assert.SkipWhen(Repository.Root is null, "the assembly was moved away from its source tree");
        string plots = Path.Combine(Repository.Root!, "plots");
        Assert.Equal(GalleryIndex.Text(Path.Combine(plots, "gallery")), File.ReadAllText(Path.Combine(plots, "README.md")));
    }

    [Fact]
    public void Entries_come_in_the_order_of_the_catalog_with_what_they_show_and_how_they_were_made()
    {
        Entry("zebra", "# zebra\n\nStripes.\n", new { experiment = "zebra" }, new { command = "zebra" });
        Entry("cost", "# cost\n\nNo cliff.\n", new { experiment = "cost" }, new { command = "cost" });
        Entry("ablate-sign", "# ablate-sign\n\nWhy?\n", new { experiment = "ablate-sign", finding = "Refuted: it does not" }, Manifest("ablate-sign"));
        Entry("compare", "# compare\n\nWhich?\n", new { experiment = "compare", variants = new[] { Variant("muon", 1.5), Variant("adamw", 1.75) } }, Manifest("compare"));
        _folder.File("gallery/ablate-sign/figure-tokens.png", "png");
        string text = GalleryIndex.Text(_folder.In("gallery"));
        int[] places = [.. ((string[])["## ablate-sign\n\nRefuted: it does not.\n", "## cost\n\nNo cliff.\n", "## compare\n\nLowest of 2 final validation losses: muon with 1.500 nats", "## zebra\n\nStripes.\n"]).Select(part => text.IndexOf(part, StringComparison.Ordinal))];
        Assert.DoesNotContain(-1, places);
        Assert.Equal(places.Order(), places);
        Assert.Contains("    dotnet run --project experiments -- ablate-sign --seeds 2 --arm 'corpus=my text.txt'\n", text, StringComparison.Ordinal);
        Assert.Contains("Tiny (2×64, context 64), 100 steps of 1,024 tokens, constant rate; 2 seeds, 2 runs; corpus text. [report](gallery/ablate-sign/README.md) · [numbers]", text, StringComparison.Ordinal);
        Assert.Contains("More figures: [tokens](gallery/ablate-sign/figure-tokens.png).", text, StringComparison.Ordinal);
    }

    private void Entry(string name, string readme, object result, object manifest)
    {
        _folder.File($"gallery/{name}/figure.png", "png");
        _folder.File($"gallery/{name}/README.md", readme);
        _folder.File($"gallery/{name}/result.json", JsonSerializer.Serialize(result));
        _folder.File($"gallery/{name}/manifest.json", JsonSerializer.Serialize(manifest));
    }

    private static object Manifest(string command) => new
    {
        command,
        options = (string[][])[["--seeds", "2"], ["--arm", "corpus=my text.txt"]],
        corpus = new { name = "text" },
        settings = new { profile = "tiny", steps = 100, batch = 16, schedule = "constant", model = new { nLayer = 2, nEmbd = 64, blockSize = 64 } },
        runs = new[] { new { seed = 0 }, new { seed = 1 } },
    };

    private static JsonObject Variant(string name, double loss) => new() { ["name"] = name, ["finalValidationLoss"] = new JsonObject { ["mean"] = loss } };
}
