namespace MiniGrad.Backends.Cpu.Gemm;

/// <content>One ticket: a block of rows times a block of columns, register tile by register tile.</content>
internal unsafe partial struct ProductJob<TV>
{
    // Rows outside, panels inside: the rows of A stay in the first-level cache, the panels of B in the second.
    private readonly void MultiplyBlock(int ticket, float* scratch)
    {
        int block = _stage - 1, chunk = block / _blocking.Depths;
        int firstDepth = block % _blocking.Depths * _blocking.Depth, depth = DepthAt(firstDepth);
        bool last = firstDepth + depth == _product.K;
        int firstRow = ticket % _blocking.RowBlocks * _blocking.BlockRows, endRow = Math.Min(_product.M, firstRow + _blocking.BlockRows);
        int firstPanel = ticket / _blocking.RowBlocks * _blocking.BlockPanels, endPanel = Math.Min(PanelsIn(chunk), firstPanel + _blocking.BlockPanels);
        int chunkColumn = chunk * _blocking.ChunkPanels * PanelWidth;
        int endColumn = Math.Min(_product.N, chunkColumn + endPanel * PanelWidth);
        if (_product.Symmetric && endColumn <= firstRow) return;

        TileOperands tile = default;
        tile.Alpha = _product.Alpha;
        tile.Add = firstDepth > 0 || _product.Accumulate;
        float* edge = scratch + EdgeStart(_blocking);
        if (_product.TransposeA) Packing<TV>.TransposedRows(_product, firstRow, endRow - firstRow, firstDepth, depth, scratch);
        for (int row = firstRow; row < endRow; row += TV.TileRows)
        {
            int rows = Math.Min(TV.TileRows, endRow - row);
            if (_product.TransposeA) tile.SetRows(scratch + (row - firstRow) / TV.TileRows * Packing<TV>.TileLength(depth), 1, TV.TileRows, depth);
            else Packing<TV>.Rows(_product, row, rows, firstDepth, depth, scratch, ref tile);
            for (int panel = firstPanel; panel < endPanel; panel++)
            {
                int column = chunkColumn + panel * PanelWidth, columns = Math.Min(PanelWidth, _product.N - column);
                if (_product.Symmetric && column + columns <= row) continue;
                tile.B = Panel(block, panel, depth);
                PrefetchRows(firstRow, row, endRow, firstDepth, depth, panel - firstPanel, endPanel - firstPanel);
                int panelRegisters = Blocking.Pieces(columns, TV.Count);
                if (_product.Symmetric && row > column)
                {
                    // Registers that lie left of the diagonal in every row of the tile are left out.
                    int left = (row - column) / TV.Count * TV.Count;
                    tile.B += left;
                    column += left;
                    columns -= left;
                }
                bool inPlace = _product.SumsInC && (!_product.Symmetric || column >= row + rows || (column >= firstRow && row + rows <= column + columns));
                MultiplyTile(ref tile, row, rows, column, columns, panelRegisters, inPlace, last, edge);
            }
        }
        if (_product.Symmetric && last) Symmetry.Mirror(_product, firstRow, endRow, chunkColumn + firstPanel * PanelWidth, endColumn);
    }

    // Each panel's multiplication covers a share of what comes next: a tile's rows of A, or a block's of a transposed A.
    private readonly void PrefetchRows(int firstRow, int row, int endRow, int firstDepth, int depth, int part, int parts)
    {
        if (!_product.TransposeA)
        {
            Prefetch.Rows(_product, row + TV.TileRows, TV.TileRows, firstDepth, depth, part, parts);
            return;
        }
        int tile = (row - firstRow) / TV.TileRows, tiles = Blocking.Pieces(endRow - firstRow, TV.TileRows);
        Prefetch.TransposedRows(_product, endRow, _blocking.BlockRows, firstDepth, depth, tile * parts + part, tiles * parts);
    }

    // In place a tile may fill what lies left of the diagonal with numbers that this ticket's mirror images replace.
    private readonly void MultiplyTile(ref TileOperands tile, int row, int rows, int column, int columns, int panelRegisters, bool inPlace, bool last, float* scratch)
    {
        int registers = Blocking.Pieces(columns, TV.Count);
        nint leading = _product.LeadingC;
        bool whole = rows == TV.TileRows && columns == registers * TV.Count;
        if (whole && inPlace)
        {
            tile.C = _product.C + row * leading + column;
            tile.RowC = leading;
            if (last) Prefetch.Epilogue(_product, row, rows, column, columns);
            RegisterTile<TV>.Multiply(tile, rows, registers, panelRegisters);
            if (!last || !_product.HasEpilogue) return;
            for (int r = 0; r < rows; r++) Epilogue<TV>.Row(_product, row + r, column, columns, tile.C + r * leading);
            return;
        }

        // Edges, and sums that must not touch C, go through scratch memory.
        tile.C = scratch;
        tile.RowC = PanelWidth;
        if (tile.Add)
        {
            for (int r = 0; r < rows; r++) Copy(_product.Sums + (row + r) * leading + column, scratch + r * PanelWidth, Skipped(row + r, column, columns), columns);
        }
        RegisterTile<TV>.Multiply(tile, rows, registers, panelRegisters, halfEmpty: 2 * columns <= (2 * registers - 1) * TV.Count);
        for (int r = 0; r < rows; r++)
        {
            int skipped = Skipped(row + r, column, columns);
            float* sums = scratch + r * PanelWidth;
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
