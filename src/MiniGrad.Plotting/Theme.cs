namespace MiniGrad.Plotting;

/// <summary>Sizes in pixels, and the neutral colours that every figure shares.</summary>
internal static class Theme
{
    internal const int Width = 1600, Height = 900;

    internal const float Margin = 30, ColumnGap = 22, RowGap = 12;
    internal const float TitleSize = 36, FindingSize = 27, PanelTitleSize = 26, AxisLabelSize = 24, TickSize = 22, LabelSize = 24, CaptionSize = 20;
    internal const float MeanWidth = 4, RunWidth = 1.6f, ReferenceWidth = 2, BarWidth = 2.8f, RankBar = 4.8f;
    /// <summary>Diameters: a sweep's mark, a ranking's dot, a single run's; and half an error bar's cap.</summary>
    internal const float MarkSize = 14, RankDot = 17, RunDot = 7, Cap = 6;
    internal const double RunOpacity = 0.45, RunDotOpacity = 0.6, BandOpacity = 0.18;

    internal static readonly Color Ink = Color.FromHex("#22262B"), Muted = Color.FromHex("#565D66"), Axis = Color.FromHex("#9AA1AA"),
        Grid = Color.FromHex("#E4E7EB"), Reference = Color.FromHex("#6B727B");

    internal static readonly LinePattern CurveDash = new([14, 8], 0, "curve");

    /// <summary>The dashes of a figure's reference lines, one after the other, so that several stay apart without colour.</summary>
    internal static readonly LinePattern[] ReferenceDashes = [.. new float[][] { [12, 8], [4, 6], [18, 6, 4, 6], [28, 8] }.Select(dashes => new LinePattern(dashes, 0, "reference"))];

    internal static Color ToColor(this Rgb color, double opacity = 1) => new Color(color.R, color.G, color.B).WithAlpha(opacity);
}
