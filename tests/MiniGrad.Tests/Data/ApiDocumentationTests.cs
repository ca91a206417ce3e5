using System.Text;
using MiniGrad.Data;
using MiniGrad.Experiments.Data;

namespace MiniGrad.Tests.Data;

public sealed class ApiDocumentationTests(DefaultCorpus defaultCorpus)
{
    private readonly Corpus _corpus = defaultCorpus.Corpus;

    [Fact]
    public void The_pinned_pack_gives_the_pinned_bytes()
    {
        Assert.Equal(ApiDocumentation.ExpectedSha256, _corpus.Sha256);
        Assert.Equal(6_280_556, _corpus.Train.Length);
        Assert.Equal(447_925, _corpus.Validation.Length);
        Assert.Equal(99, _corpus.TrainFiles.Count);
        Assert.Equal(8, _corpus.ValidationFiles.Count);
    }

    [Fact]
    public void The_split_is_by_whole_files_in_ordinal_order()
    {
        Assert.Empty(_corpus.TrainFiles.Intersect(_corpus.ValidationFiles));
        Assert.Equal(_corpus.TrainFiles.Order(StringComparer.Ordinal), _corpus.TrainFiles);
        Assert.Equal(_corpus.ValidationFiles.Order(StringComparer.Ordinal), _corpus.ValidationFiles);
        Assert.Contains("System.Runtime.xml", _corpus.TrainFiles);
        Assert.Contains("System.Text.Json.xml", _corpus.ValidationFiles);
    }

