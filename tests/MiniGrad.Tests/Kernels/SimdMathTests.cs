using System.Runtime.Intrinsics;
using MiniGrad.Backends.Cpu;

namespace MiniGrad.Tests.Kernels;

public sealed unsafe class SimdMathTests
{
    [Fact]
    public void Exp_is_within_2e_7_of_the_true_value_relatively()
    {
        foreach ((string width, Function function) in Widths<ExpFunction>()) Within(width, function, -87, 88, Math.Exp, relative: 2e-7);
    }

    [Fact]
    public void Exp_underflows_gradually()
    {
        foreach ((string width, Function function) in Widths<ExpFunction>())
        {
            foreach (float x in (float[])[-87.5f, -90, -95, -100, -103, -103.9f])
            {
                Assert.True(Math.Abs(function(x) - Math.Exp(x)) <= 1.5 * float.Epsilon, $"{width}: exp({x}) is {function(x)}");
            }
        }
    }

    [Fact]
    public void Log_is_within_3e_7_relatively_and_tanh_is_exact_for_small_numbers()
    {
        foreach ((string width, Function function) in Widths<LogFunction>()) Within(width, function, 1e-3, 0.9, Math.Log, relative: 3e-7);
        foreach ((string width, Function function) in Widths<TanhFunction>()) Within(width, function, -0.7, 0.7, Math.Tanh, relative: 4e-7);
    }

    [Fact]
    public void Tanh_sigmoid_and_gelu_are_within_5e_7()
    {
        foreach ((string width, Function function) in Widths<TanhFunction>()) Within(width, function, -12, 12, Math.Tanh, absolute: 5e-7);
        foreach ((string width, Function function) in Widths<SigmoidFunction>()) Within(width, function, -20, 20, x => 1 / (1 + Math.Exp(-x)), absolute: 5e-7);
        foreach ((string width, Function function) in Widths<GeluTanhFunction>()) Within(width, function, -4, 4, x => 0.5 * x * (1 + Math.Tanh(0.7978845608028654 * (x + 0.044715 * x * x * x))), absolute: 1e-6);
    }

    [Fact]
    public void The_normal_distribution_function_is_within_2e_7()
    {
        // Φ by Simpson's rule from the centre.
        foreach ((string width, Function function) in Widths<CdfFunction>())
        {
            double integral = 0.5, step = 1e-3;
            for (double x = 0; x < 7; x += step)
            {
                bool near = Math.Abs(function((float)x) - integral) <= 2e-7 && Math.Abs(function((float)-x) - (1 - integral)) <= 2e-7;
                if (!near) Assert.Fail($"{width}: Φ(±{x}) are {function((float)x)} and {function((float)-x)}");
                integral += step / 6 * (Bell(x) + 4 * Bell(x + step / 2) + Bell(x + step));
            }
        }
    }

    private delegate float Function(float x);

    private static double Bell(double x) => Math.Exp(-0.5 * x * x) / Math.Sqrt(2 * Math.PI);

    private static void Within(string width, Function function, double low, double high, Func<double, double> truth, double relative = 0, double absolute = 0)
    {
        for (int i = 0; i <= 20000; i++)
        {
            float x = (float)(low + (high - low) * i / 20000);
            double error = Math.Abs(function(x) - truth(x));
            if (error > absolute + relative * Math.Abs(truth(x))) Assert.Fail($"{width}: f({x:R}) is {function(x):R}, expected {truth(x):R}");
        }
    }

    /// <summary>The function at every width that this machine has.</summary>
    private static List<(string Width, Function Function)> Widths<TFunction>() where TFunction : struct, IUnaryFunction
    {
        List<(string, Function)> widths = [("1 lane", At<TFunction, Lanes1>)];
        if (Vector128.IsHardwareAccelerated) widths.Add(("4 lanes", At<TFunction, Lanes4>));
        if (Vector256.IsHardwareAccelerated) widths.Add(("8 lanes", At<TFunction, Lanes8>));
        if (Vector512.IsHardwareAccelerated) widths.Add(("16 lanes", At<TFunction, Lanes16>));
        return widths;
    }

    private static float At<TFunction, TV>(float x) where TFunction : struct, IUnaryFunction where TV : unmanaged, ILanes<TV>
    {
        float* lanes = stackalloc float[16];
        TFunction.Value(TV.All(x)).Store(lanes);
        for (int i = 1; i < TV.Count; i++) Assert.Equal(lanes[0], lanes[i]);
        return lanes[0];
    }

    private readonly struct CdfFunction : IUnaryFunction
    {
        public static TV Value<TV>(TV x) where TV : unmanaged, ILanes<TV> => SimdMath.NormalCdf(x, out _);

        public static TV Slope<TV>(TV x) where TV : unmanaged, ILanes<TV> => x;
    }
}
