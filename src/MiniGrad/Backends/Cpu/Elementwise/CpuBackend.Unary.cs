using MiniGrad.Memory;

namespace MiniGrad.Backends.Cpu;

public sealed unsafe partial class CpuBackend
{
    /// <inheritdoc/>
    public void Unary(UnaryOperation operation, BufferView x, BufferView y)
    {
        switch (operation)
        {
            case UnaryOperation.Exp: Map<ExpFunction>(x, y); break;
            case UnaryOperation.Log: Map<LogFunction>(x, y); break;
            case UnaryOperation.Sqrt: Map<SqrtFunction>(x, y); break;
            case UnaryOperation.Square: Map<SquareFunction>(x, y); break;
            case UnaryOperation.Tanh: Map<TanhFunction>(x, y); break;
            case UnaryOperation.Sigmoid: Map<SigmoidFunction>(x, y); break;
            case UnaryOperation.Relu: Map<ReluFunction>(x, y); break;
            case UnaryOperation.Silu: Map<SiluFunction>(x, y); break;
            case UnaryOperation.GeluTanh: Map<GeluTanhFunction>(x, y); break;
            case UnaryOperation.GeluErf: Map<GeluErfFunction>(x, y); break;
            case UnaryOperation.Sign: Map<SignFunction>(x, y); break;
            default: throw Unknown(operation);
        }
    }

    /// <inheritdoc/>
    public void UnaryBackward(UnaryOperation operation, BufferView x, BufferView dY, BufferView dX, bool accumulate)
    {
        switch (operation)
        {
            case UnaryOperation.Exp: MapBackward<ExpFunction>(x, dY, dX, accumulate); break;
            case UnaryOperation.Log: MapBackward<LogFunction>(x, dY, dX, accumulate); break;
            case UnaryOperation.Sqrt: MapBackward<SqrtFunction>(x, dY, dX, accumulate); break;
            case UnaryOperation.Square: MapBackward<SquareFunction>(x, dY, dX, accumulate); break;
            case UnaryOperation.Tanh: MapBackward<TanhFunction>(x, dY, dX, accumulate); break;
            case UnaryOperation.Sigmoid: MapBackward<SigmoidFunction>(x, dY, dX, accumulate); break;
            case UnaryOperation.Relu: MapBackward<ReluFunction>(x, dY, dX, accumulate); break;
            case UnaryOperation.Silu: MapBackward<SiluFunction>(x, dY, dX, accumulate); break;
            case UnaryOperation.GeluTanh: MapBackward<GeluTanhFunction>(x, dY, dX, accumulate); break;
            case UnaryOperation.GeluErf: MapBackward<GeluErfFunction>(x, dY, dX, accumulate); break;
            case UnaryOperation.Sign: MapBackward<SignFunction>(x, dY, dX, accumulate); break;
            default: throw Unknown(operation);
        }
    }

    private void Map<TFunction>(BufferView x, BufferView y) where TFunction : struct, IUnaryFunction =>
        For(Blocks.Count(y.Length), new UnaryJob<TFunction>(Pointer(x), Pointer(y), y.Length));

    private void MapBackward<TFunction>(BufferView x, BufferView dY, BufferView dX, bool accumulate) where TFunction : struct, IUnaryFunction =>
        For(Blocks.Count(dX.Length), new UnaryBackwardJob<TFunction>(Pointer(x), Pointer(dY), Pointer(dX), dX.Length, accumulate));

    private static ArgumentOutOfRangeException Unknown<T>(T operation) where T : struct, Enum => new(nameof(operation), operation, $"cpu: there is no {typeof(T).Name} {operation}");
}
