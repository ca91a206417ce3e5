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
internal readonly unsafe struct Strip1<TV>(TV x) : IStrip<Strip1<TV>>
    where TV : unmanaged, ILanes<TV>
{
    private readonly TV _x = x;

    public static int Width => TV.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Strip1<TV> Load(float* source) => new(TV.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Strip1<TV> MultiplyAdd(float* a, Strip1<TV> b, Strip1<TV> c) => new(TV.MultiplyAdd(TV.AllOf(a), b._x, c._x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Strip1<TV> value, float alpha, float* destination) => (TV.All(alpha) * value._x).Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add(Strip1<TV> value, float alpha, float* destination) => TV.MultiplyAdd(TV.All(alpha), value._x, TV.Load(destination)).Store(destination);
}

/// <summary>A strip of two registers.</summary>
internal readonly unsafe struct Strip2<TV>(TV x, TV y) : IStrip<Strip2<TV>>
    where TV : unmanaged, ILanes<TV>
{
    private readonly TV _x = x, _y = y;

    public static int Width => 2 * TV.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Strip2<TV> Load(float* source) => new(TV.Load(source), TV.Load(source + TV.Count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Strip2<TV> MultiplyAdd(float* a, Strip2<TV> b, Strip2<TV> c)
    {
        TV factor = TV.AllOf(a);
        return new(TV.MultiplyAdd(factor, b._x, c._x), TV.MultiplyAdd(factor, b._y, c._y));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Strip2<TV> value, float alpha, float* destination)
    {
        Strip1<TV>.Store(new(value._x), alpha, destination);
        Strip1<TV>.Store(new(value._y), alpha, destination + TV.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add(Strip2<TV> value, float alpha, float* destination)
    {
        Strip1<TV>.Add(new(value._x), alpha, destination);
        Strip1<TV>.Add(new(value._y), alpha, destination + TV.Count);
    }
}

/// <summary>A strip of three registers.</summary>
internal readonly unsafe struct Strip3<TV>(TV x, TV y, TV z) : IStrip<Strip3<TV>>
    where TV : unmanaged, ILanes<TV>
{
    private readonly TV _x = x, _y = y, _z = z;

    public static int Width => 3 * TV.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Strip3<TV> Load(float* source) => new(TV.Load(source), TV.Load(source + TV.Count), TV.Load(source + 2 * TV.Count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Strip3<TV> MultiplyAdd(float* a, Strip3<TV> b, Strip3<TV> c)
    {
        TV factor = TV.AllOf(a);
        return new(TV.MultiplyAdd(factor, b._x, c._x), TV.MultiplyAdd(factor, b._y, c._y), TV.MultiplyAdd(factor, b._z, c._z));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Strip3<TV> value, float alpha, float* destination)
    {
        Strip1<TV>.Store(new(value._x), alpha, destination);
        Strip1<TV>.Store(new(value._y), alpha, destination + TV.Count);
        Strip1<TV>.Store(new(value._z), alpha, destination + 2 * TV.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add(Strip3<TV> value, float alpha, float* destination)
    {
        Strip1<TV>.Add(new(value._x), alpha, destination);
        Strip1<TV>.Add(new(value._y), alpha, destination + TV.Count);
        Strip1<TV>.Add(new(value._z), alpha, destination + 2 * TV.Count);
    }
}
