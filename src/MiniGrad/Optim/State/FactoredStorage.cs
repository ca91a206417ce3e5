using MiniGrad.Backends;
using MiniGrad.Memory;

namespace MiniGrad.Optim;

/// <summary>
/// State as a rank-one matrix (SMMF): the numbers, reshaped to the d₁×d₂ nearest to a square, become <c>|X| ≈ r cᵀ</c> with
/// r the sums of the rows of |X| and c the sums of its columns over their total; a momentum also keeps one bit a sign.
/// The factors stay float32. What has rank one and no sign is kept exactly.
/// </summary>
internal sealed class FactoredStorage : StateStorage
{
    private readonly string _name;
    private readonly int _rows;
    private readonly int _columns;
    private readonly BufferView _r;
    private readonly BufferView _c;
    private readonly BufferView _signs;

    public FactoredStorage(ComputeContext context, StateSchema schema, string name)
    {
        _name = name;
        (_rows, _columns) = NearSquare(schema.Shape.Count);
        (_r, _c) = (context.Persistent(_rows), context.Persistent(_columns));
        if (IsSigned(schema)) _signs = Integers(context, (schema.Shape.Count + 31) / 32);
    }

    public override IReadOnlyList<StateTensor> Tensors
    {
        get
        {
            var factors = new List<StateTensor> { new($"{_name}.rows", [_rows], _r), new($"{_name}.columns", [_columns], _c) };
            if (!_signs.IsEmpty) factors.Add(new($"{_name}.signs", [checked((int)_signs.Length)], _signs));
            return factors;
        }
    }

    public static IEnumerable<string> Names(StateSchema schema, string name) =>
        IsSigned(schema) ? [$"{name}.rows", $"{name}.columns", $"{name}.signs"] : [$"{name}.rows", $"{name}.columns"];

    /// <summary>Whether the format keeps a bit a sign.</summary>
    public static bool IsSigned(StateSchema schema) => schema.Name == "momentum";

    /// <summary>The factors d₁ ≥ d₂ of a count that are nearest to its root; (count, 1) for a prime.</summary>
    public static (int Rows, int Columns) NearSquare(long count)
    {
        int columns = Math.Max(1, (int)Math.Sqrt(count));
        while (count % columns != 0) columns--;
        return (checked((int)(count / columns)), columns);
    }

    public override BufferView Load(StageContext context)
    {
        BufferView working = context.Scratch((long)_rows * _columns);
        context.Backend.Gemm(new GemmCall { A = _r, B = _c, C = working, M = _rows, N = _columns, K = 1, LeadingA = 1, LeadingB = _columns, LeadingC = _columns });
        if (!_signs.IsEmpty) context.Backend.ApplySigns(_signs, working);
        return working;
    }

    public override void Save(StageContext context, BufferView working)
    {
        IBackend backend = context.Backend;
        BufferView magnitude = working, rows = context.Scratch(_rows), columns = context.Scratch(_columns), total = context.Scratch(1);
        if (!_signs.IsEmpty)
        {
            magnitude = context.Scratch(working.Length);
            backend.Unary(UnaryOperation.Sign, working, magnitude);
            backend.Binary(BinaryOperation.Multiply, BroadcastLayout.For([_rows, _columns], [_rows, _columns])!.Value, working, magnitude, magnitude, accumulate: false);
            backend.PackSigns(working, _signs, context.Gate);
        }
        backend.SumAxis(_rows, _columns, 1, 1, magnitude, rows, accumulate: false);
        backend.SumAxis(1, _rows, _columns, 1, magnitude, columns, accumulate: false);
        backend.SumAxis(1, _columns, 1, 1, columns, total, accumulate: false);
        backend.Scalar(ScalarOperation.DivideAdd, 1, 0, total, total);
        backend.Axpby(1, default, rows, 0, default, _r, context.Gate);
        backend.Axpby(1, total, columns, 0, default, _c, context.Gate);
    }
}
