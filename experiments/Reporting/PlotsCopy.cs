using MiniGrad.IO;

namespace MiniGrad.Experiments.Reporting;

/// <summary>Figures also in <c>plots</c>, where they are found most easily. What cannot be copied there is a warning: the run has it.</summary>
internal static class PlotsCopy
{
    /// <summary>Copies a figure.</summary>
    /// <param name="figure">The figure, in a run folder.</param>
    /// <param name="plots">The folder <c>plots</c>.</param>
    /// <param name="name">Its file name there.</param>
    /// <returns>The path that is easiest to find: the copy's, or the figure's own.</returns>
    public static string Of(string figure, string plots, string name)
    {
        string copy = Path.Combine(plots, name);
        try
        {
            Directory.CreateDirectory(plots);
            AtomicFile.WriteBytes(copy, File.ReadAllBytes(figure));
            return copy;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"warning: the figure could not be copied to {Shown.OneLine(copy)}: {Shown.OneLine(e.Message.TrimEnd('.'))}");
            return figure;
        }
    }
}
