using MiniGrad.Memory;

namespace MiniGrad;

/// <summary>Looks one step ahead of the momentum: U = (1−β)G + βM, or G + βM when the momentum accumulates.</summary>
/// <param name="Beta">β, the momentum's.</param>
/// <param name="Form">The momentum's form.</param>
public sealed record Nesterov(double Beta, MomentumForm Form = MomentumForm.Ema) : Stage
{
    /// <inheritdoc/>
    public override string Name => "nesterov";

    /// <inheritdoc/>
    public override string Formula => $"U = {(Form == MomentumForm.Ema ? "(1−β)G" : "G")} + βM, β = {Beta}";

    /// <inheritdoc/>
    public override void Apply(StageContext context)
    {
        BufferView update = context.Writable();
        double weight = Form == MomentumForm.Ema ? 1 - Beta : 1;
        context.Backend.Axpby(weight, context.GradientScale, context.Gradient, Beta, context.Update, update, gate: default);
        context.Replace(update);
    }
}
