namespace MiniGrad;

/// <summary>How Newton–Schulz is computed; the result differs by rounding only.</summary>
public enum NewtonSchulzForm
{
    /// <summary>Whichever is faster: through the Gram matrix where the shorter side is at least 64 and the longer at least 1.5 times it.</summary>
    Auto,

    /// <summary>Every step on the matrix itself.</summary>
    Plain,

    /// <summary>Through the Gram matrix, whatever the shape.</summary>
    Gram,
}
