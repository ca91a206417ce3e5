using MiniGrad.Backends;
using MiniGrad.Memory;

namespace MiniGrad.Tests.Backends;

/// <summary>Every kernel once, on seeded data of odd sizes: <see cref="Run"/> makes no buffers, <see cref="Results"/> downloads all outputs.</summary>
internal sealed class KernelTour : IDisposable
{
    private const int Rows = 7, Columns = 10, Vocabulary = 11;
    private static readonly int[] Order = [2, 0, 1];
    private readonly IBackend _backend;
    private readonly List<BufferView> _outputs = [];
    private readonly BufferView _x, _y, _positive, _weight, _bias, _ids, _cos, _sin, _qkv, _one, _square, _symmetric;
    private readonly BufferView[] _o = new BufferView[40];
    private readonly BroadcastLayout _row = BroadcastLayout.For([Columns], [Rows, Columns])!.Value;

    public KernelTour(IBackend backend, int seed)
    {
        _backend = backend;
        var random = new Random(seed);
        _x = backend.Random(random, Rows * Columns);
        _y = backend.Random(random, Rows * Columns);
        _positive = backend.Random(random, Rows * Columns, 0.5, 2);
        _weight = backend.Random(random, Columns);
        _bias = backend.Random(random, Columns);
        _ids = backend.Ids(3, 0, 10, 3, 7, 1, 9);
        _cos = backend.Random(random, 9 * 2);
        _sin = backend.Random(random, 9 * 2);
        _qkv = backend.Random(random, 2 * 5 * 14);
        _one = backend.Random(random, 1, 0.5, 2);
        _square = backend.Random(random, Columns * Columns);
        double[] symmetric = new double[Rows * Rows];
        for (int i = 0; i < symmetric.Length; i++) symmetric[i] = Math.Sin((i / Rows) * (i % Rows) + (i / Rows) + (i % Rows));
        _symmetric = backend.Of(symmetric);
        for (int i = 0; i < _o.Length; i++) _outputs.Add(_o[i] = backend.Random(random, 2 * 5 * 14));
    }

    public double[][] Results => [.. _outputs.Select(_backend.Read)];

    public void Dispose() => _backend.Dispose();

