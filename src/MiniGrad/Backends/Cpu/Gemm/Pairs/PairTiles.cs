using MiniGrad.Backends.Cpu.Assembled;

namespace MiniGrad.Backends.Cpu.Gemm;

/// <summary>Multiplies tiles: by machine code where there is some for a shape, else by <see cref="PortableTile"/>, with the same bits.</summary>
/// <param name="code">Addresses by <see cref="PairTileShape.Index"/>, 0 where there is none; or null.</param>
internal readonly unsafe struct PairTiles(nint* code)
{
    private readonly nint* _code = code;

    /// <summary>Multiplies one tile.</summary>
    public void Multiply(ref PairTile tile, PairTileShape shape)
    {
        nint address = _code == null ? 0 : _code[shape.Index];
        if (address == 0)
        {
            PortableTile.Multiply(tile, shape);
            return;
        }
        fixed (PairTile* operands = &tile) ((delegate* unmanaged[SuppressGCTransition]<PairTile*, void>)address)(operands);
    }
}
