using System.Runtime.CompilerServices;
using MiniGrad.Backends.Cpu;
using MiniGrad.Backends.Reference;
using MiniGrad.Memory;

namespace MiniGrad.Tests.Kernels;

/// <summary>
/// Runs a kernel three times on the same float32 data: on the oracle, which computes in float64, and on the SIMD back end
/// with one and with two threads. Results must be near the oracle's, and the same bits for both numbers of threads.
/// </summary>
internal sealed class Rig : IDisposable
{
    /// <summary>The sizes that kernels are tried at.</summary>
    private static readonly int[] Sizes = [.. Enumerable.Range(1, 17), 31, 32, 33, 63, 64, 65, 127, 128, 129, 1000];

    private readonly ReferenceBackend<double> _oracle = new();
    private readonly CpuBackend _one = new(1), _two = new(2);
    private readonly List<Operand> _operands = [];
    private int _seed;

    /// <summary>Seeds of a test that draws shapes of its own.</summary>
    public const int Drawn = 200;

    /// <summary>Seeds of a test over <see cref="TwoSizes"/>: the drawn ones, then one for every shape from 1×1 to 17×17.</summary>
    public const int Cases = Drawn + 17 * 17;

    /// <summary>This case's random numbers.</summary>
    public Random Random { get; private set; } = new(0);

    /// <summary>What to print when this case fails.</summary>
    public string Case { get; private set; } = "";

    /// <summary>Frees the last case's operands and starts one with a seed of its own.</summary>
    public void Begin(int seed, string what = "")
    {
        foreach (Operand operand in _operands) operand.Dispose();
        _operands.Clear();
        (_seed, Random) = (seed, new Random(seed));
        Case = $"seed {seed} {what}";
    }

    /// <summary>A size from the list; below 127 when <paramref name="small"/>.</summary>
    public int Size(bool small = false)
    {
        int size;
        do size = Sizes[Random.Next(Sizes.Length)];
        while (small && size >= 127);
        return size;
    }

    /// <summary>Two sizes, at most one of them large where every instruction is emulated; after the drawn cases each from 1 to 17, in turn.</summary>
    public (int, int) TwoSizes()
    {
        if (_seed >= Drawn) return (1 + (_seed - Drawn) / 17 % 17, 1 + (_seed - Drawn) % 17);
        int first = Size();
        return (first, Size(small: CpuBackend.LaneCount == 1 && first >= 127));
    }

    /// <summary>An operand of random numbers.</summary>
    public Operand Real(long length, double low = -2, double high = 2)
    {
        var values = new float[length];
        for (long i = 0; i < length; i++) values[i] = (float)(low + (high - low) * Random.NextDouble());
        return Real(values);
    }

    /// <summary>An operand of given numbers, inside a larger buffer of others.</summary>
    public Operand Real(ReadOnlySpan<float> values)
    {
        int[] offsets = [0, 1, 3];
        var operand = new Operand([_oracle.Allocate, _one.Allocate, _two.Allocate], [_oracle.Upload, _one.Upload, _two.Upload], [_oracle.Download, _one.Download, _two.Download], values, offsets[Random.Next(3)]);
        _operands.Add(operand);
        return operand;
    }

    /// <summary>An operand of integers.</summary>
    public BufferView[] Integers(ReadOnlySpan<int> values)
    {
        BufferView[] views = [_oracle.Allocate(values.Length, ElementType.Int32).View, _one.Allocate(values.Length, ElementType.Int32).View, _two.Allocate(values.Length, ElementType.Int32).View];
        _oracle.Upload(views[0], values);
        _one.Upload(views[1], values);
        _two.Upload(views[2], values);
        return views;
    }

    /// <summary>Runs a kernel on all three.</summary>
    public void Run<TFamily>(Action<TFamily, int> kernel)
    {
        kernel((TFamily)(object)_oracle, 0);
        kernel((TFamily)(object)_one, 1);
        kernel((TFamily)(object)_two, 2);
    }

    /// <summary>Compares a result: |simd − oracle| ≤ tolerance·(1 + |oracle| + terms), same bits for one and two threads, nothing else written.</summary>
    public void Check(Operand result, double terms = 0, double tolerance = 1e-5, [CallerArgumentExpression(nameof(result))] string name = "")
    {
        double[] expected = result.Read(0), found = result.Read(1), twice = result.Read(2);
        for (int i = 0; i < expected.Length; i++)
        {
            bool same = BitConverter.DoubleToInt64Bits(found[i]) == BitConverter.DoubleToInt64Bits(twice[i]);
            if (!same) Assert.Fail($"{Case}: {name}[{i}] is {found[i]:R} with one thread and {twice[i]:R} with two");
            bool near = Math.Abs(found[i] - expected[i]) <= tolerance * (1 + Math.Abs(expected[i]) + terms) || found[i] == (float)expected[i] || double.IsNaN(found[i]) && double.IsNaN(expected[i]);
            if (!near) Assert.Fail($"{Case}: {name}[{i}] is {found[i]:R}, expected {expected[i]:R}");
        }
        Assert.True(result.IsIntactOutside(), $"{Case}: memory outside {name} was written");
    }

    public void Dispose()
    {
        Begin(0);
        _oracle.Dispose();
        _one.Dispose();
        _two.Dispose();
    }
}
