using MiniGrad.IO;
using MiniGrad.Plotting;

namespace MiniGrad.Experiments.Reporting;

/// <summary>Draws figures into files. One that cannot be drawn is a warning: the report and the exit code are those of the run.</summary>
internal static class FigureFiles
{
    /// <summary>What stands in place of the path of a figure that is missing.</summary>
    public const string None = "none, as the warning says";

    /// <summary>Makes the folder of a figure that was asked for, before there is anything to draw.</summary>
    /// <param name="option">How it was asked for.</param>
    /// <param name="path">The figure.</param>
    /// <exception cref="CommandException">The folder cannot be made.</exception>
    public static void MakeFolder(string option, string path)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.InputOutput, $"{option} {path} cannot be written: there is no folder '{folder}', and none can be made; give another path");
        }
    }

    /// <summary>Draws <c>PATH.png</c> and, if asked for, <c>PATH.svg</c>.</summary>
    /// <param name="build">Makes the figure, or null where there is nothing to draw.</param>
    /// <param name="pathWithoutExtension">Where to.</param>
    /// <param name="svg">Whether an SVG is drawn, too.</param>
    /// <returns>The path of the PNG, or null where it is missing, which a warning on standard error has said.</returns>
    public static string? Draw(Func<Figure?> build, string pathWithoutExtension, bool svg = true)
    {
        string png = $"{pathWithoutExtension}.png";
        try
        {
            if (build() is not { } figure) return Missing("no run was evaluated, or all diverged");
            byte[] pixels = Drawn(figure, FigureFormat.Png);
            if (svg) AtomicFile.WriteBytes($"{pathWithoutExtension}.svg", Drawn(figure, FigureFormat.Svg));
            AtomicFile.WriteBytes(png, pixels);
            return png;
        }
        // What the data do not allow to draw, and a machine for which the drawing library has no native part.
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or DllNotFoundException or TypeInitializationException)
        {
            return Missing((e.InnerException ?? e).Message.ReplaceLineEndings(" "));
        }

        string? Missing(string why)
        {
            Console.Error.WriteLine($"warning: {Shown.OneLine(png)} is missing: {Shown.OneLine(why)}");
            File.Delete(png); // an older one
            if (svg) File.Delete($"{pathWithoutExtension}.svg");
            return null;
        }
    }

    private static byte[] Drawn(Figure figure, FigureFormat format)
    {
        using var stream = new MemoryStream();
        FigureRenderer.Save(figure, stream, format);
        return stream.ToArray();
    }
}
