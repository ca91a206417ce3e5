using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using MiniGrad.Backends.Cpu.Assembled;
using MiniGrad.Backends.Cpu.Gemm;

namespace MiniGrad.Backends.Cpu;

/// <summary>
/// Sizes of attention's operands in bfloat16, how they are packed, and the products that its two passes share. Sums run over all
/// of a vector, all keys that a tile of queries sees, or all queries of a block that see a tile of keys, in one go.
/// </summary>
/// <param name="shape">The attention.</param>
/// <param name="tiles">What multiplies.</param>
internal readonly unsafe struct PairAttentionTiles(in AttentionShape shape, PairTiles tiles)
{
    /// <summary>Rows of a tile.</summary>
    public const int Height = PairTileShape.MaxRows;

    private const int Lanes = PairTileShape.Lanes, KeyRegisters = PairTileShape.MaxRegisters, KeyWidth = KeyRegisters * Lanes, LineBytes = 64;

    private readonly AttentionShape _shape = shape;
    private readonly PairTiles _tiles = tiles;

    /// <summary>Queries and keys.</summary>
    public PairColumns Qk { get; } = new(shape.QkSize);

    /// <summary>Values.</summary>
    public PairColumns Value { get; } = new(shape.ValueSize);

    /// <summary>Panels of 48 keys.</summary>
    public int KeyPanels { get; } = Blocking.Pieces(shape.KeyLength, KeyWidth);

    /// <summary>Keys, with room for whole registers.</summary>
    public int Keys { get; } = Blocking.Pieces(shape.KeyLength, Lanes) * Lanes;

    /// <summary>Pairs of keys.</summary>
    public int KeyPairs { get; } = (shape.KeyLength + 1) / 2;

    /// <summary>Elements between rows of scores; no power of two.</summary>
    public int ScoreStep => KeyPanels * KeyWidth + Lanes;

    /// <summary>Words between rows of weights.</summary>
    public int WeightPitch => Keys / 2 + Lanes;

    /// <summary>Words of keys or values in panels of 48 of them.</summary>
    public long PanelWords(in PairColumns vectors) => (long)KeyPanels * KeyWidth * vectors.Pairs;

    /// <summary>Words that packing such panels needs besides.</summary>
    public static long PanelScratch(in PairColumns vectors) => KeyWidth * vectors.Pitch;

    /// <summary>Has machine code made for the tiles.</summary>
    public void Prepare(AssembledKernels kernels)
    {
        for (int registers = 1; registers <= KeyRegisters; registers++) kernels.Prepare(new PairTileShape(Height, registers, KeyRegisters, Interleaved: false));
        foreach (int registers in (ReadOnlySpan<int>)[Qk.Registers, Value.Registers])
        {
            kernels.Prepare(new PairTileShape(Height, registers, registers, Interleaved: false));
            kernels.Prepare(new PairTileShape(Height, registers, registers, Interleaved: true));
        }
    }

    /// <summary>Keys that the last row of a tile of rows sees.</summary>
    public int LastVisible(int firstQuery, int rows, int row) => AttentionTiles.Visible(_shape, firstQuery + Math.Min(rows, row + Height) - 1);

    /// <summary>Brings rows near that will be read soon.</summary>
    public static void Prefetch<TSource>(int rows, int columns, void* x, long first, long step)
        where TSource : IPairSource
    {
        if (!Sse.IsSupported) return;
        for (byte* at = (byte*)x + first * TSource.Size; rows > 0; rows--, at += step * TSource.Size)
        {
            for (int i = 0; i < columns * TSource.Size; i += LineBytes) Sse.Prefetch1(at + i);
        }
    }

    /// <summary>Vectors become rows of pairs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void PackRows<TSource>(int rows, in PairColumns vectors, void* x, long first, long step, uint* to)
        where TSource : IPairSource
    {
        for (int row = 0; row < rows; row++, first += step, to += vectors.Pitch) TSource.Row(x, first, vectors.Size, to);
    }

    /// <summary>Keys or values become panels of 48 columns, one strip of pairs of elements after the other; keys beyond the last are 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void PackTransposed<TSource>(in PairColumns vectors, void* x, long first, long step, uint* to, uint* scratch)
        where TSource : IPairSource
    {
        for (int panel = 0; panel < KeyPanels; panel++, first += KeyWidth * step, to += KeyWidth * vectors.Pairs)
        {
            int keys = Math.Min(KeyWidth, _shape.KeyLength - panel * KeyWidth);
            if (keys < KeyWidth) new Span<uint>(to, KeyWidth * vectors.Pairs).Clear();
            PackRows<TSource>(keys, vectors, x, first, step, scratch);
            Transposer.Run(keys, vectors.Pairs, (float*)scratch, vectors.Pitch, (float*)to, KeyWidth);
        }
    }

    /// <summary>Vectors become panels of columns, one strip of pairs of vectors after the other; an odd last one is paired with zeros.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void PackColumns<TSource>(int rows, in PairColumns vectors, void* x, long first, long step, uint* to)
        where TSource : IPairSource
    {
        int pairs = (rows + 1) / 2, width = vectors.Width;
        for (int p = 0; p < pairs; p++, first += 2 * step, to += width)
        {
            long odd = 2 * p + 1 < rows ? first + step : -1;
            uint* strip = to;
            for (int column = 0; column < vectors.Size; column += width, strip += (nint)pairs * width)
            {
                int columns = Math.Min(width, vectors.Size - column);
                TSource.Columns(x, first + column, odd < 0 ? -1 : odd + column, columns, strip);
                if (columns < width) new Span<uint>(strip + columns, width - columns).Clear();
            }
        }
    }

    /// <summary><c>scores = alpha·vectors·keysᵀ</c> for a block of queries: the registers that hold any visible key.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Scores(int firstQuery, int rows, in PairColumns vectors, uint* queries, uint* panels, float alpha, float* scores)
    {
        var tile = new PairTile { RowA = vectors.Pitch * sizeof(uint), RowC = ScoreStep * sizeof(float), Pairs = vectors.Pairs, Mask = 0xFFFF, Alpha = alpha };
        for (int panel = 0; panel < KeyPanels; panel++)
        {
            tile.B = panels + (nint)panel * KeyWidth * vectors.Pairs;
            for (int row = 0; row < rows; row += Height)
            {
                int keys = LastVisible(firstQuery, rows, row) - panel * KeyWidth;
                if (keys <= 0) continue;
                tile.A = queries + row * vectors.Pitch;
                tile.C = scores + row * (nint)ScoreStep + panel * KeyWidth;
                _tiles.Multiply(ref tile, new PairTileShape(Height, Math.Min(KeyRegisters, Blocking.Pieces(keys, Lanes)), KeyRegisters, Interleaved: false));
            }
        }
    }

    /// <summary><c>sums = alpha·weights·vectors</c> for a block of queries, over the keys that each tile of rows sees.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Combine(int firstQuery, int rows, uint* weights, in PairColumns vectors, uint* panels, float alpha, float* sums)
    {
        var tile = new PairTile { RowA = WeightPitch * sizeof(uint), RowC = vectors.Step * sizeof(float), Mask = 0xFFFF, Alpha = alpha };
        var whole = new PairTileShape(Height, vectors.Registers, vectors.Registers, Interleaved: false);
        for (int panel = 0; panel < vectors.Panels; panel++)
        {
            tile.B = panels + (nint)panel * KeyPairs * vectors.Width;
            for (int row = 0; row < rows; row += Height)
            {
                tile.A = weights + row * (nint)WeightPitch;
                tile.C = sums + row * (nint)vectors.Step + panel * vectors.Width;
                tile.Pairs = (LastVisible(firstQuery, rows, row) + 1) / 2;
                _tiles.Multiply(ref tile, whole);
            }
        }
    }

    /// <summary><c>sums[j, :] += alpha·Σ_i weights[i, j]·vectors[i, :]</c> over the queries of a block that see a tile of keys.</summary>
    /// <param name="firstQuery">First query of the block.</param>
    /// <param name="rows">Queries in it.</param>
    /// <param name="seen">Keys that any of them sees.</param>
    /// <param name="weights">Weights of eight keys side by side, pair of queries by pair.</param>
    /// <param name="tileWords">Words from one tile of eight keys to the next.</param>
    /// <param name="vectors">The vectors' layout.</param>
    /// <param name="panels">The vectors, from <see cref="PackColumns"/>.</param>
    /// <param name="alpha">Factor.</param>
    /// <param name="sums">One row a key.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void AddTransposed(int firstQuery, int rows, int seen, uint* weights, int tileWords, in PairColumns vectors, uint* panels, float alpha, float* sums)
    {
        var tile = new PairTile { RowA = sizeof(uint), RowC = vectors.Step * sizeof(float), Mask = 0xFFFF, Alpha = alpha, Add = 1 };
        var whole = new PairTileShape(Height, vectors.Registers, vectors.Registers, Interleaved: true);
        int pairs = (rows + 1) / 2;
        for (int key = 0; key < seen; key += Height)
        {
            int from = _shape.Causal ? (int)Math.Clamp((long)key - _shape.QueryOffset - firstQuery, 0, rows) / 2 : 0;
            tile.A = weights + key / Height * (nint)tileWords + from * Height;
            tile.Pairs = pairs - from;
            for (int panel = 0; panel < vectors.Panels; panel++)
            {
                tile.B = panels + ((nint)panel * pairs + from) * vectors.Width;
                tile.C = sums + key * (nint)vectors.Step + panel * vectors.Width;
                _tiles.Multiply(ref tile, whole);
            }
        }
    }

    /// <summary>Takes the next words of a worker's scratch memory, up to a whole cache line.</summary>
    public static uint* Take(ref uint* at, long words)
    {
        uint* taken = at;
        at += AttentionTiles.Up(words, 16);
        return taken;
    }
}
