using MiniGrad.Data;

namespace MiniGrad.Tests.Data;

public sealed class BatchSamplerTests
{
    private const int BatchSize = 6, BlockSize = 5;

    // Token i of the stream is i, so that a batch shows its own offsets.
    private static readonly TokenStream Counting = new("training", [.. Enumerable.Range(0, 1000)], 1000);

    [Fact]
    public void Targets_are_the_inputs_one_token_later()
    {
        var sampler = new BatchSampler(Counting, BatchSize, BlockSize, seed: 1);
        for (long step = 0; step < 50; step++)
        {
            var (inputs, targets) = Batch(sampler, step);
            for (int i = 0; i < inputs.Length; i++)
            {
                Assert.Equal(inputs[i] + 1, targets[i]);
                Assert.Equal(sampler.Offset(step, i / BlockSize) + i % BlockSize, inputs[i]);
            }
        }
    }

    [Fact]
    public void A_batch_depends_on_seed_and_step_alone()
    {
        var sampler = new BatchSampler(Counting, BatchSize, BlockSize, seed: 1);
        int[] late = Batch(sampler, 41).Inputs;
        Batch(sampler, 3);
        Assert.Equal(late, Batch(new BatchSampler(Counting, BatchSize, BlockSize, seed: 1), 41).Inputs);
        Assert.NotEqual(late, Batch(sampler, 42).Inputs);
        Assert.NotEqual(late, Batch(new BatchSampler(Counting, BatchSize, BlockSize, seed: 2), 41).Inputs);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Micro_batches_make_up_the_same_batch(int rows)
    {
        var sampler = new BatchSampler(Counting, BatchSize, BlockSize, seed: 7);
        int[] whole = Batch(sampler, 9).Inputs;
        int[] inputs = new int[rows * BlockSize], targets = new int[rows * BlockSize];
        var parts = new List<int>();
        for (int microBatch = 0; microBatch < BatchSize / rows; microBatch++)
        {
            sampler.Fill(9, microBatch, inputs, targets);
            parts.AddRange(inputs);
        }

        Assert.Equal(whole, parts);
        Assert.Throws<ArgumentException>(() => sampler.Fill(9, BatchSize / rows, inputs, targets));
    }

    [Fact]
    public void Offsets_cover_the_stream_evenly_to_its_very_ends()
    {
        var tokens = new TokenStream("training", [.. Enumerable.Range(0, 25)], 25);
        var sampler = new BatchSampler(tokens, BatchSize, BlockSize, seed: 3);
        int[] counts = new int[20];
        for (long step = 0; step < 2000; step++)
        {
            for (int row = 0; row < BatchSize; row++)
                counts[sampler.Offset(step, row)]++;
        }

        // 12,000 draws over 20 offsets: 600 each, standard deviation 24.
        Assert.All(counts, count => Assert.InRange(count, 480, 720));
    }

    [Fact]
    public void A_stream_of_one_context_and_one_token_has_one_batch()
    {
        var sampler = new BatchSampler(new TokenStream("training", [0, 1, 2, 3, 4, 5], 6), 2, BlockSize, seed: 0);
        Assert.Equal([0, 1, 2, 3, 4, 0, 1, 2, 3, 4], Batch(sampler, 0).Inputs);
        BadInput.Throws(
            "corpus: the training split has 5 tokens, a context of 5 needs at least 6",
            () => _ = new BatchSampler(new TokenStream("training", [0, 1, 2, 3, 4], 6), 2, BlockSize, seed: 0));
    }

    [Fact]
    public void Filling_allocates_nothing()
    {
        var sampler = new BatchSampler(Counting, BatchSize, BlockSize, seed: 1);
        int[] inputs = new int[BatchSize * BlockSize], targets = new int[BatchSize * BlockSize];
        var fingerprint = new BatchFingerprint();
        sampler.Fill(0, 0, inputs, targets);
        fingerprint.Add(inputs);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (long step = 1; step < 100; step++)
        {
            sampler.Fill(step, 0, inputs, targets);
            fingerprint.Add(inputs);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void The_fingerprint_is_that_of_the_batches_a_run_saw_however_split_or_resumed()
    {
        var sampler = new BatchSampler(Counting, BatchSize, BlockSize, seed: 5);
        var seen = new BatchFingerprint();
        int[] inputs = new int[2 * BlockSize], targets = new int[2 * BlockSize];
        for (long step = 0; step < 4; step++)
        {
            if (step == 2)
                seen = new BatchFingerprint(seen.Value);
            for (int microBatch = 0; microBatch < 3; microBatch++)
            {
                sampler.Fill(step, microBatch, inputs, targets);
                seen.Add(inputs);
            }
        }

        Assert.Equal(sampler.Fingerprint(4), seen.Value);
        Assert.Equal(seen.Value.ToString("x16"), seen.ToString());
        Assert.NotEqual(sampler.Fingerprint(3), seen.Value);
        Assert.NotEqual(new BatchSampler(Counting, BatchSize, BlockSize, seed: 6).Fingerprint(4), seen.Value);
    }

    [Fact]
    public void The_fingerprint_sees_order_length_and_zeros()
    {
        Assert.NotEqual(Hash(1, 2), Hash(2, 1));
        Assert.NotEqual(Hash(0), Hash(0, 0));
        Assert.NotEqual(Hash(), Hash(0));
        // Recorded once: the hash is written to manifests and checkpoints, so it must not change between versions.
        Assert.Equal("dcaadf0d80a6fdc7", new BatchFingerprint(Hash(1, 2, 3)).ToString());
    }

    [Fact]
    public void Spans_of_the_wrong_length_are_refused()
    {
        var sampler = new BatchSampler(Counting, BatchSize, BlockSize, seed: 1);
        Assert.Throws<ArgumentException>(() => sampler.Fill(0, 0, new int[5], new int[10]));
        Assert.Throws<ArgumentException>(() => sampler.Fill(0, 0, new int[7], new int[7]));
        Assert.Throws<ArgumentException>(() => sampler.Fill(0, 0, [], []));
        Assert.Throws<ArgumentOutOfRangeException>(() => sampler.Fill(-1, 0, new int[5], new int[5]));
        Assert.Throws<ArgumentOutOfRangeException>(() => _ = new BatchSampler(Counting, 0, BlockSize, seed: 1));
    }

    private static ulong Hash(params int[] tokens)
    {
        var fingerprint = new BatchFingerprint();
        fingerprint.Add(tokens);
        return fingerprint.Value;
    }

    private static (int[] Inputs, int[] Targets) Batch(BatchSampler sampler, long step)
    {
        int[] inputs = new int[sampler.BatchSize * BlockSize], targets = new int[sampler.BatchSize * BlockSize];
        sampler.Fill(step, 0, inputs, targets);
        return (inputs, targets);
    }
}
