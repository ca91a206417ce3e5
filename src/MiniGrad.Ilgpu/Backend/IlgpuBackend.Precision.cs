using ILGPU;
using MiniGrad.Backends;
using MiniGrad.Ilgpu.Kernels;
using MiniGrad.Memory;

namespace MiniGrad.Ilgpu;

/// <content>Packed optimizer state. Its integers are the device's own: no ids, so that their copy on the host is not kept up to date.</content>
public sealed partial class IlgpuBackend
{
    /// <inheritdoc/>
    public void PackBfloat16(RoundingKey key, BufferView x, BufferView words, BufferView draws, BufferView gate)
    {
        long count = (x.Length + 1) / 2;
        ArrayView<float> open = ScalarOrOne(gate);
        ArrayView<int> packings = Integers(draws, 1, out _);
        Each(PrecisionKernels.PackBfloat16, count, new PackBfloat16Args
        {
            X = All(x),
            Gate = open,
            Words = Integers(words, count, out _),
            Draws = packings,
            Count = (int)x.Length,
            Stream = key.Stream,
            Key0 = (uint)key.Seed,
            Key1 = (uint)(key.Seed >> 32),
        });
        Each(PrecisionKernels.CountDraw, 1, new CountDrawArgs { Gate = open, Draws = packings });
    }

    /// <inheritdoc/>
    public void UnpackBfloat16(BufferView words, BufferView x) =>
        Each(PrecisionKernels.UnpackBfloat16, x.Length, new UnpackArgs { X = All(x), Words = Integers(words, (x.Length + 1) / 2, out _) });

    /// <inheritdoc/>
    public void PackSigns(BufferView x, BufferView words, BufferView gate)
    {
        long count = (x.Length + 31) / 32;
        Each(PrecisionKernels.PackSigns, count, new PackSignsArgs { X = All(x), Gate = ScalarOrOne(gate), Words = Integers(words, count, out _), Count = (int)x.Length });
    }

    /// <inheritdoc/>
    public void ApplySigns(BufferView words, BufferView x) =>
        Each(PrecisionKernels.ApplySigns, x.Length, new UnpackArgs { X = All(x), Words = Integers(words, (x.Length + 31) / 32, out _) });
}
