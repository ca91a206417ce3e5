namespace MiniGrad.Plotting;

/// <summary>A place on the canvas in layout units (<see cref="Theme.Scale"/> pixels each), y downwards.</summary>
internal readonly record struct Point(double X, double Y)
{
    internal static Point Gap => new(double.NaN, double.NaN);

    internal bool IsGap => !double.IsFinite(X + Y);
}

/// <summary>One column of a band.</summary>
internal readonly record struct BandPoint(double X, double Upper, double Lower)
{
    internal bool IsGap => !double.IsFinite(X + Upper + Lower);
}

/// <summary>An axis-aligned rectangle in layout units, y downwards.</summary>
internal readonly record struct Box(double Left, double Top, double Right, double Bottom)
{
    internal double Width => Right - Left;

    internal double Height => Bottom - Top;

    internal bool Intersects(Box other) => Left < other.Right && other.Left < Right && Top < other.Bottom && other.Top < Bottom;

    internal bool Contains(Box other) => other.Left >= Left && other.Right <= Right && other.Top >= Top && other.Bottom <= Bottom;

    internal bool Contains(Point p) => p.X >= Left && p.X <= Right && p.Y >= Top && p.Y <= Bottom;

    internal Box Inflate(double by) => new(Left - by, Top - by, Right + by, Bottom + by);
}
