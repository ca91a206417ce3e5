using System.Runtime.CompilerServices;

namespace MiniGrad.Backends.Cpu;

/// <summary>1 where a &gt; b, else 0.</summary>
internal readonly struct GreaterFunction : IBinaryFunction
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TV Value<TV>(TV a, TV b) where TV : unmanaged, ILanes<TV> => TV.Select(TV.Less(b, a), TV.All(1), TV.All(0));
}

/// <summary>1 where a ≥ b, else 0.</summary>
internal readonly struct GreaterOrEqualFunction : IBinaryFunction
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TV Value<TV>(TV a, TV b) where TV : unmanaged, ILanes<TV> => TV.Select(TV.Less(b, a), TV.All(1), TV.Select(TV.Equal(a, b), TV.All(1), TV.All(0)));
}

/// <summary>1 where a = b, else 0.</summary>
internal readonly struct EqualFunction : IBinaryFunction
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TV Value<TV>(TV a, TV b) where TV : unmanaged, ILanes<TV> => TV.Select(TV.Equal(a, b), TV.All(1), TV.All(0));
}
