namespace MiniGrad.Backends.Cpu.Gemm;

/// <summary>
/// How a product is cut for the caches. Only the cut of k decides the order of the sums, and it follows from K alone;
/// the rest may follow the number of threads without changing a bit.
/// </summary>
internal readonly struct Blocking
{
    /// <summary>Longest block of k: a row panel of A then fits the first-level cache, and a block of B the second.</summary>
    public const int MaxDepth = 256;

    private const int MaxBlockColumns = 480;
    private const int MaxChunkColumns = 3840;
    private const int MaxBlockRows = 64;
    private const int BlocksPerThread = 8;

    /// <summary>Cuts a product.</summary>
    /// <param name="product">The product.</param>
    /// <param name="panelWidth">Columns of a packed panel of B.</param>
    /// <param name="tileRows">Rows of a register tile.</param>
    /// <param name="threads">Threads that share the work.</param>
    public Blocking(in Product product, int panelWidth, int tileRows, int threads)
    {
        Depths = Math.Max(1, Pieces(product.K, product.DepthLimit));
        Depth = RoundUp(Pieces(product.K, Depths), 8);
        Panels = Pieces(product.N, panelWidth);
        Chunks = Pieces(Panels, MaxChunkColumns / panelWidth);
        ChunkPanels = Pieces(Panels, Chunks);
        ColumnBlocks = Pieces(ChunkPanels, MaxBlockColumns / panelWidth);
        BlockPanels = Pieces(ChunkPanels, ColumnBlocks);
        BlockRows = MaxBlockRows;
        while (threads > 1 && BlockRows > tileRows && Pieces(product.M, BlockRows) * ColumnBlocks < BlocksPerThread * threads) BlockRows /= 2;
        RowBlocks = Pieces(product.M, BlockRows);
    }

    /// <summary>Blocks of k.</summary>
    public int Depths { get; }

    /// <summary>Steps of k in a block; fewer in the last.</summary>
    public int Depth { get; }

    /// <summary>Panels of B.</summary>
    public int Panels { get; }

    /// <summary>Chunks of columns; B is packed chunk by chunk, so that a very wide one needs no second copy of its size.</summary>
    public int Chunks { get; }

    /// <summary>Panels in a chunk; fewer in the last.</summary>
    public int ChunkPanels { get; }

    /// <summary>Blocks of columns in a chunk.</summary>
    public int ColumnBlocks { get; }

    /// <summary>Panels in a block of columns; fewer in the last.</summary>
    public int BlockPanels { get; }

    /// <summary>Blocks of rows.</summary>
    public int RowBlocks { get; }

    /// <summary>Rows in a block; fewer in the last.</summary>
    public int BlockRows { get; }

    /// <summary>How many pieces of at most <paramref name="size"/> make <paramref name="total"/>.</summary>
    public static int Pieces(int total, int size) => (total + size - 1) / size;

    private static int RoundUp(int value, int multiple) => Pieces(value, multiple) * multiple;
}
