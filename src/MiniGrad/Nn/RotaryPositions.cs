using MiniGrad.Ops;

namespace MiniGrad;

/// <summary>Rotary positions of one model, whose layers share the tables; these are made where the model comes to live.</summary>
/// <param name="headSize">Size of a head; even.</param>
/// <param name="positions">How many positions: the longest sequence.</param>
/// <param name="base">Base of the wavelengths.</param>
public sealed class RotaryPositions(int headSize, int positions, double @base = 1e4)
{
    private RopeTables? _tables;

    /// <summary>Rotates the leading heads of each token in place; the others stay as they are.</summary>
    /// <param name="x">Operand, (…,T,heads·d), which nothing else reads.</param>
    /// <param name="heads">Heads a token.</param>
    /// <param name="rotated">How many of them are rotated.</param>
    /// <param name="position">Position of the first token.</param>
    public Tensor Rotate(Tensor x, int heads, int rotated, int position) => Rope.Apply(x, _tables!, heads, rotated, position, inPlace: true);

    /// <summary>Makes the tables.</summary>
    /// <param name="context">Where the model lives.</param>
    public void Prepare(ComputeContext context) => _tables ??= new RopeTables(context, headSize, positions, @base);
}
