namespace MiniGrad;

/// <summary>Multiplies the update by a constant.</summary>
/// <param name="Value">The constant.</param>
public sealed record ExtraScale(double Value) : Stage
{
    /// <inheritdoc/>
    public override string Name => "extra-scale";

    /// <inheritdoc/>
    public override string Formula => $"u ← {Value}·u";

    /// <inheritdoc/>
    public override void Apply(StageContext context) => context.Factor *= Value;
}
