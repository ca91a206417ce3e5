namespace MiniGrad.Memory;

/// <summary>What a buffer holds. A back end decides whether <see cref="Real"/> is float32 or float64.</summary>
public enum ElementType
{
    /// <summary>Floating-point numbers in the back end's own precision.</summary>
    Real,

    /// <summary>32-bit signed integers, such as token ids.</summary>
    Int32,
}
