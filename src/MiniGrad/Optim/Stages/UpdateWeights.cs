namespace MiniGrad;

/// <summary>Decays the weights and takes the step: W ← (1 − ηλ)W − ηu.</summary>
/// <param name="Decay">The weight decay.</param>
public sealed record UpdateWeights(Decay Decay) : Stage
{
    /// <summary>The step with a decoupled weight decay.</summary>
    /// <param name="weightDecay">λ.</param>
    public UpdateWeights(double weightDecay = 0) : this(new Decay(weightDecay))
    {
    }

    /// <inheritdoc/>
    public override bool UpdatesWeights => true;

    /// <inheritdoc/>
    public override string Name => "update";

    /// <inheritdoc/>
    public override string Formula => $"W ← {Decay.Formula} − ηu{Decay.Suffix}";

    /// <inheritdoc/>
    public override void Apply(StageContext context)
    {
        context.Report();
        double decay = context.Decays ? Decay.At(context.LearningRate) : 0;
        context.Backend.ApplyUpdate(context.LearningRate * context.Factor, context.Scale, context.Update, decay, Decay.Cautious, context.Weight, context.Gate);
    }
}
