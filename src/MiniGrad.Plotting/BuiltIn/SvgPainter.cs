using System.Globalization;
using System.Text;
using System.Xml;

namespace MiniGrad.Plotting;

/// <summary>Writes a scene as SVG: shapes as paths, text as text, so that it can be searched and edited.</summary>
internal static class SvgPainter
{
    private const string Namespace = "http://www.w3.org/2000/svg";

    internal static byte[] Paint(Scene scene)
    {
        using var stream = new MemoryStream();
        var settings = new XmlWriterSettings { Encoding = new UTF8Encoding(false), Indent = true, NewLineChars = "\n" };
        using (var xml = XmlWriter.Create(stream, settings))
        {
            xml.WriteStartElement("svg", Namespace);
            Attributes(xml, ("viewBox", $"0 0 {Theme.Width} {Theme.Height}"), ("width", Number(Theme.Width * Theme.Scale)), ("height", Number(Theme.Height * Theme.Scale)),
                ("font-family", "Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif"));
            xml.WriteElementString("title", Namespace, scene.Title);
            WriteClips(xml, scene);
            Element(xml, "rect", ("width", "100%"), ("height", "100%"), ("fill", "#ffffff"));
            foreach (SceneItem item in scene.Items)
                Write(xml, item, scene);
            xml.WriteEndElement();
        }

        return stream.ToArray();
    }

    private static void Write(XmlWriter xml, SceneItem item, Scene scene)
    {
        switch (item)
        {
            case RectangleItem r:
                Element(xml, "rect", ("x", Number(r.Box.Left)), ("y", Number(r.Box.Top)), ("width", Number(r.Box.Width)), ("height", Number(r.Box.Height)),
                    ("fill", r.Fill.ToString()), ("stroke", r.Stroke?.ToString() ?? "none"));
                break;
            case RuleItem r:
                Element(xml, "path", ("d", Path([r.From, r.To])), ("stroke", r.Color.ToString()), ("stroke-width", Number(Theme.RuleWidth)));
                break;
            case PolylineItem { Points.Count: > 0 } l:
                Element(xml, "path", ("d", Path(l.Points)), ("fill", "none"), ("stroke", l.Color.ToString()), ("stroke-width", Number(l.Width)),
                    ("stroke-opacity", Number(l.Opacity)), ("stroke-linecap", l.Dash is null ? "round" : "butt"), ("stroke-linejoin", "round"),
                    ("stroke-dasharray", l.Dash is null ? "none" : string.Join(' ', l.Dash.Select(Number))), ("clip-path", ClipReference(scene, l.Clip)));
                break;
            case BandItem b:
                Element(xml, "path", ("d", BandPath(b)), ("fill", b.Color.ToString()), ("fill-opacity", Number(b.Opacity)), ("clip-path", ClipReference(scene, b.Clip)));
                break;
            case TextItem t:
                WriteText(xml, t);
                break;
        }
    }

    /// <summary>The length is given, so that another font still fits the layout.</summary>
    private static void WriteText(XmlWriter xml, TextItem t)
    {
        xml.WriteStartElement("text", Namespace);
        Attributes(xml, ("x", Number(t.At.X)), ("y", Number(t.At.Y)), ("font-size", Number(t.Size)), ("fill", t.Color.ToString()),
            ("font-weight", t.Weight >= Theme.Bold ? "700" : t.Weight > Theme.Regular ? "500" : "400"),
            ("text-anchor", t.Align switch { TextAlign.Centre => "middle", TextAlign.Right => "end", _ => "start" }),
            ("textLength", Number(t.Length)), ("lengthAdjust", "spacingAndGlyphs"),
            ("transform", t.Vertical ? $"rotate(-90 {Number(t.At.X)} {Number(t.At.Y)})" : ""));
        xml.WriteString(t.Text);
        xml.WriteEndElement();
    }

    private static void WriteClips(XmlWriter xml, Scene scene)
    {
        xml.WriteStartElement("defs", Namespace);
        foreach ((int i, Box box) in Clips(scene).Index())
        {
            xml.WriteStartElement("clipPath", Namespace);
            Attributes(xml, ("id", $"clip{i}"));
            Element(xml, "rect", ("x", Number(box.Left)), ("y", Number(box.Top)), ("width", Number(box.Width)), ("height", Number(box.Height)));
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    private static string ClipReference(Scene scene, Box clip) =>
        Clips(scene).Index().Where(c => c.Item == clip).Select(c => $"url(#clip{c.Index})").FirstOrDefault("");

    private static IEnumerable<Box> Clips(Scene scene) =>
        scene.Items.Select(i => i switch { PolylineItem l => l.Clip, BandItem b => b.Clip, _ => Theme.Canvas }).Where(c => c != Theme.Canvas).Distinct();

    private static string Path(IReadOnlyList<Point> points)
    {
        var path = new StringBuilder();
        for (int i = 0; i < points.Count; i++)
        {
            bool pen = i > 0 && !points[i - 1].IsGap, ends = i + 1 == points.Count || points[i + 1].IsGap;
            if (!points[i].IsGap)
                path.Append(pen ? 'L' : 'M').Append(Number(points[i].X)).Append(' ').Append(Number(points[i].Y)).Append(!pen && ends ? "h0" : "");
        }

        return path.ToString();
    }

    private static string BandPath(BandItem band)
    {
        var path = new StringBuilder();
        var piece = new List<BandPoint>();
        foreach (BandPoint p in band.Points.Append(new(double.NaN, 0, 0)))
        {
            if (!p.IsGap)
            {
                piece.Add(p);
                continue;
            }

            Point[] outline = [.. piece.Select(q => new Point(q.X, q.Upper)), .. piece.AsEnumerable().Reverse().Select(q => new Point(q.X, q.Lower))];
            path.Append(piece.Count > 1 ? Path(outline) + "Z" : "");
            piece.Clear();
        }

        return path.ToString();
    }

    private static void Element(XmlWriter xml, string name, params ReadOnlySpan<(string Name, string Value)> attributes)
    {
        xml.WriteStartElement(name, Namespace);
        Attributes(xml, attributes);
        xml.WriteEndElement();
    }

    private static void Attributes(XmlWriter xml, params ReadOnlySpan<(string Name, string Value)> attributes)
    {
        foreach ((string name, string value) in attributes)
        {
            if (value.Length > 0)
                xml.WriteAttributeString(name, value);
        }
    }

    private static string Number(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);
}
