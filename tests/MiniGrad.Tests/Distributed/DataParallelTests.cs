using MiniGrad.Backends.Reference;
using MiniGrad.Distributed;
using MiniGrad.Tests.Backends;
using MiniGrad.Training;

namespace MiniGrad.Tests.Distributed;

/// <summary>Training on ranks that are threads, against training alone.</summary>
public sealed class DataParallelTests
{
    [Theory]
    [InlineData("adamw")]
    [InlineData("muon")]
    [InlineData("adamuon")]
    [InlineData("normuon")]
    public void One_two_and_four_ranks_give_the_losses_of_one_process(string preset)
    {
        RankedRun alone = RankedRun.Train(0, preset)[0];
        foreach (int size in (int[])[1, 2, 4])
        {
            RankedRun[] ranks = RankedRun.Train(size, preset);
            Assert.Equal(50, ranks[0].History.Count);
            for (int step = 0; step < 50; step++)
            {
                StepMetrics one = alone.History[step], many = ranks[0].History[step];
                AssertClose(one.TrainLoss, many.TrainLoss, 1e-5, $"{preset}, {size} ranks, step {step + 1}");
                AssertClose(one.UpdateRms, many.UpdateRms, 1e-3, $"update RMS of {preset}, {size} ranks, step {step + 1}");
                Assert.Equal(one.ValidationLoss is null, many.ValidationLoss is null);
                if (one.ValidationLoss is { } validation) AssertClose(validation, many.ValidationLoss!.Value, 1e-5, $"{preset}, {size} ranks, validation");
            }
            Assert.All(ranks, r => Assert.Equal(alone.Result.BatchFingerprint, r.Result.BatchFingerprint));
            Assert.Equal(alone.MatricesOrthogonalized, ranks.Sum(r => r.MatricesOrthogonalized));
            // All ranks end with the same weights, bit for bit.
            Assert.All(ranks, r => Assert.Equal(ranks[0].Weights, r.Weights));
        }
        Assert.True(alone.History[0].TrainLoss - alone.History[^1].TrainLoss > 0.5);
    }

    [Theory]
    [InlineData("adamuon")]
    [InlineData("adamw")]
    public void Two_runs_with_the_same_ranks_are_bit_identical(string preset)
    {
        RankedRun[] first = RankedRun.Train(4, preset), second = RankedRun.Train(4, preset);
        Assert.Equal(first[0].History.Select(m => m with { Seconds = 0 }), second[0].History.Select(m => m with { Seconds = 0 }));
        for (int r = 0; r < 4; r++)
        {
            Assert.Equal(first[r].Weights, second[r].Weights);
            Assert.Equal(first[r].State, second[r].State);
        }
    }

    [Theory]
    [InlineData("adamw")]
    [InlineData("adamuon")]
    public void Each_rank_keeps_state_for_its_share_only(string preset)
    {
        RankedRun alone = RankedRun.Train(0, preset, Short)[0];
        long whole = alone.State.Sum(s => (long)s.Value.Length);
        foreach (int size in (int[])[2, 4])
        {
            RankedRun[] ranks = RankedRun.Train(size, preset, Short);
            Assert.Equal(alone.State.Keys.Order(), ranks.SelectMany(r => r.State.Keys).Order()); // each once
            long largest = ranks.Max(r => r.State.Sum(s => (long)s.Value.Length));
            Assert.InRange(largest, whole / size, 1.35 * whole / size);
        }
    }

    [Theory]
    [InlineData(100)]
    [InlineData(1 << 20)]
    public void The_size_of_a_bucket_changes_no_bit(int bucket)
    {
        RankedRun[] odd = RankedRun.Train(2, "adamuon", Short, bucket: 777), other = RankedRun.Train(2, "adamuon", Short, bucket: bucket);
        Assert.Equal(odd[0].Weights, other[0].Weights);
        Assert.Equal(odd[1].Weights, other[1].Weights);
    }

