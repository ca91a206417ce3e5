namespace MiniGrad;

/// <summary>Options about which parameters are treated how.</summary>
public sealed partial record OptimizerOptions
{
    /// <summary>What the router orthogonalizes, and how fused projections are split.</summary>
    public RoutingOptions Routing { get; init; } = new();

    /// <summary>The bound τ of QK-clip on every head's largest attention logit, or null (MuonClip; Kimi K2 uses 100).</summary>
    public double? QkClip { get; init; }

    /// <summary>What is done around a step of an orthogonalized parameter.</summary>
    public StepHookKind Hook { get; init; }

    /// <summary>What becomes of 1-D parameters.</summary>
    public VectorRouting Vectors { get; init; }

    /// <summary>
    /// The bound of QK-clip for a model. A preset that clips has nothing to do where there is no attention, or where its queries and keys
    /// are normalized; a bound that somebody set is refused there.
    /// </summary>
    internal double? QkClipOf(Routing routing)
    {
        if (QkClip is null || QkClip != FromPreset(Preset).QkClip) return QkClip;
        return routing.Parameters.Any(parameter => parameter.Heads is { Attention.NormalizedQk: false } rows && (rows.Parts & (AttentionParts.Query | AttentionParts.Key)) != 0) ? QkClip : null;
    }

    /// <summary>The hook of these options, or null.</summary>
    internal IStepHook? StepHook => Orthogonalizes && Hook == StepHookKind.Hyperball ? new Hyperball() : null;

    /// <summary>Whether both treat the structure of a model alike; what is not orthogonalized is neither routed nor hooked.</summary>
    private bool StructuredLike(OptimizerOptions other) =>
        QkClip == other.QkClip && (!(Orthogonalizes || other.Orthogonalizes) || (Routing == other.Routing && Hook == other.Hook && Vectors == other.Vectors));
}
