namespace MiniGrad.IO;

/// <summary>A tensor as a safetensors header describes it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">What its elements are.</param>
/// <param name="Shape">Its sizes; none for a scalar.</param>
/// <param name="Offset">Its first byte, counted from the end of the header.</param>
/// <param name="ByteCount">Its bytes.</param>
public sealed record SafetensorsTensor(string Name, SafetensorsType Type, IReadOnlyList<long> Shape, long Offset, long ByteCount)
{
    /// <summary>Number of elements.</summary>
    public long Count => Shape.Aggregate(1L, (product, size) => product * size);

    /// <summary>Name, type and sizes.</summary>
    public override string ToString() => $"{Name} {Type} ({string.Join(",", Shape)})";
}
