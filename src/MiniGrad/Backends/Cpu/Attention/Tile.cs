using System.Runtime.CompilerServices;

namespace MiniGrad.Backends.Cpu;

/// <summary>The inner product of attention: six rows by two registers, held in twelve accumulators.</summary>
internal static unsafe class Tile
{
    /// <summary>Rows of a tile.</summary>
    public const int Height = 6;

    /// <summary>
    /// <c>c[r, :] (+)= Σ_k a[r·rowStep + k·depthStep]·b[k·stepB, :]</c> for six rows r and 2·lanes columns. Six rows of a and c
    /// and whole registers of b and c must be there.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply<TV>(float* a, long rowStep, long depthStep, float* b, long stepB, long depth, float* c, long stepC, bool accumulate) where TV : unmanaged, ILanes<TV>
    {
        TV c00 = TV.All(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00, c40 = c00, c41 = c00, c50 = c00, c51 = c00;
        float* a1 = a + rowStep, a2 = a1 + rowStep, a3 = a2 + rowStep, a4 = a3 + rowStep, a5 = a4 + rowStep;
        for (long at = 0; depth > 0; depth--, at += depthStep, b += stepB)
        {
            TV left = TV.Load(b), right = TV.Load(b + TV.Count);
            TV x = TV.AllOf(a + at);
            c00 = TV.MultiplyAdd(x, left, c00);
            c01 = TV.MultiplyAdd(x, right, c01);
            x = TV.AllOf(a1 + at);
            c10 = TV.MultiplyAdd(x, left, c10);
            c11 = TV.MultiplyAdd(x, right, c11);
            x = TV.AllOf(a2 + at);
            c20 = TV.MultiplyAdd(x, left, c20);
            c21 = TV.MultiplyAdd(x, right, c21);
            x = TV.AllOf(a3 + at);
            c30 = TV.MultiplyAdd(x, left, c30);
            c31 = TV.MultiplyAdd(x, right, c31);
            x = TV.AllOf(a4 + at);
            c40 = TV.MultiplyAdd(x, left, c40);
            c41 = TV.MultiplyAdd(x, right, c41);
            x = TV.AllOf(a5 + at);
            c50 = TV.MultiplyAdd(x, left, c50);
            c51 = TV.MultiplyAdd(x, right, c51);
        }
        Put(c00, c01, c, accumulate);
        Put(c10, c11, c + stepC, accumulate);
        Put(c20, c21, c + 2 * stepC, accumulate);
        Put(c30, c31, c + 3 * stepC, accumulate);
        Put(c40, c41, c + 4 * stepC, accumulate);
        Put(c50, c51, c + 5 * stepC, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put<TV>(TV left, TV right, float* c, bool accumulate) where TV : unmanaged, ILanes<TV>
    {
        if (accumulate)
        {
            left += TV.Load(c);
            right += TV.Load(c + TV.Count);
        }
        left.Store(c);
        right.Store(c + TV.Count);
    }
}
