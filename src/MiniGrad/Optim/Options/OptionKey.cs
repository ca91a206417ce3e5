using System.Text.Json;

namespace MiniGrad.Optim;

/// <summary>A key of the options: its written name, how it is read from an <see cref="OptimizerOptions"/> and how it is set.</summary>
internal sealed record OptionKey(string Name, Func<OptimizerOptions, object?> Get, Func<OptimizerOptions, OptionValue, OptimizerOptions> Set)
{
    /// <summary>Whether the key also changes others, which are read after it so that what is written for them counts.</summary>
    public bool ComesFirst { get; init; }

    /// <summary>Every key but <c>preset</c>, in the order in which they are documented. A key that is not here does not parse.</summary>
    public static IReadOnlyList<OptionKey> All { get; } =
    [
        new("learningRate", o => o.LearningRate, (o, v) => o with { LearningRate = v.Number() }),
        new("weightDecay", o => o.WeightDecay, (o, v) => o with { WeightDecay = v.Number() }),
        new("weightDecayMethod", o => OptionNames.Of(o.WeightDecayMethod), (o, v) => o with { WeightDecayMethod = v.Choice<WeightDecayMethod>() }),
        new("cautiousWeightDecay", o => o.CautiousWeightDecay, (o, v) => o with { CautiousWeightDecay = v.Flag() }),
        new("momentum", o => o.Momentum, (o, v) => o with { Momentum = v.Number() }),
        new("momentumForm", o => OptionNames.Of(o.MomentumForm), (o, v) => o with { MomentumForm = v.Choice<MomentumForm>() }),
        new("nesterov", o => o.Nesterov, (o, v) => o with { Nesterov = v.Flag() }),
        new("sign", o => o.Sign, (o, v) => o with { Sign = v.Flag() }),
        Orthogonalizer("method", r => OptionNames.Of(r.Method), (r, v) => r with { Method = v.Choice<OrthogonalizationMethod>() }),
        Orthogonalizer("coefficients", r => r.Coefficients.ToOption(), (r, v) => r with { Coefficients = v.Coefficients() }),
        Orthogonalizer("steps", r => r.Steps, (r, v) => r with { Steps = v.Integer() }),
        Orthogonalizer("normalization", r => OptionNames.Of(r.Normalization), (r, v) => r with { Normalization = v.Choice<Normalization>() }),
        Orthogonalizer("epsilon", r => r.Epsilon, (r, v) => r with { Epsilon = v.Number() }),
        Orthogonalizer("precision", r => OptionNames.Of(r.Precision), (r, v) => r with { Precision = v.Choice<OrthogonalizerPrecision>() }),
        new("dualNorm", o => o.DualNorm, (o, v) => o with { DualNorm = v.Flag() }),
        new("dualNormClip", o => o.DualNormClip, (o, v) => o with { DualNormClip = v.NumberOrNull() }),
        new("secondMoment", o => OptionNames.Of(o.SecondMoment), (o, v) => o with { SecondMoment = v.Choice<SecondMoment>() }),
        new("secondMomentAxis", o => OptionNames.Of(o.SecondMomentAxis), (o, v) => o with { SecondMomentAxis = v.Choice<SecondMomentAxis>() }),
        new("secondMomentRule", o => OptionNames.Of(o.SecondMomentRule), (o, v) => o with { SecondMomentRule = v.Choice<RootRule>() }),
        new("secondMomentPlacement", o => OptionNames.Of(o.SecondMomentPlacement), (o, v) => o with { SecondMomentPlacement = v.Choice<SecondMomentPlacement>() }),
        new("secondMomentBiasCorrection", o => o.SecondMomentBiasCorrection, (o, v) => o with { SecondMomentBiasCorrection = v.Flag() }),
        new("beta2", o => o.Beta2, (o, v) => o with { Beta2 = v.NumberOrNull() }),
        new("epsilon", o => o.Epsilon, (o, v) => o with { Epsilon = v.Number() }),
        new("scale", o => OptionNames.Of(o.Scale), (o, v) => o with { Scale = v.Choice<ScaleRule>() }),
        new("extraScale", o => o.ExtraScale, (o, v) => o with { ExtraScale = v.Number() }),
        new("beta1", o => o.Beta1, (o, v) => o with { Beta1 = v.Number() }),
        Auxiliary("preset", a => OptionNames.Of(a.Preset), (a, v) => a with { Preset = v.Choice<AuxiliaryKind>() }),
        Auxiliary("learningRate", a => a.LearningRate, (a, v) => a with { LearningRate = v.NumberOrNull() }),
        Auxiliary("beta1", a => a.Beta1, (a, v) => a with { Beta1 = v.NumberOrNull() }),
        Auxiliary("beta2", a => a.Beta2, (a, v) => a with { Beta2 = v.NumberOrNull() }),
        Auxiliary("epsilon", a => a.Epsilon, (a, v) => a with { Epsilon = v.NumberOrNull() }),
        Auxiliary("weightDecay", a => a.WeightDecay, (a, v) => a with { WeightDecay = v.NumberOrNull() }),
        new("simplifiedAdEMAMix", o => o.SimplifiedAdEMAMix, (o, v) => WithAdEMAMix(o, v.NumberOrNull())) { ComesFirst = true },
        new("mask", o => OptionNames.Of(o.Mask), (o, v) => o with { Mask = v.Choice<UpdateMask>() }),
        new("projection", o => o.Projection, (o, v) => WithoutSign(o with { Projection = v.NumberOrNull() })) { ComesFirst = true },
        new("transform", o => OptionNames.Of(o.Transform), (o, v) => WithoutSign(o with { Transform = v.Choice<MomentumTransform>() })) { ComesFirst = true },
        .. StructureKeys.All,
        new("factored", o => OptionNames.Of(o.Factored), (o, v) => o with { Factored = v.Choice<FactoredState>() }),
        new("stateType", o => OptionNames.Of(o.StateType), (o, v) => o with { StateType = v.Choice<StateType>() }),
    ];