    public void Run()
    {
        const int count = Rows * Columns;
        IBackend b = _backend;
        b.Fill(_o[0], 0.5);
        b.Copy(_x, _o[1].Slice(3, count));
        b.Gemm(new GemmCall { A = _x, B = _square, C = _o[2], M = Rows, N = Columns, K = Columns, LeadingA = Columns, LeadingB = Columns, LeadingC = Columns, TransposeB = true, Alpha = 0.7, Bias = _bias, PreActivation = _o[3], Activation = Activation.GeluErf, Residual = _y });
        b.Gemm(new GemmCall { A = _x, B = _y, C = _o[4], M = Columns, N = Columns, K = Rows, LeadingA = Columns, LeadingB = Columns, LeadingC = Columns, TransposeA = true, Accumulate = true });
        b.SymmetricProduct(new SymmetricCall { P = _x, Q = _x, C = _o[5], N = Rows, K = Columns, Alpha = 2, D = _symmetric, Beta = 0.5, Diagonal = -1 });
        b.Binary(BinaryOperation.Divide, _row, _bias, _positive, _o[6], accumulate: true);
        b.ReduceToA(_row, 0.5, _x, _o[7], accumulate: true);
        b.ExpandA(_row, 0.5, _bias, _o[8], accumulate: false);
        b.Unary(UnaryOperation.GeluTanh, _x, _o[9].Slice(0, count));
        b.UnaryBackward(UnaryOperation.GeluTanh, _x, _y, _o[10].Slice(0, count), accumulate: true);
        b.SwiGlu(Rows, 4, Columns, _x, _x.Slice(5, count - 5), _o[11]);
        b.SwiGluBackward(Rows, 4, Columns, _x, _x.Slice(5, count - 5), _y, _o[12], _o[12].Slice(5, count - 5), accumulate: true);
        b.Permute([Rows, 2, 5], Order, _x, _o[13], accumulate: true);
        b.SumAxis(Rows, 2, 5, 0.5, _x, _o[14], accumulate: true);
        b.Dot(_x, _y, _o[15].Element(0));
        b.Norm(_x, _o[16].Element(0));
        b.LayerNorm(Rows, Columns, 1e-5, _x, _weight, _bias, _o[17], _o[18], _o[19]);
        b.LayerNormBackward(Rows, Columns, _x, _weight, _o[18], _o[19], _y, _o[20], true, _o[21], false, _o[22], true);
        b.RmsNorm(Rows, Columns, 1e-5, _x, _weight, _o[23], _o[24]);
        b.RmsNormBackward(Rows, Columns, _x, _weight, _o[24], _y, _o[25], false, _o[26], true);
        b.Softmax(Rows, Columns, _x, _o[27]);
        b.SoftmaxBackward(Rows, Columns, _o[27], _y, _o[28], accumulate: true);
        // Two query heads of 3, one key head of 3, one value head of 5, in tokens of 14.
        var attention = new AttentionShape { Batch = 2, QueryLength = 5, KeyLength = 5, Heads = 2, KvHeads = 1, QkSize = 3, ValueSize = 5, QueryStride = 14, KeyStride = 14, ValueStride = 14, Scale = 0.6 };
        BufferView k = _qkv.Slice(6, 134), v = _qkv.Slice(9, 131);
        b.Attention(attention, _qkv, k, v, _o[29], _o[30], _o[31]);
        b.AttentionBackward(attention, _qkv, k, v, _o[29], _o[30], _qkv, _o[32], _o[32].Slice(6, 134), _o[32].Slice(9, 131), accumulate: true);
        b.Rope(new RopeShape { Rows = Rows, SequenceLength = 4, Heads = 2, RotatedHeads = 1, HeadSize = 4, PositionOffset = 2, Inverse = true }, _cos, _sin, _x, _o[33], accumulate: true);
        b.Gather(Rows, 6, _x.Slice(0, 6 * Vocabulary), _ids, _o[34]);
        b.ScatterAdd(Rows, 6, Vocabulary, _ids, _y, _o[35], accumulate: true);
        b.CrossEntropy(6, Vocabulary, _x, _ids, _o[36], _o[37]);
        b.CrossEntropyBackward(6, Vocabulary, 0.1, _x, _ids, _o[37], _one, _o[38], accumulate: true);
        b.MaxAxis(Rows, Columns, 1, _x, _o[13].Slice(count, Rows), default, default);
        b.MaxAxis(1, Rows, Columns, _x, _o[14].Slice(70, Columns), default, default);
        b.Compare(Comparison.Greater, _row, _bias, _x, _o[8].Slice(count, count));
        b.Select(_o[8].Slice(count, count), _x, _y, _o[9].Slice(count, count));
        b.CopyRows(Rows, 4, _x, Columns, _o[10].Slice(count, 6 * 5 + 4), 5, accumulate: true);
        Optimize(count);
    }

    private void Optimize(int count)
    {
        IBackend b = _backend;
        BufferView w = _o[39].Slice(0, count), y = _o[39].Slice(70, count);
        b.Axpby(0.5, _one, _x, 0.9, y, y, _one);
        b.MomentumLookAhead(0.5, _one, _x, 0.9, y, w, _one);
        b.SignedMomentum(0.5, _one, _x, 0.9, y, looksAhead: true, w, _one);
        b.DivideBySecondMoment(0.9, RootRule.Divide, 1e-8, _x, _positive, _one, w, _one);
        b.SecondMoment(0.9, _y, _positive, _one);
        b.DivideByRoot(RootRule.Divide, 1e-8, y, _positive, _one, y);
        b.ApplyUpdate(0.02, _one, y, 0.1, cautious: true, w, _one);
        b.AdamW(new AdamWCall(0.01, 0.9, 0.95, 1e-8, 0.01), _y, _one, y, _positive, _one, _one, w, _one);
        b.Scalar(ScalarOperation.ClipFactor, 1, 1e-6, _one, _o[0].Element(0));
    }
}
