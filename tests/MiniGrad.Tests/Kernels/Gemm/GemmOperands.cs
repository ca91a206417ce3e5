using MiniGrad.Backends;
using MiniGrad.Backends.Cpu;
using MiniGrad.Memory;

namespace MiniGrad.Tests.Kernels.Gemm;

/// <summary>Random operands of a problem, on the host and on a back end, with guard values around everything that is written.</summary>
internal sealed class GemmOperands : IDisposable
{
    private const float Guard = 12345.678f;
    private readonly GemmProblem _problem;
    private readonly CpuBackend _backend;
    private readonly DeviceBuffer _a, _b, _c, _bias, _pre, _residual;

    public GemmOperands(GemmProblem problem, CpuBackend backend, int seed)
    {
        (_problem, _backend) = (problem, backend);
        var random = new Random(seed);
        int batchB = problem.SharedB ? 1 : problem.Batch;
        LeadingA = problem.ColumnsA + problem.Gap;
        LeadingB = problem.ColumnsB + problem.Gap;
        LeadingC = problem.N + problem.Gap;
        StrideA = (long)problem.RowsA * LeadingA + problem.Gap;
        StrideB = problem.SharedB ? 0 : (long)problem.RowsB * LeadingB + problem.Gap;
        StrideC = (long)problem.M * LeadingC + problem.Gap;
        A = Fill(random, problem.Offset + problem.Batch * StrideA);
        B = Fill(random, problem.Offset + (problem.SharedB ? (long)problem.RowsB * LeadingB : batchB * StrideB));
        C = Fill(random, problem.Offset + problem.Batch * StrideC);
        Bias = Fill(random, problem.Offset + problem.N);
        Residual = Fill(random, C.Length);
        for (long i = 0; i < C.Length; i++)
        {
            if (!IsInside(i)) C[i] = Guard;
        }
        float[] guards = new float[C.Length];
        Array.Fill(guards, Guard);
        (_a, _b, _c, _bias, _pre, _residual) = (Upload(A), Upload(B), Upload(C), Upload(Bias), Upload(guards), Upload(Residual));
    }

    public int LeadingA { get; }

    public int LeadingB { get; }

    public int LeadingC { get; }

    public long StrideA { get; }

    public long StrideB { get; }

    public long StrideC { get; }

    public float[] A { get; }

    public float[] B { get; }

    /// <summary>C before the call.</summary>
    public float[] C { get; }

    public float[] Bias { get; }

    public float[] Residual { get; }

    public GemmCall Call => new()
    {
        A = View(_a),
        B = View(_b),
        C = View(_c),
        M = _problem.M,
        N = _problem.N,
        K = _problem.K,
        TransposeA = _problem.TransposeA,
        TransposeB = _problem.TransposeB,
        LeadingA = LeadingA,
        LeadingB = LeadingB,
        LeadingC = LeadingC,
        Batch = _problem.Batch,
        StrideA = StrideA,
        StrideB = StrideB,
        StrideC = StrideC,
        Alpha = _problem.Alpha,
        Accumulate = _problem.Accumulate,
        Bias = _problem.Bias ? View(_bias) : default,
        Activation = _problem.Activation,
        PreActivation = _problem.PreActivation ? View(_pre) : default,
        Residual = _problem.Residual switch { ResidualKind.Separate => View(_residual), ResidualKind.InPlace => View(_c), _ => default },
    };

    public float ElementA(int product, int row, int column) => A[_problem.Offset + product * StrideA + (_problem.TransposeA ? (long)column * LeadingA + row : (long)row * LeadingA + column)];

    public float ElementB(int product, int row, int column) => B[_problem.Offset + product * StrideB + (_problem.TransposeB ? (long)column * LeadingB + row : (long)row * LeadingB + column)];

    public long IndexC(int product, int row, int column) => _problem.Offset + product * StrideC + (long)row * LeadingC + column;

    /// <summary>C (with its guards) after the call.</summary>
    public float[] Result() => Download(_c);

    /// <summary>Z (with its guards) after the call.</summary>
    public float[] PreActivation() => Download(_pre);

    /// <summary>Fails if anything was written outside the result.</summary>
    public void CheckGuards(float[] buffer, string where)
    {
        for (long i = 0; i < buffer.Length; i++)
        {
            if (!IsInside(i) && buffer[i] != Guard) Assert.Fail($"{where}: element {i} outside the result was overwritten with {buffer[i]}");
        }
    }

    public void Dispose()
    {
        foreach (DeviceBuffer buffer in new[] { _a, _b, _c, _bias, _pre, _residual }) buffer.Dispose();
    }

    private bool IsInside(long index)
    {
        long inside = index - _problem.Offset;
        if (inside < 0 || StrideC == 0) return false;
        long inProduct = inside % StrideC;
        return inProduct / LeadingC < _problem.M && inProduct % LeadingC < _problem.N;
    }

    private static float[] Fill(Random random, long length)
    {
        float[] values = new float[length];
        for (long i = 0; i < length; i++) values[i] = random.NextSingle() * 2 - 1;
        return values;
    }

    private BufferView View(DeviceBuffer buffer) => buffer.View.Slice(_problem.Offset, buffer.Length - _problem.Offset);

    private DeviceBuffer Upload(float[] values)
    {
        DeviceBuffer buffer = _backend.Allocate(values.Length, ElementType.Real);
        _backend.Upload(buffer.View, values);
        return buffer;
    }

    private float[] Download(DeviceBuffer buffer)
    {
        float[] values = new float[buffer.Length];
        _backend.Download(buffer.View, values);
        return values;
    }
}
