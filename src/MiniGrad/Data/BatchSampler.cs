using MiniGrad.Randomness;

namespace MiniGrad.Data;

/// <summary>
/// Training batches as a pure function of (seed, step): row r of step s starts at a uniformly drawn place of the stream,
/// whatever was asked before, so a resumed run, another variant and another rank see the same batches.
/// </summary>
public sealed class BatchSampler
{
    private const ulong BatchStream = 0x4241_5443_4845_5301; // independent of every other use of the seed

    private readonly TokenStream _tokens;
    private readonly CounterRandom _random;

    /// <summary>A sampler of (batchSize, blockSize) batches.</summary>
    /// <param name="tokens">The training tokens.</param>
    /// <param name="batchSize">B, the sequences of a step, all micro-batches and ranks together.</param>
    /// <param name="blockSize">T, the tokens of a sequence.</param>
    /// <param name="seed">The run's seed.</param>
    /// <exception cref="InvalidDataException">The stream is shorter than blockSize + 1.</exception>
    public BatchSampler(TokenStream tokens, int batchSize, int blockSize, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);
        tokens.RequireContext(blockSize);
        _tokens = tokens;
        _random = new CounterRandom(seed, BatchStream);
        BatchSize = batchSize;
        BlockSize = blockSize;
    }

    /// <summary>B, the sequences of a step.</summary>
    public int BatchSize { get; }

    /// <summary>T, the tokens of a sequence.</summary>
    public int BlockSize { get; }

    /// <summary>Where row <paramref name="row"/> of step <paramref name="step"/> starts in the stream.</summary>
    public long Offset(long step, int row)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, BatchSize);
        ulong index = (ulong)step * (ulong)BatchSize + (ulong)row;
        return _random.Below(_tokens.Length - BlockSize, index);
    }

    /// <summary>
    /// Fills a micro-batch: of b rows, where b is the spans' length divided by T, the rows
    /// microBatch·b … (microBatch + 1)·b − 1 of the step; so any split of a step gives the same B rows.
    /// </summary>
    /// <param name="step">The step, from 0.</param>
    /// <param name="microBatch">The micro-batch, from 0.</param>
    /// <param name="inputs">(b,T) tokens, row by row.</param>
    /// <param name="targets">(b,T): for each input the token that follows it.</param>
    /// <exception cref="ArgumentException">The spans differ in length, hold no whole rows, or more than the step has.</exception>
    public void Fill(long step, int microBatch, Span<int> inputs, Span<int> targets)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(microBatch);
        int rows = WindowRows.Count(inputs.Length, targets.Length, BlockSize);
        if ((microBatch + 1L) * rows > BatchSize)
        {
            throw new ArgumentException(
                $"micro-batch {microBatch} of {rows} sequences lies beyond the step's {BatchSize}: expected at most {BatchSize / rows} of them");
        }

        for (int i = 0; i < rows; i++)
            WindowRows.Read(_tokens, Offset(step, microBatch * rows + i), i, BlockSize, inputs, targets);
    }

    /// <summary>
    /// The fingerprint (<see cref="BatchFingerprint"/>) of the inputs of the first <paramref name="steps"/> steps: what a
    /// run that was given this sampler must have seen, however it split them into micro-batches.
    /// </summary>
    public ulong Fingerprint(long steps)
    {
        int[] inputs = new int[BlockSize];
        var fingerprint = new BatchFingerprint();
        for (long step = 0; step < steps; step++)
        {
            for (int row = 0; row < BatchSize; row++)
            {
                _tokens.Read(Offset(step, row), inputs);
                fingerprint.Add(inputs);
            }
        }

        return fingerprint.Value;
    }
}