    /// <summary>Every key that options have something to say for: <see cref="All"/>, and the settings of stages that were given.</summary>
    public static IEnumerable<OptionKey> Of(OptimizerOptions options) => [.. All, .. options.StageSettings.Select(setting => ForStage(setting.Key))];

    /// <summary>The key of a name.</summary>
    /// <exception cref="ArgumentException">There is none; the message names the nearest.</exception>
    public static OptionKey Find(string name) =>
        name.StartsWith(StageSetting.Prefix, StringComparison.Ordinal) ? ForStage(name) :
        All.FirstOrDefault(key => key.Name == name) ?? throw new ArgumentException(NearestName.Message("optimizer key", name, OptimizerOptions.Keys));

    private static OptionKey ForStage(string key) => new(
        key,
        o => o.StageSettings.Where(setting => setting.Key == key).Select(setting => (object?)JsonDocument.Parse(setting.Value).RootElement).FirstOrDefault(),
        (o, v) => o with { StageSettings = v.Json.ValueKind == JsonValueKind.Null ? o.StageSettings.Without(key) : o.StageSettings.With(key, v) });

    /// <summary>The mix stands in Nesterov's place and is of accumulated momentum, whatever the preset has.</summary>
    private static OptimizerOptions WithAdEMAMix(OptimizerOptions o, double? alpha) =>
        alpha is null ? o with { SimplifiedAdEMAMix = null } : o with { SimplifiedAdEMAMix = alpha, MomentumForm = MomentumForm.Accumulate, Nesterov = false };

    /// <summary>Projection and transform stand in the place of the preset's sign.</summary>
    private static OptimizerOptions WithoutSign(OptimizerOptions o) =>
        o.Projection is null && o.Transform == MomentumTransform.None ? o : o with { Sign = false };

    private static OptionKey Orthogonalizer(string name, Func<OrthogonalizerOptions, object?> get, Func<OrthogonalizerOptions, OptionValue, OrthogonalizerOptions> set) =>
        new($"orthogonalizer.{name}", o => get(o.Orthogonalizer), (o, v) => o with { Orthogonalizer = set(o.Orthogonalizer, v) });

    private static OptionKey Auxiliary(string name, Func<AuxiliaryOptions, object?> get, Func<AuxiliaryOptions, OptionValue, AuxiliaryOptions> set) =>
        new($"auxiliary.{name}", o => get(o.Auxiliary), (o, v) => o with { Auxiliary = set(o.Auxiliary, v) });
}
