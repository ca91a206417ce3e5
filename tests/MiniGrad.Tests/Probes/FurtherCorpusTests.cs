using System.Text;
using MiniGrad.Data;
using MiniGrad.Experiments.Data;
using MiniGrad.Tests.Data;

namespace MiniGrad.Tests.Probes;

public sealed class FurtherCorpusTests(DefaultCorpus defaultCorpus)
{
    private static readonly FurtherCorpus Numerics = FurtherCorpus.All[0];

    [Fact]
    public void The_pinned_packages_give_the_pinned_bytes()
    {
        Assert.Equal([("numerics", 352_238), ("console", 136_144)], FurtherCorpus.All.Select(c => (c.Name, c.Load().Validation.Length)));
        Assert.All(FurtherCorpus.All, c => Assert.Equal((c.Sha256, 0), (c.Load().Sha256, c.Load().Train.Length)));
    }

    [Fact]
    public void They_are_prose_that_repeats_no_template_and_that_training_has_next_to_nothing_of()
    {
        HashSet<string> trained = [.. Lines(defaultCorpus.Corpus.Train)];
        foreach (FurtherCorpus further in FurtherCorpus.All)
        {
            string[] lines = Lines(further.Load().Validation);
            Assert.All(lines, line => Assert.True(Prose.IsProse(line), line));
            Assert.Equal(lines.Length, lines.Distinct(StringComparer.Ordinal).Count());
            double shared = lines.Where(trained.Contains).Sum(line => line.Length + 1.0) / lines.Sum(line => line.Length + 1.0);
            Assert.InRange(shared, 0, 0.03);
        }
    }

    [Fact]
    public void The_file_beside_the_program_comes_first_and_what_is_missing_or_other_is_one_clear_line()
    {
        using var folder = new TemporaryFolder();
        BadInput.Throws("corpus: '", () => Numerics.Load(folder.Path, null), "MathNet.Numerics 5.0.0", "is missing", "restore the experiments project");
        BadInput.Throws("corpus: '", () => Numerics.Load(folder.Path, folder.In("packages")), folder.In(Path.Combine("packages", "mathnet.numerics", "5.0.0", "lib", "net6.0", "MathNet.Numerics.xml")));
        folder.File("corpus/further/MathNet.Numerics.xml", "<doc><members><member name=\"T:A\"><summary>Opens a door.</summary></member></members></doc>");
        BadInput.Throws("corpus: '", () => Numerics.Load(folder.Path, folder.In("packages")), "gives SHA-256", $"expected {Numerics.Sha256[..12]}", "MathNet.Numerics 5.0.0");
        folder.File("corpus/further/MathNet.Numerics.xml", "<doc><members><member name=\"T:A\"><summary>VPABSB</summary></member></members></doc>");
        BadInput.Throws("corpus: '", () => Numerics.Load(folder.Path, null), "holds no prose");
    }

    [Fact]
    public void Of_one_template_the_first_paragraph_is_kept()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("A.xml", """<doc><members><member name="M:A"><summary>Adds two <see cref="T:System.Single"/> numbers.</summary><returns>The sum.</returns></member><member name="M:B"><summary>Adds two <see cref="T:System.Double"/> numbers.</summary></member></members></doc>""");
        Assert.Equal("Adds two Single numbers.\nThe sum.\n", Encoding.UTF8.GetString(DocumentationText.HeldOut(path, "a", "").Validation.Span));
    }

    private static string[] Lines(ReadOnlyMemory<byte> text) => Encoding.UTF8.GetString(text.Span).Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
