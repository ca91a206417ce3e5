using System.Runtime.CompilerServices;

namespace MiniGrad.Backends.Cpu;

/// <summary>A function of two numbers, on lanes; an instance may carry constants.</summary>
internal interface IBinaryFunction
{
    /// <summary>f(a, b).</summary>
    TV Value<TV>(TV a, TV b) where TV : unmanaged, ILanes<TV>;
}

/// <summary>a + b.</summary>
internal readonly struct AddFunction : IBinaryFunction
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TV Value<TV>(TV a, TV b) where TV : unmanaged, ILanes<TV> => a + b;
}

/// <summary>a − b.</summary>
internal readonly struct SubtractFunction : IBinaryFunction
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TV Value<TV>(TV a, TV b) where TV : unmanaged, ILanes<TV> => a - b;
}

/// <summary>a · b.</summary>
internal readonly struct MultiplyFunction : IBinaryFunction
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TV Value<TV>(TV a, TV b) where TV : unmanaged, ILanes<TV> => a * b;
}

/// <summary>a / b.</summary>
internal readonly struct DivideFunction : IBinaryFunction
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TV Value<TV>(TV a, TV b) where TV : unmanaged, ILanes<TV> => a / b;
}

/// <summary>alpha · a, whatever b is.</summary>
internal readonly struct ScaleFunction(float alpha) : IBinaryFunction
{
    private readonly float _alpha = alpha;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TV Value<TV>(TV a, TV b) where TV : unmanaged, ILanes<TV> => TV.All(_alpha) * a;
}
