namespace MiniGrad.Data;

/// <summary>Rows of inputs and next-token targets cut from a stream.</summary>
internal static class WindowRows
{
    /// <summary>How many rows of T tokens the spans hold.</summary>
    /// <exception cref="ArgumentException">The spans differ in length or hold no whole number of rows.</exception>
    public static int Count(int inputs, int targets, int blockSize)
    {
        if (inputs != targets || inputs == 0 || inputs % blockSize != 0)
        {
            throw new ArgumentException(
                $"inputs hold {inputs} tokens and targets {targets}, expected the same positive multiple of blockSize {blockSize}");
        }

        return inputs / blockSize;
    }

    /// <summary>Reads the inputs from <paramref name="start"/>, the targets from one token later, into row <paramref name="row"/>.</summary>
    public static void Read(TokenStream tokens, long start, int row, int blockSize, Span<int> inputs, Span<int> targets)
    {
        tokens.Read(start, inputs.Slice(row * blockSize, blockSize));
        tokens.Read(start + 1, targets.Slice(row * blockSize, blockSize));
    }
}
