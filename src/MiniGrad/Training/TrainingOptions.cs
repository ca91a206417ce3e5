namespace MiniGrad.Training;

/// <summary>What to do about a loss or gradient that is not finite.</summary>
public enum NonFinitePolicy
{
    /// <summary>End the run as diverged once it is seen: after the bad step on the host, at the next logged step on a device. No bad step changes parameters or state.</summary>
    Stop,

    /// <summary>Leave the step out, count it and go on.</summary>
    Skip,
}

/// <summary>How long and how a model is trained.</summary>
public sealed record TrainingOptions
{
    /// <summary>Number of optimizer steps.</summary>
    public required int Steps { get; init; }

    /// <summary>Sequences a step, B.</summary>
    public required int BatchSize { get; init; }

    /// <summary>Sequences a forward and backward pass; divides <see cref="BatchSize"/>. 0 takes the whole batch.</summary>
    public int MicroBatchSize { get; init; }

    /// <summary>Steps between logged steps.</summary>
    public int LogEvery { get; init; } = 1;

    /// <summary>Steps between evaluations; the last step is always evaluated. 0 evaluates at the end only.</summary>
    public int EvaluateEvery { get; init; }

    /// <summary>Evaluations in a row without a lower validation loss after which training ends early; 0 never does.</summary>
    public int Patience { get; init; }

    /// <summary>How much of the optimizer's work is told of logged steps: <see cref="Observation.Norms"/> goes into the metrics; higher levels are told parameter by parameter.</summary>
    public Observation Observe { get; init; } = Observation.Norms;

    /// <summary>Whether observers are told of every parameter of a logged step, which downloads a few numbers for each.</summary>
    public bool TellParameters { get; init; }

    /// <summary>Steps between logged steps whose parameters are told, and that are observed beyond the norms; the last step always is one.</summary>
    public int TellEvery { get; init; } = 1;

    /// <summary>The step (from 1) whose time is told of (<see cref="ITrainingObserver.Traced"/>); 0 for none.</summary>
    public int ProfileStep { get; init; }

    /// <summary>What to do about a non-finite loss or gradient.</summary>
    public NonFinitePolicy OnNonFinite { get; init; } = NonFinitePolicy.Stop;

    /// <summary>The micro-batch size, resolved.</summary>
    public int ResolvedMicroBatchSize => MicroBatchSize == 0 ? BatchSize : MicroBatchSize;

    /// <summary>Checks the numbers.</summary>
    /// <returns>These options.</returns>
    /// <exception cref="ArgumentException">One is out of range; the message names it.</exception>
    public TrainingOptions Validated()
    {
        AtLeast(Steps, 1, "steps");
        AtLeast(BatchSize, 1, "batch");
        AtLeast(MicroBatchSize, 0, "micro-batch");
        AtLeast(LogEvery, 1, "log-every");
        AtLeast(EvaluateEvery, 0, "eval-every");
        AtLeast(TellEvery, 1, "tell-every");
        AtLeast(Patience, 0, "patience");
        AtLeast(ProfileStep, 0, "profile-step");
        if (ProfileStep > Steps) throw new ArgumentException($"profile-step {ProfileStep} is behind the last of {Steps} steps; use one of them");
        if (BatchSize % ResolvedMicroBatchSize != 0) throw new ArgumentException($"micro-batch {MicroBatchSize} does not divide batch {BatchSize}; use a divisor of it");
        return this;
    }

    /// <summary>Whether a step (from 1) is evaluated.</summary>
    /// <param name="step">The step.</param>
    public bool IsEvaluated(int step) => step == Steps || (EvaluateEvery > 0 && step % EvaluateEvery == 0);

    /// <summary>Whether a step (from 1) is logged; evaluated ones always are.</summary>
    /// <param name="step">The step.</param>
    public bool IsLogged(int step) => step % LogEvery == 0 || IsEvaluated(step);

    /// <summary>Whether observers are told of every parameter of a step (from 1).</summary>
    /// <param name="step">The step.</param>
    public bool IsTold(int step) => TellParameters && IsLogged(step) && (step % TellEvery == 0 || step == Steps);

    /// <summary>How much of a step (from 1) is observed.</summary>
    /// <param name="step">The step.</param>
    public Observation ObservationAt(int step) =>
        !IsLogged(step) ? Observation.Nothing : TellParameters && !IsTold(step) && Observe > Observation.Norms ? Observation.Norms : Observe;

    private static void AtLeast(int value, int least, string name)
    {
        if (value < least) throw new ArgumentException($"{name} is {value}; it must be at least {least}");
    }
}