    [Fact]
    public void Micro_batches_are_split_over_ranks_too()
    {
        RankedRun whole = RankedRun.Train(0, "muon", Short)[0], split = RankedRun.Train(2, "muon", Short with { MicroBatchSize = 2 })[1];
        Assert.Equal(whole.Result.BatchFingerprint, split.Result.BatchFingerprint);
        AssertClose(whole.History[^1].TrainLoss, split.History[^1].TrainLoss, 1e-5, "micro-batches");
    }

    [Fact]
    public void Ranks_that_route_to_experts_sum_the_load_and_move_the_biases_alike()
    {
        GptOptions model = RankedRun.Model.OfFamily(ModelFamily.DeepseekMoe);
        RankedRun alone = RankedRun.Train(0, "adamuon", Short, () => new ReferenceBackend<double>(), model: model)[0];
        RankedRun[] two = RankedRun.Train(2, "adamuon", Short, () => new ReferenceBackend<double>(), model: model);
        AssertClose(alone.History[^1].TrainLoss, two[0].History[^1].TrainLoss, 1e-9, "experts");
        Assert.Equal(two[0].Weights, two[1].Weights);
        float[][] biases = [.. alone.Weights.Where(w => w.Length == model.Experts!.Count)];
        Assert.Contains(Assert.Single(biases), b => b != 0);
        Assert.Equal(biases, two[0].Weights.Where(w => w.Length == model.Experts!.Count));
        Assert.Equal(alone.MatricesOrthogonalized, two.Sum(r => r.MatricesOrthogonalized));
    }

    [Fact]
    public void Any_back_end_can_be_a_rank()
    {
        RankedRun alone = RankedRun.Train(0, "adamuon", Short, () => new ReferenceBackend<double>())[0];
        RankedRun[] two = RankedRun.Train(2, "adamuon", Short, () => new ReferenceBackend<double>()), far = RankedRun.Train(2, "adamuon", Short, () => new FarMemoryBackend());
        // Nothing is rounded to float32 on the way: in float64 the ranks agree as float64 does.
        AssertClose(alone.History[^1].TrainLoss, two[0].History[^1].TrainLoss, 1e-12, "float64");
        AssertClose(alone.History[^1].TrainLoss, far[0].History[^1].TrainLoss, 1e-5, "far memory");
    }

    [Fact]
    public void A_stop_asked_of_one_rank_ends_all_after_the_same_step()
    {
        RankedRun[] ranks = RankedRun.Train(3, "adamuon", RankedRun.Options with { BatchSize = 3 }, logged: (rank, step, stop) =>
        {
            if (rank == 2 && step == 5) stop.Cancel();
        });
        Assert.All(ranks, r => Assert.Equal((TrainingOutcome.Interrupted, 6), (r.Result.Outcome, r.Result.Steps)));
    }

    [Fact]
    public void A_step_allocates_nothing()
    {
        RankedRun[] ranks = RankedRun.Train(2, "adamuon", Short with { Steps = 8 });
        // What is logged is a record of 100 bytes or so.
        Assert.All(ranks, r => Assert.InRange(r.AllocatedPerStep, 0, 400));
    }

    [Theory]
    [InlineData(16, 3, "15 or 18; or start 2 ranks")]
    [InlineData(2, 4, "4; or start 2 ranks")]
    [InlineData(7, 2, "6 or 8; or start 1 rank")]
    public void A_batch_that_cannot_be_split_is_refused_with_the_nearest_that_can(int batch, int size, string fix)
    {
        ThreadRanks.Run(size, ranks =>
        {
            ArgumentException e = Assert.Throws<ArgumentException>(() => BatchShare.Of(Short with { BatchSize = batch }, ranks));
            Assert.Contains($"batch {batch} cannot be split over {size} ranks", e.Message, StringComparison.Ordinal);
            Assert.EndsWith(fix, e.Message, StringComparison.Ordinal);
        });
    }

    private static TrainingOptions Short => RankedRun.Options with { Steps = 4, EvaluateEvery = 2 };

    private static void AssertClose(double expected, double actual, double relative, string what) =>
        Assert.True(Math.Abs(expected - actual) <= relative * Math.Abs(expected), $"{what}: {actual} is not {expected} to {relative} ({Math.Abs(expected - actual) / Math.Abs(expected):E1})");
}
