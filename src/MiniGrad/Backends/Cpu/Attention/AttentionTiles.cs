using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace MiniGrad.Backends.Cpu;

/// <summary>The padded sizes that attention's tiles have at one vector width, and what its two passes share.</summary>
internal readonly unsafe struct AttentionTiles
{
    private const int FloatsPerLine = 16;

    /// <summary>Sizes at a vector width of <paramref name="lanes"/>, for blocks of so many query rows.</summary>
    public AttentionTiles(in AttentionShape shape, int lanes, int queryRows)
    {
        Panel = 2 * lanes;
        QueryRows = queryRows;
        Keys = Up(shape.KeyLength, Panel) + Tile.Height;
        QkStep = Up(shape.QkSize, Panel);
        ValueStep = Up(shape.ValueSize, Panel);
        // Not a power of two, or the rows of a column would all fall into the same few cache sets.
        ScoreStep = Up(Keys, 16) + 16;
        PanelCount = (int)(Up(shape.KeyLength, Panel) / Panel);
    }

    /// <summary>Width of a tile in elements, two registers.</summary>
    public int Panel { get; }

    /// <summary>Queries that are worked on at a time, a multiple of <see cref="Tile.Height"/>.</summary>
    public int QueryRows { get; }

    /// <summary>Rows of key and value copies, with room for a tile to overhang.</summary>
    public long Keys { get; }

    /// <summary>Padded size of a query or key vector.</summary>
    public long QkStep { get; }

    /// <summary>Padded size of a value vector.</summary>
    public long ValueStep { get; }

    /// <summary>Elements between rows of scores.</summary>
    public long ScoreStep { get; }

    /// <summary>Panels that the keys make.</summary>
    public int PanelCount { get; }

    /// <summary>n rounded up to a multiple.</summary>
    public static long Up(long n, long multiple) => (n + multiple - 1) / multiple * multiple;

    /// <summary>How many keys, from the first, query t sees.</summary>
    public static int Visible(in AttentionShape shape, int t) => shape.Causal ? (int)Math.Clamp((long)t + shape.QueryOffset + 1, 0, shape.KeyLength) : shape.KeyLength;

    /// <summary>Brings rows near that will be read or written soon; rows of one head lie far apart, so the machine does not foresee them.</summary>
    public static void Prefetch(int rows, int columns, float* at, long step)
    {
        if (!Sse.IsSupported) return;
        for (; rows > 0; rows--, at += step)
        {
            for (int x = 0; x < columns; x += FloatsPerLine) Sse.Prefetch1(at + x);
        }
    }

    /// <summary>Copies rows into a padded matrix, times a factor; the padding is 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void CopyRows<TV>(long rows, long columns, float factor, float* from, long stepFrom, float* to, long stepTo) where TV : unmanaged, ILanes<TV>
    {
        TV f = TV.All(factor);
        for (; rows > 0; rows--, from += stepFrom, to += stepTo)
        {
            long i = 0;
            for (; i < columns; i += TV.Count) (TV.Load(from + i, columns - i) * f).Store(to + i);
            for (; i < stepTo; i += TV.Count) TV.All(0).Store(to + i);
        }
    }

    /// <summary>Writes rows of a padded matrix out, times a factor.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void WriteRows<TV>(long rows, long columns, float factor, float* from, long stepFrom, float* to, long stepTo, bool accumulate) where TV : unmanaged, ILanes<TV>
    {
        TV f = TV.All(factor);
        for (; rows > 0; rows--, from += stepFrom, to += stepTo)
        {
            for (long i = 0; i < columns; i += TV.Count)
            {
                TV value = TV.Load(from + i) * f;
                if (accumulate) value += TV.Load(to + i, columns - i);
                value.Store(to + i, columns - i);
            }
        }
    }

    /// <summary>Transposes key or value vectors into panels, each (size, Panel) and contiguous; keys beyond the last are 0.</summary>
    public void PackTransposed(int length, int size, float* from, long step, float* to)
    {
        for (int panel = 0; panel < PanelCount; panel++, to += (long)size * Panel)
        {
            int keys = Math.Min(Panel, length - panel * Panel);
            if (keys < Panel) new Span<float>(to, size * Panel).Clear();
            Transposer.Run(keys, size, from + (long)panel * Panel * step, step, to, Panel);
        }
    }

    /// <summary>
    /// Scores of a block of queries: the tiles that hold any visible key. <paramref name="rows"/> is padded to whole tiles.
    /// </summary>
    public void Scores<TV>(in AttentionShape shape, int firstQuery, int rows, int size, float* queries, long queryStep, float* panels, float* scores) where TV : unmanaged, ILanes<TV>
    {
        for (int panel = 0; panel < PanelCount; panel++)
        {
            for (int row = 0; row < rows; row += Tile.Height)
            {
                if (LastVisible(shape, firstQuery, rows, row) <= panel * Panel) continue;
                Tile.Multiply<TV>(queries + row * queryStep, queryStep, 1, panels + (long)panel * size * Panel, Panel, size, scores + row * ScoreStep + panel * Panel, ScoreStep, false);
            }
        }
    }

    /// <summary><c>sums[row, :] = Σ_j weights[row, j]·vectors[j, :]</c> for a block of queries, over the keys that each tile of rows sees.</summary>
    public void Combine<TV>(in AttentionShape shape, int firstQuery, int rows, float* weights, float* vectors, long step, float* sums) where TV : unmanaged, ILanes<TV>
    {
        for (long column = 0; column < step; column += Panel)
        {
            for (int row = 0; row < rows; row += Tile.Height)
            {
                Tile.Multiply<TV>(weights + row * ScoreStep, ScoreStep, 1, vectors + column, step, LastVisible(shape, firstQuery, rows, row), sums + row * step + column, step, false);
            }
        }
    }

    /// <summary>Keys that the last row of a tile of rows sees.</summary>
    public static int LastVisible(in AttentionShape shape, int firstQuery, int rows, int row) => Visible(shape, firstQuery + Math.Min(rows, row + Tile.Height) - 1);
}
