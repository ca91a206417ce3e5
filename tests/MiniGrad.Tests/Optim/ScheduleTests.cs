namespace MiniGrad.Tests.Optim;

/// <summary>Learning-rate schedules.</summary>
public sealed class ScheduleTests
{
    [Theory]
    [InlineData(ScheduleKind.Constant, 0, 0.25)]
    [InlineData(ScheduleKind.Constant, 3, 1)]
    [InlineData(ScheduleKind.Constant, 99, 1)]
    [InlineData(ScheduleKind.Linear, 3, 1)]
    [InlineData(ScheduleKind.Linear, 4, 1)]
    [InlineData(ScheduleKind.Linear, 9, 0.55)]
    [InlineData(ScheduleKind.Linear, 13, 0.19)]
    [InlineData(ScheduleKind.Linear, 14, 0.1)]
    [InlineData(ScheduleKind.Linear, 1000, 0.1)]
    [InlineData(ScheduleKind.Cosine, 1, 0.5)]
    [InlineData(ScheduleKind.Cosine, 4, 1)]
    [InlineData(ScheduleKind.Cosine, 9, 0.55)]
    [InlineData(ScheduleKind.Cosine, 14, 0.1)]
    public void Factors_are_those_of_the_formula(ScheduleKind kind, int step, double factor) =>
        Assert.Equal(factor, new LearningRateSchedule(kind, WarmupSteps: 4, TotalSteps: 14, FinalFactor: 0.1).At(step), 1e-12);

    [Theory]
    [InlineData(ScheduleKind.Wsd, 5, 1)]
    [InlineData(ScheduleKind.Wsd, 16, 1)]
    [InlineData(ScheduleKind.Wsd, 17, 0.775)]
    [InlineData(ScheduleKind.Wsd, 18, 0.55)]
    [InlineData(ScheduleKind.Wsd, 20, 0.1)]
    [InlineData(ScheduleKind.Sqrt, 16, 1)]
    [InlineData(ScheduleKind.Sqrt, 17, 0.55)]
    [InlineData(ScheduleKind.Sqrt, 20, 0.1)]
    [InlineData(ScheduleKind.Linear, 15, 1)]
    [InlineData(ScheduleKind.Linear, 18, 0.55)]
    [InlineData(ScheduleKind.Cosine, 18, 0.55)]
    public void A_decay_of_its_own_length_takes_the_last_steps(ScheduleKind kind, int step, double factor) =>
        Assert.Equal(factor, new LearningRateSchedule(kind, WarmupSteps: 4, TotalSteps: 20, FinalFactor: 0.1, DecaySteps: 4).At(step), 1e-12);

    [Fact]
    public void A_decay_longer_than_what_follows_the_warm_up_begins_there() =>
        Assert.Equal(new LearningRateSchedule(ScheduleKind.Linear, 4, 20).At(7), new LearningRateSchedule(ScheduleKind.Linear, 4, 20, 0, 100).At(7));

    [Fact]
    public void Without_warm_up_the_first_step_is_whole() => Assert.Equal(1, new LearningRateSchedule(ScheduleKind.Linear, 0, 10).At(0));

    [Fact]
    public void A_warm_up_as_long_as_the_run_is_allowed() => Assert.Equal(1, new LearningRateSchedule(ScheduleKind.Cosine, 10, 10).At(9));

    [Theory]
    [InlineData(ScheduleKind.Constant)]
    [InlineData(ScheduleKind.Linear)]
    [InlineData(ScheduleKind.Cosine)]
    [InlineData(ScheduleKind.Wsd)]
    [InlineData(ScheduleKind.Sqrt)]
    public void Factors_rise_then_never_rise_and_stay_in_their_range(ScheduleKind kind)
    {
        var schedule = new LearningRateSchedule(kind, 7, 50);
        double[] factors = [.. Enumerable.Range(0, 60).Select(step => schedule.At(step))];
        Assert.All(factors, factor => Assert.InRange(factor, 0, 1));
        for (int step = 1; step < 60; step++) Assert.True(step < 7 ? factors[step] > factors[step - 1] : factors[step] <= factors[step - 1], $"step {step}");
    }

    [Theory]
    [InlineData(-1, 10, 0, "warmupSteps is -1")]
    [InlineData(0, 0, 0, "totalSteps is 0")]
    [InlineData(0, 10, 1.5, "finalFactor is 1.5")]
    public void Impossible_settings_are_refused(int warmup, int total, double final, string message) =>
        Assert.StartsWith(message, Assert.Throws<ArgumentException>(() => new LearningRateSchedule(ScheduleKind.Linear, warmup, total, final)).Message, StringComparison.Ordinal);
}
