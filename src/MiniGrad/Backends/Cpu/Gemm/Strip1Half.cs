using System.Runtime.CompilerServices;

namespace MiniGrad.Backends.Cpu.Gemm;

/// <summary>
/// A strip of one register of sixteen lanes and one of eight, for a last register that would be at most half full: where
/// AVX-512 runs at half rate, that saves half of its time. The bits are those of whole registers.
/// </summary>
internal readonly unsafe struct Strip1Half(Lanes16 x, Lanes8 y) : IStrip<Strip1Half>
{
    private readonly Lanes16 _x = x;
    private readonly Lanes8 _y = y;

    public static int Width => Lanes16.Count + Lanes8.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Strip1Half Load(float* source) => new(Lanes16.Load(source), Lanes8.Load(source + Lanes16.Count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Strip1Half MultiplyAdd(float* a, Strip1Half b, Strip1Half c)
    {
        Lanes16 factor = Lanes16.AllOf(a);
        return new(Lanes16.MultiplyAdd(factor, b._x, c._x), Lanes8.MultiplyAdd(factor.Lower, b._y, c._y));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Strip1Half value, float alpha, float* destination)
    {
        Strip1<Lanes16>.Store(new(value._x), alpha, destination);
        Strip1<Lanes8>.Store(new(value._y), alpha, destination + Lanes16.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add(Strip1Half value, float alpha, float* destination)
    {
        Strip1<Lanes16>.Add(new(value._x), alpha, destination);
        Strip1<Lanes8>.Add(new(value._y), alpha, destination + Lanes16.Count);
    }
}
