namespace MiniGrad.Plotting;

/// <summary>Sizes (in layout units, two pixels each) and neutral colours shared by every figure.</summary>
internal static class Theme
{
    internal const double Width = 800, Height = 450, Scale = 2;

    internal const double Margin = 16;

    internal const double TitleSize = 18.5, SubtitleSize = 14.5, AxisLabelSize = 13, TickSize = 12.5, LabelSize = 12.5, CaptionSize = 10.5;

    internal const double MeanWidth = 2, RunWidth = 0.8, ReferenceWidth = 1, RuleWidth = 1;

    /// <summary>A mark of a sweep and a single run's dot (diameters), an error bar and its caps, a ranking's dot and bar.</summary>
    internal const double MarkSize = 7, RunDot = 3.2, BarWidth = 1.4, CapHalf = 3, RankDot = 8.5, RankBar = 2.4;

    internal const double PanelTitleSize = 13.5;

    internal const double RunOpacity = 0.45, RunDotOpacity = 0.6, BandOpacity = 0.18;

    internal const double Regular = 1, Medium = 1.25, Bold = 1.55;

    internal static readonly Rgb Ink = Rgb.FromHex(0x22262B);

    internal static readonly Rgb Muted = Rgb.FromHex(0x565D66);

    internal static readonly Rgb Axis = Rgb.FromHex(0x9AA1AA);

    internal static readonly Rgb Grid = Rgb.FromHex(0xE4E7EB);

    internal static readonly Rgb MinorGrid = Rgb.FromHex(0xF2F4F6);

    internal static readonly Rgb Reference = Rgb.FromHex(0x6B727B);

    internal static readonly Rgb LegendFrame = Rgb.FromHex(0xD3D8DE);

    private static readonly double[][] Dashes = [[6, 4], [2, 3], [9, 3, 2, 3], [14, 4]];

    internal static readonly double[] CurveDash = [7, 4];

    internal static Box Canvas => new(0, 0, Width, Height);

    /// <summary>The dash pattern of the i-th reference line, so that several stay apart without colour.</summary>
    internal static double[] ReferenceDash(int index) => Dashes[index % Dashes.Length];
}
