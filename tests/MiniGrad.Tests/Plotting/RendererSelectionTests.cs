using MiniGrad.Plotting;

namespace MiniGrad.Tests.Plotting;

public sealed class RendererSelectionTests
{
    [Fact]
    public void Without_scottplot_auto_is_the_builtin_renderer_without_a_complaint()
    {
        RendererSelection selection = FigureRenderers.Select(RendererChoice.Auto, null);
        Assert.Equal("builtin", selection.Renderer.Name);
        Assert.False(selection.FellBack);
        Assert.Contains("not compiled in", selection.Reason);
    }

    [Fact]
    public void Without_scottplot_asking_for_it_is_an_error_that_says_what_to_do()
    {
        var error = Assert.Throws<InvalidOperationException>(() => FigureRenderers.Select(RendererChoice.ScottPlot, null));
        Assert.Contains("UseScottPlot=true or choose builtin", error.Message);
    }

    [Fact]
    public void A_renderer_that_does_not_load_is_replaced_under_auto_with_one_line()
    {
        RendererSelection selection = FigureRenderers.Select(RendererChoice.Auto, Fail);
        Assert.True(selection.FellBack);
        Assert.Equal("builtin", selection.Renderer.Name);
        Assert.Equal("ScottPlot does not load (DllNotFoundException: no libSkiaSharp here); drawing with the built-in renderer", selection.Reason);
    }

    [Fact]
    public void A_renderer_that_does_not_load_is_an_error_when_asked_for()
    {
        var error = Assert.Throws<InvalidOperationException>(() => FigureRenderers.Select(RendererChoice.ScottPlot, Fail));
        Assert.Contains("DllNotFoundException: no libSkiaSharp here", error.Message);
        Assert.IsType<TypeInitializationException>(error.InnerException);
    }

    [Fact]
    public void Builtin_never_touches_scottplot() =>
        Assert.Equal("builtin", FigureRenderers.Select(RendererChoice.BuiltIn, () => throw new InvalidOperationException("touched")).Renderer.Name);

    [Fact]
    public void What_this_build_has_is_what_it_uses()
    {
        RendererSelection selection = FigureRenderers.Create();
        Assert.Equal(FigureRenderers.ScottPlotCompiledIn && !selection.FellBack ? "scottplot" : "builtin", selection.Renderer.Name);
        if (!FigureRenderers.ScottPlotCompiledIn)
            Assert.Throws<InvalidOperationException>(() => FigureRenderers.Create(RendererChoice.ScottPlot));
    }

    [Theory]
    [InlineData("auto", RendererChoice.Auto)]
    [InlineData("builtin", RendererChoice.BuiltIn)]
    [InlineData("scottplot", RendererChoice.ScottPlot)]
    public void Choices_are_read(string text, RendererChoice expected) => Assert.Equal(expected, FigureRenderers.Parse(text));

    [Fact]
    public void Another_choice_is_refused() =>
        Assert.Contains("found 'skia', expected auto, builtin or scottplot", Assert.Throws<ArgumentException>(() => FigureRenderers.Parse("skia")).Message);

    private static IFigureRenderer Fail() =>
        throw new TypeInitializationException("SkiaSharp.SKImageInfo", new DllNotFoundException("no libSkiaSharp here. Try harder.\nline 2"));
}
