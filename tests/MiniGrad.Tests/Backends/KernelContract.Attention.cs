using MiniGrad.Backends;
using MiniGrad.Memory;

namespace MiniGrad.Tests.Backends;

public abstract partial class KernelContract
{
    private static AttentionShape TwoTokens => new() { Batch = 1, QueryLength = 2, KeyLength = 2, Heads = 1, KvHeads = 1, QkSize = 1, ValueSize = 1, QueryStride = 1, KeyStride = 1, ValueStride = 1, Scale = 1 };

    [Fact]
    public void AttentionIsCausalAndReturnsItsStatistics()
    {
        BufferView output = Backend.Room(2), lse = Backend.Room(2), max = Backend.Room(1);
        BufferView q = Of(1, Math.Log(3)), k = Of(0, 1), v = Of(8, 16);
        Backend.Attention(TwoTokens, q, k, v, output, lse, max);
        // The second query scores (0, ln 3): weights ¼ and ¾.
        Holds(output, 8, 14);
        Holds(lse, 0, Math.Log(4));
        Holds(max, Math.Log(3));
        Backend.Attention(TwoTokens with { Causal = false, Scale = 0 }, q, k, v, output, lse, default);
        Holds(output, 12, 12);
        Holds(lse, Math.Log(2), Math.Log(2));
    }

    [Fact]
    public void AttentionBackwardIsTheSoftmaxRule()
    {
        BufferView output = Backend.Room(2), lse = Backend.Room(2), dQ = Of(1, 1), dK = Of(1, 1), dV = Of(1, 1);
        BufferView q = Of(1, Math.Log(3)), k = Of(0, 1), v = Of(8, 16), dO = Of(1, 1);
        Backend.Attention(TwoTokens, q, k, v, output, lse, default);
        Backend.AttentionBackward(TwoTokens, q, k, v, output, lse, dO, dQ, dK, dV, accumulate: false);
        // Second query: p = (¼, ¾), dP = (8, 16), Σ p·dP = 14, dS = (−1.5, 1.5).
        Holds(dQ, 0, 1.5);
        Holds(dK, -1.5 * Math.Log(3), 1.5 * Math.Log(3));
        Holds(dV, 1.25, 0.75);
        Backend.AttentionBackward(TwoTokens, q, k, v, output, lse, dO, dQ, dK, dV, accumulate: true);
        Holds(dQ, 0, 3);
        Holds(dV, 2.5, 1.5);
    }

    [Fact]
    public void AQueryThatSeesNoKeyGivesZeroAndNoGradient()
    {
        AttentionShape late = TwoTokens with { QueryOffset = -1 };
        BufferView output = Backend.Room(2), lse = Backend.Room(2), dQ = Backend.Room(2), dK = Backend.Room(2), dV = Backend.Room(2);
        BufferView q = Of(1, 2), k = Of(3, 4), v = Of(5, 6);
        Backend.Attention(late, q, k, v, output, lse, default);
        Holds(output, 0, 5);
        Holds(lse, double.NegativeInfinity, 6);
        Backend.AttentionBackward(late, q, k, v, output, lse, Of(7, 11), dQ, dK, dV, accumulate: false);
        Holds(dQ, 0, 0);
        Holds(dK, 0, 0);
        Holds(dV, 11, 0);
    }

    [Fact]
    public void ACachedQuerySeesTheEarlierKeys()
    {
        AttentionShape cached = TwoTokens with { QueryLength = 1, QueryOffset = 1 };
        BufferView output = Backend.Room(1), lse = Backend.Room(1);
        Backend.Attention(cached, Of(Math.Log(3)), Of(0, 1), Of(8, 16), output, lse, default);
        Holds(output, 14);
    }

    [Fact]
    public void AttentionReadsPartsOfAFusedProjectionInGroups()
    {
        // Each token: 2 query heads of 1, one key of 1, one value of 2. No score differs, so each output is a mean.
        BufferView fused = Of(1, 2, 0, 10, 20, 3, 4, 0, 30, 40), output = Backend.Room(8), lse = Backend.Room(4), gradients = Backend.Room(10), max = Backend.Room(2);
        var shape = new AttentionShape { Batch = 1, QueryLength = 2, KeyLength = 2, Heads = 2, KvHeads = 1, QkSize = 1, ValueSize = 2, QueryStride = 5, KeyStride = 5, ValueStride = 5, Scale = 1 };
        BufferView q = fused.Slice(0, 7), k = fused.Slice(2, 6), v = fused.Slice(3, 7);
        Backend.Attention(shape, q, k, v, output, lse, max);
        Holds(output, 10, 20, 10, 20, 20, 30, 20, 30);
        Holds(lse, 0, Math.Log(2), 0, Math.Log(2));
        Holds(max, 0, 0);
        BufferView dQ = gradients.Slice(0, 7), dK = gradients.Slice(2, 6), dV = gradients.Slice(3, 7);
        Backend.AttentionBackward(shape, q, k, v, output, lse, Of(1, 0, 0, 1, 2, 0, 0, 2), dQ, dK, dV, accumulate: false);
        // Second token, head 0: dP = (20, 60), mean 40, dS = (−10, 10); head 1: dP = (40, 80), the same dS; q = 3 and 4.
        Holds(gradients, 0, 0, -70, 2, 2, 0, 0, 70, 1, 1);
    }
}
