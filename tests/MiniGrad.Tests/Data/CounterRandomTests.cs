using MiniGrad.Randomness;

namespace MiniGrad.Tests.Data;

public sealed class CounterRandomTests
{
    [Fact]
    public void Philox_gives_the_published_words()
    {
        // The known answers for philox4x32, 10 rounds, that its authors publish with their Random123 library.
        Assert.Equal((0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u), Philox4x32.Block(0, 0, 0, 0, 0, 0));
        Assert.Equal(
            (0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu),
            Philox4x32.Block(~0u, ~0u, ~0u, ~0u, ~0u, ~0u));
        Assert.Equal(
            (0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u),
            Philox4x32.Block(0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0));
    }

    [Fact]
    public void Seed_stream_and_index_reach_the_generator()
    {
        var random = new CounterRandom(Seed: 0x299f31d0a4093822, Stream: 0x0370734413198a2e);
        Assert.Equal(0x94fdccebd16cfe09u, random.UInt64(0x85a308d3243f6a88));
        Assert.Equal((0xd16cfe09u >> 8) / 16777216f, random.Single(0x85a308d3243f6a88));
        Assert.Equal((0x94fdccebd16cfe09u >> 11) / 9007199254740992.0, random.Double(0x85a308d3243f6a88));
    }

    [Fact]
    public void Numbers_below_a_bound_are_even_and_stay_below()
    {
        var random = new CounterRandom(1, 2);
        int[] counts = new int[7];
        for (ulong i = 0; i < 70_000; i++)
            counts[random.Below(7, i)]++;
        // Expected 10,000 with standard deviation 93.
        Assert.All(counts, count => Assert.InRange(count, 9_500, 10_500));
        Assert.Equal(0, random.Below(1, 5));
        Assert.InRange(random.Below(long.MaxValue, 5), 0, long.MaxValue - 1);
        Assert.Throws<ArgumentOutOfRangeException>(() => random.Below(0, 0));
    }

    [Fact]
    public void Normal_numbers_have_the_moments_of_the_normal_distribution()
    {
        const int N = 400_000;
        float[] values = new float[N];
        new CounterRandom(3, 4).FillNormal(values);
        double mean = values.Average(x => (double)x), variance = values.Average(x => (double)x * x);
        double skew = values.Average(x => Math.Pow(x, 3)), kurtosis = values.Average(x => Math.Pow(x, 4));
        // Five standard errors: 1, √2, √15 and √96 over √N.
        double error = 5 / Math.Sqrt(N);
        Assert.Equal(0, mean, error);
        Assert.Equal(1, variance, error * Math.Sqrt(2));
        Assert.Equal(0, skew, error * Math.Sqrt(15));
        Assert.Equal(3, kurtosis, error * Math.Sqrt(96));
        Assert.Equal(0.05, values.Count(x => Math.Abs(x) > 1.959964) / (double)N, error);
        for (int lag = 1; lag <= 4; lag++)
            Assert.Equal(0, values.Skip(lag).Zip(values, (x, y) => (double)x * y).Average(), error);
    }

    [Theory]
    [InlineData(0, 13)]
    [InlineData(3, 2)]
    [InlineData(5, 11)]
    [InlineData(8, 4)]
    public void Filling_is_the_same_as_asking_one_by_one(ulong first, int count)
    {
        var random = new CounterRandom(9, 9);
        float[] values = new float[count];
        random.FillNormal(values, standardDeviation: 0.5f, first);
        for (int i = 0; i < count; i++)
            Assert.Equal(0.5f * random.Normal(first + (ulong)i), values[i]);
    }

    [Fact]
    public void Streams_and_seeds_are_unrelated()
    {
        const int N = 20_000;
        float[] a = new float[N], b = new float[N], c = new float[N];
        new CounterRandom(1, 0).FillNormal(a);
        new CounterRandom(1, 1).FillNormal(b);
        new CounterRandom(2, 0).FillNormal(c);
        Assert.Equal(0, a.Zip(b, (x, y) => (double)x * y).Average(), 5 / Math.Sqrt(N));
        Assert.Equal(0, a.Zip(c, (x, y) => (double)x * y).Average(), 5 / Math.Sqrt(N));
    }
}
