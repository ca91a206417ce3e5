using MiniGrad.Plotting;

namespace MiniGrad.Tests.Plotting;

/// <summary>How different two colours look (CIEDE2000), to normal and to colour-blind eyes (Machado, Oliveira and Fernandes 2009, severity 1).</summary>
internal static class ColorVision
{
    internal static readonly double[][] Normal = [[1, 0, 0], [0, 1, 0], [0, 0, 1]];

    internal static readonly double[][] Protanopia = [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]];

    internal static readonly double[][] Deuteranopia = [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]];

    internal static double Difference(Rgb a, Rgb b, double[][] eye) => Ciede2000(Lab(a, eye), Lab(b, eye));

    internal static double Ciede2000((double L, double A, double B) p, (double L, double A, double B) q)
    {
        double meanC = (double.Hypot(p.A, p.B) + double.Hypot(q.A, q.B)) / 2;
        double g = 0.5 * (1 - Math.Sqrt(Seventh(meanC)));
        (double a1, double a2) = (p.A * (1 + g), q.A * (1 + g));
        (double c1, double c2) = (double.Hypot(a1, p.B), double.Hypot(a2, q.B));
        (double h1, double h2) = (Angle(p.B, a1), Angle(q.B, a2));
        double turn = c1 * c2 == 0 ? 0 : h2 - h1 > 180 ? h2 - h1 - 360 : h2 - h1 < -180 ? h2 - h1 + 360 : h2 - h1;
        (double dL, double dC, double dH) = (q.L - p.L, c2 - c1, 2 * Math.Sqrt(c1 * c2) * Sin(turn / 2));
        double l = (p.L + q.L) / 2, c = (c1 + c2) / 2;
        double h = c1 * c2 == 0 ? h1 + h2 : Math.Abs(h1 - h2) <= 180 ? (h1 + h2) / 2 : (h1 + h2 + (h1 + h2 < 360 ? 360 : -360)) / 2;
        double t = 1 - 0.17 * Cos(h - 30) + 0.24 * Cos(2 * h) + 0.32 * Cos(3 * h + 6) - 0.20 * Cos(4 * h - 63);
        double sL = 1 + 0.015 * (l - 50) * (l - 50) / Math.Sqrt(20 + (l - 50) * (l - 50)), sC = 1 + 0.045 * c, sH = 1 + 0.015 * c * t;
        double rotation = -Sin(60 * Math.Exp(-(h - 275) * (h - 275) / 625)) * 2 * Math.Sqrt(Seventh(c));
        (dL, dC, dH) = (dL / sL, dC / sC, dH / sH);
        return Math.Sqrt(dL * dL + dC * dC + dH * dH + rotation * dC * dH);
    }

    private static (double L, double A, double B) Lab(Rgb color, double[][] eye)
    {
        double[] light = [Linear(color.R), Linear(color.G), Linear(color.B)];
        double[] seen = [.. eye.Select(row => Math.Clamp(row.Zip(light, (m, v) => m * v).Sum(), 0, 1))];
        double x = F((0.4124564 * seen[0] + 0.3575761 * seen[1] + 0.1804375 * seen[2]) / 0.95047);
        double y = F(0.2126729 * seen[0] + 0.7151522 * seen[1] + 0.0721750 * seen[2]);
        double z = F((0.0193339 * seen[0] + 0.1191920 * seen[1] + 0.9503041 * seen[2]) / 1.08883);
        return (116 * y - 16, 500 * (x - y), 200 * (y - z));
    }

    private static double F(double t) => t > 216.0 / 24389 ? Math.Cbrt(t) : (24389.0 / 27 * t + 16) / 116;

    private static double Linear(byte channel) => channel / 255.0 <= 0.04045 ? channel / 255.0 / 12.92 : Math.Pow((channel / 255.0 + 0.055) / 1.055, 2.4);

    private static double Seventh(double c) => Math.Pow(c, 7) / (Math.Pow(c, 7) + Math.Pow(25, 7));

    private static double Angle(double b, double a) => (Math.Atan2(b, a) * 180 / Math.PI + 360) % 360;

    private static double Sin(double degrees) => Math.Sin(degrees * Math.PI / 180);

    private static double Cos(double degrees) => Math.Cos(degrees * Math.PI / 180);
}
