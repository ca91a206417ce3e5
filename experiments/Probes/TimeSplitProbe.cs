using System.Diagnostics;
using MiniGrad.Data;
using MiniGrad.Experiments.Running;
using MiniGrad.Memory;
using MiniGrad.Training;

namespace MiniGrad.Experiments.Probes;

/// <summary>
/// Where the time of a training step goes. After the run some more steps are taken as the trainer takes them, with a clock
/// between the passes; then weights and optimizer state are put back. Runs that share the cores slow each other down: for
/// times to quote, use <c>--jobs 1</c>.
/// </summary>
internal sealed class TimeSplitProbe : IProbe
{
    private const int WarmUp = 2;
    private const int Steps = 10;
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(30);

    /// <summary>Its name, which its measures begin with.</summary>
    public const string Key = "time-split";

    public string Name => Key;

    /// <summary>
    /// Seconds a step: <c>forward</c>, <c>backward</c>, <c>optimizer</c>, and <c>step</c>, which has the batch's transfer and the
    /// clearing of gradients, too: means over the middle half of ten steps. Of a step in micro-batches one is measured and
    /// multiplied; fewer steps are taken where they are slow.
    /// </summary>
    public IEnumerable<(string Key, double Value)> Measure(TrainingSession session, Workload workload)
    {
        using var kept = new KeptState(session);
        Passes passes = MiddleHalf(Measured(session, workload));
        return
        [
            ($"{Name}.forward", passes.Forward),
            ($"{Name}.backward", passes.Backward),
            ($"{Name}.optimizer", passes.Optimizer),
            ($"{Name}.step", passes.Step),
        ];
    }

    private static List<Passes> Measured(TrainingSession session, Workload workload)
    {
        TrainingOptions training = workload.Settings.Training;
        int rows = training.ResolvedMicroBatchSize, microBatches = training.BatchSize / rows, block = workload.Settings.Model.BlockSize;
        var sampler = new BatchSampler(workload.Data.Train, training.BatchSize, block, seed: 0);
        (Indices inputs, Indices targets) = (session.Context.Indices([rows, block]), session.Context.Indices([rows, block]));
        int[] inputIds = new int[rows * block], targetIds = new int[rows * block];
        Observation observe = training.LogEvery == 1 ? Observation.Norms : Observation.Nothing;
        var measured = new List<Passes>();
        long begin = Stopwatch.GetTimestamp();
        for (int step = 0; step < WarmUp + Steps && (measured.Count == 0 || Stopwatch.GetElapsedTime(begin) < Enough); step++)
        {
            long start = Stopwatch.GetTimestamp(), forward, backward, end;
            session.Optimizer.ZeroGradients();
            sampler.Fill(step, 0, inputIds, targetIds);
            inputs.CopyFrom(inputIds);
            targets.CopyFrom(targetIds);
            long ready = Stopwatch.GetTimestamp();
            using (session.Context.BeginStep())
            {
                Tensor loss = session.Model.Loss(inputs, targets, (double)rows * block);
                forward = Done(session, loss.Data);
                loss.Backward();
                backward = Done(session, session.Model.Parameters[0].GradientData);
            }

            using (session.Context.BeginStep())
            {
                session.Optimizer.Step(observe: observe);
                end = Done(session, session.Optimizer.Gradients.Gate);
            }

            if (step < WarmUp) continue;
            measured.Add(new Passes(
                microBatches * Seconds(ready, forward),
                microBatches * Seconds(forward, backward),
                Seconds(backward, end),
                microBatches * Seconds(start, backward) + Seconds(backward, end)));
        }

        return measured;
    }

    // A device works on behind the program's back; what is downloaded has been computed.
    private static long Done(TrainingSession session, BufferView computed)
    {
        Span<double> one = stackalloc double[1];
        session.Context.Backend.Download(computed.Element(0), one);
        return Stopwatch.GetTimestamp();
    }

    private static double Seconds(long from, long to) => Stopwatch.GetElapsedTime(from, to).TotalSeconds;

    // All four numbers from the same steps, so that the parts never exceed the whole.
    private static Passes MiddleHalf(List<Passes> measured)
    {
        Passes[] middle = [.. measured.OrderBy(p => p.Step).Skip(measured.Count / 4).Take(Math.Max(1, measured.Count - 2 * (measured.Count / 4)))];
        return new Passes(middle.Average(p => p.Forward), middle.Average(p => p.Backward), middle.Average(p => p.Optimizer), middle.Average(p => p.Step));
    }

    private readonly record struct Passes(double Forward, double Backward, double Optimizer, double Step);
}
