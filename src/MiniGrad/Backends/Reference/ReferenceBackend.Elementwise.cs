using MiniGrad.Memory;

namespace MiniGrad.Backends.Reference;

/// <summary>Elementwise functions.</summary>
public sealed partial class ReferenceBackend<T>
{
    /// <inheritdoc/>
    public void Unary(UnaryOperation operation, BufferView x, BufferView y)
    {
        Span<T> from = Reals(x, x.Length), to = Exactly(y, x.Length);
        for (int i = 0; i < to.Length; i++) to[i] = Narrow(UnaryFunctions.Value(operation, Wide(from[i])));
    }

    /// <inheritdoc/>
    public void UnaryBackward(UnaryOperation operation, BufferView x, BufferView dY, BufferView dX, bool accumulate)
    {
        Span<T> from = Reals(x, x.Length), above = Exactly(dY, x.Length), to = Exactly(dX, x.Length);
        for (int i = 0; i < to.Length; i++) Store(ref to[i], UnaryFunctions.Derivative(operation, Wide(from[i])) * Wide(above[i]), accumulate);
    }

    /// <inheritdoc/>
    public void SwiGlu(int rows, int columns, int leading, BufferView gate, BufferView up, BufferView y)
    {
        long extent = Extent(rows, leading, columns);
        Span<T> g = Reals(gate, extent), u = Reals(up, extent), to = Reals(y, (long)rows * columns);
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                int i = (row * leading) + column;
                to[(row * columns) + column] = Narrow(UnaryFunctions.Silu(Wide(g[i])) * Wide(u[i]));
            }
        }
    }

    /// <inheritdoc/>
    public void SwiGluBackward(int rows, int columns, int leading, BufferView gate, BufferView up, BufferView dY, BufferView dGate, BufferView dUp, bool accumulate)
    {
        long extent = Extent(rows, leading, columns);
        Span<T> g = Reals(gate, extent), u = Reals(up, extent), above = Reals(dY, (long)rows * columns);
        Span<T> toGate = Reals(dGate, extent), toUp = Reals(dUp, extent);
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                int i = (row * leading) + column;
                double x = Wide(g[i]), d = Wide(above[(row * columns) + column]);
                double forGate = d * Wide(u[i]) * UnaryFunctions.SiluDerivative(x), forUp = d * UnaryFunctions.Silu(x);
                Store(ref toGate[i], forGate, accumulate);
                Store(ref toUp[i], forUp, accumulate);
            }
        }
    }
}
