using System.Runtime.CompilerServices;

namespace MiniGrad.Backends.Cpu;

/// <summary>Reductions of one contiguous row, in an order that depends on the vector width only.</summary>
internal static unsafe class Rows
{
    /// <summary>Σ x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Sum<TV>(float* x, long n) where TV : unmanaged, ILanes<TV>
    {
        TV a = TV.All(0), b = a, c = a, d = a;
        long i = 0;
        for (; i + 4 * TV.Count <= n; i += 4 * TV.Count)
        {
            a += TV.Load(x + i);
            b += TV.Load(x + i + TV.Count);
            c += TV.Load(x + i + 2 * TV.Count);
            d += TV.Load(x + i + 3 * TV.Count);
        }
        for (; i < n; i += TV.Count) a += TV.Load(x + i, n - i);
        return TV.Sum(a + b + (c + d));
    }

    /// <summary>Σ x·y.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Dot<TV>(float* x, float* y, long n) where TV : unmanaged, ILanes<TV>
    {
        TV a = TV.All(0), b = a, c = a, d = a;
        long i = 0;
        for (; i + 4 * TV.Count <= n; i += 4 * TV.Count)
        {
            a = TV.MultiplyAdd(TV.Load(x + i), TV.Load(y + i), a);
            b = TV.MultiplyAdd(TV.Load(x + i + TV.Count), TV.Load(y + i + TV.Count), b);
            c = TV.MultiplyAdd(TV.Load(x + i + 2 * TV.Count), TV.Load(y + i + 2 * TV.Count), c);
            d = TV.MultiplyAdd(TV.Load(x + i + 3 * TV.Count), TV.Load(y + i + 3 * TV.Count), d);
        }
        for (; i < n; i += TV.Count) a = TV.MultiplyAdd(TV.Load(x + i, n - i), TV.Load(y + i, n - i), a);
        return TV.Sum(a + b + (c + d));
    }

    /// <summary>Σ ((x − shift)·scale)².</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float SumSquares<TV>(float* x, long n, float shift, float scale) where TV : unmanaged, ILanes<TV>
    {
        TV a = TV.All(0), b = a, s = TV.All(shift), f = TV.All(scale);
        long i = 0;
        for (; i + 2 * TV.Count <= n; i += 2 * TV.Count)
        {
            TV u = (TV.Load(x + i) - s) * f, v = (TV.Load(x + i + TV.Count) - s) * f;
            a = TV.MultiplyAdd(u, u, a);
            b = TV.MultiplyAdd(v, v, b);
        }
        for (; i < n; i += TV.Count)
        {
            TV u = (TV.Load(x + i, n - i, shift) - s) * f;
            a = TV.MultiplyAdd(u, u, a);
        }
        return TV.Sum(a + b);
    }

    /// <summary>The largest element, −∞ when there is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Largest<TV>(float* x, long n) where TV : unmanaged, ILanes<TV>
    {
        TV a = TV.All(float.NegativeInfinity), b = a;
        long i = 0;
        for (; i + 2 * TV.Count <= n; i += 2 * TV.Count)
        {
            a = TV.Max(a, TV.Load(x + i));
            b = TV.Max(b, TV.Load(x + i + TV.Count));
        }
        for (; i < n; i += TV.Count) a = TV.Max(a, TV.Load(x + i, n - i, float.NegativeInfinity));
        return TV.Largest(TV.Max(a, b));
    }

    /// <summary>Σ eˣ⁻ˢʰⁱᶠᵗ.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float SumExp<TV>(float* x, long n, float shift) where TV : unmanaged, ILanes<TV>
    {
        TV a = TV.All(0), b = a, s = TV.All(shift);
        long i = 0;
        for (; i + 2 * TV.Count <= n; i += 2 * TV.Count)
        {
            a += SimdMath.Exp(TV.Load(x + i) - s);
            b += SimdMath.Exp(TV.Load(x + i + TV.Count) - s);
        }
        for (; i < n; i += TV.Count) a += SimdMath.Exp(TV.Load(x + i, n - i, float.NegativeInfinity) - s);
        return TV.Sum(a + b);
    }

    /// <summary><c>y = eˣ⁻ˢʰⁱᶠᵗ</c>; returns Σ y. y may be x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Exp<TV>(float* x, float* y, long n, float shift) where TV : unmanaged, ILanes<TV>
    {
        TV a = TV.All(0), b = a, s = TV.All(shift);
        long i = 0;
        for (; i + 2 * TV.Count <= n; i += 2 * TV.Count)
        {
            TV u = SimdMath.Exp(TV.Load(x + i) - s), v = SimdMath.Exp(TV.Load(x + i + TV.Count) - s);
            a += u;
            b += v;
            u.Store(y + i);
            v.Store(y + i + TV.Count);
        }
        for (; i < n; i += TV.Count)
        {
            TV u = SimdMath.Exp(TV.Load(x + i, n - i, float.NegativeInfinity) - s);
            a += u;
            u.Store(y + i, n - i);
        }
        return TV.Sum(a + b);
    }

    /// <summary><c>x = factor·x</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Scale<TV>(float* x, long n, float factor) where TV : unmanaged, ILanes<TV>
    {
        TV f = TV.All(factor);
        for (long i = 0; i < n; i += TV.Count) (TV.Load(x + i, n - i) * f).Store(x + i, n - i);
    }
}
