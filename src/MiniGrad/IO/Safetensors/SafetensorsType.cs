using System.Text;

namespace MiniGrad.IO;

/// <summary>What the elements of a tensor in a safetensors file are; <see cref="SafetensorsTypes.FormatName"/> has the format's spelling.</summary>
public enum SafetensorsType
{
    /// <summary>A truth value in a byte.</summary>
    BOOL,

    /// <summary>4-bit float, two a byte.</summary>
    F4,

    /// <summary>6-bit float, 2 exponent bits.</summary>
    F6E2M3,

    /// <summary>6-bit float, 3 exponent bits.</summary>
    F6E3M2,

    /// <summary>Unsigned byte.</summary>
    U8,

    /// <summary>Signed byte.</summary>
    I8,

    /// <summary>8-bit float, 5 exponent bits.</summary>
    F8E5M2,

    /// <summary>8-bit float, 4 exponent bits.</summary>
    F8E4M3,

    /// <summary>8-bit power of two.</summary>
    F8E8M0,

    /// <summary>16-bit signed integer.</summary>
    I16,

    /// <summary>16-bit unsigned integer.</summary>
    U16,

    /// <summary>IEEE half precision.</summary>
    F16,

    /// <summary>The upper half of a float32.</summary>
    BF16,

    /// <summary>32-bit signed integer.</summary>
    I32,

    /// <summary>32-bit unsigned integer.</summary>
    U32,

    /// <summary>IEEE single precision.</summary>
    F32,

    /// <summary>Two float32, real and imaginary.</summary>
    C64,

    /// <summary>IEEE double precision.</summary>
    F64,

    /// <summary>64-bit signed integer.</summary>
    I64,

    /// <summary>64-bit unsigned integer.</summary>
    U64,
}

/// <summary>Sizes and names of <see cref="SafetensorsType"/>.</summary>
public static class SafetensorsTypes
{
    // As UTF-8: headers are compared without making strings.
    private static readonly byte[][] Names = [.. Enum.GetValues<SafetensorsType>().Select(type => Encoding.ASCII.GetBytes(type.FormatName()))];

    /// <summary>The name in a header, such as <c>BF16</c> or <c>F8_E4M3</c>.</summary>
    /// <param name="type">The type.</param>
    public static string FormatName(this SafetensorsType type)
    {
        string name = type.ToString();
        return name.Length == 6 ? $"{name[..2]}_{name[2..]}" : name;
    }

    /// <summary>Bits of an element.</summary>
    /// <param name="type">The type.</param>
    public static int Bits(this SafetensorsType type) => type switch
    {
        SafetensorsType.F4 => 4,
        SafetensorsType.F6E2M3 or SafetensorsType.F6E3M2 => 6,
        <= SafetensorsType.F8E8M0 => 8,
        <= SafetensorsType.BF16 => 16,
        <= SafetensorsType.F32 => 32,
        _ => 64,
    };

    internal static bool TryParse(ReadOnlySpan<byte> name, out SafetensorsType type)
    {
        for (int i = 0; i < Names.Length; i++)
        {
            if (!name.SequenceEqual(Names[i])) continue;
            type = (SafetensorsType)i;
            return true;
        }
        type = default;
        return false;
    }

    /// <summary>Bytes of a tensor.</summary>
    /// <exception cref="SafetensorsException">Too many to count, or not whole bytes.</exception>
    internal static long ByteCount(SafetensorsType type, ReadOnlySpan<long> shape, string name)
    {
        long elements = 1;
        foreach (long size in shape) elements = Product(elements, size, name);
        long bits = Product(elements, type.Bits(), name);
        return bits % 8 == 0 ? bits / 8 : throw new SafetensorsException($"tensor '{name}': {elements} elements of {type} do not fill whole bytes");
    }

    internal static long Product(long a, long b, string name) => Math.BigMul(a, b, out long low) == 0 && low >= 0
        ? low
        : throw new SafetensorsException($"tensor '{name}': its shape has more elements than can be counted");
}
