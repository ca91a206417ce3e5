namespace MiniGrad.Backends.Reference;

/// <summary>The functions of <see cref="UnaryOperation"/> and their derivatives, in float64.</summary>
internal static class UnaryFunctions
{
    private const double RootTwoOverPi = 0.7978845608028654;
    private const double OneOverRootTwo = 0.7071067811865476;
    private const double OneOverRootTwoPi = 0.3989422804014327;
    private const double Cubic = 0.044715;

    public static double Value(UnaryOperation operation, double x) => operation switch
    {
        UnaryOperation.Exp => Math.Exp(x),
        UnaryOperation.Log => Math.Log(x),
        UnaryOperation.Sqrt => Math.Sqrt(x),
        UnaryOperation.Square => x * x,
        UnaryOperation.Tanh => Math.Tanh(x),
        UnaryOperation.Sigmoid => Sigmoid(x),
        UnaryOperation.Relu => Math.Max(x, 0),
        UnaryOperation.Silu => Silu(x),
        UnaryOperation.GeluTanh => GeluTanh(x),
        UnaryOperation.GeluErf => GeluErf(x),
        UnaryOperation.Sign => x > 0 ? 1 : x < 0 ? -1 : x == 0 ? 0 : x,
        _ => throw new ArgumentOutOfRangeException(nameof(operation), $"unary: there is no operation {operation}"),
    };

    public static double Derivative(UnaryOperation operation, double x) => operation switch
    {
        UnaryOperation.Exp => Math.Exp(x),
        UnaryOperation.Log => 1 / x,
        UnaryOperation.Sqrt => 0.5 / Math.Sqrt(x),
        UnaryOperation.Square => 2 * x,
        UnaryOperation.Tanh => 1 - (Math.Tanh(x) * Math.Tanh(x)),
        UnaryOperation.Sigmoid => Sigmoid(x) * Sigmoid(-x),
        UnaryOperation.Relu => x > 0 ? 1 : 0,
        UnaryOperation.Silu => SiluDerivative(x),
        UnaryOperation.GeluTanh => GeluTanhDerivative(x),
        UnaryOperation.GeluErf => GeluErfDerivative(x),
        UnaryOperation.Sign => 0,
        _ => throw new ArgumentOutOfRangeException(nameof(operation), $"unary: there is no operation {operation}"),
    };

    public static double Activate(Activation activation, double x) => activation switch
    {
        Activation.None => x,
        Activation.GeluTanh => GeluTanh(x),
        Activation.GeluErf => GeluErf(x),
        Activation.Silu => Silu(x),
        _ => throw new ArgumentOutOfRangeException(nameof(activation), $"gemm: there is no activation {activation}"),
    };

    public static double Silu(double x) => x * Sigmoid(x);

    /// <summary><c>σ(x)·(1 + x·σ(−x))</c>.</summary>
    public static double SiluDerivative(double x) => Sigmoid(x) * (1 + (x * Sigmoid(-x)));

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    /// <summary><c>½(1 + tanh u) = σ(2u)</c>, without the cancellation for large negative u.</summary>
    private static double GeluTanh(double x) => x * Sigmoid(2 * RootTwoOverPi * (x + (Cubic * x * x * x)));

    private static double GeluTanhDerivative(double x)
    {
        double v = 2 * RootTwoOverPi * (x + (Cubic * x * x * x)), slope = 2 * RootTwoOverPi * (1 + (3 * Cubic * x * x));
        return Sigmoid(v) * (1 + (x * Sigmoid(-v) * slope));
    }

    /// <summary><c>½x(1 + erf(x/√2)) = ½x·erfc(−x/√2)</c>, likewise.</summary>
    private static double GeluErf(double x) => 0.5 * x * ErrorFunction.Erfc(-x * OneOverRootTwo);

    private static double GeluErfDerivative(double x) => (0.5 * ErrorFunction.Erfc(-x * OneOverRootTwo)) + (x * OneOverRootTwoPi * Math.Exp(-0.5 * x * x));
}
