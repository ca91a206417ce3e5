using MiniGrad.Backends;
using MiniGrad.Backends.Reference;
using MiniGrad.Memory;

namespace MiniGrad.Tests.Backends;

/// <summary>The backward kernels against central differences of the forward ones, in float64.</summary>
public sealed class ReferenceGradientTests : IDisposable
{
    private readonly ReferenceBackend<double> _backend = new();
    private readonly Random _random = new(20260301);

    public void Dispose() => _backend.Dispose();

    [Theory]
    [InlineData(UnaryOperation.Exp)]
    [InlineData(UnaryOperation.Log)]
    [InlineData(UnaryOperation.Sqrt)]
    [InlineData(UnaryOperation.Square)]
    [InlineData(UnaryOperation.Tanh)]
    [InlineData(UnaryOperation.Sigmoid)]
    [InlineData(UnaryOperation.Relu)]
    [InlineData(UnaryOperation.Silu)]
    [InlineData(UnaryOperation.GeluTanh)]
    [InlineData(UnaryOperation.GeluErf)]
    public void Unary(UnaryOperation operation)
    {
        double least = operation is UnaryOperation.Log or UnaryOperation.Sqrt ? 0.3 : -3;
        BufferView x = _backend.Random(_random, 16, least, 3), y = _backend.Room(16), dY = _backend.Random(_random, 16), dX = _backend.Room(16);
        _backend.UnaryBackward(operation, x, dY, dX, accumulate: false);
        Check(x, dX, y, dY, () => _backend.Unary(operation, x, y));
    }

    [Fact]
    public void SwiGlu()
    {
        BufferView both = _backend.Random(_random, 24), y = _backend.Room(12), dY = _backend.Random(_random, 12), gradient = _backend.Room(24);
        BufferView gate = both.Slice(0, 20), up = both.Slice(4, 20);
        _backend.SwiGluBackward(3, 4, 8, gate, up, dY, gradient.Slice(0, 20), gradient.Slice(4, 20), accumulate: false);
        Check(both, gradient, y, dY, () => _backend.SwiGlu(3, 4, 8, gate, up, y));
    }

    [Fact]
    public void LayerNorm()
    {
        BufferView x = _backend.Random(_random, 21), w = _backend.Random(_random, 7), b = _backend.Random(_random, 7), mean = _backend.Room(3), rstd = _backend.Room(3);
        BufferView y = _backend.Room(21), dY = _backend.Random(_random, 21), dX = _backend.Room(21), dW = _backend.Room(7), dB = _backend.Room(7);
        void Forward() => _backend.LayerNorm(3, 7, 1e-5, x, w, b, y, mean, rstd);
        Forward();
        _backend.LayerNormBackward(3, 7, x, w, mean, rstd, dY, dX, false, dW, false, dB, false);
        Check(x, dX, y, dY, Forward);
        Check(w, dW, y, dY, Forward);
        Check(b, dB, y, dY, Forward);
    }

    [Fact]
    public void RmsNorm()
    {
        BufferView x = _backend.Random(_random, 21), w = _backend.Random(_random, 7), rstd = _backend.Room(3);
        BufferView y = _backend.Room(21), dY = _backend.Random(_random, 21), dX = _backend.Room(21), dW = _backend.Room(7);
        void Forward() => _backend.RmsNorm(3, 7, 1e-5, x, w, y, rstd);
        Forward();
        _backend.RmsNormBackward(3, 7, x, w, rstd, dY, dX, false, dW, false);
        Check(x, dX, y, dY, Forward);
        Check(w, dW, y, dY, Forward);
    }

    [Fact]
    public void Softmax()
    {
        BufferView x = _backend.Random(_random, 15), y = _backend.Room(15), dY = _backend.Random(_random, 15), dX = _backend.Room(15);
        void Forward() => _backend.Softmax(3, 5, x, y);
        Forward();
        _backend.SoftmaxBackward(3, 5, y, dY, dX, accumulate: false);
        Check(x, dX, y, dY, Forward);
    }

