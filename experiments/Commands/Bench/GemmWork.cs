using System.Text.Json.Nodes;
using MiniGrad.Backends;
using MiniGrad.Backends.Cpu;
using MiniGrad.Memory;
using MiniGrad.Randomness;

namespace MiniGrad.Experiments.Commands;

/// <summary>One matrix product over normal random numbers.</summary>
internal sealed class GemmWork : BenchWork
{
    private const int Checked = 64;
    private readonly ComputeContext _context;
    private readonly GemmCall _call;
    private readonly float[] _a;
    private readonly float[] _b;

    public GemmWork(int m, int n, int k, string transpose, int threads, Precision precision)
    {
        _context = new ComputeContext(new CpuBackend(threads));
        (_a, _b) = (Normal((long)m * k, 0), Normal((long)n * k, 1));
        BufferView a = _context.Persistent(_a.Length), b = _context.Persistent(_b.Length), c = _context.Persistent((long)m * n);
        _context.Backend.Upload(a, _a);
        _context.Backend.Upload(b, _b);
        _call = Call(a, b, c, m, n, k, transpose) with { Precision = precision };
        if (precision == Precision.Bfloat16)
        {
            // What is multiplied, so that the error is the product's alone.
            Round(_a);
            Round(_b);
        }
    }

    /// <summary>A product of contiguous operands.</summary>
    /// <param name="a">Left operand.</param>
    /// <param name="b">Right operand.</param>
    /// <param name="c">Result.</param>
    /// <param name="m">Rows of the result.</param>
    /// <param name="n">Columns of the result.</param>
    /// <param name="k">Length of the inner products.</param>
    /// <param name="transpose">NN, NT or TN.</param>
    public static GemmCall Call(BufferView a, BufferView b, BufferView c, int m, int n, int k, string transpose) =>
        GemmCall.Dense(a, transpose[0] == 'T', b, transpose[1] == 'T', c, m, n, k);

    /// <summary>The operations of one product.</summary>
    public double Gigaflop => 2e-9 * _call.M * _call.N * _call.K;

    public override double Run()
    {
        _context.Backend.Gemm(_call);
        return 0;
    }

    /// <summary>The largest error of some elements against float64, over √k.</summary>
    public override JsonObject Facts()
    {
        var c = new float[_call.C.Length];
        _context.Backend.Download(_call.C, c);
        double worst = 0;
        for (int i = 0; i < Checked; i++)
        {
            int row = (int)(i * 2654435761L % _call.M), column = (int)(i * 40503L % _call.N);
            double sum = 0;
            for (int p = 0; p < _call.K; p++)
            {
                double a = _a[_call.TransposeA ? (long)p * _call.M + row : (long)row * _call.K + p];
                sum += a * _b[_call.TransposeB ? (long)column * _call.K + p : (long)p * _call.N + column];
            }
            worst = Math.Max(worst, Math.Abs(sum - c[(long)row * _call.N + column]));
        }
        return new JsonObject { ["gigaflop"] = Gigaflop, ["error"] = worst / Math.Sqrt(_call.K) };
    }

    public override void Dispose() => _context.Dispose();

    private static void Round(float[] values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            uint bits = BitConverter.SingleToUInt32Bits(values[i]);
            values[i] = BitConverter.UInt32BitsToSingle((bits + 0x7FFF + ((bits >> 16) & 1)) & 0xFFFF_0000);
        }
    }

    private static float[] Normal(long length, ulong stream)
    {
        var values = new float[length];
        new CounterRandom(0, stream).FillNormal(values);
        return values;
    }
}
