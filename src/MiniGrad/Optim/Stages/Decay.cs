namespace MiniGrad;

/// <summary>The weight decay of a group.</summary>
/// <param name="Rate">λ.</param>
/// <param name="Method">How it enters.</param>
/// <param name="Cautious">Whether only entries whose update and weight have the same sign decay.</param>
public readonly record struct Decay(double Rate, WeightDecayMethod Method = WeightDecayMethod.Decoupled, bool Cautious = false)
{
    /// <summary>The rate λ of a list of stages; 0 where nothing decays.</summary>
    /// <param name="stages">The list.</param>
    public static double Of(StageList stages)
    {
        ArgumentNullException.ThrowIfNull(stages);
        return stages.Select(RateOf).FirstOrDefault(rate => rate != 0);
    }

    /// <summary>A stage with another rate, if it decays weights.</summary>
    internal static Stage With(Stage stage, double rate) => stage switch
    {
        AdamW a => a with { Decay = a.Decay with { Rate = rate } },
        MaskedAdamW a => a with { Decay = a.Decay with { Rate = rate } },
        UpdateWeights update => update with { Decay = update.Decay with { Rate = rate } },
        HyperballUpdate update => update with { Decay = update.Decay with { Rate = rate } },
        NamoUpdate namo => namo with { Rate = rate },
        L2Decay l2 => l2 with { Rate = rate },
        _ => stage,
    };

    private static double RateOf(Stage stage) => stage switch
    {
        AdamW a => a.Decay.Rate,
        MaskedAdamW a => a.Decay.Rate,
        UpdateWeights update => update.Decay.Rate,
        HyperballUpdate update => update.Decay.Rate,
        NamoUpdate namo => namo.Rate,
        L2Decay l2 => l2.Rate,
        _ => 0,
    };

    /// <summary>The share of a weight that a step takes away.</summary>
    /// <param name="learningRate">η.</param>
    public double At(double learningRate) => Method switch
    {
        WeightDecayMethod.Decoupled => learningRate * Rate,
        WeightDecayMethod.Independent => Rate,
        WeightDecayMethod.Palm => learningRate * learningRate * Rate,
        _ => 0,
    };

    /// <summary>The factor of W, for people.</summary>
    public string Formula
    {
        get
        {
            string share = Method switch
            {
                WeightDecayMethod.Decoupled => "ηλ",
                WeightDecayMethod.Independent => "λ",
                WeightDecayMethod.Palm => "η²λ",
                _ => "",
            };
            if (Rate == 0 || share.Length == 0) return "W";
            return Cautious ? $"(1 − {share}·[u⊙W ≥ 0])W" : $"(1 − {share})W";
        }
    }

    /// <summary>The value of λ, for people; empty when nothing decays.</summary>
    public string Suffix => Rate == 0 ? "" : $", λ = {Rate}";
}
