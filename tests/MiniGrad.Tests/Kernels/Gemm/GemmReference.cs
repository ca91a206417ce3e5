using MathNet.Numerics;
using MiniGrad.Backends.Cpu;

namespace MiniGrad.Tests.Kernels.Gemm;

/// <summary>Runs a problem and compares every element with a naive product in double precision.</summary>
internal static class GemmReference
{
    /// <summary>Unit round-off of float32.</summary>
    private const double Unit = 1.0 / (1 << 24);

    /// <summary>Runs the product and fails, naming problem and seed, when an element is off by more than rounding explains.</summary>
    public static void Check(GemmProblem problem, CpuBackend backend, int seed)
    {
        using var operands = new GemmOperands(problem, backend, seed);
        backend.Gemm(operands.Call);
        float[] result = operands.Result(), pre = operands.PreActivation();
        string what = $"{problem}, seed {seed}";
        operands.CheckGuards(result, what);
        if (problem.PreActivation) operands.CheckGuards(pre, what);

        double[] row = new double[problem.N], magnitude = new double[problem.N];
        for (int product = 0; product < problem.Batch; product++)
        {
            for (int i = 0; i < problem.M; i++)
            {
                Sum(problem, operands, product, i, row, magnitude);
                for (int j = 0; j < problem.N; j++)
                {
                    long at = operands.IndexC(product, i, j);
                    (double z, double value, double allowedZ, double allowed) = Finish(problem, operands, at, j, row[j], magnitude[j]);
                    if (!(Math.Abs(result[at] - value) <= allowed)) Assert.Fail($"{what}: C[{product}, {i}, {j}] is {result[at]}, expected {value} ± {allowed:g2}");
                    if (problem.PreActivation && !(Math.Abs(pre[at] - z) <= allowedZ)) Assert.Fail($"{what}: Z[{product}, {i}, {j}] is {pre[at]}, expected {z} ± {allowedZ:g2}");
                }
            }
        }
    }

    /// <summary>The nonlinearities in double precision.</summary>
    public static double Activate(Activation activation, double x) => activation switch
    {
        Activation.GeluTanh => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))),
        Activation.GeluErf => 0.5 * x * SpecialFunctions.Erfc(-x / Math.Sqrt(2)),
        Activation.Silu => x / (1 + Math.Exp(-x)),
        _ => x,
    };

    private static void Sum(GemmProblem problem, GemmOperands operands, int product, int i, double[] row, double[] magnitude)
    {
        Array.Clear(row);
        Array.Clear(magnitude);
        for (int p = 0; p < problem.K; p++)
        {
            double a = operands.ElementA(product, i, p);
            for (int j = 0; j < problem.N; j++)
            {
                double term = a * operands.ElementB(product, p, j);
                row[j] += term;
                magnitude[j] += Math.Abs(term);
            }
        }
    }

    // A sum of k terms is off by at most 2k round-offs of Σ|terms|; each further step adds a few of its own size.
    private static (double Z, double Value, double AllowedZ, double Allowed) Finish(GemmProblem problem, GemmOperands operands, long at, int column, double sum, double magnitude)
    {
        double old = problem.Accumulate ? operands.C[at] : 0, bias = problem.Bias ? operands.Bias[problem.Offset + column] : 0;
        double residual = problem.Residual switch { ResidualKind.Separate => operands.Residual[at], ResidualKind.InPlace => operands.C[at], _ => 0 };
        double z = problem.Alpha * sum + old + bias;
        double size = Math.Abs(problem.Alpha) * magnitude + Math.Abs(old) + Math.Abs(bias) + Math.Abs(residual);
        double allowedZ = 2 * problem.K * Unit * Math.Abs(problem.Alpha) * magnitude + 4 * Unit * size;
        double value = Activate(problem.Activation, z) + residual;
        // The derivatives stay below 1.2, and the functions are accurate to some round-offs of their argument.
        double allowed = problem.Activation == Activation.None ? allowedZ : 1.2 * allowedZ + 8 * Unit * Math.Abs(z) + 2 * Unit * Math.Abs(value);
        return (z, value, allowedZ, allowed);
    }
}
