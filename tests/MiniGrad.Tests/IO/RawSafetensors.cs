using System.Buffers.Binary;
using System.Text;
using MiniGrad.IO;

namespace MiniGrad.Tests.IO;

/// <summary>Safetensors files made byte by byte, so that they can be wrong.</summary>
internal static class RawSafetensors
{
    /// <summary>A file of this header and so many bytes of data.</summary>
    public static byte[] File(string header, int data, ulong? claimedLength = null) => File(Encoding.UTF8.GetBytes(header), data, claimedLength);

    public static byte[] File(byte[] header, int data, ulong? claimedLength = null)
    {
        var file = new byte[8 + header.Length + data];
        BinaryPrimitives.WriteUInt64LittleEndian(file, claimedLength ?? (ulong)header.Length);
        header.CopyTo(file, 8);
        for (int i = 0; i < data; i++) file[8 + header.Length + i] = (byte)i;
        return file;
    }

    public static SafetensorsFile Open(byte[] file) => SafetensorsFile.Open(new MemoryStream(file, writable: false), "test");

    public static string Refusal(byte[] file) => Assert.Throws<SafetensorsException>(() => Open(file).Dispose()).Message;

    /// <summary>Opens a file that may be anything: it is refused with the typed exception, or what it holds lies inside it without holes or overlaps.</summary>
    /// <returns>Whether it was parsed.</returns>
    public static bool RefusedOrSound(byte[] bytes)
    {
        try
        {
            using SafetensorsFile file = Open(bytes);
            long end = 0, data = bytes.Length - 8 - (long)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
            var names = new HashSet<string>();
            foreach (SafetensorsTensor tensor in file.Tensors)
            {
                Assert.Equal(end, tensor.Offset);
                Assert.Equal(tensor.ByteCount, tensor.Count * tensor.Type.Bits() / 8);
                Assert.True(names.Add(tensor.Name), $"{tensor.Name} twice");
                Assert.Equal(tensor.Offset, file.Get(tensor.Name).Offset);
                file.ReadBytes(tensor, 0, new byte[tensor.ByteCount]);
                end += tensor.ByteCount;
            }
            Assert.Equal(data, end);
            _ = file.Header.Metadata;
            return true;
        }
        catch (SafetensorsException)
        {
            return false;
        }
    }
}
