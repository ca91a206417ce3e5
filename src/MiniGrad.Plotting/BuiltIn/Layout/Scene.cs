namespace MiniGrad.Plotting;

/// <summary>Where a text stands relative to its point.</summary>
internal enum TextAlign
{
    Left,
    Centre,
    Right,
}

/// <summary>What a polyline stands for.</summary>
internal enum LineRole
{
    Decoration,
    Reference,
    Run,
    Interval,
    Mean,
    Mark,
}

/// <summary>Something drawn at a known place.</summary>
internal abstract record SceneItem;

/// <summary>A filled rectangle, framed if <paramref name="Stroke"/> is given.</summary>
internal sealed record RectangleItem(Box Box, Rgb Fill, Rgb? Stroke = null) : SceneItem;

/// <summary>A horizontal or vertical line, snapped to whole pixels.</summary>
internal sealed record RuleItem(Point From, Point To, Rgb Color) : SceneItem;

/// <summary>A line through points; a gap lifts the pen. Drawn only within <paramref name="Clip"/>.</summary>
internal sealed record PolylineItem(IReadOnlyList<Point> Points, double Width, Rgb Color, Box Clip, LineRole Role,
    double Opacity = 1, double[]? Dash = null) : SceneItem;

/// <summary>A filled band between two lines.</summary>
internal sealed record BandItem(IReadOnlyList<BandPoint> Points, Rgb Color, double Opacity, Box Clip) : SceneItem;

/// <summary>A line of text on its base line; vertical text reads upwards.</summary>
internal sealed record TextItem(string Text, Point At, double Size, Rgb Color, TextAlign Align = TextAlign.Left,
    double Weight = Theme.Regular, bool Vertical = false) : SceneItem
{
    internal double Length => TextFont.Measure(Text, Size);

    /// <summary>From the point to the start of the text, along the text.</summary>
    internal double Start => Align switch { TextAlign.Centre => -Length / 2, TextAlign.Right => -Length, _ => 0 };

    /// <summary>The stroke's width: regular text is an em / 12.</summary>
    internal double StrokeWidth => Size * 0.083 * Weight;

    internal Box Bounds
    {
        get
        {
            double up = Size * TextFont.Ascent, down = Size * TextFont.Descent;
            Box box = Vertical
                ? new(At.X - up, At.Y - Start - Length, At.X + down, At.Y - Start)
                : new(At.X + Start, At.Y - up, At.X + Start + Length, At.Y + down);
            return box.Inflate(StrokeWidth / 2);
        }
    }
}

/// <summary>A laid-out figure: what is drawn, in drawing order, and the panels it was measured against.</summary>
internal sealed record Scene(IReadOnlyList<SceneItem> Items, IReadOnlyList<PanelScene> Panels, Box? Legend, string Title)
{
    /// <summary>The first panel's frame.</summary>
    internal PlotFrame Frame => Panels[0].Frame;

    internal IEnumerable<TextItem> Texts => Items.OfType<TextItem>();

    internal IEnumerable<PolylineItem> Lines(LineRole role) => Items.OfType<PolylineItem>().Where(l => l.Role == role);
}

/// <summary>A panel's frame and the data drawn in it, which are also among the scene's items.</summary>
internal sealed record PanelScene(PlotFrame Frame, IReadOnlyList<SceneItem> Data);

/// <summary>The plot area with its two axes; grid lines are level, or upright at the horizontal axis's ticks.</summary>
internal sealed record PlotFrame(Box Area, AxisMap X, AxisMap Y, bool UprightGrid = false);
