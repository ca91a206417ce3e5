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

    /// <summary>The hook of these options, or null.</summary>
    internal IStepHook? StepHook => Orthogonalizes && Hook == StepHookKind.Hyperball ? new Hyperball() : null;

    /// <summary>Whether both treat the structure of a model alike; what is not orthogonalized is neither routed nor hooked.</summary>
    private bool StructuredLike(OptimizerOptions other) =>
        QkClip == other.QkClip && (!(Orthogonalizes || other.Orthogonalizes) || (Routing == other.Routing && Hook == other.Hook && Vectors == other.Vectors));
}
