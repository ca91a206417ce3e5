using MiniGrad.Data;

namespace MiniGrad.Tests.Data;

public sealed class ValidationWindowsTests
{
    [Theory]
    [InlineData(447_925, 128, 65_536, 512)]
    [InlineData(447_925, 100, 65_536, 656)]
    [InlineData(447_925, 64, 4_096, 64)]
    [InlineData(10_001, 100, 65_536, 100)]
    [InlineData(10_000, 100, 65_536, 99)]
    [InlineData(101, 100, 65_536, 1)]
    public void Windows_are_evenly_spaced_and_never_overlap(int length, int blockSize, int leastTokens, int expected)
    {
        var windows = new ValidationWindows(Counting(length), blockSize, leastTokens);
        Assert.Equal(expected, windows.Count);
        Assert.Equal(expected * (long)blockSize, windows.TokenCount);
        Assert.Equal(0, windows.Offset(0));
        for (int i = 1; i < windows.Count; i++)
        {
            long gap = windows.Offset(i) - windows.Offset(i - 1);
            Assert.InRange(gap, Math.Max(blockSize, (length - 1) / windows.Count), (length - 1) / windows.Count + 1);
        }

        Assert.InRange(windows.Offset(windows.Count - 1) + blockSize + 1, 1, length);
    }

    [Fact]
    public void Filling_in_parts_gives_the_same_windows()
    {
        var windows = new ValidationWindows(Counting(1000), 10, 200);
        int[] inputs = new int[200], targets = new int[200], partInputs = new int[50], partTargets = new int[50];
        windows.Fill(0, inputs, targets);
        for (int first = 0; first < 20; first += 5)
        {
            windows.Fill(first, partInputs, partTargets);
            Assert.Equal(inputs[(first * 10)..(first * 10 + 50)], partInputs);
            Assert.Equal(targets[(first * 10)..(first * 10 + 50)], partTargets);
        }

        Assert.Equal(inputs.Select(token => token + 1), targets);
        Assert.Throws<ArgumentException>(() => windows.Fill(16, partInputs, partTargets));
        Assert.Throws<ArgumentException>(() => windows.Fill(-1, partInputs, partTargets));
    }

    [Fact]
    public void Bytes_are_counted_by_the_tokenizer()
    {
        byte[] text = System.Text.Encoding.UTF8.GetBytes("aθaθaθaθa");
        var tokenizer = new CharTokenizer(text);
        var windows = new ValidationWindows(new TokenStream("validation", tokenizer.Encode(text), 2), 4, 8);
        Assert.Equal(8, windows.TokenCount);
        Assert.Equal(12, windows.ByteCount(tokenizer));
    }

    [Fact]
    public void A_stream_shorter_than_the_context_is_one_clear_line() => BadInput.Throws(
        "corpus: the validation split has 100 tokens, a context of 100 needs at least 101",
        () => _ = new ValidationWindows(Counting(100), 100));

    private static TokenStream Counting(int length) => new("validation", [.. Enumerable.Range(0, length)], length);
}
