using MiniGrad.Plotting;

namespace MiniGrad.Tests.Plotting;

public sealed class PaletteTests
{
    [Fact]
    public void The_measure_of_difference_gives_the_published_values()
    {
        // Sharma, Wu and Dalal 2005, table 1, pairs 1, 7, 16 and 25.
        Assert.Equal(2.0425, ColorVision.Ciede2000((50, 2.6772, -79.7751), (50, 0, -82.7485)), 4);
        Assert.Equal(2.3669, ColorVision.Ciede2000((50, 0, 0), (50, -1, 2)), 4);
        Assert.Equal(4.3065, ColorVision.Ciede2000((50, 2.5, 0), (50, 0, -2.5)), 4);
        Assert.Equal(1.2644, ColorVision.Ciede2000((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387)), 4);
    }

    [Fact]
    public void Every_two_colours_differ_to_normal_and_to_colour_blind_eyes()
    {
        (string Name, double[][] Eye, double Least)[] eyes = [("normal", ColorVision.Normal, 16), ("protanopia", ColorVision.Protanopia, 12), ("deuteranopia", ColorVision.Deuteranopia, 12)];
        foreach ((string name, double[][] eye, double least) in eyes)
        {
            foreach (Rgb a in Palette.All)
            {
                foreach (Rgb b in Palette.All.Where(c => c != a))
                    Assert.True(ColorVision.Difference(a, b, eye) >= least, $"{name}: {a} and {b} differ by {ColorVision.Difference(a, b, eye):F1}");
            }
        }

        Assert.Equal(Palette.All.Count, Palette.All.Distinct().Count());
    }

    [Fact]
    public void Lines_show_on_white_and_labels_can_be_read()
    {
        Assert.All(Palette.All, c => Assert.True(c.Contrast(Rgb.White) >= 2, $"{c}: {c.Contrast(Rgb.White):F2}"));
        Assert.All(Palette.All, c => Assert.True(c.ForText().Contrast(Rgb.White) >= 4.5, $"{c} as text: {c.ForText()}"));
        Assert.Equal(Rgb.FromHex(0x221199), Rgb.FromHex(0x221199).ForText());
        Assert.Equal(21, default(Rgb).Contrast(Rgb.White), 6);
    }

    [Theory]
    [InlineData("AdaMuon without sign", "adamuon-no-sign")]
    [InlineData("adamuon without sign and second moment", "adamuon-no-sign-no-second-moment")]
    [InlineData("AdaMuon, no RMS alignment", "adamuon-no-alignment")]
    [InlineData("adamuon without rms-align", "adamuon-no-alignment")]
    [InlineData("Dual-norm Muon", "dual-norm-muon")]
    public void A_variant_is_known_however_it_is_written(string written, string known)
    {
        Assert.Contains(known, Palette.KnownNames);
        Assert.Equal(Palette.All[Palette.KnownNames.ToList().IndexOf(known)], Palette.For(written));
    }

    [Fact]
    public void Every_corner_of_ablate_all_has_a_colour_of_its_own()
    {
        Assert.Equal(8, PanelSamples.Corners.Select(Palette.For).Distinct().Count());
        Assert.Equal(PanelSamples.Corners.Select(Palette.For), Palette.Assign(PanelSamples.Corners));     // known names: none moves on to a free colour
        Assert.Equal("#221199", Palette.For("adamuon without second moment and alignment").ToString());
        Assert.Equal("#885577", Palette.For("adamuon without sign and second moment").ToString());
        Assert.Equal("#443300", Palette.For("adamuon without sign and alignment").ToString());
    }

    [Fact]
    public void Colours_are_fixed_for_ever()
    {
        Assert.Equal("#c82a45", Palette.For("adamuon").ToString());
        Assert.Equal("#1f5fb4", Palette.For("adamw").ToString());
        Assert.Equal("#f09a1e", Palette.For("muon").ToString());
        Assert.Equal("#228866", Palette.For("adamuon without sign").ToString());
        Assert.Equal(Palette.For("polargrad"), Palette.For("PolarGrad"));
    }

    [Fact]
    public void Within_a_figure_colours_differ_and_known_names_keep_theirs()
    {
        var random = new Random(11);
        for (int round = 0; round < 300; round++)
        {
            string[] names = [.. Palette.KnownNames.OrderBy(_ => random.Next()).Take(random.Next(0, 5)), .. Enumerable.Range(0, random.Next(1, 8)).Select(i => $"other {random.Next()} {i}")];
            IReadOnlyList<Rgb> colors = Palette.Assign(names);
            Assert.Equal(names.Length, colors.Distinct().Count());
            Assert.All(names.Zip(colors).Where(p => Palette.KnownNames.Contains(p.First)), p => Assert.Equal(Palette.For(p.First), p.Second));
        }

        IReadOnlyList<Rgb> shared = Palette.Assign(["scion", "muon", "scion"]);
        Assert.Equal(shared[0], shared[2]);
        Assert.Equal(30, Palette.Assign([.. Enumerable.Range(0, 30).Select(i => $"many {i}")]).Count);
    }
}
