namespace MiniGrad;

/// <summary>Which family an optimizer belongs to; a preset decides.</summary>
public enum OptimizerKind
{
    /// <summary>Momentum, orthogonalization, and what surrounds them: Muon, AdaMuon and their kin.</summary>
    Orthogonalized,

    /// <summary>AdamW.</summary>
    AdamW,

    /// <summary>Lion (Chen et al. 2023).</summary>
    Lion,

    /// <summary>Gradient descent with momentum.</summary>
    Sgd,

    /// <summary>A list of stages that no keys but the weight decay change.</summary>
    Custom,
}

/// <summary>How gradients accumulate in the momentum.</summary>
public enum MomentumForm
{
    /// <summary>M ← βM + (1−β)G.</summary>
    Ema,

    /// <summary>M ← βM + G.</summary>
    Accumulate,
}

/// <summary>How the weight decay λ enters a step of learning rate η.</summary>
public enum WeightDecayMethod
{
    /// <summary>W ← (1 − ηλ)W.</summary>
    Decoupled,

    /// <summary>W ← (1 − λ)W, whatever the learning rate.</summary>
    Independent,

    /// <summary>G ← G + λW, before the momentum.</summary>
    L2,

    /// <summary>W ← (1 − η²λ)W.</summary>
    Palm,

    /// <summary>W ← (1 − λ·min(ηα, 1))W with NAMO's own α; the step is bounded alike (arXiv 2602.17080).</summary>
    Namo,
}

/// <summary>What second moment divides the update.</summary>
public enum SecondMoment
{
    /// <summary>None.</summary>
    None,

    /// <summary>V of O², entry by entry (AdaMuon).</summary>
    Elementwise,

    /// <summary>V of the mean of O² along an axis, and the update rescaled to ‖O‖ (NorMuon).</summary>
    Neuron,

    /// <summary>V of ‖G‖² of the raw gradient, and the update times ‖U‖/(√V+ε) (NAMO).</summary>
    Scalar,
}

/// <summary>What one entry of a neuron second moment stands for.</summary>
public enum SecondMomentAxis
{
    /// <summary>One V per row.</summary>
    Rows,

    /// <summary>One V per column.</summary>
    Columns,

    /// <summary>Per row when rows ≥ columns, else per column.</summary>
    Auto,
}

/// <summary>Where an elementwise second moment acts.</summary>
public enum SecondMomentPlacement
{
    /// <summary>On what comes out of the orthogonalization.</summary>
    After,

    /// <summary>On what goes into it.</summary>
    Before,
}

/// <summary>The factor that gives an orthogonalized m×n update its size.</summary>
public enum ScaleRule
{
    /// <summary>1.</summary>
    None,

    /// <summary>√max(1, m/n).</summary>
    Shape,

    /// <summary>√max(m, n).</summary>
    Spectral,

    /// <summary>√(m/n).</summary>
    UnitRms,

    /// <summary>0.2·√max(m, n).</summary>
    MatchRmsAdamw,

    /// <summary>0.2·√(mn) / (‖·‖ + ε): a root mean square of 0.2.</summary>
    RmsAlign,

    /// <summary>0.2·√min(m, n) / (‖·‖ + ε).</summary>
    RmsAlignMin,

    /// <summary>0.2·√max(m, n) / (‖·‖ + ε).</summary>
    UnitNormMatch,
}

/// <summary>How a matrix is orthogonalized.</summary>
public enum OrthogonalizationMethod
{
    /// <summary>An odd matrix polynomial, iterated.</summary>
    NewtonSchulz,

    /// <summary>The exact polar factor in float64, on back ends in host memory.</summary>
    Polar,
}

/// <summary>How the orthogonalizer's input is brought into the range of its polynomial.</summary>
public enum Normalization
{
    /// <summary>X / (‖X‖ + ε).</summary>
    Add,

    /// <summary>X / max(‖X‖, ε).</summary>
    Max,

    /// <summary>X / (1.02·‖X‖ + ε).</summary>
    Safety,

    /// <summary>diag(1/√Σⱼ|XXᵀ|ᵢⱼ)·X, of the shorter side: singular values in (0, 1], but the polar factor of another matrix.</summary>
    Aol,

    /// <summary>X / σ_max, by power iteration.</summary>
    Spectral,

    /// <summary>X / √‖XXᵀ‖, the Schatten-4 norm.</summary>
    Schatten4,
}

/// <summary>The precision of the orthogonalizer's products.</summary>
public enum OrthogonalizerPrecision
{
    /// <summary>The back end's own: float32, or float64 on the reference back end of that type.</summary>
    Float32,

    /// <summary>The operands of every product of the iteration rounded to bfloat16; sums are the back end's own precision.</summary>
    Bfloat16,
}

/// <summary>Which part of the update agrees with the gradient of the step.</summary>
public enum UpdateMask
{
    /// <summary>All is kept.</summary>
    None,

    /// <summary>Entries of the other sign become 0, and the rest is scaled up by the share that is left (arXiv 2411.16085).</summary>
    Cautious,

    /// <summary>The momentum's magnitude with the gradient's sign (arXiv 2412.17107).</summary>
    Grams,
}

/// <summary>What is done to the momentum in the place of the sign.</summary>
public enum MomentumTransform
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>tanh(M/RMS(M)).</summary>
    Tanh,
}

/// <summary>Which state is kept as the sums of its rows and columns (SMMF).</summary>
public enum FactoredState
{
    /// <summary>None.</summary>
    None,

    /// <summary>The second moment.</summary>
    Second,

    /// <summary>The second moment and the momentum, whose signs take one bit each.</summary>
    Both,
}

/// <summary>The number format of the state.</summary>
public enum StateType
{
    /// <summary>The back end's own.</summary>
    Float32,

    /// <summary>bfloat16, rounded stochastically.</summary>
    Bfloat16,
}

/// <summary>The optimizer of the parameters that are not orthogonalized.</summary>
public enum AuxiliaryKind
{
    /// <summary>AdamW.</summary>
    Adamw,

    /// <summary>Lion.</summary>
    Lion,
}
