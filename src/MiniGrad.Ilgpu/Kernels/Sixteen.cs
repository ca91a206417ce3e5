using System.Runtime.CompilerServices;
using ILGPU;

namespace MiniGrad.Ilgpu.Kernels;

/// <summary>The arguments of one kernel for up to sixteen strands of work, which a layer of the grid each runs. Fields, because kernels take no arrays of views.</summary>
internal struct Sixteen<T>
    where T : struct
{
    /// <summary>How many strands fit.</summary>
    public const int Most = 16;

    public T A0, A1, A2, A3, A4, A5, A6, A7, A8, A9, A10, A11, A12, A13, A14, A15;

    /// <summary>How many indices, or groups, a strand has.</summary>
    public int N0, N1, N2, N3, N4, N5, N6, N7, N8, N9, N10, N11, N12, N13, N14, N15;

    /// <summary>The arguments of this layer's strand.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Mine(Sixteen<T> s)
    {
        switch (Grid.IdxY)
        {
            case 0: return s.A0;
            case 1: return s.A1;
            case 2: return s.A2;
            case 3: return s.A3;
            case 4: return s.A4;
            case 5: return s.A5;
            case 6: return s.A6;
            case 7: return s.A7;
            case 8: return s.A8;
            case 9: return s.A9;
            case 10: return s.A10;
            case 11: return s.A11;
            case 12: return s.A12;
            case 13: return s.A13;
            case 14: return s.A14;
            default: return s.A15;
        }
    }

    /// <summary>The number of indices, or groups, of this layer's strand.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Count(Sixteen<T> s)
    {
        switch (Grid.IdxY)
        {
            case 0: return s.N0;
            case 1: return s.N1;
            case 2: return s.N2;
            case 3: return s.N3;
            case 4: return s.N4;
            case 5: return s.N5;
            case 6: return s.N6;
            case 7: return s.N7;
            case 8: return s.N8;
            case 9: return s.N9;
            case 10: return s.N10;
            case 11: return s.N11;
            case 12: return s.N12;
            case 13: return s.N13;
            case 14: return s.N14;
            default: return s.N15;
        }
    }

    /// <summary>This thread's index in its strand.</summary>
    public static int Index => (Grid.IdxX * Group.DimX) + Group.IdxX;

    /// <summary>Gives a strand its arguments, on the host.</summary>
    public void Set(int strand, T args, int count)
    {
        switch (strand)
        {
            case 0:
                (A0, N0) = (args, count);
                break;
            case 1:
                (A1, N1) = (args, count);
                break;
            case 2:
                (A2, N2) = (args, count);
                break;
            case 3:
                (A3, N3) = (args, count);
                break;
            case 4:
                (A4, N4) = (args, count);
                break;
            case 5:
                (A5, N5) = (args, count);
                break;
            case 6:
                (A6, N6) = (args, count);
                break;
            case 7:
                (A7, N7) = (args, count);
                break;
            case 8:
                (A8, N8) = (args, count);
                break;
            case 9:
                (A9, N9) = (args, count);
                break;
            case 10:
                (A10, N10) = (args, count);
                break;
            case 11:
                (A11, N11) = (args, count);
                break;
            case 12:
                (A12, N12) = (args, count);
                break;
            case 13:
                (A13, N13) = (args, count);
                break;
            case 14:
                (A14, N14) = (args, count);
                break;
            default:
                (A15, N15) = (args, count);
                break;
        }
    }
}
