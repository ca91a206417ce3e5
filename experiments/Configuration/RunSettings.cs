using System.Globalization;
using System.Text.Json.Serialization;
using MiniGrad.Experiments.Commands;
using MiniGrad.Training;

namespace MiniGrad.Experiments.Configuration;

/// <summary>Everything that the runs of one command share, resolved from profile and options.</summary>
internal sealed record RunSettings
{
    public required string Profile { get; init; }

    /// <summary>Whether this is a smoke run, whose verdict means nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Quick { get; init; }

    public required GptOptions Model { get; init; }

    /// <summary>The size of the vocabulary that was asked for, or null for the tokenizer's.</summary>
    public int? VocabSize { get; init; }

    /// <summary>The rate that every variant gets where none is given: the profile's shared one.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Where the shared rate is from; the profile's word for it holds only as long as the profile is unchanged.</summary>
    public required string LearningRateSource { get; init; }

    public required int Steps { get; init; }

    public required int Batch { get; init; }

    public required int MicroBatch { get; init; }

    public required ScheduleKind Schedule { get; init; }

    public required int WarmupSteps { get; init; }

    /// <summary>The last steps, over which the rate decays; 0 for all that follow the warm-up.</summary>
    public int DecaySteps { get; init; }

    /// <summary>Where the decay ends, as a share of the rate.</summary>
    public double FinalRate { get; init; }

    /// <summary>Where a range test of the learning rate begins, as a share of the rate that it ends at; null for an ordinary run.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? RateRisesFrom { get; init; }

    public double WeightDecay { get; init; } = 0.1;

    /// <summary>The global norm that gradients are clipped to; 0 for no clipping.</summary>
    [RunOption("--clip", "Clips the gradient's global norm; 0 for no clipping (default: 1)", Least = 0, Group = OptionGroups.Rate)]
    public double MaxGradientNorm { get; init; } = 1.0;

    public required int LogEvery { get; init; }

    [RunOption("--eval-every", "Steps between evaluations (default: a sixth of the steps)", Least = 1, Retunes = false)]
    public required int EvaluateEvery { get; init; }

    public required int ValidationTokens { get; init; }

    public required string Tokenizer { get; init; }

    /// <summary>The folder of the model that runs start from, or null for a new one of <see cref="Model"/>.</summary>
    public string? From { get; init; }

    public string? CorpusPath { get; init; }

    [RunOption("--threads", "Threads of each run", Least = 1, Most = Limits.MostThreads, Use = OptionUse.Machine, Group = OptionGroups.WhereItRuns, InIdentity = false, Retunes = false)]
    public required int Threads { get; init; }

    /// <summary><c>cpu</c> or <c>gpu:N</c>; <c>auto</c> until a measurement has told.</summary>
    public required string Device { get; init; }

    /// <summary>Whether nobody chose <see cref="LogEvery"/>: every step where looking costs nothing, every tenth on a GPU.</summary>
    [JsonIgnore]
    public bool LogEveryIsDefault { get; init; }

    [RunOption("--on-nonfinite", "What to do about a non-finite gradient: stop or skip (default: stop)", Retunes = false)]
    public NonFinitePolicy OnNonFinite { get; init; }

    /// <summary>The decay of an exponential moving average of the weights; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [RunOption("--ema", "Keeps an exponential moving average of the weights with this decay, such as 0.999", Least = 0, Most = 0.999999, Retunes = false)]
    public double? Ema { get; init; }

    /// <summary>The step whose time is written to <c>trace.json</c>; 0 for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    [RunOption("--profile-step", "Writes where the time of step N goes into trace.json, for Chrome's tracing page or Perfetto", Least = 1, Group = OptionGroups.WhatIsKept, InIdentity = false, Retunes = false)]
    public int ProfileStep { get; init; }

    /// <summary>Evaluations without a lower validation loss after which a run ends early; 0 never does.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int EarlyStopping { get; init; }

    public CheckpointCadence Checkpoints { get; init; } = CheckpointCadence.Never;

    /// <summary>Optimizer settings of the user's, applied to every variant after its own.</summary>
    public IReadOnlyList<string> OptimizerChanges { get; init; } = [];

    /// <summary>How much of every parameter's step is written to <c>diagnostics.jsonl</c>, or null for no such file.</summary>
    public Observation? Diagnostics { get; init; }

    /// <summary>Whether runs also write TensorBoard's event files.</summary>
    [RunOption("--tensorboard", "Also write TensorBoard's event files, one a run, beside metrics.jsonl", Group = OptionGroups.WhatIsKept, InIdentity = false, Retunes = false)]
    public bool TensorBoard { get; init; }

    /// <summary>The schedule in words.</summary>
    [JsonIgnore]
    public string ScheduleInWords
    {
        get
        {
            string name = Schedule.ToString().ToLowerInvariant();
            string decay = DecaySteps == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" over the last {DecaySteps:N0} steps");
            string end = Schedule == ScheduleKind.Constant ? "" : string.Create(CultureInfo.InvariantCulture, $" to {FinalRate:G} of the rate");
            return DecaySteps == 0 && FinalRate == 0 ? name : $"{name}{decay}{end}";
        }
    }

    public int TokensPerStep => Batch * Model.BlockSize;

    public TrainingOptions Training => new TrainingOptions
    {
        Steps = Steps,
        BatchSize = Batch,
        MicroBatchSize = MicroBatch,
        LogEvery = LogEvery,
        EvaluateEvery = EvaluateEvery,
        Patience = EarlyStopping,
        ProfileStep = ProfileStep,
        OnNonFinite = OnNonFinite,
        Observe = Diagnostics ?? Observation.Norms,
        TellParameters = Diagnostics is not null,
    }.Validated();
}
