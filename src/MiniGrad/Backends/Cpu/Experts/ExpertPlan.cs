namespace MiniGrad.Backends.Cpu;

/// <summary>
/// Which token each of the N·k rows is, sorted by expert and within an expert by token: integers in the back end's own
/// memory, which outlive the step's routing only as long as the arena lets them.
/// </summary>
internal readonly unsafe struct ExpertPlan
{
    private readonly int* _first;

    /// <summary>A plan in memory of <see cref="Length"/> elements.</summary>
    public ExpertPlan(in ExpertSizes sizes, float* memory)
    {
        int count = sizes.Tokens * sizes.TopK;
        _first = (int*)memory;
        TokenOf = _first + sizes.Experts + 1;
        RowOf = TokenOf + count;
        ExpertOf = RowOf + count;
    }

    /// <summary>The token of each row.</summary>
    public int* TokenOf { get; }

    /// <summary>The k rows of each token, in the order of their experts.</summary>
    public int* RowOf { get; }

    /// <summary>The k experts of each token, in ascending order.</summary>
    public int* ExpertOf { get; }

    /// <summary>Elements of memory, four bytes each.</summary>
    public static long Length(in ExpertSizes sizes) => sizes.Experts + 1 + 3L * sizes.Tokens * sizes.TopK;

    /// <summary>An expert's first row.</summary>
    public int First(int expert) => _first[expert];

    /// <summary>Rows of an expert.</summary>
    public int Count(int expert) => _first[expert + 1] - _first[expert];

    /// <summary>Sorts the choices by expert, once <see cref="ExpertOf"/> is known.</summary>
    public void Sort(in ExpertSizes sizes)
    {
        int count = sizes.Tokens * sizes.TopK;
        new Span<int>(_first, sizes.Experts + 1).Clear();
        for (int choice = 0; choice < count; choice++) _first[ExpertOf[choice] + 1]++;
        for (int e = 0; e < sizes.Experts; e++) _first[e + 1] += _first[e];
        // Each expert's first row moves on as it is filled, and ends up where the next one's began.
        for (int choice = 0; choice < count; choice++)
        {
            int row = _first[ExpertOf[choice]]++;
            (RowOf[choice], TokenOf[row]) = (row, choice / sizes.TopK);
        }
        for (int e = sizes.Experts; e > 0; e--) _first[e] = _first[e - 1];
        _first[0] = 0;
    }
}
