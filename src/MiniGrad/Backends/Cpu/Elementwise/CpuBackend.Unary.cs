using MiniGrad.Memory;

namespace MiniGrad.Backends.Cpu;

public sealed unsafe partial class CpuBackend
{
    /// <inheritdoc/>
    public void Unary(UnaryOperation operation, BufferView x, BufferView y) => Unary<KeptWhole>(operation, x, y);

    /// <inheritdoc/>
    public void UnaryBackward(UnaryOperation operation, BufferView x, BufferView dY, BufferView dX, bool accumulate) =>
        UnaryBackward<KeptWhole>(operation, x, dY, dX, accumulate);

    private void Unary<TKept>(UnaryOperation operation, BufferView x, BufferView y)
        where TKept : struct, IKept
    {
        switch (operation)
        {
            case UnaryOperation.Exp: Map<ExpFunction, TKept>(x, y); break;
            case UnaryOperation.Log: Map<LogFunction, TKept>(x, y); break;
            case UnaryOperation.Sqrt: Map<SqrtFunction, TKept>(x, y); break;
            case UnaryOperation.Square: Map<SquareFunction, TKept>(x, y); break;
            case UnaryOperation.Tanh: Map<TanhFunction, TKept>(x, y); break;
            case UnaryOperation.Sigmoid: Map<SigmoidFunction, TKept>(x, y); break;
            case UnaryOperation.Relu: Map<ReluFunction, TKept>(x, y); break;
            case UnaryOperation.Silu: Map<SiluFunction, TKept>(x, y); break;
            case UnaryOperation.GeluTanh: Map<GeluTanhFunction, TKept>(x, y); break;
            case UnaryOperation.GeluErf: Map<GeluErfFunction, TKept>(x, y); break;
            case UnaryOperation.Sign: Map<SignFunction, TKept>(x, y); break;
            default: throw Unknown(operation);
        }
    }

    private void UnaryBackward<TKept>(UnaryOperation operation, BufferView x, BufferView dY, BufferView dX, bool accumulate)
        where TKept : struct, IKept
    {
        switch (operation)
        {
            case UnaryOperation.Exp: MapBackward<ExpFunction, TKept>(x, dY, dX, accumulate); break;
            case UnaryOperation.Log: MapBackward<LogFunction, TKept>(x, dY, dX, accumulate); break;
            case UnaryOperation.Sqrt: MapBackward<SqrtFunction, TKept>(x, dY, dX, accumulate); break;
            case UnaryOperation.Square: MapBackward<SquareFunction, TKept>(x, dY, dX, accumulate); break;
            case UnaryOperation.Tanh: MapBackward<TanhFunction, TKept>(x, dY, dX, accumulate); break;
            case UnaryOperation.Sigmoid: MapBackward<SigmoidFunction, TKept>(x, dY, dX, accumulate); break;
            case UnaryOperation.Relu: MapBackward<ReluFunction, TKept>(x, dY, dX, accumulate); break;
            case UnaryOperation.Silu: MapBackward<SiluFunction, TKept>(x, dY, dX, accumulate); break;
            case UnaryOperation.GeluTanh: MapBackward<GeluTanhFunction, TKept>(x, dY, dX, accumulate); break;
            case UnaryOperation.GeluErf: MapBackward<GeluErfFunction, TKept>(x, dY, dX, accumulate); break;
            case UnaryOperation.Sign: MapBackward<SignFunction, TKept>(x, dY, dX, accumulate); break;
            default: throw Unknown(operation);
        }
    }

    private void Map<TFunction, TKept>(BufferView x, BufferView y)
        where TFunction : struct, IUnaryFunction
        where TKept : struct, IKept =>
        For(Blocks.Count(y.Length), new UnaryJob<TFunction, TKept>(Pointer(x), Pointer(y), y.Length));

    private void MapBackward<TFunction, TKept>(BufferView x, BufferView dY, BufferView dX, bool accumulate)
        where TFunction : struct, IUnaryFunction
        where TKept : struct, IKept =>
        For(Blocks.Count(dX.Length), new UnaryBackwardJob<TFunction, TKept>(Pointer(x), Pointer(dY), Pointer(dX), dX.Length, accumulate));

    private static ArgumentOutOfRangeException Unknown<T>(T operation) where T : struct, Enum => new(nameof(operation), operation, $"cpu: there is no {typeof(T).Name} {operation}");
}
