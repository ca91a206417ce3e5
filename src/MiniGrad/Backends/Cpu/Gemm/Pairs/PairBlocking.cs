using MiniGrad.Backends.Cpu.Assembled;

namespace MiniGrad.Backends.Cpu.Gemm;

/// <summary>How a bfloat16 product is cut. The cut of k is <see cref="Bfloat16.BlockDepth"/>'s and decides the order of the sums; the rest changes no bit.</summary>
internal readonly struct PairBlocking
{
    /// <summary>Columns of a packed panel of B.</summary>
    public const int PanelWidth = PairTileShape.MaxRegisters * PairTileShape.Lanes;

    private const int MaxChunkPanels = 80;
    private const int MaxBlockPanels = 10;
    private const int MaxBlockRows = 64;
    private const int TicketsPerThread = 4;

    // A multiple of a panel's width, so that the diagonal crosses whole panels of one block.
    private const int SymmetricBlockRows = 48;

    // A tile of one register waits for its own sums, so the last four registers are two panels of two.
    private readonly bool _shortens;

    /// <summary>Cuts a product for so many threads.</summary>
    public PairBlocking(in Product product, int threads)
    {
        Threads = threads;
        Depth = product.DepthLimit;
        Depths = Math.Max(1, Blocking.Pieces(product.K, Depth));
        int registers = Blocking.Pieces(product.N, PairTileShape.Lanes);
        Panels = Blocking.Pieces(registers, PairTileShape.MaxRegisters);
        _shortens = registers % PairTileShape.MaxRegisters == 1 && Panels > 1;
        Chunks = Blocking.Pieces(Panels, MaxChunkPanels);
        ChunkPanels = Blocking.Pieces(Panels, Chunks);
        BlockRows = product.Symmetric ? SymmetricBlockRows : MaxBlockRows;
        while (!product.Symmetric && threads > 1 && BlockRows > PairTileShape.MaxRows && Blocking.Pieces(product.M, BlockRows) < TicketsPerThread * threads) BlockRows /= 2;
        RowBlocks = Blocking.Pieces(product.M, BlockRows);
    }

    /// <summary>Threads that share the work.</summary>
    public int Threads { get; }

    /// <summary>Blocks of k.</summary>
    public int Depths { get; }

    /// <summary>Steps of k in a block; fewer in the last.</summary>
    public int Depth { get; }

    /// <summary>Pairs in a block.</summary>
    public int Pairs => (Depth + 1) / 2;

    /// <summary>Panels of B.</summary>
    public int Panels { get; }

    /// <summary>The first column of a panel, or, of the panel after the last, the end.</summary>
    public int ColumnOf(int panel) => panel * PanelWidth - (_shortens && panel >= Panels - 1 ? PairTileShape.Lanes : 0);

    /// <summary>Chunks of columns; B is packed chunk by chunk.</summary>
    public int Chunks { get; }

    /// <summary>Panels in a chunk; fewer in the last.</summary>
    public int ChunkPanels { get; }

    /// <summary>Panels that a tile's rows are multiplied with before the next rows: as many as the second-level cache holds.</summary>
    public int BlockPanels => Math.Min(ChunkPanels, MaxBlockPanels);

    /// <summary>Blocks of rows.</summary>
    public int RowBlocks { get; }

    /// <summary>Rows in a block; fewer in the last.</summary>
    public int BlockRows { get; }
}
