using MiniGrad.Plotting;

namespace MiniGrad.Tests.Plotting;

/// <summary>The machine checks of a figure, on the laid-out scene that every renderer draws.</summary>
internal static class SceneChecks
{
    private const double EdgeMargin = 4;    // 8 pixels

    internal static void Check(Scene scene, string what, double leastWidth = 250, double leastHeight = 120)
    {
        Box inner = Theme.Canvas.Inflate(-EdgeMargin);
        foreach (Box area in scene.Panels.Select(p => p.Frame.Area))
            Assert.True(area.Width > leastWidth && area.Height > leastHeight, $"{what}: plot area {area}");
        TextItem[] texts = [.. scene.Texts];
        foreach (TextItem text in texts)
        {
            Assert.True(inner.Contains(text.Bounds), $"{what}: '{text.Text}' at {text.Bounds} leaves the canvas");
            Assert.True(text.Color.Contrast(Rgb.White) >= 4.5, $"{what}: '{text.Text}' has contrast {text.Color.Contrast(Rgb.White):F2}");
            bool inLegend = scene.Legend is { } box && box.Contains(text.Bounds);
            Assert.All(scene.Panels, p => Assert.True(inLegend || !text.Bounds.Intersects(p.Frame.Area), $"{what}: '{text.Text}' lies over a plot area"));
        }

        for (int i = 0; i < texts.Length; i++)
        {
            for (int j = 0; j < i; j++)
                Assert.False(texts[i].Bounds.Intersects(texts[j].Bounds), $"{what}: '{texts[i].Text}' at {texts[i].Bounds} and '{texts[j].Text}' at {texts[j].Bounds} overlap");
        }

        foreach (RuleItem rule in scene.Items.OfType<RuleItem>())
            Assert.True(inner.Contains(rule.From) && inner.Contains(rule.To), $"{what}: {rule} leaves the canvas");
        foreach (PolylineItem line in scene.Lines(LineRole.Decoration).Where(l => l.Clip == Theme.Canvas))
            Assert.All(line.Points, p => Assert.True(p.IsGap || inner.Contains(p), $"{what}: a leader leaves the canvas"));
        CheckData(scene, what);
        if (scene.Legend is { } legend)
            CheckLegend(scene, legend, inner, what);
    }

    /// <summary>Panels lie apart, and their data are clipped to them (but for half a mark) and drawn.</summary>
    private static void CheckData(Scene scene, string what)
    {
        for (int i = 0; i < scene.Panels.Count; i++)
        {
            Box area = scene.Panels[i].Frame.Area;
            for (int j = 0; j < i; j++)
                Assert.False(area.Intersects(scene.Panels[j].Frame.Area), $"{what}: panels {j} and {i} overlap");
            foreach (SceneItem item in scene.Panels[i].Data)
            {
                Box clip = item is BandItem band ? band.Clip : ((PolylineItem)item).Clip;
                Assert.True(area.Inflate(Theme.RankDot).Contains(clip), $"{what}: data of panel {i} are drawn outside it");
                Assert.Contains(item, scene.Items);
            }
        }
    }

    /// <summary>Walks along every line in small steps, on its own, without the grid by which the layout found the place.</summary>
    private static void CheckLegend(Scene scene, Box legend, Box inner, string what)
    {
        Assert.True(inner.Contains(legend), $"{what}: legend {legend} leaves the canvas");
        if (!scene.Panels.Any(p => legend.Intersects(p.Frame.Area)))
            return;
        foreach (LineRole role in Enum.GetValues<LineRole>().Where(r => r != LineRole.Decoration))
        {
            foreach (PolylineItem line in scene.Lines(role))
                Assert.False(Crosses(line.Points, legend.Inflate(line.Width / 2)), $"{what}: a {role} line runs under the legend {legend}");
        }

        foreach (BandItem band in scene.Items.OfType<BandItem>())
        {
            foreach (BandPoint p in band.Points.Where(p => !p.IsGap && p.X > legend.Left && p.X < legend.Right))
                Assert.True(p.Lower < legend.Top || p.Upper > legend.Bottom, $"{what}: a band lies under the legend {legend}");
        }
    }

    private static bool Crosses(IReadOnlyList<Point> points, Box box)
    {
        for (int i = 0; i < points.Count; i++)
        {
            (Point a, Point b) = (points[i], i + 1 < points.Count && !points[i + 1].IsGap ? points[i + 1] : points[i]);
            if (a.IsGap)
                continue;
            for (int k = 0; k <= 200; k++)
            {
                if (box.Contains(new Point(a.X + (b.X - a.X) * k / 200, a.Y + (b.Y - a.Y) * k / 200)))
                    return true;
            }
        }

        return false;
    }
}
