using MiniGrad.Backends;
using MiniGrad.Memory;

namespace MiniGrad.Tests.Backends;

public abstract partial class KernelContract
{
    [Fact]
    public void BinaryBroadcastsBothOperands()
    {
        BroadcastLayout outer = BroadcastLayout.For([2, 1], [3])!.Value;
        BufferView y = Backend.Room(6);
        Backend.Binary(BinaryOperation.Multiply, outer, Of(10, 100), Of(1, 2, 3), y, accumulate: false);
        Holds(y, 10, 20, 30, 100, 200, 300);
        Backend.Binary(BinaryOperation.Subtract, outer, Of(1, 2), Of(1, 2, 3), y, accumulate: true);
        Holds(y, 10, 19, 28, 101, 200, 299);

        BroadcastLayout middle = BroadcastLayout.For([2, 2, 2], [2, 1, 2])!.Value;
        BufferView z = Of(1, 2, 3, 4, 5, 6, 7, 8);
        Backend.Binary(BinaryOperation.Add, middle, z, Of(10, 20, 30, 40), z, accumulate: false);
        Holds(z, 11, 22, 13, 24, 35, 46, 37, 48);

        BroadcastLayout scalar = BroadcastLayout.For([], [])!.Value;
        BufferView one = Backend.Room(1);
        Backend.Binary(BinaryOperation.Divide, scalar, Of(1), Of(4), one, accumulate: false);
        Holds(one, 0.25);
    }

    [Fact]
    public void ReduceToAAndExpandAAreAdjoint()
    {
        BroadcastLayout bias = BroadcastLayout.For([3], [2, 3])!.Value, column = BroadcastLayout.For([2, 1], [2, 3])!.Value;
        BufferView x = Of(1, 2, 3, 4, 5, 6), three = Of(1, 1, 1), two = Backend.Room(2), six = Of(1, 1, 1, 1, 1, 1);
        Backend.ReduceToA(bias, 2, x, three, accumulate: true);
        Holds(three, 11, 15, 19);
        Backend.ReduceToA(column, 1, x, two, accumulate: false);
        Holds(two, 6, 15);
        Backend.ExpandA(column, 0.5, two, six, accumulate: true);
        Holds(six, 4, 4, 4, 8.5, 8.5, 8.5);
        Backend.ExpandA(bias, 1, Of(7, 8, 9), six, accumulate: false);
        Holds(six, 7, 8, 9, 7, 8, 9);

        BroadcastLayout whole = BroadcastLayout.For([2, 3], [2, 3])!.Value;
        Backend.ReduceToA(whole, -1, x, six, accumulate: false);
        Holds(six, -1, -2, -3, -4, -5, -6);
    }

    [Theory]
    [InlineData(UnaryOperation.Exp, 2, 7.38905609893065, 7.38905609893065)]
    [InlineData(UnaryOperation.Log, 2, 0.6931471805599453, 0.5)]
    [InlineData(UnaryOperation.Sqrt, 4, 2, 0.25)]
    [InlineData(UnaryOperation.Square, -3, 9, -6)]
    [InlineData(UnaryOperation.Tanh, 0.5, 0.46211715726000975, 0.7864477329659274)]
    [InlineData(UnaryOperation.Sigmoid, -1, 0.2689414213699951, 0.19661193324148185)]
    [InlineData(UnaryOperation.Sigmoid, -60, 8.75651076269652e-27, 8.75651076269652e-27)]
    [InlineData(UnaryOperation.Relu, 2, 2, 1)]
    [InlineData(UnaryOperation.Relu, 0, 0, 0)]
    [InlineData(UnaryOperation.Relu, -2, 0, 0)]
    [InlineData(UnaryOperation.Silu, 1, 0.7310585786300049, 0.9276705118714866)]
    [InlineData(UnaryOperation.GeluTanh, 1, 0.8411919906082768, 1.0829640838457826)]
    [InlineData(UnaryOperation.GeluTanh, -30, 0, 0)]
    [InlineData(UnaryOperation.GeluErf, 1, 0.8413447460685429, 1.0833154705876864)]
    [InlineData(UnaryOperation.GeluErf, 30, 30, 1)]
    [InlineData(UnaryOperation.Sign, -0.5, -1, 0)]
    [InlineData(UnaryOperation.Sign, 0, 0, 0)]
    [InlineData(UnaryOperation.Sign, 7, 1, 0)]
    public void UnaryFunctionsAndTheirDerivatives(UnaryOperation operation, double x, double value, double derivative)
    {
        BufferView operand = Of(x), y = Backend.Room(1), dX = Of(100);
        Backend.Unary(operation, operand, y);
        Holds(y, value);
        Backend.UnaryBackward(operation, operand, Of(-2), dX, accumulate: true);
        Holds(dX, 100 - (2 * derivative));
        BufferView dY = Of(-2);
        Backend.UnaryBackward(operation, operand, dY, dY, accumulate: false);
        Holds(dY, -2 * derivative);
        Backend.Unary(operation, operand, operand);
        Holds(operand, value);
    }

    [Fact]
    public void NaNIsNotHidden()
    {
        foreach (UnaryOperation operation in Enum.GetValues<UnaryOperation>())
        {
            BufferView x = Of(double.NaN);
            Backend.Unary(operation, x, x);
            Assert.True(double.IsNaN(Backend.Read(x)[0]), $"{operation} of NaN");
        }
    }

    [Fact]
    public void SwiGluReadsTheHalvesOfAWiderMatrix()
    {
        // Rows (gate, up): (1, 3), (0, 5).
        BufferView both = Of(1, 3, 0, 5), y = Backend.Room(2), gradients = Of(1, 1, 1, 1);
        BufferView gate = both.Slice(0, 3), up = both.Slice(1, 3);
        Backend.SwiGlu(2, 1, 2, gate, up, y);
        double sigmoid = 1 / (1 + Math.Exp(-1));
        Holds(y, 3 * sigmoid, 0);
        Backend.SwiGluBackward(2, 1, 2, gate, up, Of(10, 100), gradients.Slice(0, 3), gradients.Slice(1, 3), accumulate: true);
        Holds(gradients, 1 + (30 * (sigmoid + (sigmoid * (1 - sigmoid)))), 1 + (10 * sigmoid), 1 + (100 * 5 * 0.5), 1);
        Backend.SwiGluBackward(2, 1, 2, gate, up, Of(10, 100), gradients.Slice(0, 3), gradients.Slice(1, 3), accumulate: false);
        Holds(gradients, 30 * (sigmoid + (sigmoid * (1 - sigmoid))), 10 * sigmoid, 250, 0);
    }

    [Fact]
    public void PermuteReordersDimensions()
    {
        BufferView x = Of(1, 2, 3, 4, 5, 6), y = Backend.Room(6);
        Backend.Permute([2, 3], [1, 0], x, y, accumulate: false);
        Holds(y, 1, 4, 2, 5, 3, 6);
        Backend.Permute([1, 2, 3], [2, 0, 1], x, y, accumulate: true);
        Holds(y, 2, 8, 4, 10, 6, 12);
        // y[j, i, k] = x[i, j, k] of shape (2,3,1).
        Backend.Permute([2, 3, 1], [1, 0, 2], x, y, accumulate: false);
        Holds(y, 1, 4, 2, 5, 3, 6);
    }
}
