using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace MiniGrad.Backends.Cpu;

/// <summary>Four lanes: SSE, and the 128-bit registers of other processors.</summary>
internal readonly unsafe struct Lanes4(Vector128<float> value) : ILanes<Lanes4>
{
    private readonly Vector128<float> _value = value;

    /// <inheritdoc/>
    public static int Count => 4;

    /// <inheritdoc/>
    public static int TileRows => AdvSimd.IsSupported ? 8 : 4;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 All(float value) => new(Vector128.Create(value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 AllOf(float* source) => new(Vector128.Create(*source));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Load(float* source) => new(Vector128.Load(source));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Load(float* source, long count, float fill)
    {
        if (count >= Count) return Load(source);
        float second = count > 1 ? source[1] : fill, third = count > 2 ? source[2] : fill;
        return new(Vector128.Create(source[0], second, third, fill));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* destination) => _value.Store(destination);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* destination, long count)
    {
        if (count >= Count)
        {
            _value.Store(destination);
            return;
        }
        destination[0] = _value[0];
        if (count > 1) destination[1] = _value[1];
        if (count > 2) destination[2] = _value[2];
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 LoadBfloat16(ushort* source, long count)
    {
        if (count < Count) return LoadBfloat16(First(source, count));
        return LoadBfloat16(Vector64.Load(source));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void StoreBfloat16(ushort* destination, long count)
    {
        Vector128<uint> words = Nearest(_value) >> 16;
        Vector64<ushort> packed = Vector128.Narrow(words, words).GetLower();
        if (count >= Count) packed.Store(destination);
        else for (int i = 0; i < count; i++) destination[i] = packed[i];
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 ToBfloat16(Lanes4 x) => new((Nearest(x._value) & Vector128.Create(0xFFFF_0000u)).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 operator +(Lanes4 a, Lanes4 b) => new(a._value + b._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 operator -(Lanes4 a, Lanes4 b) => new(a._value - b._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 operator *(Lanes4 a, Lanes4 b) => new(a._value * b._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 operator /(Lanes4 a, Lanes4 b) => new(a._value / b._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 MultiplyAdd(Lanes4 a, Lanes4 b, Lanes4 c) => new(Vector128.MultiplyAddEstimate(a._value, b._value, c._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Min(Lanes4 a, Lanes4 b) => new(Vector128.MinNative(a._value, b._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Max(Lanes4 a, Lanes4 b) => new(Vector128.MaxNative(a._value, b._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Sqrt(Lanes4 x) => new(Vector128.Sqrt(x._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Abs(Lanes4 x) => new(Vector128.Abs(x._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Round(Lanes4 x) => new(Vector128.Round(x._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 TimesPowerOfTwo(Lanes4 x, Lanes4 n)
    {
        // Two factors, since 2ⁿ itself need not be a normal number.
        Vector128<int> power = Vector128.ConvertToInt32Native(n._value);
        Vector128<int> half = power >> 1, bias = Vector128.Create(127);
        return new(x._value * ((half + bias) << 23).AsSingle() * ((power - half + bias) << 23).AsSingle());
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Log(Lanes4 x) => new(Vector128.Log(x._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Less(Lanes4 a, Lanes4 b) => new(Vector128.LessThan(a._value, b._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Equal(Lanes4 a, Lanes4 b) => new(Vector128.Equals(a._value, b._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Select(Lanes4 mask, Lanes4 yes, Lanes4 no) => new(Vector128.ConditionalSelect(mask._value, yes._value, no._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Lanes4 x) => Vector128.Sum(x._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Largest(Lanes4 x) => float.MaxNative(float.MaxNative(x._value[0], x._value[1]), float.MaxNative(x._value[2], x._value[3]));

    /// <summary>Rounds to the nearest, in the upper half of each lane; the lower half is not cleared.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<uint> Nearest(Vector128<float> x)
    {
        Vector128<uint> bits = x.AsUInt32(), rounded = bits + Vector128.Create(0x7FFFu) + ((bits >> 16) & Vector128<uint>.One);
        return Vector128.ConditionalSelect(Vector128.Equals(x, x).AsUInt32(), rounded, Vector128.Create((uint)Bfloat16.NaN << 16));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Lanes4 LoadBfloat16(Vector64<ushort> words)
    {
        return new((Vector128.WidenLower(words.ToVector128Unsafe()) << 16).AsSingle());
    }

    private static Vector64<ushort> First(ushort* source, long count)
    {
        Vector64<ushort> words = default;
        for (int i = 0; i < count; i++) words = words.WithElement(i, source[i]);
        return words;
    }
}
