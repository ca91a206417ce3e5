using System.Runtime.CompilerServices;

namespace MiniGrad.Backends.Cpu.Gemm;

/// <summary>
/// A strip of one to three registers: one row of a register tile. Its members are registers of their own, not an
/// array, since arrays of vectors live in memory and cost more than half of the speed.
/// </summary>
/// <typeparam name="TStrip">The implementing type.</typeparam>
internal unsafe interface IStrip<TStrip>
    where TStrip : unmanaged, IStrip<TStrip>
{
    /// <summary>Floats in a strip.</summary>
    static abstract int Width { get; }

    static abstract TStrip Load(float* source);

    /// <summary>a·b + c for a scalar a in memory.</summary>
    static abstract TStrip MultiplyAdd(float* a, TStrip b, TStrip c);

    /// <summary>Stores alpha·value.</summary>
    static abstract void Store(TStrip value, float alpha, float* destination);

    /// <summary>Adds alpha·value to what is there.</summary>
    static abstract void Add(TStrip value, float alpha, float* destination);
}

/// <summary>A strip of one register.</summary>
internal readonly unsafe struct Strip1<T>(T x) : IStrip<Strip1<T>>
    where T : unmanaged, ISimd<T>
{
    private readonly T _x = x;

    public static int Width => T.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Strip1<T> Load(float* source) => new(T.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Strip1<T> MultiplyAdd(float* a, Strip1<T> b, Strip1<T> c) => new(T.MultiplyAdd(T.LoadBroadcast(a), b._x, c._x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Strip1<T> value, float alpha, float* destination) => T.Store(T.Broadcast(alpha) * value._x, destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add(Strip1<T> value, float alpha, float* destination) => T.Store(T.MultiplyAdd(T.Broadcast(alpha), value._x, T.Load(destination)), destination);
}

/// <summary>A strip of two registers.</summary>
internal readonly unsafe struct Strip2<T>(T x, T y) : IStrip<Strip2<T>>
    where T : unmanaged, ISimd<T>
{
    private readonly T _x = x, _y = y;

    public static int Width => 2 * T.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Strip2<T> Load(float* source) => new(T.Load(source), T.Load(source + T.Count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Strip2<T> MultiplyAdd(float* a, Strip2<T> b, Strip2<T> c)
    {
        T factor = T.LoadBroadcast(a);
        return new(T.MultiplyAdd(factor, b._x, c._x), T.MultiplyAdd(factor, b._y, c._y));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Strip2<T> value, float alpha, float* destination)
    {
        Strip1<T>.Store(new(value._x), alpha, destination);
        Strip1<T>.Store(new(value._y), alpha, destination + T.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add(Strip2<T> value, float alpha, float* destination)
    {
        Strip1<T>.Add(new(value._x), alpha, destination);
        Strip1<T>.Add(new(value._y), alpha, destination + T.Count);
    }
}

/// <summary>A strip of three registers.</summary>
internal readonly unsafe struct Strip3<T>(T x, T y, T z) : IStrip<Strip3<T>>
    where T : unmanaged, ISimd<T>
{
    private readonly T _x = x, _y = y, _z = z;

    public static int Width => 3 * T.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Strip3<T> Load(float* source) => new(T.Load(source), T.Load(source + T.Count), T.Load(source + 2 * T.Count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Strip3<T> MultiplyAdd(float* a, Strip3<T> b, Strip3<T> c)
    {
        T factor = T.LoadBroadcast(a);
        return new(T.MultiplyAdd(factor, b._x, c._x), T.MultiplyAdd(factor, b._y, c._y), T.MultiplyAdd(factor, b._z, c._z));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Strip3<T> value, float alpha, float* destination)
    {
        Strip1<T>.Store(new(value._x), alpha, destination);
        Strip1<T>.Store(new(value._y), alpha, destination + T.Count);
        Strip1<T>.Store(new(value._z), alpha, destination + 2 * T.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add(Strip3<T> value, float alpha, float* destination)
    {
        Strip1<T>.Add(new(value._x), alpha, destination);
        Strip1<T>.Add(new(value._y), alpha, destination + T.Count);
        Strip1<T>.Add(new(value._z), alpha, destination + 2 * T.Count);
    }
}
