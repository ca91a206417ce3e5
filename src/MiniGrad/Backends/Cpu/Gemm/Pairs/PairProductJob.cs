using MiniGrad.Backends.Cpu.Assembled;

namespace MiniGrad.Backends.Cpu.Gemm;

/// <summary>
/// A product of bfloat16 pairs as a sequence of parallel stages, as <see cref="ProductJob{TV}"/> has them: each multiplies one
/// packed block of B and packs the next one. A ticket is a block of rows, which it rounds and packs once for all columns.
/// </summary>
internal unsafe struct PairProductJob<TV> : IBlockJob
    where TV : unmanaged, ILanes<TV>
{
    private const int Width = PairBlocking.PanelWidth, TileRows = PairTileShape.MaxRows, Lanes = PairTileShape.Lanes;

    private readonly Product _product;
    private readonly PairBlocking _blocking;
    private readonly PairTiles _tiles;
    private readonly uint* _scratch;
    private readonly long _scratchLength;
    private readonly uint* _packed;
    private readonly long _packedLength;
    private readonly int _packedBuffers;
    private int _stage;

    /// <summary>Prepares a product.</summary>
    /// <param name="product">The product.</param>
    /// <param name="blocking">How it is cut.</param>
    /// <param name="tiles">The tiles.</param>
    /// <param name="workspace">Memory of <see cref="WorkspaceLength"/> words.</param>
    public PairProductJob(in Product product, in PairBlocking blocking, PairTiles tiles, float* workspace)
    {
        _product = product;
        _blocking = blocking;
        _tiles = tiles;
        _scratch = (uint*)workspace;
        _scratchLength = ScratchLength(blocking);
        _packed = _scratch + blocking.Threads * _scratchLength;
        _packedLength = PackedLength(blocking);
        _packedBuffers = PackedBuffers(blocking);
    }

    private readonly int Blocks => _blocking.Chunks * _blocking.Depths;

    private readonly int MultiplyTickets => _stage == 0 ? 0 : _blocking.RowBlocks;

    private readonly int PackTickets => _stage == Blocks ? 0 : PanelsIn(_stage / _blocking.Depths);

    /// <summary>Words of workspace that a product needs.</summary>
    public static long WorkspaceLength(in PairBlocking blocking) => blocking.Threads * ScratchLength(blocking) + PackedBuffers(blocking) * PackedLength(blocking);

    /// <summary>Computes the product on the threads of a pool, as many as were planned for.</summary>
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
        uint* scratch = _scratch + worker * _scratchLength;
        if (block < multiply) MultiplyRows(block, scratch);
        else PackPanel(block - multiply, scratch);
    }

    // Packed rows of A, then a tile of C; a panel of B while it is packed uses the same room.
    private static long ScratchLength(in PairBlocking blocking) => Math.Max(EdgeStart(blocking) + TileRows * Width, PairPacking.PanelScratch(blocking.Pairs));

    private static int EdgeStart(in PairBlocking blocking) => PairPacking.RowsLength(blocking.BlockRows, blocking.Pairs);

    private static long PackedLength(in PairBlocking blocking) => (long)blocking.Pairs * blocking.ChunkPanels * Width;

    // A single thread has used a block up before it packs the next.
    private static int PackedBuffers(in PairBlocking blocking) => blocking.Threads == 1 ? 1 : 2;

    private readonly void PackPanel(int panel, uint* scratch)
    {
        int index = _stage / _blocking.Depths * _blocking.ChunkPanels + panel, column = _blocking.ColumnOf(index);
        int first = _stage % _blocking.Depths * _blocking.Depth, depth = DepthAt(first);
        PairPacking.Panel(_product, column, EndOf(index) - column, first, depth, Panel(_stage, panel, depth), scratch);
    }

    private readonly uint* Panel(int block, int panel, int depth) => _packed + block % _packedBuffers * _packedLength + (nint)panel * Width * ((depth + 1) / 2);

    private readonly int EndOf(int panel) => Math.Min(_product.N, _blocking.ColumnOf(panel + 1));

    private readonly int PanelsIn(int chunk) => Math.Min(_blocking.ChunkPanels, _blocking.Panels - chunk * _blocking.ChunkPanels);

    private readonly int DepthAt(int first) => Math.Min(_blocking.Depth, _product.K - first);

    private readonly void MultiplyRows(int ticket, uint* scratch)
    {
        int block = _stage - 1, chunk = block / _blocking.Depths;
        int firstDepth = block % _blocking.Depths * _blocking.Depth, depth = DepthAt(firstDepth), pairs = (depth + 1) / 2;
        bool last = firstDepth + depth == _product.K;
        int firstRow = ticket * _blocking.BlockRows, endRow = Math.Min(_product.M, firstRow + _blocking.BlockRows);
        int panels = PanelsIn(chunk), chunkPanel = chunk * _blocking.ChunkPanels, endColumn = EndOf(chunkPanel + panels - 1);
        if (_product.Symmetric && endColumn <= firstRow) return;

        PairPacking.Rows(_product, firstRow, endRow - firstRow, firstDepth, depth, scratch);
        var tile = new PairTile { Pairs = pairs, Alpha = _product.Alpha, Add = firstDepth > 0 || _product.Accumulate ? 1 : 0 };
        tile.RowA = _product.TransposeA ? sizeof(uint) : PairPacking.Pitch(pairs) * sizeof(uint);
        float* edge = (float*)scratch + EdgeStart(_blocking);
        for (int firstPanel = 0; firstPanel < panels; firstPanel += _blocking.BlockPanels)
        {
            int endPanel = Math.Min(panels, firstPanel + _blocking.BlockPanels);
            for (int row = firstRow; row < endRow; row += TileRows)
            {
                int rows = Math.Min(TileRows, endRow - row);
                tile.A = scratch + (_product.TransposeA ? (row - firstRow) / TileRows * (nint)PairPacking.TileLength(pairs) : (row - firstRow) * (nint)PairPacking.Pitch(pairs));
                for (int panel = firstPanel; panel < endPanel; panel++)
                {
                    int column = _blocking.ColumnOf(chunkPanel + panel), columns = EndOf(chunkPanel + panel) - column;
                    if (_product.Symmetric && column + columns <= row) continue;
                    tile.B = Panel(block, panel, depth);
                    PrefetchRows(firstRow, row, endRow, firstDepth, depth, panel, panels);
                    int panelRegisters = Blocking.Pieces(columns, Lanes);
                    if (_product.Symmetric && row > column)
                    {
                        // Registers that lie left of the diagonal in every row of the tile are left out.
                        int left = (row - column) / Lanes * Lanes;
                        tile.B += left;
                        column += left;
                        columns -= left;
                    }
                    bool inPlace = _product.SumsInC && (!_product.Symmetric || column >= row + rows || (column >= firstRow && row + rows <= column + columns));
                    MultiplyTile(ref tile, row, rows, column, columns, panelRegisters, inPlace, last, edge);
                }
            }
        }
        if (_product.Symmetric && last) Symmetry.Mirror(_product, firstRow, endRow, _blocking.ColumnOf(chunkPanel), endColumn);
    }

    // Each tile's multiplication covers a share of the rows of A that the next ticket rounds.
    private readonly void PrefetchRows(int firstRow, int row, int endRow, int firstDepth, int depth, int panel, int panels)
    {
        int part = (row - firstRow) / TileRows * panels + panel, parts = Blocking.Pieces(endRow - firstRow, TileRows) * panels;
        if (_product.TransposeA) Prefetch.TransposedRows(_product, endRow, _blocking.BlockRows, firstDepth, depth, part, parts);
        else Prefetch.Rows(_product, endRow, _blocking.BlockRows, firstDepth, depth, part, parts);
    }

    // In place a tile may fill what lies left of the diagonal with numbers that this ticket's mirror images replace.
    private readonly void MultiplyTile(ref PairTile tile, int row, int rows, int column, int columns, int panelRegisters, bool inPlace, bool last, float* scratch)
    {
        int registers = Blocking.Pieces(columns, Lanes);
        nint leading = _product.LeadingC;
        tile.Mask = (1 << (columns - (registers - 1) * Lanes)) - 1;
        var shape = new PairTileShape(rows, registers, panelRegisters, _product.TransposeA);
        if (inPlace)
        {
            tile.C = _product.C + row * leading + column;
            tile.RowC = leading * sizeof(float);
            if (last) Prefetch.Epilogue(_product, row, rows, column, columns);
            _tiles.Multiply(ref tile, shape);
            if (!last || !_product.HasEpilogue) return;
            for (int r = 0; r < rows; r++) Epilogue<TV>.Row(_product, row + r, column, columns, tile.C + r * leading);
            return;
        }

        // Sums that must not touch C go through scratch memory.
        tile.C = scratch;
        tile.RowC = Width * sizeof(float);
        for (int r = 0; r < rows && tile.Add != 0; r++) Copy(_product.Sums + (row + r) * leading + column, scratch + r * Width, Skipped(row + r, column, columns), columns);
        _tiles.Multiply(ref tile, shape);
        for (int r = 0; r < rows; r++)
        {
            int skipped = Skipped(row + r, column, columns);
            float* sums = scratch + r * Width;
            if (last && _product.HasEpilogue) Epilogue<TV>.Row(_product, row + r, column + skipped, columns - skipped, sums + skipped);
            else Copy(sums, (last ? _product.C : _product.Sums) + (row + r) * leading + column, skipped, columns);
        }
    }

    // What lies left of the diagonal belongs to the tile that mirrors into it.
    private readonly int Skipped(int row, int column, int columns) => _product.Symmetric ? Math.Clamp(row - column, 0, columns) : 0;

    private static void Copy(float* source, float* destination, int first, int end)
    {
        for (int x = first; x < end; x += TV.Count) TV.Load(source + x, end - x).Store(destination + x, end - x);
    }
}
