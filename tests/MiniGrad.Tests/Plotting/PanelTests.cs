using System.Xml.Linq;
using MiniGrad.Plotting;

namespace MiniGrad.Tests.Plotting;

/// <summary>Figures of several panels, sweeps and rankings: the machine checks, and that they say what they must.</summary>
public sealed class PanelTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    public static TheoryData<string> Names => [.. PanelSamples.All.Select(s => s.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_kind_of_figure_is_laid_out_well(string name)
    {
        Figure figure = PanelSamples.Named(name);
        Scene scene = FigureLayout.Compose(figure);
        SceneChecks.Check(scene, name, 110, 70);
        Assert.Equal(figure.Panels.Count, scene.Panels.Count);
        foreach ((int i, PanelScene panel) in scene.Panels.Index())
            Assert.All(figure.ColorsByPanel()[i], c => Assert.Contains(panel.Data, d => d is PolylineItem line && line.Color == c));
    }

    /// <summary>With MINIGRAD_SAMPLES=FOLDER the drawn samples stay there, to be looked at.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Every_kind_of_figure_is_drawn_whole(string name)
    {
        string? kept = Environment.GetEnvironmentVariable("MINIGRAD_SAMPLES");
        string folder = kept ?? Directory.CreateTempSubdirectory("minigrad-plot").FullName;
        Figure figure = PanelSamples.Named(name);
        string png = FigureRenderer.RenderBoth(figure, Path.Combine(folder, name));
        Assert.Empty(FigureChecks.OfPng(png));
        RgbImage image = RgbImage.Read(png);
        Assert.All(figure.Colors.Distinct(), c => Assert.True(image.Count(c) >= 40, $"{name}: {image.Count(c)} pixels of {c}"));
        XDocument svg = XDocument.Load(Path.ChangeExtension(png, ".svg"));
        Assert.Contains(svg.Descendants(Svg + "text"), t => t.Value == figure.Panels[^1].XLabel);
        Assert.All(figure.Colors, c => Assert.Contains(svg.Descendants(Svg + "path"), p => (string?)p.Attribute("stroke") == c.ToString()));

        if (kept is null)
            Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Random_panels_pass_every_check()
    {
        for (int seed = 0; seed < 200; seed++)
            SceneChecks.Check(FigureLayout.Compose(PanelSamples.Random(seed)), $"seed {seed}", 40, 25);
    }

    [Fact]
    public void One_name_has_one_colour_in_all_panels_and_one_place_in_the_legend()
    {
        Scene scene = FigureLayout.Compose(PanelSamples.Ladder(4));
        foreach (string variant in FigureSamples.AblateSignVariants.Append("bigram model 2.40"))
        {
            TextItem text = Assert.Single(scene.Texts, t => t.Text == variant);
            Assert.True(scene.Legend!.Value.Contains(text.Bounds));
        }

        Assert.All(scene.Panels, p => Assert.Contains(p.Data, d => d is PolylineItem { Role: LineRole.Mean } line && line.Color == Palette.For("muon")));
    }

    [Fact]
    public void What_panels_share_is_said_once()
    {
        Scene scene = FigureLayout.Compose(PanelSamples.Ladder(4));
        Assert.Single(scene.Texts, t => t.Text == "validation loss (nats per byte)");
        Assert.Equal(2, scene.Texts.Count(t => t.Text == "step"));
        Scene apart = FigureLayout.Compose(PanelSamples.Ladder(2) with { Columns = 1, Panels = [.. PanelSamples.Ladder(2).Panels.Select((p, i) => p with { YLabel = $"loss {i}", XLabel = $"x {i}" })] });
        Assert.All(["loss 0", "loss 1", "x 0", "x 1"], label => Assert.Single(apart.Texts, t => t.Text == label));
    }

    [Fact]
    public void Shared_limits_compare_across_panels_and_own_limits_are_kept()
    {
        Scene shared = FigureLayout.Compose(PanelSamples.SweepPanels());
        Assert.All(shared.Panels, p => Assert.Equal((shared.Frame.Y.Low, shared.Frame.Y.High), (p.Frame.Y.Low, p.Frame.Y.High)));
        Assert.NotEqual(FigureLayout.Compose(PanelSamples.SweepPanels() with { SharedY = false }).Panels[2].Frame.Y.High, shared.Frame.Y.High);
        Figure own = PanelSamples.Ladder(2);
        Scene scene = FigureLayout.Compose(own with { Panels = [own.Panels[0] with { XMin = 50, XMax = 250, YMin = 1.2, YMax = 3 }, own.Panels[1]] });
        Assert.Equal((50, 250, 1.2, 3), (scene.Frame.X.Low, scene.Frame.X.High, scene.Frame.Y.Low, scene.Frame.Y.High));
        SceneChecks.Check(scene, "limits", 110, 70);
    }

    [Fact]
    public void Panels_lie_in_rows_from_the_upper_left()
    {
        Scene scene = FigureLayout.Compose(PanelSamples.Ladder(5));
        Box[] areas = [.. scene.Panels.Select(p => p.Frame.Area)];
        Assert.Equal([areas[0].Top, areas[0].Top, areas[0].Top, areas[3].Top, areas[3].Top], areas.Select(a => a.Top));
        Assert.Equal([areas[0].Left, areas[1].Left, areas[2].Left, areas[0].Left, areas[1].Left], areas.Select(a => a.Left));
        Assert.True(areas[3].Top > areas[0].Bottom && areas[1].Left > areas[0].Right);
        Assert.All(areas, a => Assert.Equal((areas[0].Width, areas[0].Height), (a.Width, a.Height), (p, q) => Math.Abs(p.Item1 - q.Item1) + Math.Abs(p.Item2 - q.Item2) < 1e-9));
    }

    [Fact]
    public void A_property_of_the_only_panel_is_not_set_on_a_figure_of_several()
    {
        var error = Assert.Throws<ArgumentException>(() => PanelSamples.Ladder(4) with { YMin = 1 });
        Assert.Contains("found a panel's property set on a figure of 4 panels, expected one panel", error.Message);
        Assert.Contains("panel 2: found no curves", Assert.Throws<ArgumentException>(() => (PanelSamples.Ladder(2) with { Panels = [PanelSamples.Ladder(2).Panels[0], new Panel()] }).Validate()).Message);
        Assert.Contains("found 0 panels, expected 1 to 9", Assert.Throws<ArgumentException>(() => (PanelSamples.Ladder(2) with { Panels = [] }).Validate()).Message);
    }
}
