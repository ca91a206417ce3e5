namespace MiniGrad;

/// <summary>A nonlinearity that a matrix product can apply as it stores its result.</summary>
public enum Activation
{
    /// <summary>None.</summary>
    None,

    /// <summary>GELU, tanh form.</summary>
    GeluTanh,

    /// <summary>GELU, exact form.</summary>
    GeluErf,

    /// <summary>SiLU, x·σ(x).</summary>
    Silu,
}
