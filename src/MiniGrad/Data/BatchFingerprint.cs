using System.Numerics;

namespace MiniGrad.Data;

/// <summary>
/// A running 64-bit hash of the tokens a run has trained on, in their order: two runs with equal values saw the same
/// batches. Its one word is its whole state, so a checkpoint can carry it on.
/// </summary>
/// <remarks>h ← rotate(h ⊕ (token + 1)·P₁, 27)·P₂ + P₃ with odd constants: stable across machines, not cryptographic.</remarks>
public struct BatchFingerprint
{
    private const ulong P1 = 0x9E3779B185EBCA87, P2 = 0xC2B2AE3D27D4EB4F, P3 = 0x165667B19E3779F9;

    private ulong _state;

    /// <summary>A fingerprint that goes on from a value read before; 0 is a new one.</summary>
    public BatchFingerprint(ulong value) => _state = value;

    /// <summary>The hash so far.</summary>
    public readonly ulong Value => _state;

    /// <summary>Adds tokens; how they are divided among calls does not matter.</summary>
    public void Add(ReadOnlySpan<int> tokens)
    {
        ulong state = _state;
        foreach (int token in tokens)
            state = BitOperations.RotateLeft(state ^ ((uint)token + 1UL) * P1, 27) * P2 + P3;
        _state = state;
    }

    /// <summary>Sixteen hexadecimal digits.</summary>
    public override readonly string ToString() => _state.ToString("x16", System.Globalization.CultureInfo.InvariantCulture);
}
