using System.Runtime.InteropServices;
using MiniGrad.Backends;
using MiniGrad.Memory;

namespace MiniGrad.IO;

/// <summary>Between a back end's memory and tensors of a file, bit for bit: float32 as F32, float64 as F64, integers as I32.</summary>
public static class TensorTransfer
{
    /// <summary>A tensor to be written, which is downloaded when its turn comes.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="shape">Its sizes.</param>
    /// <param name="data">Its data.</param>
    /// <param name="backend">Where that lies.</param>
    public static SafetensorsSource Source(string name, Shape shape, BufferView data, IBackend backend)
    {
        SafetensorsType type = TypeOf(data, backend);
        return SafetensorsSource.Of(name, type, Sizes(shape), () => type switch
        {
            SafetensorsType.F32 => Download<float>(data, backend.Download),
            SafetensorsType.F64 => Download<double>(data, backend.Download),
            _ => Download<int>(data, backend.Download),
        });
    }

    /// <summary>Reads a tensor of exactly this shape and type.</summary>
    /// <param name="file">The file.</param>
    /// <param name="name">The tensor's name.</param>
    /// <param name="shape">The sizes that it must have.</param>
    /// <param name="data">Where to.</param>
    /// <param name="backend">Where that lies.</param>
    /// <exception cref="SafetensorsException">There is no such tensor, or it has other sizes or elements.</exception>
    public static void Load(SafetensorsFile file, string name, Shape shape, BufferView data, IBackend backend)
    {
        ArgumentNullException.ThrowIfNull(file);
        SafetensorsTensor tensor = file.Get(name);
        SafetensorsType type = TypeOf(data, backend);
        if (tensor.Type != type || !tensor.Shape.SequenceEqual(Sizes(shape))) throw new SafetensorsException($"tensor '{name}' is {tensor.Type.FormatName()} ({string.Join(",", tensor.Shape)}) in the file; expected {type.FormatName()} {shape}");
        switch (type)
        {
            case SafetensorsType.F32:
                backend.Upload(data, Read<float>(file, tensor));
                break;
            case SafetensorsType.F64:
                backend.Upload(data, Read<double>(file, tensor));
                break;
            default:
                backend.Upload(data, Read<int>(file, tensor));
                break;
        }
    }

    /// <summary>The element type that data is written as.</summary>
    /// <param name="data">The data.</param>
    /// <param name="backend">Where it lies.</param>
    public static SafetensorsType TypeOf(BufferView data, IBackend backend) => data.Buffer.ElementType switch
    {
        ElementType.Real when backend.RealSize == sizeof(float) => SafetensorsType.F32,
        ElementType.Real => SafetensorsType.F64,
        ElementType.Int32 => SafetensorsType.I32,
        ElementType other => throw new NotSupportedException($"elements of type {other} cannot be saved yet; add them to {nameof(TensorTransfer)}"),
    };

    private static long[] Sizes(Shape shape)
    {
        var sizes = new long[shape.Rank];
        for (int i = 0; i < sizes.Length; i++) sizes[i] = shape[i];
        return sizes;
    }

    private delegate void Downloader<T>(BufferView source, Span<T> destination);

    private static byte[] Download<T>(BufferView data, Downloader<T> download) where T : unmanaged
    {
        // The format is little-endian, and so is every platform of .NET 10.
        var bytes = new byte[checked(data.Length * Marshal.SizeOf<T>())];
        download(data, MemoryMarshal.Cast<byte, T>(bytes.AsSpan()));
        return bytes;
    }

    private static T[] Read<T>(SafetensorsFile file, SafetensorsTensor tensor) where T : unmanaged
    {
        var values = new T[tensor.Count];
        file.ReadBytes(tensor, 0, MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }
}
