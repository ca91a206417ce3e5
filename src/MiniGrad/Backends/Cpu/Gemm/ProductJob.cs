namespace MiniGrad.Backends.Cpu.Gemm;

/// <summary>
/// A product as a sequence of parallel stages. Each multiplies one packed block of B and packs the next one, so that
/// threads meet only once a block and the packing fills the gaps at the end.
/// </summary>
internal unsafe partial struct ProductJob<TV> : IBlockJob
    where TV : unmanaged, ILanes<TV>
{
    private readonly Product _product;
    private readonly Blocking _blocking;
    private readonly float* _scratch;
    private readonly int _scratchLength;
    private readonly float* _packed;
    private readonly int _packedLength;
    private readonly int _packedBuffers;
    private int _stage;

    /// <summary>Prepares a product.</summary>
    /// <param name="product">The product.</param>
    /// <param name="blocking">How it is cut, from <see cref="Plan"/>.</param>
    /// <param name="workspace">Memory of <see cref="WorkspaceLength"/> floats.</param>
    public ProductJob(in Product product, in Blocking blocking, float* workspace)
    {
        _product = product;
        _blocking = blocking;
        _scratch = workspace;
        _scratchLength = ScratchLength(blocking);
        _packed = workspace + (nint)blocking.Threads * _scratchLength;
        _packedLength = PackedLength(blocking);
        _packedBuffers = PackedBuffers(blocking);
    }

    private static int PanelWidth => 3 * TV.Count;

    // Stage s packs block s of B and multiplies block s − 1; blocks run through the depths of a chunk, then the next chunk.
    private readonly int Blocks => _blocking.Chunks * _blocking.Depths;

    private readonly int MultiplyTickets => _stage == 0 ? 0 : _blocking.RowBlocks * _blocking.ColumnBlocks;

    private readonly int PackTickets => _stage == Blocks ? 0 : PanelsIn(_stage / _blocking.Depths);

    /// <summary>Cuts a product for the caches and for so many threads.</summary>
    public static Blocking Plan(in Product product, int threads) => new(product, PanelWidth, TV.TileRows, threads);

    /// <summary>Floats of workspace that a product needs.</summary>
    public static long WorkspaceLength(in Blocking blocking) => (long)blocking.Threads * ScratchLength(blocking) + (long)PackedBuffers(blocking) * PackedLength(blocking);

    /// <summary>Computes the product on the threads of a pool, as many as were planned for.</summary>
    /// <param name="pool">The pool.</param>
    public void Run(WorkerPool pool)
    {
        for (_stage = 0; _stage <= Blocks; _stage++) pool.For(PackTickets + MultiplyTickets, ref this);
    }

    /// <summary>Computes the product on this thread, planned for one.</summary>
    public void RunAlone()
    {
        for (_stage = 0; _stage <= Blocks; _stage++)
        {
            int tickets = PackTickets + MultiplyTickets;
            for (int ticket = 0; ticket < tickets; ticket++) Run(ticket, 0);
        }
    }

    /// <inheritdoc/>
    public readonly void Run(int block, int worker)
    {
        int multiply = MultiplyTickets;
        if (block < multiply) MultiplyBlock(block, _scratch + (nint)worker * _scratchLength);
        else PackPanel(block - multiply);
    }

    // Packed rows of A, then a tile of C.
    private static int ScratchLength(in Blocking blocking) => EdgeStart(blocking) + TV.TileRows * PanelWidth;

    private static int EdgeStart(in Blocking blocking) => Blocking.Pieces(blocking.BlockRows, TV.TileRows) * Packing<TV>.TileLength(blocking.Depth);

    private static int PackedLength(in Blocking blocking) => blocking.Depth * blocking.ChunkPanels * PanelWidth;

    // A single thread has used a block up before it packs the next.
    private static int PackedBuffers(in Blocking blocking) => blocking.Threads == 1 ? 1 : 2;

    private readonly void PackPanel(int panel)
    {
        int column = (_stage / _blocking.Depths * _blocking.ChunkPanels + panel) * PanelWidth;
        int first = _stage % _blocking.Depths * _blocking.Depth, depth = DepthAt(first);
        Packing<TV>.Columns(_product, column, Math.Min(PanelWidth, _product.N - column), first, depth, Panel(_stage, panel, depth));
    }

    private readonly float* Panel(int block, int panel, int depth) => _packed + (nint)(block % _packedBuffers) * _packedLength + (nint)panel * PanelWidth * depth;

    private readonly int PanelsIn(int chunk) => Math.Min(_blocking.ChunkPanels, _blocking.Panels - chunk * _blocking.ChunkPanels);

    private readonly int DepthAt(int first) => Math.Min(_blocking.Depth, _product.K - first);
}
