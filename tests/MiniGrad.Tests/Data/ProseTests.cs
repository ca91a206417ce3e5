using MiniGrad.Data;

namespace MiniGrad.Tests.Data;

public sealed class ProseTests
{
    [Theory]
    [InlineData("T:System.String", "String")]
    [InlineData("T:System.Collections.Generic.Dictionary`2.KeyCollection", "KeyCollection")]
    [InlineData("T:System.ReadOnlySpan`1", "ReadOnlySpan")]
    [InlineData("M:System.String.IndexOf(System.Char)", "String.IndexOf")]
    [InlineData("M:System.String.#ctor(System.Char[])", "String")]
    [InlineData("M:System.Threading.Channels.Channel.CreateBounded``1(System.Int32)", "Channel.CreateBounded")]
    [InlineData("M:A.B.System#Collections#ICollection#CopyTo(System.Array)", "ICollection.CopyTo")]
    [InlineData("P:System.Console.Out", "Console.Out")]
    [InlineData("N:System.Text.Json", "System.Text.Json")]
    [InlineData("Overload:System.Console.Write", "Write")]
    [InlineData("System.Int64", "Int64")]
    [InlineData("!:Unknown", "Unknown")]
    [InlineData("", "")]
    public void Documentation_IDs_read_as_names(string id, string expected) => Assert.Equal(expected, ApiMemberName.Readable(id));

    [Theory]
    [InlineData("Gets the interface ID.", true)]
    [InlineData("path is null.", true)]
    [InlineData("The vector to compare with", true)]
    [InlineData("true if it is (\"really\") so", true)]
    [InlineData("A64: CLS Xd, Xn.", false)]
    [InlineData("__m128i _mm_packus_epi32 (__m128i a, __m128i b)", false)]
    [InlineData("void svst3_u16", false)]
    [InlineData("-or-", false)]
    [InlineData("SerializationInfo.", false)]
    [InlineData("", false)]
    public void Prose_is_told_from_code(string text, bool expected) => Assert.Equal(expected, Prose.IsProse(text));

    [Theory]
    [InlineData("Gets the # of the box.", "gets # of box")]
    [InlineData("Gets the Width of a Box.", "gets # of #")]
    [InlineData("A 32-bit integer. The end.", "# bit integer end")]
    [InlineData("Calls #, MyMethod # or my_field.", "calls # or #")]
    [InlineData("", "")]
    public void A_template_has_no_names_numbers_articles_or_punctuation(string nameless, string expected) =>
        Assert.Equal(expected, Prose.Template(nameless));
}
