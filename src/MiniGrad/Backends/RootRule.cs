namespace MiniGrad;

/// <summary>How a second moment divides.</summary>
public enum RootRule
{
    /// <summary>By √V + ε.</summary>
    Divide,

    /// <summary>By √max(V, ε).</summary>
    Clamp,
}
