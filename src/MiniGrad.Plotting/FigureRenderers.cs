namespace MiniGrad.Plotting;

/// <summary>Which renderer to draw with.</summary>
public enum RendererChoice
{
    /// <summary>ScottPlot where it is compiled in and loads, else the built-in one.</summary>
    Auto,

    /// <summary>The built-in renderer.</summary>
    BuiltIn,

    /// <summary>ScottPlot, or an error.</summary>
    ScottPlot,
}

/// <summary>The renderer that was chosen and why.</summary>
/// <param name="Renderer">The renderer.</param>
/// <param name="Reason">One line, for <c>doctor</c> and manifests.</param>
/// <param name="FellBack">Whether ScottPlot is compiled in and failed to load: the caller then prints <paramref name="Reason"/>.</param>
public sealed record RendererSelection(IFigureRenderer Renderer, string Reason, bool FellBack);

/// <summary>Chooses the renderer.</summary>
public static class FigureRenderers
{
    /// <summary>Whether this build contains the ScottPlot renderer.</summary>
#if SCOTTPLOT
    public static bool ScottPlotCompiledIn => true;
#else
    public static bool ScottPlotCompiledIn => false;
#endif

    /// <summary>Reads <c>auto</c>, <c>builtin</c> or <c>scottplot</c>.</summary>
    /// <exception cref="ArgumentException">Any other text.</exception>
    public static RendererChoice Parse(string text) => text switch
    {
        "auto" => RendererChoice.Auto,
        "builtin" => RendererChoice.BuiltIn,
        "scottplot" => RendererChoice.ScottPlot,
        _ => throw new ArgumentException($"renderer: found '{text}', expected auto, builtin or scottplot"),
    };

    /// <summary>Makes the chosen renderer.</summary>
    /// <exception cref="InvalidOperationException">ScottPlot was asked for and is not compiled in or does not load.</exception>
    public static RendererSelection Create(RendererChoice choice = RendererChoice.Auto) => Select(choice, ScottPlotFactory());

    /// <summary>The rule behind <see cref="Create"/>; <paramref name="scottPlot"/> is null where it is not compiled in.</summary>
    internal static RendererSelection Select(RendererChoice choice, Func<IFigureRenderer>? scottPlot)
    {
        if (choice == RendererChoice.BuiltIn)
            return new(new BuiltInRenderer(), "built-in renderer, as asked", false);
        if (scottPlot is null)
        {
            return choice == RendererChoice.Auto
                ? new(new BuiltInRenderer(), "built-in renderer: ScottPlot is not compiled in", false)
                : throw new InvalidOperationException("renderer: scottplot is not compiled in, expected a build whose NuGet sources have the ScottPlot package; "
                    + "build with -p:UseScottPlot=true or choose builtin");
        }

        try
        {
            return new(scottPlot(), choice == RendererChoice.Auto ? "ScottPlot: compiled in and loads" : "ScottPlot, as asked", false);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Exception cause = e.GetBaseException();
            string why = $"{cause.GetType().Name}: {FirstSentence(cause.Message)}";
            return choice == RendererChoice.Auto
                ? new(new BuiltInRenderer(), $"ScottPlot does not load ({why}); drawing with the built-in renderer", true)
                : throw new InvalidOperationException($"renderer: scottplot does not load ({why}); install what it needs or choose builtin", e);
        }
    }

    private static string FirstSentence(string message) => message.Split('\n')[0].Split(". ")[0].Trim().TrimEnd('.');

    private static Func<IFigureRenderer>? ScottPlotFactory()
    {
#if SCOTTPLOT
        return LoadScottPlot;
#else
        return null;
#endif
    }

#if SCOTTPLOT
    // A method of its own, never inlined: a missing assembly then throws inside the try above.
    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static ScottPlotRenderer LoadScottPlot()
    {
        ScottPlotRenderer.Probe();
        return new ScottPlotRenderer();
    }
#endif
}
