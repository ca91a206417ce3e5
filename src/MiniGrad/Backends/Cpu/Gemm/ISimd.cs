using System.Runtime.CompilerServices;

namespace MiniGrad.Backends.Cpu.Gemm;

/// <summary>
/// Some floats in one register. A kernel is written once against this and compiled once for each width: the type
/// parameter is a struct, so the compiler inlines every member to one instruction.
/// </summary>
/// <typeparam name="T">The implementing type.</typeparam>
internal unsafe interface ISimd<T>
    where T : unmanaged, ISimd<T>
{
    /// <summary>Floats in a register.</summary>
    static abstract int Count { get; }

    /// <summary>Rows of the tile that a product keeps in registers: 8 where there are 32 registers, 4 where there are 16.</summary>
    static abstract int TileRows { get; }

    static abstract T Load(float* source);

    static abstract void Store(T value, float* destination);

    static abstract T Broadcast(float value);

    /// <summary>One float in every lane. Taking a pointer lets the load and the broadcast be one instruction.</summary>
    static abstract T LoadBroadcast(float* source);

    /// <summary>a·b + c, rounded once where the hardware can, otherwise twice.</summary>
    static abstract T MultiplyAdd(T a, T b, T c);

    static abstract T operator +(T a, T b);

    static abstract T operator -(T a, T b);

    static abstract T operator *(T a, T b);

    static abstract T operator /(T a, T b);

    /// <summary>The lesser; which one when an operand is NaN is not specified.</summary>
    static abstract T Min(T a, T b);

    /// <summary>The greater; which one when an operand is NaN is not specified.</summary>
    static abstract T Max(T a, T b);

    /// <summary>The nearest integers, ties to even.</summary>
    static abstract T Round(T value);

    /// <summary>2ⁿ for integers n from −126 to 127.</summary>
    static abstract T PowerOfTwo(T n);

    /// <summary>The sum of all lanes.</summary>
    static abstract float Sum(T value);
}

/// <summary>The first lanes of a register, for the ends of rows.</summary>
internal static unsafe class FirstLanes
{
    /// <summary>Loads some floats; the other lanes are 0.</summary>
    public static T Load<T>(float* source, int count)
        where T : unmanaged, ISimd<T>
    {
        T value = default;
        Unsafe.CopyBlockUnaligned(&value, source, (uint)count * sizeof(float));
        return value;
    }

    /// <summary>Stores the first lanes.</summary>
    public static void Store<T>(T value, float* destination, int count)
        where T : unmanaged, ISimd<T> => Unsafe.CopyBlockUnaligned(destination, &value, (uint)count * sizeof(float));
}