    [Fact]
    public void CrossEntropy()
    {
        BufferView logits = _backend.Random(_random, 15), targets = _backend.Ids(4, -100, 0), losses = _backend.Room(3), lse = _backend.Room(3), dLogits = _backend.Room(15);
        void Forward() => _backend.CrossEntropy(3, 5, logits, targets, losses, lse);
        Forward();
        _backend.CrossEntropyBackward(3, 5, 0.5, logits, targets, lse, _backend.Of(3), dLogits, accumulate: false);
        Check(logits, dLogits, losses, _backend.Of(1.5, 1.5, 1.5), Forward);
    }

    [Theory]
    [InlineData(true, 0, 2, 2, 3, 3)]
    [InlineData(false, 0, 4, 2, 3, 5)]
    [InlineData(true, 2, 4, 1, 2, 4)]
    [InlineData(true, -2, 2, 1, 4, 2)]
    public void Attention(bool causal, int offset, int heads, int kvHeads, int qkSize, int valueSize)
    {
        const int batch = 2, queries = 4, keys = 5;
        int stride = (heads * qkSize) + 1, keyStride = kvHeads * qkSize, valueStride = (kvHeads * valueSize) + 2;
        var shape = new AttentionShape { Batch = batch, QueryLength = queries, KeyLength = keys, Heads = heads, KvHeads = kvHeads, QkSize = qkSize, ValueSize = valueSize, QueryStride = stride, KeyStride = keyStride, ValueStride = valueStride, Scale = 0.7, Causal = causal, QueryOffset = offset };
        BufferView q = _backend.Random(_random, batch * queries * stride), k = _backend.Random(_random, batch * keys * keyStride), v = _backend.Random(_random, batch * keys * valueStride);
        BufferView output = _backend.Room(batch * queries * heads * valueSize), lse = _backend.Room(batch * heads * queries), dO = _backend.Random(_random, (int)output.Length);
        BufferView dQ = Zeros(q), dK = Zeros(k), dV = Zeros(v);
        void Forward() => _backend.Attention(shape, q, k, v, output, lse, default);
        Forward();
        _backend.AttentionBackward(shape, q, k, v, output, lse, dO, dQ, dK, dV, accumulate: false);
        Check(q, dQ, output, dO, Forward);
        Check(k, dK, output, dO, Forward);
        Check(v, dV, output, dO, Forward);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Rope(bool interleaved)
    {
        BufferView cos = _backend.Random(_random, 12), sin = _backend.Random(_random, 12), x = _backend.Random(_random, 48), y = _backend.Room(48), dY = _backend.Random(_random, 48), dX = _backend.Room(48);
        var shape = new RopeShape { Rows = 4, SequenceLength = 2, Heads = 3, RotatedHeads = 2, HeadSize = 4, PositionOffset = 1, Interleaved = interleaved };
        _backend.Rope(shape with { Inverse = true }, cos, sin, dY, dX, accumulate: false);
        Check(x, dX, y, dY, () => _backend.Rope(shape, cos, sin, x, y, accumulate: false));
    }

    private BufferView Zeros(BufferView like)
    {
        BufferView zeros = _backend.Room(like.Length);
        _backend.Fill(zeros, 0);
        return zeros;
    }

    /// <summary>Asserts that <c>gradient</c> is the derivative of <c>⟨output, dOutput⟩</c> by <c>input</c>.</summary>
    private void Check(BufferView input, BufferView gradient, BufferView output, BufferView dOutput, Action forward)
    {
        const double h = 1e-5;
        double[] values = _backend.Read(input), found = _backend.Read(gradient), weights = _backend.Read(dOutput);
        for (int i = 0; i < values.Length; i++)
        {
            double difference = 0;
            foreach (int side in (ReadOnlySpan<int>)[1, -1])
            {
                _backend.Upload(input.Element(i), [values[i] + (side * h)]);
                forward();
                double[] y = _backend.Read(output);
                for (int j = 0; j < y.Length; j++) difference += side * weights[j] * y[j];
            }
            _backend.Upload(input.Element(i), [values[i]]);
            Assert.True(Math.Abs((difference / (2 * h)) - found[i]) <= 1e-8 * Math.Max(1, Math.Abs(found[i])), $"element {i}: difference quotient {difference / (2 * h):R}, gradient {found[i]:R}");
        }
        forward();
    }
}