    [Fact]
    public void Every_line_is_one_paragraph_of_prose_and_none_comes_twice()
    {
        string[] lines = [.. Lines(_corpus.Train), .. Lines(_corpus.Validation)];
        Assert.Equal(lines.Length, lines.Distinct(StringComparer.Ordinal).Count());
        Assert.All(lines, line =>
        {
            Assert.True(Prose.IsProse(line), line);
            Assert.Equal(line.Trim(), line);
            Assert.DoesNotContain("  ", line, StringComparison.Ordinal);
            Assert.DoesNotContain("<see", line, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void No_validation_paragraph_is_an_instance_of_a_training_template()
    {
        // Templates of plain lines, without the markup's names: a different normalization from the one that dropped them.
        var templates = Lines(_corpus.Train).Select(line => Prose.Template(line)).ToHashSet(StringComparer.Ordinal);
        string[] validation = Lines(_corpus.Validation);
        double shared = validation.Where(line => templates.Contains(Prose.Template(line))).Sum(line => line.Length + 1.0);
        Assert.InRange(shared / _corpus.Validation.Length, 0, 0.01);
    }

    [Fact]
    public void Markup_becomes_readable_text()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("A.xml", """
            <?xml version="1.0" encoding="utf-8"?>
            <doc><assembly><name>A</name></assembly><members>
              <member name="M:A.B.C(System.Int32)">
                <summary>Copies a <see cref="T:System.ReadOnlySpan`1" /> to
                    <paramref name="target"/>, as <see cref="M:System.Array.Copy(System.Array,System.Int32)">copying</see> does.</summary>
                <param name="target">Where to copy <c>x &lt; 2</c> bytes; see <see href="https://example.org"/>.</param>
                <exception cref="T:System.ArgumentNullException"><para>It is <see langword="null" />.</para>-or-<para>It is <xref uid="System.Int64"></xref>.</para></exception>
                <remarks>An example: <code>int x = 3;</code> It ends at 2<sup>31</sup> elements.</remarks>
              </member>
              <member name="F:A.X"><summary>VPABSB zmm1 {k1}{z}, zmm2/m512</summary></member>
            </members></doc>
            """);
        var read = new List<(string, string)>();
        ApiDocumentationReader.Read(path, paragraph => read.Add((paragraph.Text.ToString(), paragraph.Nameless.ToString())));
        Assert.Equal(
            [
                ("Copies a ReadOnlySpan to target, as copying does.", "Copies a # to #, as copying does."),
                ("Where to copy x < 2 bytes; see https://example.org.", "Where to copy # bytes; see #."),
                ("It is null.", "It is #."),
                ("-or-", "-or-"),
                ("It is Int64.", "It is #."),
                ("An example:", "An example:"),
                ("It ends at 2^31 elements.", "It ends at 2^31 elements."),
                ("VPABSB zmm1 {k1}{z}, zmm2/m512", "VPABSB zmm1 {k1}{z}, zmm2/m512"),
            ],
            read);

        string corpus = Encoding.UTF8.GetString(ApiDocumentation.Extract(folder.Path).Train.Span);
        Assert.Equal(
            "Copies a ReadOnlySpan to target, as copying does.\nWhere to copy x < 2 bytes; see https://example.org.\n"
            + "It is null.\nIt is Int64.\nAn example:\nIt ends at 2^31 elements.\n",
            corpus);
    }

    [Fact]
    public void A_held_out_paragraph_goes_if_training_has_its_template()
    {
        using var folder = new TemporaryFolder();
        folder.File("Z.xml", Document("""Gets the <see cref="P:A.Width"/> of the box.""", "Opens a door."));
        folder.File("System.Console.xml", Document("""Gets the <see cref="P:A.Height"/> of the box.""", "Opens a window."));
        Corpus corpus = ApiDocumentation.Extract(folder.Path);
        Assert.Equal(["Z.xml"], corpus.TrainFiles);
        Assert.Equal("Opens a window.\n", Encoding.UTF8.GetString(corpus.Validation.Span));
    }

    [Fact]
    public void Another_pack_is_one_clear_line()
    {
        using var folder = new TemporaryFolder();
        folder.File("System.Console.xml", Document("Opens a window."));
        BadInput.Throws(
            "corpus: the XML files in", () => ApiDocumentation.Load(folder.Path),
            folder.Path, $"expected {ApiDocumentation.ExpectedSha256[..12]}", "Microsoft.NETCore.App.Ref 10.0.12", "--corpus PATH");
    }

    [Fact]
    public void A_folder_without_XML_files_is_one_clear_line()
    {
        using var folder = new TemporaryFolder();
        BadInput.Throws("corpus: no XML files in", () => ApiDocumentation.Load(folder.Path), folder.Path, "--corpus PATH");
        BadInput.Throws("corpus: no XML files in", () => ApiDocumentation.Load(folder.In("missing")), "missing");
    }

    [Fact]
    public void A_damaged_file_is_named()
    {
        using var folder = new TemporaryFolder();
        folder.File("A.xml", "<doc><members></doc>");
        BadInput.Throws("corpus: A.xml is not well-formed XML", () => ApiDocumentation.Load(folder.Path));
    }

    [Fact]
    public void The_locator_prefers_the_folder_beside_the_program_then_the_package_then_says_what_is_missing()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.In("program/corpus"));
        BadInput.Throws(
            "corpus: the default corpus (Microsoft.NETCore.App.Ref 10.0.12) is neither in",
            () => CorpusLocator.DefaultFolder(folder.In("program"), folder.In("package")), folder.In("package"), "--corpus PATH");
        BadInput.Throws("corpus: the default corpus", () => CorpusLocator.DefaultFolder(folder.In("program"), null), "--corpus PATH");

        folder.File("package/A.xml", Document("Opens a door."));
        Assert.Equal(folder.In("package"), CorpusLocator.DefaultFolder(folder.In("program"), folder.In("package")));
        folder.File("program/corpus/A.xml", Document("Opens a door."));
        Assert.Equal(folder.In("program/corpus"), CorpusLocator.DefaultFolder(folder.In("program"), folder.In("package")));
    }

    private static string Document(params string[] summaries) =>
        $"<doc><members>{string.Concat(summaries.Select(text => $"<member name=\"T:A\"><summary>{text}</summary></member>"))}</members></doc>";

    private static string[] Lines(ReadOnlyMemory<byte> text) =>
        Encoding.UTF8.GetString(text.Span).Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
